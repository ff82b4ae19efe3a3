/* SPDX-License-Identifier: MIT */
/* byte_reader: reads numbers and vectors from a span of bytes, within its
 * bounds. */
#ifndef STLS_LIB_BYTE_READER_H
#define STLS_LIB_BYTE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes that are still unread. Each function returns false when there are too
 * few bytes: the message is malformed, and the reader is of no more use. */
struct stls_byte_reader {
  const uint8_t *at;
  size_t len;
};

/* Takes `len` bytes from the front. */
bool stls_byte_reader_take(struct stls_byte_reader *reader, size_t len,
                           struct stls_byte_reader *out);

/* Takes a big-endian number of `width` bytes, at most 3. */
bool stls_byte_reader_number(struct stls_byte_reader *reader, size_t width,
                             size_t *out_number);

/* Takes a big-endian number of 8 bytes. */
bool stls_byte_reader_u64(struct stls_byte_reader *reader,
                          uint64_t *out_number);

/* Takes a vector (RFC 8446, 3.4): a length of `width` bytes, and that many
 * bytes. */
bool stls_byte_reader_prefixed(struct stls_byte_reader *reader, size_t width,
                               struct stls_byte_reader *out);

/* The same for a vector that takes up all of the reader. */
bool stls_byte_reader_all_prefixed(struct stls_byte_reader reader, size_t width,
                                   struct stls_byte_reader *out);

#endif
