/* SPDX-License-Identifier: MIT */
/* test_byte_reader: numbers and vectors in network byte order (RFC 8446, 3). */
#include "lib/base/byte_reader.h"

#include <string.h>

#include "support/expect.h"

SUITE(byte_reader);

static const uint8_t bytes[] = {0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10};
static const uint64_t number_in_bytes = UINT64_C(0xfedcba9876543210);

/* The first byte has its top bit set: a shift of a signed number would extend
 * it. */
Test(byte_reader, unbounded_numbers_have_the_first_byte_on_top)
{
  cr_expect_eq(stls_byte_reader_u16(bytes), 0xfedc);
  cr_expect_eq(stls_byte_reader_u16(bytes + 6), 0x3210);
  for (size_t width = 0; width <= sizeof bytes; width++) {
    uint64_t expected =
        width == 0 ? 0 : number_in_bytes >> (64 - 8 * (unsigned)width);
    cr_expect_eq(stls_byte_reader_uint(bytes, width), expected, "width %zu",
                 width);
  }
}

Test(byte_reader, put_writes_the_low_bytes_and_no_more)
{
  for (size_t width = 0; width <= sizeof bytes; width++) {
    uint8_t out[sizeof bytes + 1];
    memset(out, 0xee, sizeof out);
    cr_expect_eq(stls_byte_reader_put(out, number_in_bytes, width),
                 out + width);
    cr_expect_arr_eq(out, bytes + sizeof bytes - width, width);
    cr_expect_eq(out[width], 0xee, "width %zu", width);
  }
}

Test(byte_reader, bounded_numbers_need_all_their_bytes)
{
  for (size_t width = 1; width <= 3; width++) {
    struct stls_byte_reader reader = {bytes, width - 1};
    size_t number = 7;
    cr_expect_not(stls_byte_reader_number(&reader, width, &number));
    cr_expect_eq(number, 7);
    reader.len = width + 1;
    cr_expect(stls_byte_reader_number(&reader, width, &number));
    cr_expect_eq(number, number_in_bytes >> (64 - 8 * (unsigned)width));
    cr_expect_eq(reader.at, bytes + width);
    cr_expect_eq(reader.len, 1);
  }
}

Test(byte_reader, number64_takes_eight_bytes)
{
  struct stls_byte_reader reader = {bytes, sizeof bytes - 1};
  uint64_t number = 7;

  cr_expect_not(stls_byte_reader_number64(&reader, &number));
  cr_expect_eq(number, 7);
  reader.len = sizeof bytes;
  cr_expect(stls_byte_reader_number64(&reader, &number));
  cr_expect_eq(number, number_in_bytes);
  cr_expect_eq(reader.len, 0);
}

Test(byte_reader, a_vector_is_as_long_as_it_says)
{
  static const uint8_t vector[] = {0, 2, 'a', 'b', 'c'};
  struct stls_byte_reader reader = {vector, 3}, content;

  cr_expect_not(stls_byte_reader_prefixed(&reader, 2, &content));
  reader = (struct stls_byte_reader){vector, 5};
  cr_expect_not(stls_byte_reader_all_prefixed(reader, 2, &content));
  cr_expect(stls_byte_reader_prefixed(&reader, 2, &content));
  cr_expect_eq(content.at, vector + 2);
  cr_expect_eq(content.len, 2);
  cr_expect_eq(reader.at, vector + 4);
  reader = (struct stls_byte_reader){vector, 4};
  cr_expect(stls_byte_reader_all_prefixed(reader, 2, &content));
}
