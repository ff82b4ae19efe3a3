/* SPDX-License-Identifier: MIT */
/* trust: holds a set of trusted certificates and CRLs. */
#ifndef STLS_LIB_TRUST_H
#define STLS_LIB_TRUST_H

#include <openssl/x509_vfy.h>
#include <sanstls/trust.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "base/refs.h"
#include "base/sha256.h"
#include "x509/x509_pem.h"

/*
 * `certs` and `crls` own the contents of the set, in the order of addition.
 * `by_subject` and `by_issuer` are sorted. Contexts hold OpenSSL's store, which
 * looks up certificates in the sorted lists (trust_lookup.h). The set lives as
 * long as the store.
 */
struct stls_trust {
  stls_refs refs;
  struct stls_x509_scope scope;
  char *propq;
  /* stls_trust_add_system has succeeded. */
  atomic_bool has_asked_system;
  /* Protects the members below, except the store. */
  CRYPTO_RWLOCK *lock;
  STACK_OF(X509) * certs;
  STACK_OF(X509_CRL) * crls;
  /* The same items, borrowed, sorted by name. */
  STACK_OF(X509) * by_subject;
  STACK_OF(X509_CRL) * by_issuer;
  X509_STORE *store;
  /* The store owns the set. */
  bool is_installed;
  /* The digest of the set when it had the numbers of items below
   * (trust_digest.h). */
  unsigned char digest[STLS_SHA256_LEN];
  bool has_digest;
  int num_certs_digested;
  int num_crls_digested;
};

/* Returns why the set contains no certificate: because the system's set is
 * empty, or STLS_REASON_NO_TRUST, also for NULL. STLS_REASON_NONE when it
 * contains one. Any thread. */
stls_reason stls_trust_empty_reason(const stls_trust *trust);

#endif
