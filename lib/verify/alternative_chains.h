/* SPDX-License-Identifier: MIT */
/* alternative_chains: searches for a valid chain after OpenSSL's own path
 * failed. */
#ifndef STLS_LIB_ALTERNATIVE_CHAINS_H
#define STLS_LIB_ALTERNATIVE_CHAINS_H

#include <openssl/x509_vfy.h>
#include <stdbool.h>

struct stls_alternative_chains {
  /* The failed verification of an SSL's peer. */
  X509_STORE_CTX *failed;
  /* As for X509_STORE_CTX_new_ex. */
  OSSL_LIB_CTX *libctx;
  const char *propq;
  /* Runs X509_verify_cert with the caller's additional checks. */
  bool (*verify)(X509_STORE_CTX *attempt, void *arg);
  void *arg;
};

typedef enum stls_alternative_chains_result {
  /* No other chain is accepted. `failed` is unchanged. */
  STLS_ALTERNATIVE_CHAINS_NONE,
  /* A chain is accepted. `failed` has its chain, peer name and result. */
  STLS_ALTERNATIVE_CHAINS_ACCEPTED,
  /* A chain is rejected for a reason that no other chain can change, such as
   * the host name. `failed` has its chain and result. */
  STLS_ALTERNATIVE_CHAINS_REFUSED
} stls_alternative_chains_result;

/*
 * OpenSSL follows one path. At each step it takes the first issuer with a
 * matching name that is valid in time, trusted certificates before sent ones,
 * and never goes back. Another CA of the same name, a renewed certificate or a
 * cross-certificate may lead to a trusted certificate where that path fails.
 * This function tries the other paths. Each is verified by a separate
 * X509_STORE_CTX that has only the certificates of the path, and prefers CRLs
 * with a valid signature to other CRLs of the same issuer.
 *
 * The cost is bounded whatever the peer sends: by the number of verified paths,
 * and by the number of name comparisons to find them. Where CRLs are checked,
 * the signatures of a path are verified first, from the trusted end down, so
 * that a key is used only after its certificate was verified. The caller guards
 * the error queue.
 */
stls_alternative_chains_result stls_alternative_chains_find(
    const struct stls_alternative_chains *request);

#endif
