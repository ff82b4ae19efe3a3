/* SPDX-License-Identifier: MIT */
/* record_cursor: finds where records end in a stream of bytes. */
#include "testing/record_cursor.h"

#include <string.h>

size_t stls_record_cursor_take(struct stls_record_cursor *cursor,
                               const uint8_t *bytes, size_t len,
                               bool *out_is_end)
{
  const size_t header_len = STLS_RECORD_HEADER_LEN;
  size_t piece = 0;

  *out_is_end = false;
  if (cursor->is_lost || len == 0) return len;
  if (cursor->record_len > 0 && cursor->taken == cursor->record_len)
    cursor->taken = cursor->record_len = 0;
  if (cursor->taken < header_len) {
    piece = header_len - cursor->taken < len ? header_len - cursor->taken : len;
    memcpy(cursor->header + cursor->taken, bytes, piece);
    cursor->taken += piece;
    if (cursor->taken < header_len) return piece;
    cursor->record_len = stls_record_header_record_len(cursor->header);
    cursor->is_lost = cursor->record_len == 0;
    if (cursor->is_lost) return len;
  }
  if (cursor->record_len - cursor->taken < len - piece) {
    piece += cursor->record_len - cursor->taken;
    cursor->taken = cursor->record_len;
  } else {
    cursor->taken += len - piece;
    piece = len;
  }
  *out_is_end = cursor->taken == cursor->record_len;
  return piece;
}
