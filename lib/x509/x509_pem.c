/* SPDX-License-Identifier: MIT */
/* x509_pem: reads certificates from PEM. */
#include "x509/x509_pem.h"

#include <limits.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "util/der_reader.h"
#include "util/pem_reader.h"
#include "x509/pkcs7_bundle.h"
#include "x509/x509_stack.h"

/* The length of a name in an error message is limited to this. */
#define WHERE_CAP 256

static stls_result read_cert(const struct stls_pem_reader_block *block,
                             const struct stls_x509_scope *scope,
                             X509 **out_cert);
static stls_result read_block(const struct stls_pem_reader_block *block,
                              const struct stls_x509_scope *scope,
                              X509 **out_cert);
static stls_result read_der(const unsigned char *der, long len, bool is_trusted,
                            const struct stls_x509_scope *scope,
                            X509 **out_cert);
static stls_result add_bundle(const struct stls_named_input *text,
                              const struct stls_pem_reader_block *block,
                              const struct stls_x509_scope *scope,
                              STACK_OF(X509) * certs, stls_error *err);
static stls_result add_bundle_cert(const char *where, const PKCS7 *bundle,
                                   int index,
                                   const struct stls_x509_scope *scope,
                                   STACK_OF(X509) * certs, stls_error *err);

stls_result stls_x509_pem_certs(const struct stls_named_input *text,
                                const struct stls_x509_scope *scope,
                                STACK_OF(X509) * *out_certs, stls_error *err)
{
  STACK_OF(X509) *certs = sk_X509_new_null();
  stls_result result = STLS_OK;
  struct stls_pem_reader_walk walk;
  struct stls_pem_reader_block block;
  stls_pem_reader_step step = STLS_PEM_READER_END;

  if (certs == NULL) return stls_error_memory(err);
  stls_pem_reader_walk_init(&walk, text->data, text->len);
  while (result == STLS_OK &&
         (step = stls_pem_reader_next(&walk, &block)) == STLS_PEM_READER_BLOCK)
    if (stls_x509_pem_is_cert(&block))
      result = stls_x509_pem_add_cert(text, &block, scope, certs, err);
    else if (stls_pkcs7_bundle_is_block(&block))
      result = add_bundle(text, &block, scope, certs, err);
  if (result == STLS_OK && step == STLS_PEM_READER_FAULT)
    result = stls_x509_pem_fail_block(text, &block, err);
  if (result == STLS_OK && sk_X509_num(certs) == 0)
    result = stls_x509_pem_fail_missing(text, "certificate", err);
  if (result == STLS_OK)
    *out_certs = certs;
  else
    stls_x509_stack_free(certs);
  return result;
}

stls_result stls_x509_pem_cert(const struct stls_named_input *text,
                               const struct stls_x509_scope *scope,
                               X509 **out_cert, stls_error *err)
{
  struct stls_pem_reader_walk walk;
  struct stls_pem_reader_block block,
      found = {NULL, 0, NULL, 0, 0, STLS_PEM_READER_OK};
  stls_pem_reader_step step;
  stls_result result;

  stls_pem_reader_walk_init(&walk, text->data, text->len);
  while ((step = stls_pem_reader_next(&walk, &block)) ==
         STLS_PEM_READER_BLOCK) {
    if (!stls_x509_pem_is_cert(&block)) continue;
    if (found.data != NULL)
      return stls_error_fail(
          err, STLS_ERROR_INPUT, STLS_REASON_SECOND_CERTIFICATE,
          "%s:%zu: a second certificate", text->name, block.line);
    found = block;
  }
  if (step == STLS_PEM_READER_FAULT)
    return stls_x509_pem_fail_block(text, &block, err);
  if (found.data == NULL)
    return stls_x509_pem_fail_missing(text, "certificate", err);
  result = read_cert(&found, scope, out_cert);
  if (result == STLS_OK) return STLS_OK;
  return stls_error_fail_openssl(err, result, STLS_REASON_CERTIFICATE_BROKEN,
                                 "%s:%zu: certificate", text->name, found.line);
}

