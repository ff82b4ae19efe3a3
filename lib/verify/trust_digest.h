/* SPDX-License-Identifier: MIT */
/* trust_digest: computes a digest of the contents of a trust set. */
#ifndef STLS_LIB_TRUST_DIGEST_H
#define STLS_LIB_TRUST_DIGEST_H

#include "base/sha256.h"
#include "verify/trust.h"

/* Computes a digest that is the same for sets with the same certificates,
 * trust settings and CRLs, in any order and in any process. It is cached
 * until the set grows. STLS_ERROR_MEMORY. The caller guards the error queue.
 * Any thread. */
stls_result stls_trust_digest(stls_trust *trust,
                              unsigned char out[STLS_SHA256_LEN],
                              stls_error *err);

#endif
