/* SPDX-License-Identifier: MIT */
/* test_bio_reserve: reserved room to receive into, and what ends it. */
#include <stdint.h>
#include <string.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/pair.h"

SUITE(bio_reserve);

/* Room that was opened with stls_bio_reserve. */
struct room {
  void *data;
  size_t len;
};

static struct room reserve(stls_bio *bio, size_t len);
static void receive(stls_bio *bio, size_t len, size_t offset);

Test(bio_reserve, queues_what_is_committed_and_nothing_before)
{
  stls_bio *bio = bytes_bio(100000);
  struct room room = reserve(bio, 1000);

  pair_pattern(room.data, room.len, 0);
  bytes_expect(bio, 0, 0, "reserved");
  ASSERT_RESULT(stls_bio_commit(bio, 600, NULL), STLS_OK, "commit");
  bytes_expect(bio, 600, 0, "committed");
  stls_bio_free(bio);
}

Test(bio_reserve, continues_behind_what_is_queued)
{
  static const size_t lens[] = {1, 1000, 30000, 5, 16384, 2000};
  stls_bio *bio = bytes_bio(SIZE_MAX);
  size_t at = 0;

  for (size_t i = 0; i < 24; i++) {
    size_t len = lens[i % 6];
    if (i % 4 == 3)
      bytes_put(bio, len, at);
    else
      receive(bio, len, at);
    at += len;
  }
  bytes_expect(bio, at, 0, "mixed with writes");
  stls_bio_free(bio);
}

Test(bio_reserve, stays_under_the_limit)
{
  static const struct {
    const char *name;
    size_t limit, queued, len;
    stls_result want;
    size_t want_min;
  } rows[] = {
      {"less than there is", 1000, 0, 10, STLS_OK, 10},
      {"all there is", 1000, 0, 1000, STLS_OK, 1000},
      {"more than there is", 1000, 0, 5000, STLS_OK, 1000},
      {"the last byte", 1000, 999, 5000, STLS_OK, 1},
      {"behind others", 1000, 400, 100, STLS_OK, 100},
      {"SIZE_MAX", 1000, 400, SIZE_MAX, STLS_OK, 600},
      {"above INT_MAX", 1000, 0, (size_t)1 << 31, STLS_OK, 1000},
      {"full", 1000, 1000, 1, STLS_WANT_WRITE, 0},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_bio *bio = bytes_bio(rows[i].limit);
    size_t len = 77;
    void *data = NULL;
    bytes_put(bio, rows[i].queued, 0);
    EXPECT_RESULT(stls_bio_reserve(bio, rows[i].len, &data, &len, NULL),
                  rows[i].want, rows[i].name);
    cr_expect_geq(len, rows[i].want_min, "%s: %zu", rows[i].name, len);
    cr_expect_leq(len, rows[i].limit - rows[i].queued, "%s: %zu", rows[i].name,
                  len);
    if (data != NULL) memset(data, 0xaa, len);
    bytes_expect(bio, rows[i].queued, 0, rows[i].name);
    stls_bio_free(bio);
  }
}

Test(bio_reserve, refuses_what_makes_no_sense)
{
  stls_bio *bio = bytes_bio(100);
  void *data = bio;
  size_t len = 0;

  EXPECT_RESULT(stls_bio_reserve(NULL, 1, &data, &len, NULL), STLS_ERROR_MISUSE,
                "no bio");
  EXPECT_RESULT(stls_bio_reserve(bio, 1, NULL, &len, NULL), STLS_ERROR_MISUSE,
                "no out_data");
  EXPECT_RESULT(stls_bio_reserve(bio, 1, &data, NULL, NULL), STLS_ERROR_MISUSE,
                "no out_len");
  EXPECT_RESULT(stls_bio_reserve(bio, 0, &data, &len, NULL), STLS_ERROR_MISUSE,
                "no length");
  EXPECT_RESULT(stls_bio_commit(NULL, 0, NULL), STLS_ERROR_MISUSE, "commit");
  cr_expect_eq(data, bio, "written on STLS_OK only");
  stls_bio_free(bio);
}

Test(bio_reserve, is_refused_behind_the_end)
{
  stls_bio *bio = bytes_bio(100);
  size_t len = 0;
  void *data = NULL;

  stls_bio_write_eof(bio);
  EXPECT_RESULT(stls_bio_reserve(bio, 1, &data, &len, NULL), STLS_ERROR_MISUSE,
                "reserve");
  stls_bio_free(bio);
}

Test(bio_reserve, cannot_be_committed_behind_the_end)
{
  stls_bio *bio = bytes_bio(100);

  reserve(bio, 10);
  stls_bio_write_eof(bio);
  EXPECT_RESULT(stls_bio_commit(bio, 10, NULL), STLS_ERROR_MISUSE, "commit");
  bytes_expect(bio, 0, 0, "refused");
  cr_expect(stls_bio_eof(bio));
  stls_bio_free(bio);
}

