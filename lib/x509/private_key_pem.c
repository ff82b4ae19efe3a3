/* SPDX-License-Identifier: MIT */
/* private_key_pem: reads a private key from PEM. */
#include "x509/private_key_pem.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "util/passphrase.h"
#include "util/pkcs8.h"

/* The length of a name in an error message is limited to this. */
#define WHERE_CAP 256

/* The arguments and the result of reading a private key. */
struct key_reading {
  const struct stls_x509_scope *scope;
  struct stls_passphrase_prompt *prompt;
  X509_SIG *locked;
  stls_pkcs8_fault fault;
};

static EVP_PKEY *read_key(const struct stls_pem_reader_block *block,
                          struct key_reading *reading);
static EVP_PKEY *read_pkcs8(const struct stls_pem_reader_block *block,
                            const uint8_t *der, long len,
                            struct key_reading *reading);

stls_result stls_private_key_pem_read(const struct stls_named_input *text,
                                      const struct stls_x509_scope *scope,
                                      struct stls_passphrase_prompt *prompt,
                                      EVP_PKEY **out_key, stls_error *err)
{
  struct key_reading reading = {scope, prompt, NULL, STLS_PKCS8_UNREADABLE};
  stls_result result = STLS_OK;
  char where[WHERE_CAP];
  struct stls_pem_reader_walk walk;
  struct stls_pem_reader_block block;
  stls_pem_reader_step step;

  stls_pem_reader_walk_init(&walk, text->data, text->len);
  do step = stls_pem_reader_next(&walk, &block);
  while (step == STLS_PEM_READER_BLOCK &&
         !stls_private_key_pem_is_block(&block));
  if (step == STLS_PEM_READER_FAULT)
    return stls_x509_pem_fail_block(text, &block, err);
  if (step == STLS_PEM_READER_END)
    return stls_x509_pem_fail_missing(text, "private key", err);
  snprintf(where, sizeof where, "%s:%zu: private key", text->name, block.line);
  *out_key = read_key(&block, &reading);
  if (*out_key == NULL)
    result =
        stls_pkcs8_explain(reading.fault, reading.locked, prompt, where, err);
  X509_SIG_free(reading.locked);
  return result;
}

bool stls_private_key_pem_is_block(const struct stls_pem_reader_block *block)
{
  static const char suffix[] = PEM_STRING_PKCS8INF;
  size_t suffix_len = sizeof suffix - 1;

  return block->label_len >= suffix_len &&
         memcmp(block->label + block->label_len - suffix_len, suffix,
                suffix_len) == 0;
}

/* OpenSSL's reader does not support version 2 of PKCS #8, encrypted or not. */
static EVP_PKEY *read_key(const struct stls_pem_reader_block *block,
                          struct key_reading *reading)
{
  unsigned char *der = NULL;
  EVP_PKEY *key = NULL;
  long len = 0;
  BIO *bio;

  if (stls_pem_reader_is(block, PEM_STRING_PKCS8INF) ||
      stls_pem_reader_is(block, PEM_STRING_PKCS8))
    der = stls_x509_pem_bytes(block, &len);
  if (der != NULL) {
    key = read_pkcs8(block, der, len, reading);
    stls_x509_pem_bytes_free(der, len);
    return key;
  }
  stls_error_queue_clear();
  bio = stls_x509_pem_open(block);
  if (bio != NULL)
    key = PEM_read_bio_PrivateKey_ex(bio, NULL, stls_passphrase_pem_callback,
                                     reading->prompt, reading->scope->libctx,
                                     reading->scope->propq);
  BIO_free(bio);
  return key;
}

static EVP_PKEY *read_pkcs8(const struct stls_pem_reader_block *block,
                            const uint8_t *der, long len,
                            struct key_reading *reading)
{
  OSSL_LIB_CTX *libctx = reading->scope->libctx;
  const char *propq = reading->scope->propq;
  const unsigned char *at = der;

  if (stls_pem_reader_is(block, PEM_STRING_PKCS8INF))
    return stls_pkcs8_decode(der, (size_t)len, libctx, propq, &reading->fault);
  reading->locked = d2i_X509_SIG(NULL, &at, len);
  if (reading->locked == NULL) return NULL;
  return stls_pkcs8_decrypt_with_prompt(reading->locked, reading->prompt,
                                        libctx, propq, &reading->fault);
}
