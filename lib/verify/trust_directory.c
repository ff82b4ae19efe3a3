/* SPDX-License-Identifier: MIT */
/* trust_directory: reads certificates and CRLs from a hashed directory. */
#include "verify/trust_directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "util/directory.h"
#include "util/file.h"
#include "verify/trust_parse.h"

enum {
  HASH_DIGITS = 8
};

/* Hashes of subject names, sorted. */
struct hashes {
  unsigned long *values;
  size_t num;
};

static bool is_hashed(const char *name);
static bool is_crl(const char *name);
static stls_result list(const char *path, stls_trust_directory_mode mode,
                        struct stls_directory *names, stls_error *err);
static stls_result read_all(const char *path,
                            const struct stls_directory *names,
                            const struct stls_x509_scope *scope,
                            stls_trust_directory_mode mode,
                            struct stls_trust_batch *batch, stls_error *err);
static stls_result read_file(const char *path, const char *name,
                             const struct stls_x509_scope *scope,
                             stls_trust_directory_mode mode,
                             struct stls_trust_batch *batch, stls_error *err);
static bool may_open(const char *whole, stls_trust_directory_mode mode);
static stls_result parse(const struct stls_named_input *text, bool is_crl,
                         const struct stls_x509_scope *scope,
                         struct stls_trust_batch *batch, stls_error *err);
static stls_result parse_lenient(const struct stls_named_input *text,
                                 bool is_crl,
                                 const struct stls_x509_scope *scope,
                                 struct stls_trust_batch *batch,
                                 stls_error *err);
static bool hash_all(STACK_OF(X509) * certs,
                     const struct stls_x509_scope *scope,
                     struct hashes *out_hashes);
static bool has_hash(const struct hashes *hashes, const char *name);
static int by_value(const void *a, const void *b);
static char *join(const char *path, const char *name);

stls_result stls_trust_add_directory(stls_trust *trust, const char *path,
                                     stls_error *err)
{
  struct stls_trust_batch batch;
  stls_error_queue_guard guard;
  stls_result result;

  if (trust == NULL) return stls_error_null(err, "trust");
  if (path == NULL) return stls_error_null(err, "path");
  stls_error_queue_enter(&guard);
  result =
      stls_trust_store_batch_init(&batch)
          ? stls_trust_directory_read(path, &trust->scope,
                                      STLS_TRUST_DIRECTORY_STRICT, &batch, err)
          : stls_error_memory(err);
  if (result == STLS_OK) result = stls_trust_store_add(trust, &batch, err);
  stls_trust_store_batch_free(&batch);
  stls_error_queue_leave(&guard);
  return result;
}

stls_result stls_trust_directory_read(const char *path,
                                      const struct stls_x509_scope *scope,
                                      stls_trust_directory_mode mode,
                                      struct stls_trust_batch *batch,
                                      stls_error *err)
{
  struct stls_directory names = {NULL, 0};
  const int before = sk_X509_num(batch->certs) + sk_X509_CRL_num(batch->crls);
  stls_result result = list(path, mode, &names, err);

  if (result == STLS_OK)
    result = read_all(path, &names, scope, mode, batch, err);
  stls_directory_free(&names);
  if (result == STLS_OK && mode == STLS_TRUST_DIRECTORY_STRICT &&
      sk_X509_num(batch->certs) + sk_X509_CRL_num(batch->crls) == before)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_NO_HASHED_FILE,
                           "%s: the files with hashed names are empty or gone",
                           path);
  return result;
}

/* Whether a name has the form "hhhhhhhh.N" or "hhhhhhhh.rN" with the
 * hexadecimal digits that OpenSSL looks for. */
static bool is_hashed(const char *name)
{
  const char *rest = name + strspn(name, "0123456789abcdef");
  size_t num_digits;

  if (rest - name != HASH_DIGITS || rest[0] != '.') return false;
  rest += is_crl(name) ? 2 : 1;
  num_digits = strspn(rest, "0123456789");
  return num_digits > 0 && rest[num_digits] == '\0';
}

/* For a name that begins with a hash and a dot. */
static bool is_crl(const char *name)
{
  return name[HASH_DIGITS + 1] == 'r';
}

static stls_result list(const char *path, stls_trust_directory_mode mode,
                        struct stls_directory *names, stls_error *err)
{
  bool is_strict = mode == STLS_TRUST_DIRECTORY_STRICT;
  stls_result result;

  if (!is_strict && !stls_file_is_directory(path)) return STLS_OK;
  result = stls_directory_list(path, is_hashed, names, err);
  if (is_strict && result == STLS_OK && names->num == 0)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_NO_HASHED_FILE,
                           "%s: no file has a hashed name, such as 0123abcd.0: "
                           "run \"openssl rehash\" on the directory",
                           path);
  return result;
}

