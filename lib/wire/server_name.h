/* SPDX-License-Identifier: MIT */
/* server_name: the host name in a server_name extension, in one spelling. */
#ifndef STLS_LIB_SERVER_NAME_H
#define STLS_LIB_SERVER_NAME_H

#include "base/byte_reader.h"
#include "util/hostname.h"

/* Reads a ClientHello's extension (RFC 6066, 3): in lower case, terminated,
 * without a trailing dot. false, with `out` empty: it is malformed, or what it
 * has is no DNS name. */
bool stls_server_name_read(struct stls_byte_reader extension,
                           char out[STLS_HOSTNAME_MAX + 1]);

#endif
