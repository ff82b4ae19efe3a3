/* SPDX-License-Identifier: MIT */
/* credential: a certificate chain and its private key, as one unit. */
#ifndef STLS_LIB_CREDENTIAL_H
#define STLS_LIB_CREDENTIAL_H

#include <openssl/ssl.h>
#include <sanstls/credential.h>

#include "base/sha256.h"
#include "x509/chain_order.h"

/* What a loader has found, leaf first, and how messages call where. */
struct stls_credential_parts {
  STACK_OF(X509) * certs;
  EVP_PKEY *key;
  struct stls_chain_order_names names;
};

/*
 * Makes a credential of parts that fit together, and takes them over on success;
 * what is left in them is freed with stls_credential_parts_free.
 * STLS_ERROR_INPUT says what does not fit. The caller guards the error queue.
 */
stls_result stls_credential_make(struct stls_credential_parts *parts,
                                 stls_credential **out_credential,
                                 stls_error *err);
void stls_credential_parts_free(struct stls_credential_parts *parts);

/* Sets the credential on a context, whose previous one stays on failure. The
 * caller guards the error queue. */
stls_result stls_credential_install(const stls_credential *credential,
                                    SSL_CTX *ssl_ctx, stls_error *err);

/* Of its certificate. false when memory is short. The caller guards the error
 * queue. */
bool stls_credential_digest(const stls_credential *credential,
                            OSSL_LIB_CTX *libctx, const char *propq,
                            unsigned char out[STLS_SHA256_LEN]);

#endif
