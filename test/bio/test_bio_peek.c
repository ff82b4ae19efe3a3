/* SPDX-License-Identifier: MIT */
/* test_bio_peek: peeked bytes stay in place until they are removed. */
#include <stdlib.h>
#include <string.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(bio_peek);

enum {
  MAX_SPANS = 512
};

/* What a transport would have in flight: runs, and what was in them. */
struct flight {
  stls_span spans[MAX_SPANS];
  unsigned char *copies[MAX_SPANS];
  size_t num;
};

static void take_off(struct flight *flight, const stls_bio *bio);
static void expect_untouched(const struct flight *flight, const stls_bio *bio,
                             const char *label);
static void land(struct flight *flight);

Test(bio_peek, tells_of_nothing_when_there_is_nothing)
{
  stls_bio *bio = bytes_bio(100);
  stls_span span;

  cr_expect_eq(stls_bio_peek(bio).len, 0);
  cr_expect_eq(stls_bio_peekv(bio, &span, 1), 0);
  bytes_put(bio, 5, 0);
  bytes_take(bio, 5, 0);
  cr_expect_eq(stls_bio_peek(bio).len, 0, "drained");
  cr_expect_eq(stls_bio_peekv(bio, &span, 1), 0, "drained");
  stls_bio_free(bio);
}

Test(bio_peek, removes_nothing)
{
  stls_bio *bio = bytes_bio(100000);

  bytes_put(bio, 70000, 0);
  bytes_expect(bio, 70000, 0, "once");
  bytes_expect(bio, 70000, 0, "twice");
  bytes_take(bio, 70000, 0);
  stls_bio_free(bio);
}

Test(bio_peek, fills_as_many_spans_as_it_is_given)
{
  stls_bio *bio = bytes_bio(SIZE_MAX);
  stls_span spans[MAX_SPANS];
  size_t num;

  for (size_t i = 0; i < 100; i++) bytes_put(bio, 1000, i * 1000);
  num = bytes_runs(bio);
  cr_assert_gt(num, 2, "the test needs several runs");
  for (size_t max = 0; max <= num + 1; max++) {
    stls_span untouched = {&spans, 4711};
    spans[max] = untouched;
    cr_expect_eq(stls_bio_peekv(bio, spans, max), max < num ? max : num);
    cr_expect_eq(spans[max].data, untouched.data, "with room for %zu", max);
    cr_expect_eq(spans[max].len, untouched.len, "with room for %zu", max);
  }
  cr_expect_eq(stls_bio_peekv(bio, NULL, 0), num);
  stls_bio_free(bio);
}

Test(bio_peek, begins_behind_what_was_consumed)
{
  stls_bio *bio = bytes_bio(100000);
  stls_span before, after;

  bytes_put(bio, 600, 0);
  before = stls_bio_peek(bio);
  ASSERT_RESULT(stls_bio_consume(bio, 100, NULL), STLS_OK, "consume");
  after = stls_bio_peek(bio);
  cr_expect_eq(after.data, (const unsigned char *)before.data + 100);
  bytes_take(bio, 100, 100);
  after = stls_bio_peek(bio);
  cr_expect_eq(after.data, (const unsigned char *)before.data + 200);
  stls_bio_free(bio);
}

Test(bio_peek, lies_still_while_more_is_written)
{
  static const size_t lens[] = {1, 700, 1023, 1024, 5000, 16645, 40000};
  stls_bio *bio = bytes_bio(SIZE_MAX);
  struct flight flight;
  size_t at = 300;

  bytes_put(bio, at, 0);
  for (size_t i = 0; i < 40; i++) {
    size_t len = lens[i % (sizeof lens / sizeof lens[0])];
    take_off(&flight, bio);
    bytes_put(bio, len, at);
    at += len;
    expect_untouched(&flight, bio, "a write");
    land(&flight);
  }
  bytes_expect(bio, at, 0, "in the end");
  stls_bio_free(bio);
}

Test(bio_peek, lies_still_under_everything_that_adds_or_bounds)
{
  stls_bio *bio = bytes_bio(SIZE_MAX);
  struct flight flight;
  size_t room_len = 0;
  void *room = NULL;

  bytes_put(bio, 20000, 0);
  take_off(&flight, bio);
  ASSERT_RESULT(stls_bio_reserve(bio, 50000, &room, &room_len, NULL), STLS_OK,
                "reserve");
  memset(room, 0xaa, room_len);
  expect_untouched(&flight, bio, "reserve");
  ASSERT_RESULT(stls_bio_commit(bio, 100, NULL), STLS_OK, "commit");
  expect_untouched(&flight, bio, "commit");
  ASSERT_RESULT(stls_bio_set_limit(bio, 1, NULL), STLS_OK, "set_limit");
  stls_bio_trim(bio);
  stls_bio_write_eof(bio);
  stls_bio_free(stls_bio_up_ref(bio));
  expect_untouched(&flight, bio, "the rest");
  land(&flight);
  stls_bio_free(bio);
}

