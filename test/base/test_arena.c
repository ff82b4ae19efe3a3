/* SPDX-License-Identifier: MIT */
/* test_arena: allocation of many small blocks that are freed together. */
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "support/check.h"
#include "support/heap.h"

SUITE(arena, .timeout = 20);

Test(arena, gives_zeroed_and_aligned_memory_that_stays)
{
  static const size_t lens[] = {0, 1, 3, 16, 17, 2047, 2048, 2049, 100000};
  const size_t num_lens = sizeof lens / sizeof lens[0];
  unsigned char *pieces[sizeof lens / sizeof lens[0]];
  struct stls_arena arena = {0};

  for (size_t i = 0; i < num_lens; i++) {
    pieces[i] = stls_arena_alloc(&arena, lens[i]);
    cr_assert_not_null(pieces[i], "%zu", lens[i]);
    cr_expect_eq((uintptr_t)pieces[i] % _Alignof(max_align_t), 0, "%zu",
                 lens[i]);
    for (size_t at = 0; at < lens[i]; at++) cr_assert_eq(pieces[i][at], 0);
    memset(pieces[i], (int)i + 1, lens[i]);
  }
  for (size_t i = 0; i < num_lens; i++)
    for (size_t at = 0; at < lens[i]; at++)
      cr_assert_eq(pieces[i][at], i + 1, "%zu at %zu", lens[i], at);
  stls_arena_free(&arena);
}

Test(arena, copies_bytes_with_a_nul_behind_them)
{
  struct stls_arena arena = {0};
  const char *copy = stls_arena_dup(&arena, "a\0b", 3);

  cr_assert_not_null(copy);
  cr_expect_arr_eq(copy, "a\0b", 4);
  cr_expect_str_eq(stls_arena_dup(&arena, NULL, 0), "");
  cr_expect_str_eq(stls_arena_strdup(&arena, "text"), "text");
  cr_expect_str_eq(stls_arena_strdup(&arena, ""), "");
  cr_expect_arr_eq(copy, "a\0b", 4);
  stls_arena_free(&arena);
}

Test(arena, takes_few_blocks_and_gives_them_all_back)
{
  size_t before = heap_live_blocks();
  struct stls_arena arena = {0};

  for (int i = 0; i < 100; i++)
    cr_assert_not_null(stls_arena_strdup(&arena, "0123456789"));
  cr_expect_leq(heap_live_blocks() - before, (size_t)2);
  stls_arena_free(&arena);
  cr_expect_eq(heap_live_blocks(), before);
  stls_arena_free(&arena);
  cr_expect_not_null(stls_arena_alloc(&arena, 1), "it can be used again");
  stls_arena_free(&arena);
}

Test(arena, refuses_what_memory_cannot_hold)
{
  static const size_t lens[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 15,
                                SIZE_MAX / 2 + 1, SIZE_MAX / 2};
  struct stls_arena arena = {0};

  for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
    cr_expect_null(stls_arena_alloc(&arena, lens[i]), "%zu", lens[i]);
    cr_expect_null(stls_arena_dup(&arena, "", lens[i]), "%zu", lens[i]);
  }
  stls_arena_free(&arena);
}

Test(arena, keeps_what_it_has_when_memory_is_short)
{
  struct stls_arena arena = {0};
  const char *kept = stls_arena_strdup(&arena, "kept");

  heap_fail_at(1);
  cr_expect_null(stls_arena_alloc(&arena, 4096));
  cr_expect(heap_stop_failing());
  cr_expect_str_eq(kept, "kept");
  cr_expect_not_null(stls_arena_alloc(&arena, 4096));
  stls_arena_free(&arena);
}
