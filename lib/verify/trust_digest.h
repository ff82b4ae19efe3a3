/* SPDX-License-Identifier: MIT */
/* trust_digest: what is in a set of trust, as one short value. */
#ifndef STLS_LIB_TRUST_DIGEST_H
#define STLS_LIB_TRUST_DIGEST_H

#include "base/sha256.h"
#include "verify/trust.h"

/* A value that sets have in common that have the same certificates, with the
 * same trust settings, and CRLs, in any order, in any process. Made again only
 * where the set has grown. STLS_ERROR_MEMORY. The caller guards the error queue. Any thread. */
stls_result stls_trust_digest(stls_trust *trust,
                              unsigned char out[STLS_SHA256_LEN],
                              stls_error *err);

#endif
