/* SPDX-License-Identifier: MIT */
/* x509pem (L3): certificates and keys out of PEM blocks, with their place. */
#include "x509pem.h"

#include <limits.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bundle.h"
#include "der.h"
#include "error.h"
#include "mem.h"
#include "passphrase.h"
#include "pem.h"
#include "pkcs8.h"

/* As much of a name as a message has room for. */
#define WHERE_CAP 256

/* How a private key is read, and what came of it. */
struct key_reading {
  const struct stls_x509pem_scope *scope;
  struct stls_asking *asking;
  X509_SIG *locked;
  stls_pkcs8_fault fault;
};

static stls_result read_cert(const struct stls_pem_block *block,
                             const struct stls_x509pem_scope *scope,
                             X509 **out_cert);
static stls_result read_block(const struct stls_pem_block *block,
                              const struct stls_x509pem_scope *scope,
                              X509 **out_cert);
static stls_result read_der(const unsigned char *der, long len, bool is_trusted,
                            const struct stls_x509pem_scope *scope,
                            X509 **out_cert);
static EVP_PKEY *read_key(const struct stls_pem_block *block,
                          struct key_reading *reading);
static EVP_PKEY *read_pkcs8(const struct stls_pem_block *block,
                            const uint8_t *der, long len,
                            struct key_reading *reading);
static stls_result add_bundle(const struct stls_pem_text *text,
                              const struct stls_pem_block *block,
                              const struct stls_x509pem_scope *scope,
                              STACK_OF(X509) * certs, stls_error *err);
static stls_result add_bundled(const char *where, const PKCS7 *bundle,
                               int index,
                               const struct stls_x509pem_scope *scope,
                               STACK_OF(X509) * certs, stls_error *err);
static BIO *open_block(const struct stls_pem_block *block);

stls_result stls_x509pem_certs(const struct stls_pem_text *text,
                               const struct stls_x509pem_scope *scope,
                               STACK_OF(X509) * *out_certs, stls_error *err)
{
  STACK_OF(X509) *certs = sk_X509_new_null();
  stls_result result = STLS_OK;
  struct stls_pem_walk walk;
  struct stls_pem_block block;
  stls_pem_step step = STLS_PEM_END;

  if (certs == NULL) return stls_error_memory(err);
  stls_pem_walk_init(&walk, text->data, text->len);
  while (result == STLS_OK &&
         (step = stls_pem_next(&walk, &block)) == STLS_PEM_BLOCK)
    if (stls_x509pem_is_cert(&block))
      result = stls_x509pem_add_cert(text, &block, scope, certs, err);
    else if (stls_bundle_is_label(&block))
      result = add_bundle(text, &block, scope, certs, err);
  if (result == STLS_OK && step == STLS_PEM_FAULT)
    result = stls_x509pem_fault(text, &block, err);
  if (result == STLS_OK && sk_X509_num(certs) == 0)
    result = stls_x509pem_nothing(text, "certificate", err);
  if (result == STLS_OK)
    *out_certs = certs;
  else
    stls_x509pem_certs_free(certs);
  return result;
}

stls_result stls_x509pem_cert(const struct stls_pem_text *text,
                              const struct stls_x509pem_scope *scope,
                              X509 **out_cert, stls_error *err)
{
  struct stls_pem_walk walk;
  struct stls_pem_block block, found = {NULL, 0, NULL, 0, 0, STLS_PEM_SOUND};
  stls_pem_step step;
  stls_result result;

  stls_pem_walk_init(&walk, text->data, text->len);
  while ((step = stls_pem_next(&walk, &block)) == STLS_PEM_BLOCK) {
    if (!stls_x509pem_is_cert(&block)) continue;
    if (found.data != NULL)
      return stls_error_fail(
          err, STLS_ERROR_INPUT, STLS_REASON_SECOND_CERTIFICATE,
          "%s:%zu: a second certificate", text->name, block.line);
    found = block;
  }
  if (step == STLS_PEM_FAULT) return stls_x509pem_fault(text, &block, err);
  if (found.data == NULL) return stls_x509pem_nothing(text, "certificate", err);
  result = read_cert(&found, scope, out_cert);
  if (result == STLS_OK) return STLS_OK;
  return stls_error_fail_openssl(err, result, STLS_REASON_CERTIFICATE_BROKEN,
                                 "%s:%zu: certificate", text->name, found.line);
}

