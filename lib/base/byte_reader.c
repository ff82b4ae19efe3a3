/* SPDX-License-Identifier: MIT */
/* byte_reader: bytes from the front of a message, never one too many. */
#include "base/byte_reader.h"

bool stls_cursor_take(struct stls_cursor *cursor, size_t len,
                      struct stls_cursor *out)
{
  if (len > cursor->len) return false;
  out->at = cursor->at;
  out->len = len;
  cursor->at += len;
  cursor->len -= len;
  return true;
}

bool stls_cursor_number(struct stls_cursor *cursor, size_t width,
                        size_t *out_number)
{
  struct stls_cursor bytes;
  size_t number = 0;

  if (!stls_cursor_take(cursor, width, &bytes)) return false;
  for (size_t i = 0; i < width; i++) number = number << 8 | bytes.at[i];
  *out_number = number;
  return true;
}

bool stls_cursor_prefixed(struct stls_cursor *cursor, size_t width,
                          struct stls_cursor *out)
{
  size_t len;

  return stls_cursor_number(cursor, width, &len) &&
         stls_cursor_take(cursor, len, out);
}

bool stls_cursor_all_prefixed(struct stls_cursor cursor, size_t width,
                              struct stls_cursor *out)
{
  return stls_cursor_prefixed(&cursor, width, out) && cursor.len == 0;
}
