/* SPDX-License-Identifier: MIT */
/* test_quote: bytes as printable text in messages. */
#include "lib/util/quote.h"

#include <stdio.h>
#include <string.h>

#include "support/expect.h"

SUITE(quote);

static const struct {
  const char *bytes;
  size_t len;
  const char *text;
} cases[] = {
    {"", 0, "\"\""},
    {"GET /\r\n", 8, "\"GET /\\r\\n\\x00\""},
    {"\t\"\\'?", 5, "\"\\t\\\"\\\\'?\""},
    {"\x1f ~\x7f\x80\xff", 6, "\"\\x1f ~\\x7f\\x80\\xff\""},
    {"\0000", 2, "\"\\x000\""},
};

Test(quote, escapes_what_is_not_printable_ascii)
{
  char text[STLS_QUOTE_SIZE];

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    stls_quote(cases[i].bytes, cases[i].len, text);
    cr_expect_str_eq(text, cases[i].text);
  }
}

/* snprintf writes the expected texts. */
Test(quote, every_byte_has_its_escape)
{
  for (int byte = 0; byte < 256; byte++) {
    const unsigned char one = (unsigned char)byte;
    char text[STLS_QUOTE_SIZE], expected[16];
    if (byte != 0 && strchr("\"\\\n\r\t", byte) != NULL) continue;
    snprintf(expected, sizeof expected,
             byte >= 0x20 && byte < 0x7f ? "\"%c\"" : "\"\\x%02x\"", byte);
    stls_quote(&one, 1, text);
    cr_expect_str_eq(text, expected, "byte %d", byte);
  }
}

Test(quote, long_input_fills_the_buffer_and_is_cut)
{
  unsigned char bytes[STLS_QUOTE_MAX + 5];
  char text[STLS_QUOTE_SIZE + 1];

  memset(bytes, 0xa5, sizeof bytes);
  memset(text, '#', sizeof text);
  stls_quote(bytes, sizeof bytes, text);
  cr_expect_eq(strlen(text), STLS_QUOTE_SIZE - 1);
  cr_expect_str_eq(text + STLS_QUOTE_SIZE - 6, "\\xa5\"");
  cr_expect_eq(text[STLS_QUOTE_SIZE], '#');
}
