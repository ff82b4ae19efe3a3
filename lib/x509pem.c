/* SPDX-License-Identifier: MIT */
/* x509pem (L3): certificates and keys out of PEM blocks, with their place. */
#include "x509pem.h"

#include <limits.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <string.h>

#include "error.h"
#include "pem.h"

struct asked {
  const struct stls_x509pem_passphrase *passphrase;
  bool was;
};

static bool is_key(const struct stls_pem_block *block);
static X509 *read_cert(const struct stls_pem_block *block,
                       const struct stls_x509pem_scope *scope);
static EVP_PKEY *read_key(const struct stls_pem_block *block,
                          const struct stls_x509pem_scope *scope,
                          struct asked *asked);
static stls_result explain_key(const struct stls_pem_text *text,
                               const struct stls_pem_block *block,
                               const struct asked *asked, stls_error *err);
static int give_passphrase(char *out, int cap, int writing, void *arg);

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
  if (result == STLS_OK && step == STLS_PEM_UNTERMINATED)
    result = stls_x509pem_unterminated(text, &block, err);
  if (result == STLS_OK && sk_X509_num(certs) == 0)
    result = stls_error_set(err, STLS_ERROR_INPUT,
                            "%s: no start line: it does not contain a "
                            "certificate",
                            text->name);
  if (result == STLS_OK)
    *out_certs = certs;
  else
    stls_x509pem_certs_free(certs);
  return result;
}

stls_result stls_x509pem_key(const struct stls_pem_text *text,
                             const struct stls_x509pem_scope *scope,
                             const struct stls_x509pem_passphrase *passphrase,
                             EVP_PKEY **out_key, stls_error *err)
{
  struct asked asked = {passphrase, false};
  struct stls_pem_walk walk;
  struct stls_pem_block block;
  stls_pem_step step;
  EVP_PKEY *key;

  stls_pem_walk_init(&walk, text->data, text->len);
  do step = stls_pem_next(&walk, &block);
  while (step == STLS_PEM_BLOCK && !is_key(&block));
  if (step == STLS_PEM_UNTERMINATED)
    return stls_x509pem_unterminated(text, &block, err);
  if (step == STLS_PEM_END)
    return stls_error_set(err, STLS_ERROR_INPUT,
                          "%s: no start line: it does not contain a private "
                          "key",
                          text->name);
  key = read_key(&block, scope, &asked);
  if (key == NULL) return explain_key(text, &block, &asked, err);
  *out_key = key;
  return STLS_OK;
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

stls_result stls_x509pem_add_cert(const struct stls_pem_text *text,
                                  const struct stls_pem_block *block,
                                  const struct stls_x509pem_scope *scope,
                                  STACK_OF(X509) * certs, stls_error *err)
{
  X509 *cert = read_cert(block, scope);

  if (cert == NULL)
    return stls_error_set_openssl(err, STLS_ERROR_INPUT,
                                  "%s:%zu: certificate %d", text->name,
                                  block->line, sk_X509_num(certs) + 1);
  if (sk_X509_push(certs, cert) > 0) return STLS_OK;
  X509_free(cert);
  return stls_error_memory(err);
}

stls_result stls_x509pem_unterminated(const struct stls_pem_text *text,
                                      const struct stls_pem_block *block,
                                      stls_error *err)
{
  return stls_error_set(err, STLS_ERROR_INPUT,
                        "%s:%zu: the block \"%.*s\" has no matching END line",
                        text->name, block->line, (int)block->label_len,
                        block->label);
}

/* "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY" and so on. */
static bool is_key(const struct stls_pem_block *block)
{
  static const char suffix[] = PEM_STRING_PKCS8INF;
  size_t suffix_len = sizeof suffix - 1;

  return block->label_len >= suffix_len &&
         memcmp(block->label + block->label_len - suffix_len, suffix,
                suffix_len) == 0;
}

static X509 *read_cert(const struct stls_pem_block *block,
                       const struct stls_x509pem_scope *scope)
{
  X509 *cert = X509_new_ex(scope->libctx, scope->propq);
  BIO *bio = block->len > INT_MAX
                 ? NULL
                 : BIO_new_mem_buf(block->data, (int)block->len);
  bool done = cert != NULL && bio != NULL &&
              PEM_read_bio_X509_AUX(bio, &cert, NULL, NULL) != NULL;

  BIO_free(bio);
  if (done) return cert;
  X509_free(cert);
  return NULL;
}

static EVP_PKEY *read_key(const struct stls_pem_block *block,
                          const struct stls_x509pem_scope *scope,
                          struct asked *asked)
{
  BIO *bio = block->len > INT_MAX
                 ? NULL
                 : BIO_new_mem_buf(block->data, (int)block->len);
  EVP_PKEY *key = NULL;

  if (bio != NULL)
    key = PEM_read_bio_PrivateKey_ex(bio, NULL, give_passphrase, asked,
                                     scope->libctx, scope->propq);
  BIO_free(bio);
  return key;
}

static stls_result explain_key(const struct stls_pem_text *text,
                               const struct stls_pem_block *block,
                               const struct asked *asked, stls_error *err)
{
  if (asked->was && asked->passphrase->data == NULL)
    return stls_error_set(err, STLS_ERROR_INPUT,
                          "%s:%zu: private key: it is encrypted, and no "
                          "passphrase was given",
                          text->name, block->line);
  if (asked->was)
    return stls_error_set_openssl(err, STLS_ERROR_INPUT,
                                  "%s:%zu: private key: wrong passphrase?",
                                  text->name, block->line);
  return stls_error_set_openssl(err, STLS_ERROR_INPUT, "%s:%zu: private key",
                                text->name, block->line);
}

/* A pem_password_cb; without it OpenSSL would ask on the terminal. */
static int give_passphrase(char *out, int cap, int writing, void *arg)
{
  struct asked *asked = arg;
  size_t len = asked->passphrase->len;

  (void)writing;
  asked->was = true;
  if (asked->passphrase->data == NULL || cap < 0 || len > (size_t)cap)
    return -1;
  if (len > 0) memcpy(out, asked->passphrase->data, len);
  return (int)len;
}
