/* SPDX-License-Identifier: MIT */
/* test_string_buffer: text appended to a buffer that grows. */
#include <string.h>

#include "lib/base/string_buffer.h"
#include "support/check.h"
#include "support/heap.h"

SUITE(string_buffer, .timeout = 20);

Test(string_buffer, holds_what_was_written)
{
  struct stls_string_buffer text = {0};

  stls_string_buffer_put(&text, NULL, 0);
  cr_expect_eq(text.len, 0);
  stls_string_buffer_puts(&text, "ab");
  stls_string_buffer_put(&text, "c\0d", 3);
  stls_string_buffer_puts(&text, "");
  cr_expect_eq(text.len, 5);
  cr_expect_arr_eq(text.data, "abc\0d", 5);
  cr_expect_not(text.has_failed);
  stls_string_buffer_free(&text);
  cr_expect_null(text.data);
  cr_expect_eq(text.len, 0);
}

/* Memory that grows by a constant would be moved as often as there are bytes. */
Test(string_buffer, of_a_million_bytes_is_moved_a_few_times)
{
  struct stls_string_buffer text = {0};
  size_t before = heap_num_granted();

  for (int i = 0; i < 1000000; i++)
    stls_string_buffer_puts(&text, i % 2 ? "b" : "a");
  cr_expect_lt(heap_num_granted() - before, (size_t)20);
  cr_assert_eq(text.len, 1000000);
  for (size_t i = 0; i < text.len; i++)
    cr_assert_eq(text.data[i], i % 2 ? 'b' : 'a', "%zu", i);
  stls_string_buffer_free(&text);
}

Test(string_buffer, takes_a_long_piece_at_once)
{
  static char piece[100000];
  struct stls_string_buffer text = {0};

  memset(piece, 'x', sizeof piece);
  stls_string_buffer_puts(&text, "a");
  stls_string_buffer_put(&text, piece, sizeof piece);
  stls_string_buffer_puts(&text, "b");
  cr_assert_eq(text.len, sizeof piece + 2);
  cr_expect_eq(text.data[0], 'a');
  cr_expect_arr_eq(text.data + 1, piece, sizeof piece);
  cr_expect_eq(text.data[text.len - 1], 'b');
  stls_string_buffer_free(&text);
}

Test(string_buffer, remembers_that_memory_was_short)
{
  struct stls_string_buffer text = {0};

  stls_string_buffer_puts(&text, "kept");
  heap_fail_at(1);
  stls_string_buffer_put(&text, (char[1000]){0}, 1000);
  cr_expect(heap_stop_failing());
  cr_expect(text.has_failed);
  cr_expect_eq(text.len, 4, "no half of it");
  stls_string_buffer_puts(&text, "more");
  cr_expect_eq(text.len, 4, "nothing behind a gap");
  stls_string_buffer_free(&text);
  cr_expect_not(text.has_failed);
}

Test(string_buffer, refuses_what_memory_cannot_hold)
{
  struct stls_string_buffer text = {0};

  stls_string_buffer_puts(&text, "a");
  stls_string_buffer_put(&text, "", (size_t)-1);
  cr_expect(text.has_failed);
  stls_string_buffer_free(&text);
}
