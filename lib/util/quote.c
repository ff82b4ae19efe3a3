/* SPDX-License-Identifier: MIT */
/* quote: quotes bytes as printable text for messages. */
#include "util/quote.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static size_t put(char *out, unsigned char byte);

void stls_quote(const void *bytes, size_t len, char out[STLS_QUOTE_SIZE])
{
  const unsigned char *at = bytes;
  size_t used = 0;

  if (len > STLS_QUOTE_MAX) len = STLS_QUOTE_MAX;
  out[used++] = '"';
  for (size_t i = 0; i < len; i++) used += put(out + used, at[i]);
  out[used++] = '"';
  out[used] = '\0';
}

/* At most four characters, of which no end of the text counts. */
static size_t put(char *out, unsigned char byte)
{
  static const char from[] = "\"\\\n\r\t", to[] = "\"\\nrt";
  const char *found = byte == 0 ? NULL : strchr(from, byte);

  if (found != NULL) return (size_t)snprintf(out, 5, "\\%c", to[found - from]);
  if (byte < 0x20 || byte >= 0x7f)
    return (size_t)snprintf(out, 5, "\\x%02x", byte);
  out[0] = (char)byte;
  return 1;
}