bool stls_x509_pem_is_cert(const struct stls_pem_reader_block *block)
{
  return stls_pem_reader_is(block, PEM_STRING_X509) ||
         stls_pem_reader_is(block, PEM_STRING_X509_OLD) ||
         stls_pem_reader_is(block, PEM_STRING_X509_TRUSTED);
}

stls_result stls_x509_pem_add_cert(const struct stls_named_input *text,
                                   const struct stls_pem_reader_block *block,
                                   const struct stls_x509_scope *scope,
                                   STACK_OF(X509) * certs, stls_error *err)
{
  X509 *cert = NULL;
  stls_result result = read_cert(block, scope, &cert);

  if (result != STLS_OK)
    return stls_error_fail_openssl(err, result, STLS_REASON_CERTIFICATE_BROKEN,
                                   "%s:%zu: certificate %d", text->name,
                                   block->line, sk_X509_num(certs) + 1);
  if (sk_X509_push(certs, cert) > 0) return STLS_OK;
  X509_free(cert);
  return stls_error_memory(err);
}

/* A line of base64 may contain most of a key. OpenSSL wipes its buffers only
 * with PEM_FLAG_SECURE. */
unsigned char *stls_x509_pem_bytes(const struct stls_pem_reader_block *block,
                                   long *out_len)
{
  const unsigned flags = PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE;
  char *label = NULL, *header = NULL;
  unsigned char *der = NULL;
  BIO *bio = stls_x509_pem_open(block);

  if (bio == NULL ||
      PEM_read_bio_ex(bio, &label, &header, &der, out_len, flags) != 1)
    der = NULL;
  if (der != NULL && header[0] != '\0') {
    stls_x509_pem_bytes_free(der, *out_len);
    der = NULL;
  }
  OPENSSL_secure_free(label);
  OPENSSL_secure_free(header);
  BIO_free(bio);
  return der;
}

void stls_x509_pem_bytes_free(unsigned char *der, long len)
{
  OPENSSL_secure_clear_free(der, (size_t)len);
}

BIO *stls_x509_pem_open(const struct stls_pem_reader_block *block)
{
  if (block->len > INT_MAX) return NULL;
  return BIO_new_mem_buf(block->data, (int)block->len);
}

stls_result stls_x509_pem_add_bundle(const char *where, const uint8_t *der,
                                     size_t len,
                                     const struct stls_x509_scope *scope,
                                     STACK_OF(X509) * certs, stls_error *err)
{
  const char *fault;
  PKCS7 *bundle = stls_pkcs7_bundle_decode(der, len, &fault);
  stls_result result = STLS_OK;

  if (bundle == NULL)
    return stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                   STLS_REASON_CERTIFICATE_BROKEN,
                                   "%s: PKCS #7%s", where, fault);
  for (int i = 0; result == STLS_OK && i < stls_pkcs7_bundle_num_certs(bundle);
       i++)
    result = add_bundle_cert(where, bundle, i, scope, certs, err);
  PKCS7_free(bundle);
  return result;
}

stls_result stls_x509_pem_fail_block(const struct stls_named_input *text,
                                     const struct stls_pem_reader_block *block,
                                     stls_error *err)
{
  if (block->fault != STLS_PEM_READER_UNTERMINATED)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_PEM_BROKEN,
                           "%s:%zu: %s", text->name, block->line,
                           stls_pem_reader_fault_text(block->fault));
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_PEM_BROKEN,
                         "%s:%zu: the block \"%.*s\" has no matching END line",
                         text->name, block->line, (int)block->label_len,
                         block->label);
}

stls_result stls_x509_pem_fail_missing(const struct stls_named_input *text,
                                       const char *noun, stls_error *err)
{
  bool is_der = stls_der_reader_is_der(text->data, text->len);
  stls_reason reason = STLS_REASON_NO_PEM_BLOCK;

  if (text->len == 0) reason = STLS_REASON_EMPTY;
  if (is_der) reason = STLS_REASON_DER_GIVEN;
  return stls_error_fail(err, STLS_ERROR_INPUT, reason,
                         "%s: no start line: it does not contain a %s%s",
                         text->name, noun,
                         is_der ? " in PEM form: it looks like DER" : "");
}

