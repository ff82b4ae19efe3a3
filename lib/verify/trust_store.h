/* SPDX-License-Identifier: MIT */
/* trust_store: adding to a set of trust, all or nothing. */
#ifndef STLS_LIB_TRUST_STORE_H
#define STLS_LIB_TRUST_STORE_H

#include "verify/trust.h"

/* What was read, and is to be added in one go. */
struct stls_trust_batch {
  STACK_OF(X509) * certs;
  STACK_OF(X509_CRL) * crls;
};

/* `init` says whether there was memory; `free` is fine in any case. */
bool stls_trust_store_batch_init(struct stls_trust_batch *batch);
void stls_trust_store_batch_free(struct stls_trust_batch *batch);

/* Adds what the set does not have yet: all or nothing. Takes references of its
 * own; the caller guards the error queue. */
stls_result stls_trust_store_add(stls_trust *trust,
                                 const struct stls_trust_batch *batch,
                                 stls_error *err);

/* The store that contexts hold, borrowed. It stays the same one for life. */
X509_STORE *stls_trust_store(const stls_trust *trust);

#endif
