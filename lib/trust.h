/* SPDX-License-Identifier: MIT */
/* trust (L3): the certificates that a peer's chain may end in. */
#ifndef STLS_TRUST_H
#define STLS_TRUST_H

#include <openssl/x509_vfy.h>
#include <sanstls/trust.h>
#include <stdatomic.h>

#include "digest.h"
#include "mem.h"
#include "x509pem.h"

/*
 * What belongs to the set stands in the two lists, in the order in which it was
 * added, and once more in two that are sorted. OpenSSL's store, which contexts
 * hold, looks into the latter (trustfind.c); the set lives as long as the store
 * does.
 */
struct stls_trust {
  stls_refs refs;
  struct stls_x509pem_scope scope;
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
  /* Of the set, when it had so many: see stls_trust_digest. */
  unsigned char digest[STLS_DIGEST_LEN];
  bool has_digest;
  int num_certs_digested;
  int num_crls_digested;
};

/* What was read, and is to be added in one go. */
struct stls_trust_batch {
  STACK_OF(X509) * certs;
  STACK_OF(X509_CRL) * crls;
};

/* `init` says whether there was memory; `free` is fine in any case. */
bool stls_trust_batch_init(struct stls_trust_batch *batch);
void stls_trust_batch_free(struct stls_trust_batch *batch);

/* Adds what the set does not have yet: all or nothing. Takes references of its
 * own; the caller guards the error queue. */
stls_result stls_trust_store_add(stls_trust *trust,
                                 const struct stls_trust_batch *batch,
                                 stls_error *err);

/* A value that sets have in common that have the same certificates, with the
 * same trust settings, and CRLs, in any order, in any process. Made again only
 * where the set has grown. STLS_ERROR_MEMORY. The caller guards the error queue. Any thread. */
stls_result stls_trust_digest(stls_trust *trust,
                              unsigned char out[STLS_DIGEST_LEN],
                              stls_error *err);

/* STLS_REASON_NONE where there is a certificate in the set; else whether the
 * system was asked for its own, or NO_TRUST, also for NULL. Any thread. */
stls_reason stls_trust_lack(const stls_trust *trust);

/*
 * Has the set's store look into the set, and own it: where the store goes, which
 * other owners may outlive the set's, `destroy` is called with the set. false when
 * memory is short; nothing is owned then.
 *
 * OpenSSL's own list in the store stays empty. It is sorted anew for each
 * certificate that is added, which takes seconds for thousands.
 */
bool stls_trustfind_install(stls_trust *trust,
                            void (*destroy)(stls_trust *trust));

/* Where in the sorted lists one stands or belongs, by name and then by content. */
int stls_trustfind_cert(const stls_trust *trust, const X509 *cert,
                        bool *out_is_there);
int stls_trustfind_crl(const stls_trust *trust, const X509_CRL *crl,
                       bool *out_is_there);

/* The store that contexts hold, borrowed. It stays the same one for life. */
X509_STORE *stls_trust_store(const stls_trust *trust);

#endif