Test(bio_peek, lies_still_while_what_is_before_it_is_consumed)
{
  stls_bio *bio = bytes_bio(SIZE_MAX);
  stls_span spans[MAX_SPANS];
  size_t num;

  for (size_t i = 0; i < 60; i++) bytes_put(bio, 1000, i * 1000);
  num = stls_bio_peekv(bio, spans, MAX_SPANS);
  for (size_t i = 0; i + 1 < num; i++) {
    stls_span now;
    ASSERT_RESULT(stls_bio_consume(bio, spans[i].len, NULL), STLS_OK,
                  "consume");
    now = stls_bio_peek(bio);
    cr_expect_eq(now.data, spans[i + 1].data, "run %zu", i + 1);
    cr_expect_eq(now.len, spans[i + 1].len, "run %zu", i + 1);
  }
  stls_bio_free(bio);
}

/* Where a uv_write or an io_uring send would be reading at the same time. */
Test(bio_peek, lies_still_while_an_object_writes)
{
  static const size_t lens[] = {1, 40, 2000, 900, 16384, 5, 1000, 1024, 70};
  static unsigned char data[16384];
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  stls_bio *out = stls_object_outgoing(pair.client);
  struct flight flight;
  size_t done = 0;

  ASSERT_RESULT(stls_bio_set_limit(out, SIZE_MAX, NULL), STLS_OK, "limit");
  for (size_t i = 0; i < 90; i++) {
    take_off(&flight, out);
    ASSERT_RESULT(stls_object_write(pair.client, data, lens[i % 9], &done),
                  STLS_OK, pair_message(pair.client));
    expect_untouched(&flight, out, "stls_object_write");
    land(&flight);
  }
  take_off(&flight, out);
  ASSERT_RESULT(stls_object_close_write(pair.client), STLS_OK, "close");
  expect_untouched(&flight, out, "stls_object_close_write");
  land(&flight);
  pair_free(&pair);
}

Test(bio_peek, lies_still_while_an_object_shakes_hands)
{
  pair_options options = {.version = STLS_TLS_1_2};
  test_pair pair = pair_new(&options);
  struct flight flight;

  ASSERT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "hello");
  pair_move_all(&pair, pair.client, pair.server);
  ASSERT_RESULT(stls_object_handshake(pair.server), STLS_WANT_READ, "flight");
  take_off(&flight, stls_object_outgoing(pair.server));
  cr_assert_gt(flight.num, 0);
  for (int round = 0; round < 3; round++) {
    (void)!stls_object_handshake(pair.server);
    expect_untouched(&flight, stls_object_outgoing(pair.server), "handshake");
  }
  land(&flight);
  pair_free(&pair);
}

static void take_off(struct flight *flight, const stls_bio *bio)
{
  flight->num = stls_bio_peekv(bio, flight->spans, MAX_SPANS);
  cr_assert_lt(flight->num, (size_t)MAX_SPANS);
  for (size_t i = 0; i < flight->num; i++) {
    flight->copies[i] = malloc(flight->spans[i].len);
    cr_assert_not_null(flight->copies[i]);
    memcpy(flight->copies[i], flight->spans[i].data, flight->spans[i].len);
  }
}

/* The last run may have grown, and others may have come behind it. */
static void expect_untouched(const struct flight *flight, const stls_bio *bio,
                             const char *label)
{
  stls_span now[MAX_SPANS];
  size_t num = stls_bio_peekv(bio, now, MAX_SPANS);

  cr_assert_geq(num, flight->num, "%s: runs are gone", label);
  for (size_t i = 0; i < flight->num; i++) {
    const stls_span *then = &flight->spans[i];
    cr_assert_eq(now[i].data, then->data, "%s: run %zu has moved", label, i);
    cr_assert_geq(now[i].len, then->len, "%s: run %zu has shrunk", label, i);
    cr_assert(i + 1 == flight->num || now[i].len == then->len,
              "%s: run %zu has grown into the next", label, i);
    cr_assert_eq(memcmp(then->data, flight->copies[i], then->len), 0,
                 "%s: run %zu has changed", label, i);
  }
}

static void land(struct flight *flight)
{
  for (size_t i = 0; i < flight->num; i++) free(flight->copies[i]);
  flight->num = 0;
}