stls_result stls_x509pem_key(const struct stls_pem_text *text,
                             const struct stls_x509pem_scope *scope,
                             struct stls_asking *asking, EVP_PKEY **out_key,
                             stls_error *err)
{
  struct key_reading reading = {scope, asking, NULL, STLS_PKCS8_UNREADABLE};
  stls_result result = STLS_OK;
  char where[WHERE_CAP];
  struct stls_pem_walk walk;
  struct stls_pem_block block;
  stls_pem_step step;

  stls_pem_walk_init(&walk, text->data, text->len);
  do step = stls_pem_next(&walk, &block);
  while (step == STLS_PEM_BLOCK && !stls_x509pem_is_key(&block));
  if (step == STLS_PEM_FAULT) return stls_x509pem_fault(text, &block, err);
  if (step == STLS_PEM_END)
    return stls_x509pem_nothing(text, "private key", err);
  snprintf(where, sizeof where, "%s:%zu: private key", text->name, block.line);
  *out_key = read_key(&block, &reading);
  if (*out_key == NULL)
    result =
        stls_pkcs8_explain(reading.fault, reading.locked, asking, where, err);
  X509_SIG_free(reading.locked);
  return result;
}

void stls_x509pem_certs_free(STACK_OF(X509) * certs)
{
  sk_X509_pop_free(certs, X509_free);
}

bool stls_x509pem_is_cert(const struct stls_pem_block *block)
{
  return stls_pem_is(block, PEM_STRING_X509) ||
         stls_pem_is(block, PEM_STRING_X509_OLD) ||
         stls_pem_is(block, PEM_STRING_X509_TRUSTED);
}

bool stls_x509pem_is_key(const struct stls_pem_block *block)
{
  static const char suffix[] = PEM_STRING_PKCS8INF;
  size_t suffix_len = sizeof suffix - 1;

  return block->label_len >= suffix_len &&
         memcmp(block->label + block->label_len - suffix_len, suffix,
                suffix_len) == 0;
}

stls_result stls_x509pem_add_cert(const struct stls_pem_text *text,
                                  const struct stls_pem_block *block,
                                  const struct stls_x509pem_scope *scope,
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

unsigned char *stls_x509pem_bytes(const struct stls_pem_block *block,
                                  long *out_len)
{
  char *label = NULL, *header = NULL;
  unsigned char *der = NULL;
  BIO *bio = open_block(block);

  if (bio == NULL || PEM_read_bio(bio, &label, &header, &der, out_len) != 1)
    der = NULL;
  if (der != NULL && header[0] != '\0') {
    stls_mem_free_clear(der, (size_t)*out_len);
    der = NULL;
  }
  OPENSSL_free(label);
  OPENSSL_free(header);
  BIO_free(bio);
  return der;
}

stls_result stls_x509pem_add_bundle(const char *where, const uint8_t *der,
                                    size_t len,
                                    const struct stls_x509pem_scope *scope,
                                    STACK_OF(X509) * certs, stls_error *err)
{
  const char *fault;
  PKCS7 *bundle = stls_bundle_decode(der, len, &fault);
  stls_result result = STLS_OK;

  if (bundle == NULL)
    return stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                   STLS_REASON_CERTIFICATE_BROKEN,
                                   "%s: PKCS #7%s", where, fault);
  for (int i = 0; result == STLS_OK && i < stls_bundle_num_certs(bundle); i++)
    result = add_bundled(where, bundle, i, scope, certs, err);
  PKCS7_free(bundle);
  return result;
}

stls_result stls_x509pem_fault(const struct stls_pem_text *text,
                               const struct stls_pem_block *block,
                               stls_error *err)
{
  if (block->fault != STLS_PEM_UNTERMINATED)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_PEM_BROKEN,
                           "%s:%zu: %s", text->name, block->line,
                           stls_pem_fault_text(block->fault));
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_PEM_BROKEN,
                         "%s:%zu: the block \"%.*s\" has no matching END line",
                         text->name, block->line, (int)block->label_len,
                         block->label);
}

stls_result stls_x509pem_nothing(const struct stls_pem_text *text,
                                 const char *noun, stls_error *err)
{
  bool is_der = stls_der_is_likely(text->data, text->len);
  stls_reason reason = STLS_REASON_NO_PEM_BLOCK;

  if (text->len == 0) reason = STLS_REASON_EMPTY;
  if (is_der) reason = STLS_REASON_DER_GIVEN;
  return stls_error_fail(err, STLS_ERROR_INPUT, reason,
                         "%s: no start line: it does not contain a %s%s",
                         text->name, noun,
                         is_der ? " in PEM form: it looks like DER" : "");
}

int stls_x509pem_no_passphrase(char *out, int cap, int writing, void *arg)
{
  (void)out;
  (void)cap;
  (void)writing;
  (void)arg;
  return -1;
}

