/* SPDX-License-Identifier: MIT */
/* byte_reader: bytes from the front of a message, never one too many. */
#ifndef STLS_LIB_BYTE_READER_H
#define STLS_LIB_BYTE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left. A call that answers false has taken nothing that matters: the
 * message is malformed. */
struct stls_byte_reader {
  const uint8_t *at;
  size_t len;
};

bool stls_byte_reader_take(struct stls_byte_reader *cursor, size_t len,
                           struct stls_byte_reader *out);

/* A number of `width` bytes, at most 3, the most significant first. */
bool stls_byte_reader_number(struct stls_byte_reader *cursor, size_t width,
                             size_t *out_number);

/* Bytes behind their length of `width` bytes. */
bool stls_byte_reader_prefixed(struct stls_byte_reader *cursor, size_t width,
                               struct stls_byte_reader *out);

/* The same, and nothing behind them. */
bool stls_byte_reader_all_prefixed(struct stls_byte_reader cursor, size_t width,
                                   struct stls_byte_reader *out);

#endif