int stls_x509_pem_no_passphrase(char *out, int cap, int writing, void *arg)
{
  (void)out;
  (void)cap;
  (void)writing;
  (void)arg;
  return -1;
}

/* OpenSSL may fail without an error, for example when memory is short. If
 * reading succeeds the second time, memory was short. */
static stls_result read_cert(const struct stls_pem_reader_block *block,
                             const struct stls_x509_scope *scope,
                             X509 **out_cert)
{
  stls_result result = read_block(block, scope, out_cert);
  X509 *again = NULL;

  if (result != STLS_ERROR_INPUT || !stls_error_queue_is_empty()) return result;
  result = read_block(block, scope, &again);
  X509_free(again);
  return result == STLS_OK ? STLS_ERROR_MEMORY : result;
}

static stls_result read_block(const struct stls_pem_reader_block *block,
                              const struct stls_x509_scope *scope,
                              X509 **out_cert)
{
  bool is_trusted = stls_pem_reader_is(block, PEM_STRING_X509_TRUSTED);
  stls_result result = STLS_ERROR_INPUT;
  unsigned char *der = NULL;
  long len = 0;
  BIO *bio;

  if (block->len > INT_MAX) return STLS_ERROR_INPUT;
  bio = stls_x509_pem_open(block);
  if (bio == NULL) return STLS_ERROR_MEMORY;
  if (PEM_bytes_read_bio(&der, &len, NULL, PEM_STRING_X509_TRUSTED, bio,
                         stls_x509_pem_no_passphrase, NULL) == 1)
    result = read_der(der, len, is_trusted, scope, out_cert);
  OPENSSL_free(der);
  BIO_free(bio);
  return result;
}

static stls_result read_der(const unsigned char *der, long len, bool is_trusted,
                            const struct stls_x509_scope *scope,
                            X509 **out_cert)
{
  X509 *cert = X509_new_ex(scope->libctx, scope->propq);
  const unsigned char *end = der;
  bool done;

  if (cert == NULL) return STLS_ERROR_MEMORY;
  if (is_trusted)
    done = d2i_X509_AUX(&cert, &end, len) != NULL;
  else
    done = d2i_X509(&cert, &end, len) != NULL;
  if (done && end == der + len) {
    *out_cert = cert;
    return STLS_OK;
  }
  X509_free(cert);
  return STLS_ERROR_INPUT;
}

static stls_result add_bundle(const struct stls_named_input *text,
                              const struct stls_pem_reader_block *block,
                              const struct stls_x509_scope *scope,
                              STACK_OF(X509) * certs, stls_error *err)
{
  char where[WHERE_CAP];
  long len = 0;
  unsigned char *der = stls_x509_pem_bytes(block, &len);
  stls_result result;

  snprintf(where, sizeof where, "%s:%zu", text->name, block->line);
  result = der == NULL ? stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                                 STLS_REASON_PEM_BROKEN,
                                                 "%s: PKCS #7", where)
                       : stls_x509_pem_add_bundle(where, der, (size_t)len,
                                                  scope, certs, err);
  stls_x509_pem_bytes_free(der, len);
  return result;
}

/* The X509 inside of a PKCS7 belongs to the default library context, so the
 * certificate is decoded again. */
static stls_result add_bundle_cert(const char *where, const PKCS7 *bundle,
                                   int index,
                                   const struct stls_x509_scope *scope,
                                   STACK_OF(X509) * certs, stls_error *err)
{
  unsigned char *der = NULL;
  size_t len = stls_pkcs7_bundle_cert(bundle, index, &der);
  stls_result result = STLS_ERROR_MEMORY;
  X509 *cert = NULL;

  if (len > 0) result = read_der(der, (long)len, false, scope, &cert);
  stls_mem_free(der);
  if (result != STLS_OK)
    return stls_error_fail_openssl(err, result, STLS_REASON_CERTIFICATE_BROKEN,
                                   "%s: certificate %d of the PKCS #7", where,
                                   index + 1);
  if (sk_X509_push(certs, cert) > 0) return STLS_OK;
  X509_free(cert);
  return stls_error_memory(err);
}
