/* SPDX-License-Identifier: MIT */
/* quote: quotes bytes as printable text for messages. */
#ifndef STLS_LIB_QUOTE_H
#define STLS_LIB_QUOTE_H

#include <stddef.h>

/* Of more bytes the first ones are quoted. */
#define STLS_QUOTE_MAX ((size_t)32)

/* Enough for STLS_QUOTE_MAX bytes, and the quotes around them. */
#define STLS_QUOTE_SIZE (4 * STLS_QUOTE_MAX + 3)

/* Writes the bytes in double quotes, with C's escapes for what is no printable
 * ASCII, such as "GET /\r\n\x00". */
void stls_quote(const void *bytes, size_t len, char out[STLS_QUOTE_SIZE]);

#endif
