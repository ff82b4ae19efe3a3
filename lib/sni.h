/* SPDX-License-Identifier: MIT */
/* sni (L1): the host name in a server_name extension, in one spelling. */
#ifndef STLS_SNI_H
#define STLS_SNI_H

#include "cursor.h"
#include "hostname.h"

/* Reads a ClientHello's extension (RFC 6066, 3): in lower case, terminated,
 * without a trailing dot. false, with `out` empty: it is malformed, or what it
 * has is no DNS name. */
bool stls_sni_read(struct stls_cursor extension,
                   char out[STLS_HOSTNAME_MAX + 1]);

#endif
