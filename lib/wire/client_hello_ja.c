/* SPDX-License-Identifier: MIT */
/* client_hello_ja: computes the JA3 and JA4 fingerprints of a ClientHello. */
#include <openssl/evp.h>
#include <openssl/tls1.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sanstls/client_hello.h>

#include "base/ascii.h"
#include "base/byte_reader.h"
#include "base/error.h"
#include "base/error_queue.h"
#include "base/out_buffer.h"
#include "base/string_buffer.h"
#include "wire/client_hello.h"

/* JA4 truncates its digests to this many hexadecimal digits. */
#define PART_LEN 12

typedef int (*number_at)(const stls_client_hello *hello, size_t index);

/* A list without its GREASE values. */
struct numbers {
  uint16_t *at;
  size_t num;
};

static void write_ja3(const stls_client_hello *hello,
                      struct stls_string_buffer *text);
static void write_decimals(const stls_client_hello *hello, number_at at,
                           struct stls_string_buffer *text);
static int extension_at(const stls_client_hello *hello, size_t index);
static stls_result write_ja4(const stls_client_hello *hello, char *out,
                             stls_error *err);
static const char *newest_version(const stls_client_hello *hello);
static void write_alpn(const stls_client_hello *hello, char out[3]);
static bool gather(const stls_client_hello *hello, number_at at,
                   struct numbers *out);
static size_t drop_captured(struct numbers *extensions);
static int compare(const void *a, const void *b);
static void write_hex(const struct numbers *list,
                      struct stls_string_buffer *text);
static stls_result digest_part(const stls_client_hello *hello,
                               const struct stls_string_buffer *text, char *out,
                               stls_error *err);
static stls_result digest(const stls_client_hello *hello, const char *name,
                          const struct stls_string_buffer *text, char *out,
                          size_t out_len, stls_error *err);

stls_result stls_client_hello_ja3(const stls_client_hello *hello, char *out,
                                  size_t out_cap, size_t *out_len,
                                  stls_error *err)
{
  struct stls_string_buffer text = {0};
  stls_result result = stls_out_buffer_check(out, out_cap, out_len, err);

  if (result != STLS_OK) return result;
  if (hello == NULL) return stls_error_null(err, "hello");
  write_ja3(hello, &text);
  result = text.has_failed ? stls_error_memory(err)
                           : stls_out_buffer_put_text(text.data, text.len, out,
                                                      out_cap, out_len, err);
  stls_string_buffer_free(&text);
  return result;
}

stls_result stls_client_hello_ja3_hash(const stls_client_hello *hello,
                                       char *out, size_t out_cap,
                                       size_t *out_len, stls_error *err)
{
  struct stls_string_buffer text = {0};
  char hash[STLS_JA3_HASH_SIZE];
  stls_result result = stls_out_buffer_check(out, out_cap, out_len, err);

  if (result != STLS_OK) return result;
  if (hello == NULL) return stls_error_null(err, "hello");
  write_ja3(hello, &text);
  result = digest(hello, "MD5", &text, hash, sizeof hash - 1, err);
  if (result == STLS_OK)
    result = stls_out_buffer_put_text(hash, sizeof hash - 1, out, out_cap,
                                      out_len, err);
  stls_string_buffer_free(&text);
  return result;
}

stls_result stls_client_hello_ja4(const stls_client_hello *hello, char *out,
                                  size_t out_cap, size_t *out_len,
                                  stls_error *err)
{
  char text[STLS_JA4_SIZE];
  stls_result result = stls_out_buffer_check(out, out_cap, out_len, err);

  if (result != STLS_OK) return result;
  if (hello == NULL) return stls_error_null(err, "hello");
  result = write_ja4(hello, text, err);
  if (result == STLS_OK)
    result = stls_out_buffer_put_text(text, strlen(text), out, out_cap, out_len,
                                      err);
  return result;
}

