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
 * added. OpenSSL's store, which contexts hold, is filled from them and never has
 * more than they have: a store cannot be emptied without deprecated calls, nor
 * while others verify with it. It has less only where memory ran out; the next
 * call of stls_trust_store_fill goes on.
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
  X509_STORE *store;
  /* How many of each list are in the store. */
  int num_certs_stored;
  int num_crls_stored;
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

/* Makes the store as full as the set; where it is already, that costs next to
 * nothing. STLS_ERROR_MEMORY. Any thread. */
stls_result stls_trust_store_fill(stls_trust *trust, stls_error *err);

/* A value that sets have in common that have the same certificates, with the
 * same trust settings, and CRLs, in any order, in any process. Made again only where the set has grown.
 * STLS_ERROR_MEMORY. The caller guards the error queue. Any thread. */
stls_result stls_trust_digest(stls_trust *trust,
                              unsigned char out[STLS_DIGEST_LEN],
                              stls_error *err);

/* STLS_REASON_NONE where there is a certificate in the set; else whether the
 * system was asked for its own, or NO_TRUST, also for NULL. Any thread. */
stls_reason stls_trust_lack(const stls_trust *trust);

/* The store that contexts hold, borrowed. It stays the same one for life. */
X509_STORE *stls_trust_store(const stls_trust *trust);

#endif
