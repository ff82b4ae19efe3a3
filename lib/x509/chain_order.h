/* SPDX-License-Identifier: MIT */
/* chain_order: which certificate is a key's, and which ones issued it. */
#ifndef STLS_LIB_CHAIN_ORDER_H
#define STLS_LIB_CHAIN_ORDER_H

#include <openssl/x509.h>
#include <sanstls/error.h>
#include <stdbool.h>

/* The index of the first certificate that has the key's public part; -1 for
 * none. *out_unknown says whether one could not be compared. */
int stls_chain_order_find(const STACK_OF(X509) * certs, EVP_PKEY *key,
                          bool *out_unknown);

/* What certificates and key are called in messages. */
struct stls_chain_order_names {
  const char *chain;
  const char *key;
};

/*
 * Puts the certificate of the key first, then those that issued one before them,
 * each once, and frees the rest. STLS_ERROR_INPUT when none is the key's or an
 * issuer is broken; may free some on failure. The caller guards the error queue.
 */
stls_result stls_chain_order_arrange(STACK_OF(X509) * *certs, EVP_PKEY *key,
                                     const struct stls_chain_order_names *names,
                                     stls_error *err);

/* Says that none is the key's, as far as they could be compared. */
stls_result stls_chain_order_fail_mismatch(
    bool unknown, const struct stls_chain_order_names *names, stls_error *err);

#endif