static void write_ja3(const stls_client_hello *hello,
                      struct stls_string_buffer *text)
{
  static const number_at lists[] = {stls_client_hello_cipher_suite,
                                    extension_at, stls_client_hello_group,
                                    stls_client_hello_point_format};
  char version[8];

  snprintf(version, sizeof version, "%d", hello->legacy_version);
  stls_string_buffer_puts(text, version);
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    stls_string_buffer_puts(text, ",");
    write_decimals(hello, lists[i], text);
  }
}

static void write_decimals(const stls_client_hello *hello, number_at at,
                           struct stls_string_buffer *text)
{
  const char *between = "";
  char decimal[16];
  int number;

  for (size_t i = 0; (number = at(hello, i)) >= 0; i++) {
    if (stls_client_hello_is_grease(number)) continue;
    snprintf(decimal, sizeof decimal, "%s%d", between, number);
    stls_string_buffer_puts(text, decimal);
    between = "-";
  }
}

static int extension_at(const stls_client_hello *hello, size_t index)
{
  return stls_client_hello_extension(hello, index, NULL);
}

static stls_result write_ja4(const stls_client_hello *hello, char *out,
                             stls_error *err)
{
  struct numbers suites = {0}, extensions = {0}, algorithms = {0};
  struct stls_string_buffer offers = {0}, abilities = {0};
  char alpn[3], parts[2][PART_LEN + 1];
  stls_result result = STLS_OK;
  size_t num_extensions;

  if (!gather(hello, stls_client_hello_cipher_suite, &suites) ||
      !gather(hello, extension_at, &extensions) ||
      !gather(hello, stls_client_hello_signature_algorithm, &algorithms))
    result = stls_error_memory(err);
  num_extensions = drop_captured(&extensions);
  if (suites.num > 0) qsort(suites.at, suites.num, sizeof *suites.at, compare);
  if (extensions.num > 0)
    qsort(extensions.at, extensions.num, sizeof *extensions.at, compare);
  write_hex(&suites, &offers);
  write_hex(&extensions, &abilities);
  if (extensions.num > 0 && algorithms.num > 0) {
    stls_string_buffer_puts(&abilities, "_");
    write_hex(&algorithms, &abilities);
  }
  write_alpn(hello, alpn);
  if (result == STLS_OK) result = digest_part(hello, &offers, parts[0], err);
  if (result == STLS_OK) result = digest_part(hello, &abilities, parts[1], err);
  if (result == STLS_OK)
    snprintf(
        out, STLS_JA4_SIZE, "t%s%c%02u%02u%s_%s_%s", newest_version(hello),
        stls_client_hello_has_extension(hello, TLSEXT_TYPE_server_name, NULL)
            ? 'd'
            : 'i',
        (unsigned)(suites.num < 99 ? suites.num : 99),
        (unsigned)(num_extensions < 99 ? num_extensions : 99), alpn, parts[0],
        parts[1]);
  stls_mem_free(suites.at);
  stls_mem_free(extensions.at);
  stls_mem_free(algorithms.at);
  stls_string_buffer_free(&offers);
  stls_string_buffer_free(&abilities);
  return result;
}

static const char *newest_version(const stls_client_hello *hello)
{
  static const struct {
    int version;
    const char *text;
  } texts[] = {
      {0x0304, "13"}, {0x0303, "12"}, {0x0302, "11"},
      {0x0301, "10"}, {0x0300, "s3"}, {0x0002, "s2"},
  };
  int newest = -1, version;

  for (size_t i = 0;
       (version = stls_client_hello_supported_version(hello, i)) >= 0; i++)
    if (!stls_client_hello_is_grease(version) && version > newest)
      newest = version;
  if (newest < 0) newest = hello->legacy_version;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (texts[i].version == newest) return texts[i].text;
  return "00";
}

