/* SPDX-License-Identifier: MIT */
/* client_hello_digest: compares a second ClientHello with the first. */
#include "context/client_hello_digest.h"

#include <openssl/tls1.h>
#include <stdlib.h>
#include <string.h>

#include <sanstls/client_hello.h>

#include "base/byte_reader.h"
#include "base/mem.h"
#include "wire/client_hello.h"

/* RFC 9849, 6.1.5: the inner ClientHello is encrypted again. */
#define TYPE_ENCRYPTED_CLIENT_HELLO 0xfe0d

/* The type and length of an extension. */
#define HEADER_LEN 4

static stls_result digest(struct stls_client_hello_digest *digest,
                          const stls_client_hello *hello,
                          const stls_context *context);
static size_t concatenate(const stls_client_hello *hello,
                          const uint8_t **extensions, uint8_t *out);
static bool may_change(int type);
static int compare_extensions(const void *a, const void *b);
static int type_of(const uint8_t *extension);
static size_t len_of(const uint8_t *extension);

stls_result stls_client_hello_digest_compute(
    struct stls_client_hello_digest *out, const void *message, size_t len,
    const stls_context *context)
{
  stls_client_hello *hello = NULL;
  stls_result result =
      stls_client_hello_new(message, len, context->libctx, &hello, NULL);

  if (result == STLS_OK) result = digest(out, hello, context);
  stls_client_hello_free(hello);
  return result;
}

const char *stls_client_hello_digest_difference(
    const struct stls_client_hello_digest *first,
    const struct stls_client_hello_digest *second)
{
  static const char *const texts[STLS_NUM_CLIENT_HELLO_PARTS] = {
      [STLS_HELLO_FIELDS] =
          ("the second ClientHello has another version, random value, session "
           "id, list of cipher suites or of compression methods than the "
           "first"),
      [STLS_HELLO_SERVER_NAME] =
          "the second ClientHello has another server_name than the first",
      [STLS_HELLO_EXTENSIONS] =
          "the second ClientHello has other extensions than the first",
  };

  for (size_t i = 0; i < STLS_NUM_CLIENT_HELLO_PARTS; i++)
    if (memcmp(first->parts[i], second->parts[i], STLS_SHA256_LEN) != 0)
      return texts[i];
  return NULL;
}

static stls_result digest(struct stls_client_hello_digest *out,
                          const stls_client_hello *hello,
                          const stls_context *context)
{
  const stls_span methods = stls_client_hello_compression_methods(hello);
  const uint8_t *fields = (const uint8_t *)hello->random.data - 2;
  const uint8_t *end = (const uint8_t *)methods.data + methods.len;
  stls_span name = {NULL, 0};
  uint8_t *bytes = stls_mem_alloc(hello->extensions_len);
  const uint8_t **extensions =
      stls_mem_alloc(hello->extensions.num * sizeof *extensions);
  bool is_made = bytes != NULL && extensions != NULL;

  /* The digest includes the type, so that an empty extension and none differ. */
  if (stls_client_hello_has_extension(hello, TLSEXT_TYPE_server_name, &name)) {
    name.data = (const uint8_t *)name.data - HEADER_LEN;
    name.len += HEADER_LEN;
  }
  is_made = is_made &&
            stls_sha256_with(context->sha256, fields, (size_t)(end - fields),
                             out->parts[STLS_HELLO_FIELDS]) &&
            stls_sha256_with(context->sha256, name.data, name.len,
                             out->parts[STLS_HELLO_SERVER_NAME]) &&
            stls_sha256_with(context->sha256, bytes,
                             concatenate(hello, extensions, bytes),
                             out->parts[STLS_HELLO_EXTENSIONS]);
  stls_mem_free(extensions);
  stls_mem_free(bytes);
  return is_made ? STLS_OK : STLS_ERROR_MEMORY;
}

/* Writes the extensions that must not change, sorted by type: their order has
 * no meaning (RFC 8446, 4.2), except for the last one, which may change. */
static size_t concatenate(const stls_client_hello *hello,
                          const uint8_t **extensions, uint8_t *out)
{
  size_t num = 0, len = 0;

  for (size_t i = 0; i < hello->extensions.num; i++)
    if (!may_change(type_of(hello->extensions.at[i])))
      extensions[num++] = hello->extensions.at[i];
  qsort(extensions, num, sizeof *extensions, compare_extensions);
  for (size_t i = 0; i < num; i++) {
    memcpy(out + len, extensions[i], len_of(extensions[i]));
    len += len_of(extensions[i]);
  }
  return len;
}

static bool may_change(int type)
{
  switch (type) {
    case TLSEXT_TYPE_key_share:
    case TLSEXT_TYPE_early_data:
    case TLSEXT_TYPE_cookie:
    case TLSEXT_TYPE_psk:
    case TLSEXT_TYPE_padding:
    case TYPE_ENCRYPTED_CLIENT_HELLO:
      return true;
    /* It has a digest of its own. */
    case TLSEXT_TYPE_server_name:
      return true;
    default:
      return false;
  }
}

static int compare_extensions(const void *a, const void *b)
{
  const uint8_t *const *one = a, *const *other = b;
  int by_type = type_of(*one) - type_of(*other);

  if (by_type != 0) return by_type;
  return (*one > *other) - (*one < *other);
}

static int type_of(const uint8_t *extension)
{
  return stls_byte_reader_u16(extension);
}

static size_t len_of(const uint8_t *extension)
{
  return (size_t)HEADER_LEN + stls_byte_reader_u16(extension + 2);
}
