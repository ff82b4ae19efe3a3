/* SPDX-License-Identifier: MIT */
/* test_chunk_queue: the chunks of a queue. */
#include "lib/bio/chunk_queue.h"

#include <string.h>

#include "lib/base/mem.h"
#include "support/check.h"
#include "support/heap.h"
#include "support/pair.h"

SUITE(chunk_queue);

static void append(struct stls_chunk_queue *buffer, size_t len, size_t offset);
static void push(struct stls_chunk_queue *buffer, size_t len, size_t cap,
                 size_t offset);
static void expect(const struct stls_chunk_queue *buffer, size_t len,
                   size_t offset);

Test(chunk_queue, is_empty_when_it_is_zero)
{
  struct stls_chunk_queue buffer = {0};
  stls_span span;

  cr_expect_eq(stls_chunk_queue_front(&buffer).len, 0);
  cr_expect_eq(stls_chunk_queue_runs(&buffer, &span, 1), 0);
  cr_expect_eq(stls_chunk_queue_copy(&buffer, &span, 1), 0);
  stls_chunk_queue_consume(&buffer, 0);
  stls_chunk_queue_trim(&buffer);
  stls_chunk_queue_clear(&buffer);
  expect(&buffer, 0, 0);
}

Test(chunk_queue, appends_over_the_ends_of_chunks)
{
  static const size_t lens[] = {1, 1022, 1, 1, 5000, 16645, 1, 40000, 0, 100};
  struct stls_chunk_queue buffer = {0};
  size_t at = 0;

  for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
    append(&buffer, lens[i], at);
    at += lens[i];
    expect(&buffer, at, 0);
  }
  stls_chunk_queue_clear(&buffer);
  expect(&buffer, 0, 0);
}

Test(chunk_queue, takes_what_belongs_in_front)
{
  static const size_t lens[][2] = {
      {0, 0}, {0, 9}, {9, 0}, {1, 1}, {5000, 30000}};

  for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
    struct stls_chunk_queue buffer = {0}, other = {0};
    append(&other, lens[i][0], 0);
    append(&buffer, lens[i][1], lens[i][0]);
    stls_chunk_queue_prepend(&buffer, &other);
    expect(&other, 0, 0);
    expect(&buffer, lens[i][0] + lens[i][1], 0);
    append(&buffer, 100, lens[i][0] + lens[i][1]);
    expect(&buffer, lens[i][0] + lens[i][1] + 100, 0);
    stls_chunk_queue_clear(&buffer);
    stls_chunk_queue_clear(&other);
  }
}

/* Room that somebody is receiving into stays where it is. */
Test(chunk_queue, takes_what_belongs_in_front_of_a_reservation)
{
  struct stls_chunk_queue buffer = {0}, other = {0};
  unsigned char *room;
  size_t len;

  append(&other, 10, 0);
  room = stls_chunk_queue_reserve(&buffer, 50, &len);
  cr_assert_not_null(room);
  stls_chunk_queue_prepend(&buffer, &other);
  pair_pattern(room, 50, 10);
  stls_chunk_queue_commit(&buffer, 50);
  expect(&buffer, 60, 0);
  stls_chunk_queue_clear(&buffer);
}

Test(chunk_queue, appends_nothing_without_allocating)
{
  struct stls_chunk_queue buffer = {0};
  size_t before = heap_num_granted();

  cr_expect(stls_chunk_queue_append(&buffer, NULL, 0));
  cr_expect_eq(heap_num_granted(), before);
}

/* The first part would fit into the tail; it must not go there alone. */
Test(chunk_queue, appends_all_or_nothing)
{
  static const unsigned char data[5000];
  struct stls_chunk_queue buffer = {0};

  append(&buffer, 10, 0);
  for (size_t nth = 1; nth <= 2; nth++) {
    heap_fail_at(nth);
    cr_expect_not(stls_chunk_queue_append(&buffer, data, sizeof data));
    cr_expect(heap_stop_failing());
    expect(&buffer, 10, 0);
  }
  append(&buffer, 5000, 10);
  expect(&buffer, 5010, 0);
  stls_chunk_queue_clear(&buffer);
}