Test(bio_reserve, can_be_committed_once)
{
  stls_bio *bio = bytes_bio(100);

  EXPECT_RESULT(stls_bio_commit(bio, 0, NULL), STLS_ERROR_MISUSE, "unreserved");
  receive(bio, 10, 0);
  EXPECT_RESULT(stls_bio_commit(bio, 1, NULL), STLS_ERROR_MISUSE, "twice");
  EXPECT_RESULT(stls_bio_commit(bio, 0, NULL), STLS_ERROR_MISUSE, "0, twice");
  bytes_expect(bio, 10, 0, "after the refusals");
  stls_bio_free(bio);
}

Test(bio_reserve, survives_a_commit_of_too_much)
{
  stls_bio *bio = bytes_bio(100);
  struct room room = reserve(bio, 50);

  pair_pattern(room.data, room.len, 0);
  EXPECT_RESULT(stls_bio_commit(bio, room.len + 1, NULL), STLS_ERROR_MISUSE,
                "one too many");
  EXPECT_RESULT(stls_bio_commit(bio, SIZE_MAX, NULL), STLS_ERROR_MISUSE,
                "SIZE_MAX");
  bytes_expect(bio, 0, 0, "after the refusals");
  EXPECT_RESULT(stls_bio_commit(bio, room.len, NULL), STLS_OK, "all of it");
  bytes_expect(bio, room.len, 0, "committed");
  stls_bio_free(bio);
}

Test(bio_reserve, is_given_back_by_a_commit_of_nothing)
{
  stls_bio *bio = bytes_bio(100000);
  size_t before = heap_live_bytes();

  reserve(bio, 50000);
  cr_expect_gt(heap_live_bytes(), before);
  EXPECT_RESULT(stls_bio_commit(bio, 0, NULL), STLS_OK, "commit");
  cr_expect_leq(heap_live_bytes(), before + 64, "more than a chunk's struct");
  EXPECT_RESULT(stls_bio_commit(bio, 0, NULL), STLS_ERROR_MISUSE, "again");
  stls_bio_free(bio);
}

Test(bio_reserve, ends_with_a_write)
{
  stls_bio *bio = bytes_bio(100000);

  bytes_put(bio, 100, 0);
  reserve(bio, 50);
  bytes_put(bio, 10, 100);
  EXPECT_RESULT(stls_bio_commit(bio, 5, NULL), STLS_ERROR_MISUSE, "commit");
  bytes_expect(bio, 110, 0, "what was written");
  stls_bio_free(bio);
}

Test(bio_reserve, is_replaced_by_the_next)
{
  static const size_t next[] = {1, 50, 40000};

  for (size_t i = 0; i < sizeof next / sizeof next[0]; i++) {
    stls_bio *bio = bytes_bio(100000);
    struct room room;
    reserve(bio, 50);
    room = reserve(bio, next[i]);
    pair_pattern(room.data, room.len, 0);
    EXPECT_RESULT(stls_bio_commit(bio, room.len, NULL), STLS_OK, "commit");
    bytes_expect(bio, room.len, 0, "committed");
    stls_bio_free(bio);
  }
}

Test(bio_reserve, survives_a_reserve_without_memory)
{
  stls_bio *bio = bytes_bio(SIZE_MAX);
  struct room room = reserve(bio, 500);
  size_t len = 0;
  void *data = NULL;

  heap_fail_at(1);
  EXPECT_RESULT(stls_bio_reserve(bio, 100000, &data, &len, NULL),
                STLS_ERROR_MEMORY, "reserve");
  heap_stop_failing();
  pair_pattern(room.data, room.len, 0);
  EXPECT_RESULT(stls_bio_commit(bio, room.len, NULL), STLS_OK, "commit");
  bytes_expect(bio, room.len, 0, "committed");
  stls_bio_free(bio);
}

Test(bio_reserve, is_not_cut_by_a_lowered_limit)
{
  stls_bio *bio = bytes_bio(1000);
  struct room room = reserve(bio, 1000);

  pair_pattern(room.data, room.len, 0);
  ASSERT_RESULT(stls_bio_set_limit(bio, 1, NULL), STLS_OK, "set_limit");
  EXPECT_RESULT(stls_bio_commit(bio, room.len, NULL), STLS_OK, "commit");
  bytes_expect(bio, room.len, 0, "committed");
  stls_bio_free(bio);
}

Test(bio_reserve, ends_with_a_trim)
{
  stls_bio *bio = bytes_bio(1000);
  size_t before = heap_live_bytes();

  reserve(bio, 1000);
  stls_bio_trim(bio);
  cr_expect_eq(heap_live_bytes(), before);
  EXPECT_RESULT(stls_bio_commit(bio, 0, NULL), STLS_ERROR_MISUSE, "commit");
  stls_bio_free(bio);
}

