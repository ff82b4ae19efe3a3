/* SPDX-License-Identifier: MIT */
/* ascii: letter case, character classes and hexadecimal digits of ASCII. */
#ifndef STLS_LIB_ASCII_H
#define STLS_LIB_ASCII_H

#include <stdbool.h>
#include <stddef.h>

/* <ctype.h> and <strings.h> depend on the locale; these functions do not. */

#define STLS_ASCII_HEX_LOWER "0123456789abcdef"
#define STLS_ASCII_HEX_UPPER "0123456789ABCDEF"

static inline char stls_ascii_lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline char stls_ascii_upper(char c)
{
  return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static inline bool stls_ascii_is_digit(char c)
{
  return c >= '0' && c <= '9';
}

static inline bool stls_ascii_is_alnum(char c)
{
  const char lower = stls_ascii_lower(c);

  return stls_ascii_is_digit(c) || (lower >= 'a' && lower <= 'z');
}

static inline bool stls_ascii_is_hex_digit(char c)
{
  const char lower = stls_ascii_lower(c);

  return stls_ascii_is_digit(c) || (lower >= 'a' && lower <= 'f');
}

/* Whether `len` bytes are equal but for the case of their letters. */
static inline bool stls_ascii_equal(const char *a, const char *b, size_t len)
{
  for (size_t i = 0; i < len; i++)
    if (stls_ascii_lower(a[i]) != stls_ascii_lower(b[i])) return false;
  return true;
}

/* The same for two terminated texts. */
static inline bool stls_ascii_equal_text(const char *a, const char *b)
{
  while (*a != '\0' && stls_ascii_lower(*a) == stls_ascii_lower(*b)) a++, b++;
  return *a == *b;
}

/* The value of a hexadecimal digit. */
static inline unsigned stls_ascii_hex_value(char digit)
{
  return stls_ascii_is_digit(digit)
             ? (unsigned)(digit - '0')
             : (unsigned)(stls_ascii_lower(digit) - 'a') + 10;
}

/* Writes two digits for each byte, without a NUL; `digits` is one of
 * STLS_ASCII_HEX_x. Returns the end of what it wrote. */
static inline char *stls_ascii_hex(const unsigned char *bytes, size_t len,
                                   const char *digits, char *out)
{
  for (size_t i = 0; i < len; i++) {
    *out++ = digits[bytes[i] >> 4];
    *out++ = digits[bytes[i] & 0xf];
  }
  return out;
}

#endif