Test(chunk_queue, keeps_a_reservation_when_it_cannot_make_another)
{
  struct stls_chunk_queue buffer = {0};
  size_t len = 0;
  uint8_t *room = stls_chunk_queue_reserve(&buffer, 100, &len);

  cr_assert_not_null(room);
  for (size_t nth = 1; nth <= 2; nth++) {
    size_t other = 0;
    heap_fail_at(nth);
    cr_expect_null(stls_chunk_queue_reserve(&buffer, 100000, &other));
    cr_expect(heap_stop_failing());
  }
  cr_expect_eq(buffer.reserved, len);
  pair_pattern(room, 100, 0);
  stls_chunk_queue_commit(&buffer, 100);
  expect(&buffer, 100, 0);
  stls_chunk_queue_clear(&buffer);
}

Test(chunk_queue, reserves_at_least_what_is_asked_for)
{
  static const size_t lens[] = {1, 1023, 1024, 1025, 16645, 16646, 100000};

  for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
    struct stls_chunk_queue buffer = {0};
    size_t len = 0;
    uint8_t *room = stls_chunk_queue_reserve(&buffer, lens[i], &len);
    cr_assert_not_null(room);
    cr_expect_geq(len, lens[i]);
    pair_pattern(room, len, 0);
    expect(&buffer, 0, 0);
    stls_chunk_queue_commit(&buffer, lens[i]);
    expect(&buffer, lens[i], 0);
    stls_chunk_queue_clear(&buffer);
  }
}

Test(chunk_queue, ends_a_reservation_with_an_append)
{
  struct stls_chunk_queue buffer = {0};
  size_t len = 0;

  cr_assert_not_null(stls_chunk_queue_reserve(&buffer, 100, &len));
  append(&buffer, 10, 0);
  cr_expect_eq(buffer.reserved, 0);
  expect(&buffer, 10, 0);
  stls_chunk_queue_clear(&buffer);
}

Test(chunk_queue, takes_over_chunks_that_are_filled)
{
  struct stls_chunk_queue buffer = {0};

  push(&buffer, 100, 200, 0);
  append(&buffer, 150, 100);
  push(&buffer, 5, 5, 250);
  append(&buffer, 10, 255);
  expect(&buffer, 265, 0);
  stls_chunk_queue_consume(&buffer, 101);
  expect(&buffer, 164, 101);
  stls_chunk_queue_clear(&buffer);
}

Test(chunk_queue, appends_behind_a_pushed_chunk_in_its_memory)
{
  struct stls_chunk_queue buffer = {0};
  size_t before;

  push(&buffer, 100, 200, 0);
  before = heap_num_granted();
  append(&buffer, 100, 100);
  cr_expect_eq(heap_num_granted(), before);
  expect(&buffer, 200, 0);
  stls_chunk_queue_clear(&buffer);
}

Test(chunk_queue, copies_from_the_front_without_removing)
{
  static const size_t lens[] = {0, 1, 99, 100, 101, 300, 400};
  struct stls_chunk_queue buffer = {0};

  for (size_t i = 0; i < 3; i++) push(&buffer, 100, 100, i * 100);
  for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
    unsigned char got[400] = {0}, want[400] = {0};
    size_t want_len = lens[i] < 300 ? lens[i] : 300;
    pair_pattern(want, want_len, 0);
    cr_expect_eq(stls_chunk_queue_copy(&buffer, got, lens[i]), want_len);
    cr_expect_arr_eq(got, want, sizeof got, "%zu bytes", lens[i]);
  }
  expect(&buffer, 300, 0);
  stls_chunk_queue_clear(&buffer);
}

