/* SPDX-License-Identifier: MIT */
/* word_list: writes and reads words with blanks between, and bytes in hexadecimal. */
#include "testing/word_list.h"

#include <string.h>

#include "testing/hex.h"

static bool is_plain(unsigned char byte);
static bool end_word(const char **text, size_t len);

void stls_word_list_put(struct stls_string_buffer *text, const void *word,
                        size_t len)
{
  const unsigned char *bytes = word;

  if (text->len > 0) stls_string_buffer_puts(text, " ");
  for (size_t i = 0; i < len; i++) {
    if (is_plain(bytes[i])) {
      stls_string_buffer_put(text, &bytes[i], 1);
    } else {
      stls_string_buffer_puts(text, "%");
      stls_hex_put(text, &bytes[i], 1);
    }
  }
}

bool stls_word_list_take(const char **text, char *out, size_t *out_len)
{
  const size_t len = strcspn(*text, " ");
  size_t num = 0;

  for (size_t i = 0; i < len; i++) {
    uint8_t byte = (uint8_t)(*text)[i];

    if (byte == '%') {
      if (len - i < 3 || !stls_hex_read(*text + i + 1, 2, &byte) ||
          is_plain(byte))
        return false;
      i += 2;
    } else if (!is_plain(byte)) {
      return false;
    }
    out[num++] = (char)byte;
  }
  out[num] = '\0';
  *out_len = num;
  return end_word(text, len);
}

bool stls_word_list_take_hex(const char **text, uint8_t *out, size_t *out_len)
{
  const size_t len = strcspn(*text, " ");

  if (len % 2 != 0 || !stls_hex_read(*text, len, out)) return false;
  *out_len = len / 2;
  return end_word(text, len);
}

static bool is_plain(unsigned char byte)
{
  return byte > 0x20 && byte < 0x7f && byte != '%';
}

static bool end_word(const char **text, size_t len)
{
  if (len == 0) return false;
  *text += len;
  if (**text == '\0') return true;
  *text += 1;
  return **text != '\0';
}
