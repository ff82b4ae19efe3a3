/* SPDX-License-Identifier: MIT */
/* sct: parses lists of signed certificate timestamps (RFC 6962, 3.3). */
#ifndef STLS_LIB_SCT_H
#define STLS_LIB_SCT_H

#include <sanstls/certificate.h>

#include "base/arena.h"

struct stls_scts {
  size_t count;
  const struct stls_sct *at;
};

/*
 * Parses a SignedCertificateTimestampList; the result lives in the arena.
 * STLS_ERROR_INPUT: a length is wrong, or the list is too short or too long.
 * STLS_ERROR_MEMORY.
 */
stls_result stls_sct_decode(struct stls_arena *arena, const uint8_t *list,
                            size_t len, struct stls_scts *out);

/* NULL past the end. */
const stls_sct *stls_sct_at(const struct stls_scts *scts, size_t index);

#endif
