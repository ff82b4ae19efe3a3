/* SPDX-License-Identifier: MIT */
/* trust_store: adds parsed certificates and CRLs to a trust set, all or
 * none. */
#ifndef STLS_LIB_TRUST_STORE_H
#define STLS_LIB_TRUST_STORE_H

#include "verify/trust.h"

/* Items to be added to a set together. */
struct stls_trust_batch {
  STACK_OF(X509) * certs;
  STACK_OF(X509_CRL) * crls;
};

/* `init` returns false when memory is short. Call `free` in either case. */
bool stls_trust_store_batch_init(struct stls_trust_batch *batch);
void stls_trust_store_batch_free(struct stls_trust_batch *batch);

/* Adds the items that the set does not contain yet, all or none, and takes its
 * own references. STLS_ERROR_MEMORY. The caller guards the error queue. */
stls_result stls_trust_store_add(stls_trust *trust,
                                 const struct stls_trust_batch *batch,
                                 stls_error *err);

/* The store that contexts hold, borrowed. A set has the same store for life. */
X509_STORE *stls_trust_store(const stls_trust *trust);

#endif
