/* SPDX-License-Identifier: MIT */
/* server_name: reads the host name of a server_name extension (RFC 6066, 3). */
#ifndef STLS_LIB_SERVER_NAME_H
#define STLS_LIB_SERVER_NAME_H

#include "base/byte_reader.h"
#include "util/hostname.h"

/* Writes the host name in lower case, terminated, without a trailing dot. Returns
 * false, and "" in `out`, when the extension is malformed or the name is not a DNS
 * name. */
bool stls_server_name_read(struct stls_byte_reader extension,
                           char out[STLS_HOSTNAME_MAX + 1]);

#endif
