/* SPDX-License-Identifier: MIT */
/* record_cursor: finds where records end in a stream of bytes. */
#ifndef STLS_LIB_RECORD_CURSOR_H
#define STLS_LIB_RECORD_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/record_header.h"

/* Zeroes: at the beginning. */
struct stls_record_cursor {
  uint8_t header[STLS_RECORD_HEADER_LEN];
  /* How many bytes of the record were taken, and how long it is; 0: the header is
   * not complete. */
  size_t taken;
  size_t record_len;
  /* What came is no record: where the next one begins is not known. */
  bool is_lost;
};

/* Takes the bytes from the front that belong to one record, and returns their number,
 * at least 1 of a `len` that is not 0. *out_is_end: the record is complete; its header
 * stays in the cursor until the next call. */
size_t stls_record_cursor_take(struct stls_record_cursor *cursor,
                               const uint8_t *bytes, size_t len,
                               bool *out_is_end);

#endif
