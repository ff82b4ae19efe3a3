/* SPDX-License-Identifier: MIT */
/* byte_reader: reads and writes numbers and vectors in network byte order. */
#include "base/byte_reader.h"

bool stls_byte_reader_take(struct stls_byte_reader *reader, size_t len,
                           struct stls_byte_reader *out)
{
  if (len > reader->len) return false;
  out->at = reader->at;
  out->len = len;
  reader->at += len;
  reader->len -= len;
  return true;
}

bool stls_byte_reader_number(struct stls_byte_reader *reader, size_t width,
                             size_t *out_number)
{
  struct stls_byte_reader bytes;

  if (!stls_byte_reader_take(reader, width, &bytes)) return false;
  *out_number = (size_t)stls_byte_reader_uint(bytes.at, width);
  return true;
}

bool stls_byte_reader_number64(struct stls_byte_reader *reader,
                               uint64_t *out_number)
{
  struct stls_byte_reader bytes;

  if (!stls_byte_reader_take(reader, sizeof *out_number, &bytes)) return false;
  *out_number = stls_byte_reader_uint(bytes.at, bytes.len);
  return true;
}

bool stls_byte_reader_prefixed(struct stls_byte_reader *reader, size_t width,
                               struct stls_byte_reader *out)
{
  size_t len;

  return stls_byte_reader_number(reader, width, &len) &&
         stls_byte_reader_take(reader, len, out);
}

bool stls_byte_reader_all_prefixed(struct stls_byte_reader reader, size_t width,
                                   struct stls_byte_reader *out)
{
  return stls_byte_reader_prefixed(&reader, width, out) && reader.len == 0;
}
