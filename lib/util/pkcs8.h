/* SPDX-License-Identifier: MIT */
/* pkcs8: decodes private keys in PKCS #8 (RFC 5958), of both versions. */
#ifndef STLS_LIB_PKCS8_H
#define STLS_LIB_PKCS8_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdint.h>

#include "util/passphrase.h"

typedef enum stls_pkcs8_fault {
  /* OpenSSL's queue says what it is. */
  STLS_PKCS8_UNREADABLE,
  STLS_PKCS8_NO_MEMORY,
  /* The public key beside the private key belongs to another one. */
  STLS_PKCS8_OTHER_PUBLIC_KEY
} stls_pkcs8_fault;

/* Whether these bytes are a key of version 2, which OpenSSL does not decode. */
bool stls_pkcs8_is_v2(const uint8_t *der, size_t len);

/* Decodes a key that takes up all of the bytes. Returns NULL on failure, and sets
 * *out_fault. The caller guards the error queue, here and below. */
EVP_PKEY *stls_pkcs8_decode(const uint8_t *der, size_t len,
                            OSSL_LIB_CTX *libctx, const char *propq,
                            stls_pkcs8_fault *out_fault);

/* The same for an encrypted one; `passphrase` as in PKCS8_decrypt(3). */
EVP_PKEY *stls_pkcs8_decrypt(const X509_SIG *locked, const char *passphrase,
                             int passphrase_len, OSSL_LIB_CTX *libctx,
                             const char *propq, stls_pkcs8_fault *out_fault);

/* The same, with the passphrase of `prompt`. */
EVP_PKEY *stls_pkcs8_decrypt_with_prompt(const X509_SIG *locked,
                                         struct stls_passphrase_prompt *prompt,
                                         OSSL_LIB_CTX *libctx,
                                         const char *propq,
                                         stls_pkcs8_fault *out_fault);

/* Says why `where` could not be read; `locked` may be NULL. */
stls_result stls_pkcs8_explain(stls_pkcs8_fault fault, const X509_SIG *locked,
                               const struct stls_passphrase_prompt *prompt,
                               const char *where, stls_error *err);

#endif