/* OpenSSL may give no reason at all, also when memory was short: then it can be
 * read after all. */
static stls_result read_cert(const struct stls_pem_block *block,
                             const struct stls_x509pem_scope *scope,
                             X509 **out_cert)
{
  stls_result result = read_block(block, scope, out_cert);
  X509 *again = NULL;

  if (result != STLS_ERROR_INPUT || !stls_error_queue_is_empty()) return result;
  result = read_block(block, scope, &again);
  X509_free(again);
  return result == STLS_OK ? STLS_ERROR_MEMORY : result;
}

static stls_result read_block(const struct stls_pem_block *block,
                              const struct stls_x509pem_scope *scope,
                              X509 **out_cert)
{
  bool is_trusted = stls_pem_is(block, PEM_STRING_X509_TRUSTED);
  stls_result result = STLS_ERROR_INPUT;
  unsigned char *der = NULL;
  long len = 0;
  BIO *bio;

  if (block->len > INT_MAX) return STLS_ERROR_INPUT;
  bio = open_block(block);
  if (bio == NULL) return STLS_ERROR_MEMORY;
  if (PEM_bytes_read_bio(&der, &len, NULL, PEM_STRING_X509_TRUSTED, bio,
                         stls_x509pem_no_passphrase, NULL) == 1)
    result = read_der(der, len, is_trusted, scope, out_cert);
  OPENSSL_free(der);
  BIO_free(bio);
  return result;
}

static stls_result read_der(const unsigned char *der, long len, bool is_trusted,
                            const struct stls_x509pem_scope *scope,
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

/* OpenSSL's own reader does not know version 2 of PKCS #8, locked or not. */
static EVP_PKEY *read_key(const struct stls_pem_block *block,
                          struct key_reading *reading)
{
  unsigned char *der = NULL;
  EVP_PKEY *key = NULL;
  long len = 0;
  BIO *bio;

  if (stls_pem_is(block, PEM_STRING_PKCS8INF) ||
      stls_pem_is(block, PEM_STRING_PKCS8))
    der = stls_x509pem_bytes(block, &len);
  if (der != NULL) {
    key = read_pkcs8(block, der, len, reading);
    stls_mem_free_clear(der, (size_t)len);
    return key;
  }
  stls_error_queue_clear();
  bio = open_block(block);
  if (bio != NULL)
    key = PEM_read_bio_PrivateKey_ex(bio, NULL, stls_asking_pem,
                                     reading->asking, reading->scope->libctx,
                                     reading->scope->propq);
  BIO_free(bio);
  return key;
}

static EVP_PKEY *read_pkcs8(const struct stls_pem_block *block,
                            const uint8_t *der, long len,
                            struct key_reading *reading)
{
  OSSL_LIB_CTX *libctx = reading->scope->libctx;
  const char *propq = reading->scope->propq;
  const unsigned char *at = der;

  if (stls_pem_is(block, PEM_STRING_PKCS8INF))
    return stls_pkcs8_key(der, (size_t)len, libctx, propq, &reading->fault);
  reading->locked = d2i_X509_SIG(NULL, &at, len);
  if (reading->locked == NULL) return NULL;
  return stls_pkcs8_unlock_asking(reading->locked, reading->asking, libctx,
                                  propq, &reading->fault);
}

static BIO *open_block(const struct stls_pem_block *block)
{
  if (block->len > INT_MAX) return NULL;
  return BIO_new_mem_buf(block->data, (int)block->len);
}

static stls_result add_bundle(const struct stls_pem_text *text,
                              const struct stls_pem_block *block,
                              const struct stls_x509pem_scope *scope,
                              STACK_OF(X509) * certs, stls_error *err)
{
  char where[WHERE_CAP];
  long len = 0;
  unsigned char *der = stls_x509pem_bytes(block, &len);
  stls_result result;

  snprintf(where, sizeof where, "%s:%zu", text->name, block->line);
  result = der == NULL ? stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                                 STLS_REASON_PEM_BROKEN,
                                                 "%s: PKCS #7", where)
                       : stls_x509pem_add_bundle(where, der, (size_t)len, scope,
                                                 certs, err);
  stls_mem_free(der);
  return result;
}

/* OpenSSL gives it out in the default library context only. */
static stls_result add_bundled(const char *where, const PKCS7 *bundle,
                               int index,
                               const struct stls_x509pem_scope *scope,
                               STACK_OF(X509) * certs, stls_error *err)
{
  unsigned char *der = NULL;
  size_t len = stls_bundle_cert(bundle, index, &der);
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
