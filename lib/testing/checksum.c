/* SPDX-License-Identifier: MIT */
/* checksum: the CRC-32 at the end of a line. */
#include "testing/checksum.h"

#include <stdio.h>
#include <string.h>

/* "#1a2b3c4d" */
enum { MARK_LEN = 9 };

static bool is_mark_of(const char *mark, const char *line, size_t len);
static void format_mark(const char *line, size_t len, char out[16]);

uint32_t stls_checksum_crc32(const void *data, size_t len)
{
  /* Of the polynomial 0xedb88320, for half a byte at a time. */
  static const uint32_t table[] = {
      0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
      0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
      0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
  const uint8_t *bytes = data;
  uint32_t crc = UINT32_MAX;

  for (size_t i = 0; i < len; i++) {
    crc = table[(crc ^ bytes[i]) & 15] ^ crc >> 4;
    crc = table[(crc ^ bytes[i] >> 4) & 15] ^ crc >> 4;
  }
  return ~crc;
}

void stls_checksum_put(struct stls_string_buffer *text, size_t start)
{
  char mark[16];

  if (text->has_failed) return;
  format_mark(text->data + start, text->len - start, mark);
  stls_string_buffer_puts(text, " ");
  stls_string_buffer_puts(text, mark);
}

stls_reason stls_checksum_take(const char *line, size_t *in_out_len)
{
  size_t len = *in_out_len;
  const char *mark;

  if (len <= MARK_LEN) return STLS_REASON_NONE;
  mark = line + len - MARK_LEN;
  if (mark[0] != '#' || mark[-1] != ' ') return STLS_REASON_NONE;
  len -= MARK_LEN + 1;
  *in_out_len = len;
  /* A value of the header may end with blanks. */
  if (is_mark_of(mark, line, len)) return STLS_REASON_NONE;
  while (len > 0 && line[len - 1] == ' ') len--;
  *in_out_len = len;
  return is_mark_of(mark, line, len) ? STLS_REASON_NONE : STLS_REASON_MISMATCH;
}

static bool is_mark_of(const char *mark, const char *line, size_t len)
{
  char want[16];

  format_mark(line, len, want);
  return memcmp(mark, want, MARK_LEN) == 0;
}

static void format_mark(const char *line, size_t len, char out[16])
{
  snprintf(out, 16, "#%08lx", (unsigned long)stls_checksum_crc32(line, len));
}
