/* SPDX-License-Identifier: MIT */
/* chain_order: orders certificates into the chain of a private key. */
#ifndef STLS_LIB_CHAIN_ORDER_H
#define STLS_LIB_CHAIN_ORDER_H

#include <openssl/x509.h>
#include <sanstls/error.h>
#include <stdbool.h>

/* Returns the index of the first certificate whose public key is that of `key`;
 * -1 for none. *out_unknown: whether a certificate could not be compared. */
int stls_chain_order_find(const STACK_OF(X509) * certs, EVP_PKEY *key,
                          bool *out_unknown);

/* The names of the chain and the key in error messages. */
struct stls_chain_order_names {
  const char *chain;
  const char *key;
};

/*
 * Orders *certs: the certificate of the key first, then the certificates that
 * issued an earlier one, each once. The others are freed. STLS_ERROR_INPUT when
 * no certificate is the key's or an issuer is broken; STLS_ERROR_MEMORY. On
 * failure some of the certificates may be freed. The caller guards the error
 * queue.
 */
stls_result stls_chain_order_arrange(STACK_OF(X509) * *certs, EVP_PKEY *key,
                                     const struct stls_chain_order_names *names,
                                     stls_error *err);

/* Fails with STLS_REASON_KEY_MISMATCH. `unknown`: the key could not be compared
 * with a certificate. */
stls_result stls_chain_order_fail_mismatch(
    bool unknown, const struct stls_chain_order_names *names, stls_error *err);

#endif