static stls_result read_all(const char *path,
                            const struct stls_directory *names,
                            const struct stls_x509_scope *scope,
                            stls_trust_directory_mode mode,
                            struct stls_trust_batch *batch, stls_error *err)
{
  struct hashes known = {NULL, 0};
  stls_result result = STLS_OK;

  if (mode == STLS_TRUST_DIRECTORY_LENIENT &&
      !hash_all(batch->certs, scope, &known))
    return stls_error_memory(err);
  for (size_t i = 0; result == STLS_OK && i < names->num; i++) {
    const char *name = names->names[i];
    if (mode == STLS_TRUST_DIRECTORY_STRICT || is_crl(name) ||
        !has_hash(&known, name))
      result = read_file(path, name, scope, mode, batch, err);
  }
  stls_mem_free(known.values);
  return result;
}

/* The caller has not named this file. In the strict mode a file that is not
 * regular is an error, because opening a FIFO may block forever. The lenient mode
 * skips it, as it skips a file that this user must not read. */
static stls_result read_file(const char *path, const char *name,
                             const struct stls_x509_scope *scope,
                             stls_trust_directory_mode mode,
                             struct stls_trust_batch *batch, stls_error *err)
{
  bool is_strict = mode == STLS_TRUST_DIRECTORY_STRICT;
  char *whole = join(path, name);
  struct stls_named_input text = {whole, NULL, 0};
  uint8_t *data = NULL;
  stls_result result = STLS_OK;

  if (whole == NULL) return stls_error_memory(err);
  if (is_strict && stls_file_is_special(whole))
    result =
        stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_NOT_REGULAR_FILE,
                        "%.200s: it is no regular file", whole);
  else if (may_open(whole, mode))
    result = stls_file_read(whole, &data, &text.len, err);
  text.data = data;
  if (result == STLS_OK && text.len > 0)
    result = is_strict ? parse(&text, is_crl(name), scope, batch, err)
                       : parse_lenient(&text, is_crl(name), scope, batch, err);
  stls_mem_free(data);
  stls_mem_free(whole);
  return result;
}

/* A dangling link of a removed certificate is skipped. */
static bool may_open(const char *whole, stls_trust_directory_mode mode)
{
  return mode == STLS_TRUST_DIRECTORY_STRICT ? !stls_file_is_missing(whole)
                                             : stls_file_is_readable(whole);
}

static stls_result parse(const struct stls_named_input *text, bool is_crl,
                         const struct stls_x509_scope *scope,
                         struct stls_trust_batch *batch, stls_error *err)
{
  return is_crl
             ? stls_trust_parse_crls(text, scope, batch, err)
             : stls_trust_parse_pem(text, scope, STLS_TRUST_CERTS, batch, err);
}

/* Items before a fault in a file are used, as in OpenSSL. If the second attempt
 * finds no fault, memory was short, which OpenSSL reports as another error. */
static stls_result parse_lenient(const struct stls_named_input *text,
                                 bool is_crl,
                                 const struct stls_x509_scope *scope,
                                 struct stls_trust_batch *batch,
                                 stls_error *err)
{
  stls_result result = parse(text, is_crl, scope, batch, NULL);

  if (result == STLS_ERROR_INPUT &&
      parse(text, is_crl, scope, batch, NULL) != STLS_ERROR_INPUT)
    result = STLS_ERROR_MEMORY;
  return result == STLS_ERROR_MEMORY ? stls_error_memory(err) : STLS_OK;
}

/* Without SHA-1 there are no hashes. Then every file is opened. */
static bool hash_all(STACK_OF(X509) * certs,
                     const struct stls_x509_scope *scope,
                     struct hashes *out_hashes)
{
  int num = sk_X509_num(certs), done = 1;
  unsigned long *values;

  if (num <= 0) return true;
  values = stls_mem_alloc((size_t)num * sizeof *values);
  if (values == NULL) return false;
  for (int i = 0; done && i < num; i++)
    values[i] =
        X509_NAME_hash_ex(X509_get_subject_name(sk_X509_value(certs, i)),
                          scope->libctx, scope->propq, &done);
  out_hashes->num = done ? (size_t)num : 0;
  out_hashes->values = values;
  qsort(values, out_hashes->num, sizeof *values, by_value);
  return true;
}

static bool has_hash(const struct hashes *hashes, const char *name)
{
  unsigned long hash = strtoul(name, NULL, 16);

  return hashes->num > 0 && bsearch(&hash, hashes->values, hashes->num,
                                    sizeof hash, by_value) != NULL;
}

static int by_value(const void *a, const void *b)
{
  unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;

  return (x > y) - (x < y);
}

static char *join(const char *path, const char *name)
{
  size_t len = strlen(path) + 1 + strlen(name) + 1;
  char *whole = stls_mem_alloc(len);

  if (whole != NULL) snprintf(whole, len, "%s/%s", path, name);
  return whole;
}
