/* SPDX-License-Identifier: MIT */
/* hex: reads and writes bytes as hexadecimal digits. */
#include "testing/hex.h"

static int digit_of(char letter);

bool stls_hex_read(const char *text, size_t len, uint8_t *out)
{
  for (size_t i = 0; i + 1 < len; i += 2) {
    const int high = digit_of(text[i]), low = digit_of(text[i + 1]);
    if (high < 0 || low < 0) return false;
    out[i / 2] = (uint8_t)(high << 4 | low);
  }
  return len % 2 == 0;
}

void stls_hex_put(struct stls_string_buffer *text, const void *data, size_t len)
{
  static const char digits[] = "0123456789abcdef";
  const uint8_t *bytes = data;
  char piece[256];
  size_t used = 0;

  for (size_t i = 0; i < len; i++) {
    piece[used++] = digits[bytes[i] >> 4];
    piece[used++] = digits[bytes[i] & 15];
    if (used < sizeof piece && i + 1 < len) continue;
    stls_string_buffer_put(text, piece, used);
    used = 0;
  }
}

static int digit_of(char letter)
{
  if (letter >= '0' && letter <= '9') return letter - '0';
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}
