/* SPDX-License-Identifier: MIT */
/* byte_reader: reads and writes numbers and vectors in network byte order. */
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
bool stls_byte_reader_number64(struct stls_byte_reader *reader,
                               uint64_t *out_number);

/* Takes a vector (RFC 8446, 3.4): a length of `width` bytes, and that many
 * bytes. */
bool stls_byte_reader_prefixed(struct stls_byte_reader *reader, size_t width,
                               struct stls_byte_reader *out);

/* The same for a vector that takes up all of the reader. */
bool stls_byte_reader_all_prefixed(struct stls_byte_reader reader, size_t width,
                                   struct stls_byte_reader *out);

/* The functions below check no bounds: the caller has checked the length. */

/* Returns the number in two bytes. */
static inline uint16_t stls_byte_reader_u16(const uint8_t *bytes)
{
  return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* Returns the number in `width` bytes, at most 8. */
static inline uint64_t stls_byte_reader_uint(const uint8_t *bytes, size_t width)
{
  uint64_t number = 0;

  for (size_t i = 0; i < width; i++) number = number << 8 | bytes[i];
  return number;
}

/* Writes the low `width` bytes of a number, at most 8. Returns the end of what it
 * wrote. */
static inline uint8_t *stls_byte_reader_put(uint8_t *out, uint64_t number,
                                            size_t width)
{
  for (size_t i = width; i-- > 0;) *out++ = (uint8_t)(number >> (8 * i));
  return out;
}

#endif
