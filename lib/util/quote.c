/* SPDX-License-Identifier: MIT */
/* quote: quotes bytes as printable text for messages. */
#include "util/quote.h"

#include <string.h>

#include "base/ascii.h"

static char *put(char *out, unsigned char byte);

void stls_quote(const void *bytes, size_t len, char out[STLS_QUOTE_SIZE])
{
  const unsigned char *at = bytes;

  if (len > STLS_QUOTE_MAX) len = STLS_QUOTE_MAX;
  *out++ = '"';
  for (size_t i = 0; i < len; i++) out = put(out, at[i]);
  *out++ = '"';
  *out = '\0';
}

/* Writes one to four characters, without a NUL, and returns their end. */
static char *put(char *out, unsigned char byte)
{
  static const char from[] = "\"\\\n\r\t", to[] = "\"\\nrt";
  const char *found = byte == 0 ? NULL : strchr(from, byte);

  if (found == NULL && byte >= 0x20 && byte < 0x7f) {
    *out++ = (char)byte;
    return out;
  }
  *out++ = '\\';
  if (found != NULL) {
    *out++ = to[found - from];
    return out;
  }
  *out++ = 'x';
  return stls_ascii_hex(&byte, 1, STLS_ASCII_HEX_LOWER, out);
}
