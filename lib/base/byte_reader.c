/* SPDX-License-Identifier: MIT */
/* byte_reader: bytes from the front of a message, never one too many. */
#include "base/byte_reader.h"

bool stls_byte_reader_take(struct stls_byte_reader *cursor, size_t len,
                           struct stls_byte_reader *out)
{
  if (len > cursor->len) return false;
  out->at = cursor->at;
  out->len = len;
  cursor->at += len;
  cursor->len -= len;
  return true;
}

bool stls_byte_reader_number(struct stls_byte_reader *cursor, size_t width,
                             size_t *out_number)
{
  struct stls_byte_reader bytes;
  size_t number = 0;

  if (!stls_byte_reader_take(cursor, width, &bytes)) return false;
  for (size_t i = 0; i < width; i++) number = number << 8 | bytes.at[i];
  *out_number = number;
  return true;
}

bool stls_byte_reader_prefixed(struct stls_byte_reader *cursor, size_t width,
                               struct stls_byte_reader *out)
{
  size_t len;

  return stls_byte_reader_number(cursor, width, &len) &&
         stls_byte_reader_take(cursor, len, out);
}

bool stls_byte_reader_all_prefixed(struct stls_byte_reader cursor, size_t width,
                                   struct stls_byte_reader *out)
{
  return stls_byte_reader_prefixed(&cursor, width, out) && cursor.len == 0;
}
