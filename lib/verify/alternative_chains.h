/* SPDX-License-Identifier: MIT */
/* alternative_chains: other chains than the one that OpenSSL found. */
#ifndef STLS_LIB_ALTERNATIVE_CHAINS_H
#define STLS_LIB_ALTERNATIVE_CHAINS_H

#include <openssl/x509_vfy.h>
#include <stdbool.h>

struct stls_alternative_chains {
  /* A verification for an SSL that has failed. */
  X509_STORE_CTX *failed;
  /* As for X509_STORE_CTX_new_ex. */
  OSSL_LIB_CTX *libctx;
  const char *propq;
  /* X509_verify_cert, with whatever belongs to it. */
  bool (*verify)(X509_STORE_CTX *attempt, void *arg);
  void *arg;
};

typedef enum stls_alternative_chains_result {
  /* None is accepted: the failed verification is as it was. */
  STLS_ALTERNATIVE_CHAINS_NONE,
  /* One is, and `failed` has its chain, name and result. */
  STLS_ALTERNATIVE_CHAINS_ACCEPTED,
  /* One is refused for what no other would make right, as for the leaf's own
   * name; `failed` has its chain and result. */
  STLS_ALTERNATIVE_CHAINS_REFUSED
} stls_alternative_chains_result;

/*
 * OpenSSL follows one path: at each step the first issuer that fits by name and
 * is valid in time, from trust before what was sent, and it never goes back. So
 * another CA of the same name, a renewed certificate or a cross-certificate may
 * lead to trust where it failed. This tries those other paths, each by a
 * verification of its own that has no choice, and CRLs whose signature is right
 * before others of the same issuer.
 *
 * What it costs is bounded, whatever the peer sends: by the number of paths that
 * are tried, and of steps to find them. Where CRLs are checked, the signatures of
 * a path come first, from trust downward, so that a key is used only when its
 * certificate is verified. The caller guards the error queue.
 */
stls_alternative_chains_result stls_alternative_chains_find(
    const struct stls_alternative_chains *request);

#endif