static void write_alpn(const stls_client_hello *hello, char out[3])
{
  size_t len = 0;
  const unsigned char *name =
      (const unsigned char *)stls_client_hello_alpn(hello, 0, &len);

  memcpy(out, "00", 3);
  if (name == NULL) return;
  if (stls_ascii_is_alnum((char)name[0]) &&
      stls_ascii_is_alnum((char)name[len - 1])) {
    out[0] = (char)name[0];
    out[1] = (char)name[len - 1];
  } else {
    out[0] = STLS_ASCII_HEX_LOWER[name[0] >> 4];
    out[1] = STLS_ASCII_HEX_LOWER[name[len - 1] & 15];
  }
}

/* Returns false when memory runs out. */
static bool gather(const stls_client_hello *hello, number_at at,
                   struct numbers *out)
{
  size_t num = 0;
  int number;

  while (at(hello, num) >= 0) num++;
  out->at = stls_mem_alloc(num * sizeof *out->at);
  if (out->at == NULL) return false;
  for (size_t i = 0; i < num; i++) {
    number = at(hello, i);
    if (!stls_client_hello_is_grease(number))
      out->at[out->num++] = (uint16_t)number;
  }
  return true;
}

/* Removes server_name and ALPN, which the first part of JA4 covers. Returns the
 * number of extensions before that, which JA4 counts. */
static size_t drop_captured(struct numbers *extensions)
{
  size_t num = extensions->num, kept = 0;

  for (size_t i = 0; i < num; i++)
    if (extensions->at[i] != TLSEXT_TYPE_server_name &&
        extensions->at[i] != TLSEXT_TYPE_application_layer_protocol_negotiation)
      extensions->at[kept++] = extensions->at[i];
  extensions->num = kept;
  return num;
}

static int compare(const void *a, const void *b)
{
  return *(const uint16_t *)a - *(const uint16_t *)b;
}

static void write_hex(const struct numbers *list,
                      struct stls_string_buffer *text)
{
  uint8_t wire[2];
  char hex[2 * sizeof wire];

  for (size_t i = 0; i < list->num; i++) {
    stls_byte_reader_put(wire, list->at[i], sizeof wire);
    stls_ascii_hex(wire, sizeof wire, STLS_ASCII_HEX_LOWER, hex);
    if (i > 0) stls_string_buffer_puts(text, ",");
    stls_string_buffer_put(text, hex, sizeof hex);
  }
}

/* JA4 writes zeroes for an empty list. */
static stls_result digest_part(const stls_client_hello *hello,
                               const struct stls_string_buffer *text, char *out,
                               stls_error *err)
{
  if (text->len > 0 || text->has_failed)
    return digest(hello, "SHA256", text, out, PART_LEN, err);
  memset(out, '0', PART_LEN);
  out[PART_LEN] = '\0';
  return STLS_OK;
}

/* Writes the first `out_len` digits and a NUL. */
static stls_result digest(const stls_client_hello *hello, const char *name,
                          const struct stls_string_buffer *text, char *out,
                          size_t out_len, stls_error *err)
{
  unsigned char bytes[EVP_MAX_MD_SIZE];
  stls_result result = STLS_OK;
  stls_error_queue_guard guard;
  EVP_MD *md;

  if (text->has_failed) return stls_error_memory(err);
  stls_error_queue_enter(&guard);
  md = EVP_MD_fetch(hello->libctx, name, NULL);
  if (md == NULL)
    result = stls_error_fail_openssl(err, STLS_ERROR_UNSUPPORTED,
                                     STLS_REASON_NOT_SUPPORTED,
                                     "no %s in this library context", name);
  else if (EVP_Digest(text->data, text->len, bytes, NULL, md, NULL) != 1)
    result = stls_error_fail_openssl(err, STLS_ERROR_MEMORY,
                                     STLS_REASON_OUT_OF_MEMORY, "%s", name);
  EVP_MD_free(md);
  stls_error_queue_leave(&guard);
  if (result == STLS_OK)
    *stls_ascii_hex(bytes, out_len / 2, STLS_ASCII_HEX_LOWER, out) = '\0';
  return result;
}
