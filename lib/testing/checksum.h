/* SPDX-License-Identifier: MIT */
/* checksum: the CRC-32 at the end of a line. */
#ifndef STLS_LIB_CHECKSUM_H
#define STLS_LIB_CHECKSUM_H

#include <sanstls/reason.h>
#include <stddef.h>
#include <stdint.h>

#include "base/string_buffer.h"

/* ISO 3309, as in gzip and PNG. It finds mistakes, not forgeries. */
uint32_t stls_checksum_crc32(const void *data, size_t len);

/* Ends the line that begins at `start` with " #" and the checksum of what it has so
 * far. */
void stls_checksum_put(struct stls_string_buffer *text, size_t start);

/* Takes the checksum off the end of a line, if it has one, and the blanks before it
 * that it is not of. STLS_REASON_NONE; STLS_REASON_MISMATCH: it is that of another
 * line. */
stls_reason stls_checksum_take(const char *line, size_t *in_out_len);

#endif
