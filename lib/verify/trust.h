/* SPDX-License-Identifier: MIT */
/* trust: the certificates that a peer's chain may end in. */
#ifndef STLS_LIB_TRUST_H
#define STLS_LIB_TRUST_H

#include <openssl/x509_vfy.h>
#include <sanstls/trust.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "x509/x509_pem.h"

/*
 * What belongs to the set stands in the two lists, in the order in which it was
 * added, and once more in two that are sorted. OpenSSL's store, which contexts
 * hold, looks into the latter (trust_lookup.h); the set lives as long as the
 * store does.
 */
struct stls_trust {
  stls_refs refs;
  struct stls_x509_scope scope;
  char *propq;
  /* The system's certificates were asked for. */
  atomic_bool has_asked_system;
  /* Held for whatever is below, the store excepted. */
  CRYPTO_RWLOCK *lock;
  STACK_OF(X509) * certs;
  STACK_OF(X509_CRL) * crls;
  /* The same, borrowed, by name. */
  STACK_OF(X509) * by_subject;
  STACK_OF(X509_CRL) * by_issuer;
  X509_STORE *store;
  /* The store owns the set. */
  bool is_installed;
  /* Of the set, when it had so many: see trust_digest.h. */
  unsigned char digest[STLS_SHA256_LEN];
  bool has_digest;
  int num_certs_digested;
  int num_crls_digested;
};

/* STLS_REASON_NONE where there is a certificate in the set; else whether the
 * system was asked for its own, or NO_TRUST, also for NULL. Any thread. */
stls_reason stls_trust_empty_reason(const stls_trust *trust);

#endif