Test(chunk_queue, tells_of_the_first_runs)
{
  struct stls_chunk_queue buffer = {0};
  stls_span spans[3];

  for (size_t i = 0; i < 3; i++) push(&buffer, 10 + i, 20, i);
  cr_expect_eq(stls_chunk_queue_runs(&buffer, spans, 0), 0);
  cr_expect_eq(stls_chunk_queue_runs(&buffer, spans, 2), 2);
  cr_expect_eq(spans[0].len, 10);
  cr_expect_eq(spans[1].len, 11);
  cr_expect_eq(stls_chunk_queue_front(&buffer).data, spans[0].data);
  stls_chunk_queue_clear(&buffer);
}

Test(chunk_queue, frees_what_it_drains)
{
  struct stls_chunk_queue buffer = {0};
  size_t before = heap_live_blocks();

  for (size_t i = 0; i < 3; i++) push(&buffer, 100, 100, i * 100);
  for (size_t i = 0; i < 3; i++) {
    cr_expect_eq(heap_live_blocks() - before, 2 * (3 - i));
    stls_chunk_queue_consume(&buffer, 99);
    cr_expect_eq(heap_live_blocks() - before, 2 * (3 - i));
    stls_chunk_queue_consume(&buffer, 1);
  }
  cr_expect_eq(heap_live_blocks(), before);
}

Test(chunk_queue, consumes_many_chunks_at_once)
{
  struct stls_chunk_queue buffer = {0};
  size_t before = heap_live_blocks();

  for (size_t i = 0; i < 10; i++) push(&buffer, 100, 100, i * 100);
  stls_chunk_queue_consume(&buffer, 950);
  expect(&buffer, 50, 950);
  stls_chunk_queue_consume(&buffer, 50);
  cr_expect_eq(heap_live_blocks(), before);
}

Test(chunk_queue, keeps_reserved_room_through_a_drain_and_not_longer)
{
  struct stls_chunk_queue buffer = {0};
  size_t before = heap_live_blocks();
  size_t len = 0;
  uint8_t *room;

  append(&buffer, 500, 0);
  room = stls_chunk_queue_reserve(&buffer, 100, &len);
  cr_assert_not_null(room);
  stls_chunk_queue_consume(&buffer, 500);
  memset(room, 0xaa, len);
  cr_expect_gt(heap_live_blocks(), before);
  stls_chunk_queue_trim(&buffer);
  cr_expect_eq(heap_live_blocks(), before);
  cr_expect_eq(buffer.reserved, 0);
}

Test(chunk_queue, skips_chunks_without_bytes)
{
  struct stls_chunk_queue buffer = {0};
  size_t len = 0;

  cr_assert_not_null(stls_chunk_queue_reserve(&buffer, 100, &len));
  push(&buffer, 10, 10, 0);
  expect(&buffer, 10, 0);
  cr_expect_eq(stls_chunk_queue_front(&buffer).len, 10);
  stls_chunk_queue_consume(&buffer, 10);
  expect(&buffer, 0, 0);
  stls_chunk_queue_clear(&buffer);
}

static void append(struct stls_chunk_queue *buffer, size_t len, size_t offset)
{
  static unsigned char data[40000];

  pair_pattern(data, len, offset);
  cr_assert(stls_chunk_queue_append(buffer, data, len));
}

static void push(struct stls_chunk_queue *buffer, size_t len, size_t cap,
                 size_t offset)
{
  struct stls_chunk *chunk = stls_chunk_queue_take_chunk(buffer, cap);

  cr_assert_not_null(chunk);
  pair_pattern(chunk->data, len, offset);
  chunk->end = len;
  chunk->cap = cap;
  stls_chunk_queue_push(buffer, chunk);
}

/* The buffer holds just these bytes of the pattern, and knows how many. */
static void expect(const struct stls_chunk_queue *buffer, size_t len,
                   size_t offset)
{
  static unsigned char got[200000], want[200000];

  cr_assert_eq(buffer->len, len, "%zu bytes, not %zu", buffer->len, len);
  cr_assert_eq(stls_chunk_queue_copy(buffer, got, sizeof got), len);
  pair_pattern(want, len, offset);
  cr_assert_eq(memcmp(got, want, len), 0);
}
