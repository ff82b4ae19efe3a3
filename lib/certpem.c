/* SPDX-License-Identifier: MIT */
/* certpem (L3): the only certificate of a PEM text. */
#include "certpem.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <stdbool.h>

#include "error.h"
#include "pem.h"

static stls_result find_only(const struct stls_pem_text *text,
                             struct stls_pem_block *out_block, stls_error *err);
static bool is_cert(const struct stls_pem_block *block);
static stls_result read_block(const struct stls_pem_block *block,
                              const struct stls_x509pem_scope *scope,
                              X509 **out_cert);
static stls_result read_der(const unsigned char *der, long len, bool is_trusted,
                            const struct stls_x509pem_scope *scope,
                            X509 **out_cert);
static int refuse_to_decrypt(char *out, int cap, int writing, void *arg);

stls_result stls_certpem_read(const struct stls_pem_text *text,
                              const struct stls_x509pem_scope *scope,
                              X509 **out_cert, stls_error *err)
{
  struct stls_pem_block block;
  stls_result result = find_only(text, &block, err);
  X509 *cert = NULL;

  if (result != STLS_OK) return result;
  result = read_block(&block, scope, &cert);
  /* OpenSSL may give no reason at all, also when memory was short: then it can
   * be read after all. */
  if (result == STLS_ERROR_INPUT && stls_error_queue_is_empty() &&
      read_block(&block, scope, &cert) == STLS_OK) {
    X509_free(cert);
    result = STLS_ERROR_MEMORY;
  }
  if (result == STLS_ERROR_MEMORY) return stls_error_memory(err);
  if (result != STLS_OK)
    return stls_error_set_openssl(err, result, "%s:%zu: certificate",
                                  text->name, block.line);
  *out_cert = cert;
  return STLS_OK;
}

static stls_result find_only(const struct stls_pem_text *text,
                             struct stls_pem_block *out_block, stls_error *err)
{
  struct stls_pem_walk walk;
  struct stls_pem_block block;
  stls_pem_step step;
  bool is_found = false;

  stls_pem_walk_init(&walk, text->data, text->len);
  while ((step = stls_pem_next(&walk, &block)) == STLS_PEM_BLOCK) {
    if (!is_cert(&block)) continue;
    if (is_found)
      return stls_error_set(err, STLS_ERROR_INPUT,
                            "%s:%zu: a second certificate", text->name,
                            block.line);
    is_found = true;
    *out_block = block;
  }
  if (step == STLS_PEM_UNTERMINATED)
    return stls_error_set(err, STLS_ERROR_INPUT,
                          "%s:%zu: the block \"%.*s\" has no matching END line",
                          text->name, block.line, (int)block.label_len,
                          block.label);
  if (!is_found)
    return stls_error_set(err, STLS_ERROR_INPUT,
                          "%s: no start line: it does not contain a "
                          "certificate",
                          text->name);
  return STLS_OK;
}

static bool is_cert(const struct stls_pem_block *block)
{
  return stls_pem_is(block, PEM_STRING_X509) ||
         stls_pem_is(block, PEM_STRING_X509_OLD) ||
         stls_pem_is(block, PEM_STRING_X509_TRUSTED);
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
  bio = BIO_new_mem_buf(block->data, (int)block->len);
  if (bio == NULL) return STLS_ERROR_MEMORY;
  if (PEM_bytes_read_bio(&der, &len, NULL, PEM_STRING_X509_TRUSTED, bio,
                         refuse_to_decrypt, NULL) == 1)
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

/* A certificate is no secret, but its block may say that it is encrypted, and
 * without this OpenSSL would ask on the terminal. */
static int refuse_to_decrypt(char *out, int cap, int writing, void *arg)
{
  (void)out;
  (void)cap;
  (void)writing;
  (void)arg;
  return -1;
}