Test(bio_reserve, ends_with_the_bio)
{
  stls_bio *bio = bytes_bio(1000);

  reserve(bio, 1000);
  stls_bio_free(bio);
}

/* At each fill the room lies elsewhere: in a fresh chunk, or behind bytes. */
Test(bio_reserve, survives_drains)
{
  static const size_t fills[] = {0, 1, 500, 1024, 1025, 20000};
  static const char *const labels[] = {"read", "consume", "piecemeal"};

  for (size_t i = 0; i < 3 * sizeof fills / sizeof fills[0]; i++) {
    stls_bio *bio = bytes_bio(SIZE_MAX);
    size_t fill = fills[i / 3];
    struct room room;
    bytes_put(bio, fill, 0);
    room = reserve(bio, 3000);
    if (i % 3 == 0) bytes_take(bio, fill, 0);
    if (i % 3 == 1) (void)!stls_bio_consume(bio, fill, NULL);
    for (size_t at = 0; i % 3 == 2 && at < fill; at++) bytes_take(bio, 1, at);
    bytes_expect(bio, 0, 0, labels[i % 3]);
    pair_pattern(room.data, room.len, fill);
    EXPECT_RESULT(stls_bio_commit(bio, room.len, NULL), STLS_OK, labels[i % 3]);
    bytes_expect(bio, room.len, fill, labels[i % 3]);
    stls_bio_free(bio);
  }
}

Test(bio_reserve, survives_what_an_object_reads)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  stls_bio *in = stls_object_incoming(pair.server);
  stls_span span;
  struct room room;
  unsigned char got[100];
  size_t done = 0;

  ASSERT_RESULT(stls_object_write(pair.client, "first", 5, &done), STLS_OK,
                "write");
  pair_move_all(&pair, pair.client, pair.server);
  room = reserve(in, 1000);
  ASSERT_RESULT(stls_object_read(pair.server, got, 5, &done), STLS_OK, "read");
  cr_expect_arr_eq(got, "first", 5);
  ASSERT_RESULT(stls_object_write(pair.client, "second", 6, &done), STLS_OK,
                "write");
  span = stls_bio_peek(stls_object_outgoing(pair.client));
  memcpy(room.data, span.data, span.len);
  ASSERT_RESULT(stls_bio_commit(in, span.len, NULL), STLS_OK, "commit");
  ASSERT_RESULT(stls_object_read(pair.server, got, 6, &done), STLS_OK, "read");
  cr_expect_arr_eq(got, "second", 6);
  pair_free(&pair);
}

/* What is reserved would come before what read_from stages, so that is refused
 * while room is open, and takes nothing. */
Test(bio_reserve, is_not_mixed_with_read_from)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  stls_bio *in = stls_object_incoming(pair.server);
  stls_span span;
  struct room room;
  unsigned char got[100];
  size_t done = 0, used = 9;

  ASSERT_RESULT(stls_object_write(pair.client, "whole", 5, &done), STLS_OK,
                "write");
  span = stls_bio_peek(stls_object_outgoing(pair.client));
  room = reserve(in, 1000);
  EXPECT_RESULT(stls_object_read_from(pair.server, span.data, 10, &used, got,
                                      sizeof got, &done),
                STLS_ERROR_MISUSE, "read_from");
  cr_expect_eq(used, 0);
  memcpy(room.data, span.data, span.len);
  EXPECT_RESULT(stls_bio_commit(in, span.len, NULL), STLS_OK, "commit");
  EXPECT_RESULT(stls_object_read(pair.server, got, sizeof got, &done), STLS_OK,
                pair_message(pair.server));
  cr_expect_eq(done, 5);
  cr_expect_arr_eq(got, "whole", 5);
  pair_free(&pair);
}

static struct room reserve(stls_bio *bio, size_t len)
{
  struct room room = {NULL, 0};

  ASSERT_RESULT(stls_bio_reserve(bio, len, &room.data, &room.len, NULL),
                STLS_OK, "reserve");
  cr_assert_not_null(room.data);
  cr_assert_gt(room.len, 0);
  /* All of it is writable. */
  memset(room.data, 0xaa, room.len);
  return room;
}

/* As much as wanted, however little room there is at a time. */
static void receive(stls_bio *bio, size_t len, size_t offset)
{
  while (len > 0) {
    struct room room = reserve(bio, len);
    size_t part = room.len < len ? room.len : len;
    pair_pattern(room.data, part, offset);
    ASSERT_RESULT(stls_bio_commit(bio, part, NULL), STLS_OK, "commit");
    len -= part;
    offset += part;
  }
}
