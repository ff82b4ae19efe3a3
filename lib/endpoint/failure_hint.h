/* SPDX-License-Identifier: MIT */
/* failure_hint: says what a refused certificate or a received alert is about. */
#ifndef STLS_LIB_FAILURE_HINT_H
#define STLS_LIB_FAILURE_HINT_H

#include "context/peer_verify.h"

/* Enough for each hint: the longest has the texts of a distinguished name. */
#define STLS_FAILURE_HINT_SIZE ((size_t)160)

/* Writes a part of a sentence about the certificate that failed, with "; " before
 * it, such as the names that it has. "" where the code says enough, or memory is
 * short. Leaves the error queue as it was. */
void stls_failure_hint_certificate(const struct stls_peer_verify *verify,
                                   char out[STLS_FAILURE_HINT_SIZE]);

/* What the peer means by an alert, with ": " before it; "" where its name says
 * enough. */
const char *stls_failure_hint_alert(int alert);

#endif
