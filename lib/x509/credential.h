/* SPDX-License-Identifier: MIT */
/* credential: holds a certificate chain and its private key. */
#ifndef STLS_LIB_CREDENTIAL_H
#define STLS_LIB_CREDENTIAL_H

#include <openssl/ssl.h>
#include <sanstls/credential.h>

#include "base/sha256.h"
#include "x509/chain_order.h"
#include "x509/ocsp_response.h"

/* The input of a credential: certificates, leaf first, the key, and the names
 * of both in error messages. */
struct stls_credential_parts {
  STACK_OF(X509) * certs;
  EVP_PKEY *key;
  struct stls_chain_order_names names;
};

/*
 * Creates a credential from parts that match. On success it owns the parts; on
 * failure the caller still does. Call stls_credential_parts_free in either
 * case. STLS_ERROR_INPUT says what does not match. STLS_ERROR_MEMORY. The
 * caller guards the error queue.
 */
stls_result stls_credential_make(struct stls_credential_parts *parts,
                                 stls_credential **out_credential,
                                 stls_error *err);
void stls_credential_parts_free(struct stls_credential_parts *parts);

/* Sets the credential on an SSL_CTX. On failure the SSL_CTX keeps its
 * previous one. STLS_ERROR_INPUT; STLS_ERROR_MEMORY. The caller guards the
 * error queue. */
stls_result stls_credential_install(const stls_credential *credential,
                                    SSL_CTX *ssl_ctx, stls_error *err);

/* Whether an SSL_CTX that has both keeps only the last one: their keys are of one
 * type. */
bool stls_credential_is_of_type(const stls_credential *credential,
                                const stls_credential *other);

/* Whether this is the leaf, the same object. */
bool stls_credential_has_leaf(const stls_credential *credential,
                              const X509 *leaf);

/* Returns a reference to the response, the caller's; NULL for none. Any thread. */
stls_ocsp_response *stls_credential_ocsp_response(
    const stls_credential *credential);

/* The SHA-256 digest of the leaf certificate. false when memory is short. The
 * caller guards the error queue. */
bool stls_credential_digest(const stls_credential *credential,
                            OSSL_LIB_CTX *libctx, const char *propq,
                            unsigned char out[STLS_SHA256_LEN]);

#endif
