/* SPDX-License-Identifier: MIT */
/* test_bio_memory: allocations and bytes that a queue costs. */
#include <stdint.h>
#include <string.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/heap.h"

SUITE(bio_memory);

/* A whole record of TLS 1.3 (RFC 8446, 5.2): what one chunk may cost at most
 * without being asked for more. */
enum {
  RECORD = 16384 + 256 + 5,
  /* What a drained queue may keep for its next use. */
  SPARE = 1024 + 64
};

/* The ways in which bytes come. */
static void write_bytes(stls_bio *bio, size_t len, size_t at);
static void write_small(stls_bio *bio, size_t len, size_t at);
static void write_whole(stls_bio *bio, size_t len, size_t at);
static void receive_small(stls_bio *bio, size_t len, size_t at);

static const struct way {
  const char *name;
  void (*add)(stls_bio *bio, size_t len, size_t at);
} ways[] = {
    {"writes of a byte", write_bytes},
    {"writes of 100 bytes", write_small},
    {"one write", write_whole},
    {"100 bytes received at a time", receive_small},
};
enum {
  NUM_WAYS = sizeof ways / sizeof ways[0]
};

static void receive_into(stls_bio *bio, size_t room_len, size_t len);

Test(bio_memory, shrinks_to_little_when_drained_and_to_nothing_by_trim)
{
  for (size_t i = 0; i < NUM_WAYS; i++) {
    stls_bio *bio = bytes_bio(SIZE_MAX);
    size_t before = heap_live_bytes();
    for (int round = 0; round < 3; round++) {
      ways[i].add(bio, 50000, 0);
      bytes_take(bio, 30000, 0);
      ASSERT_RESULT(stls_bio_consume(bio, 20000, NULL), STLS_OK, "consume");
      cr_expect_leq(heap_live_bytes() - before, SPARE, "%s: %zu bytes",
                    ways[i].name, heap_live_bytes() - before);
      stls_bio_trim(bio);
      cr_expect_eq(heap_live_bytes(), before, "%s: %zu bytes", ways[i].name,
                   heap_live_bytes() - before);
    }
    stls_bio_free(bio);
  }
}

Test(bio_memory, is_all_given_back_by_the_last_free)
{
  size_t before = heap_live_blocks();
  stls_bio *bio = bytes_bio(SIZE_MAX);

  bytes_put(bio, 50000, 0);
  stls_bio_up_ref(bio);
  stls_bio_free(bio);
  cr_expect_gt(heap_live_blocks(), before);
  stls_bio_free(bio);
  cr_expect_eq(heap_live_blocks(), before);
}

Test(bio_memory, shrinks_while_it_is_drained)
{
  stls_bio *bio = bytes_bio(SIZE_MAX);
  size_t empty = heap_live_bytes();

  write_small(bio, 1000000, 0);
  for (size_t left = 1000000; left > 0; left -= 50000) {
    size_t held = heap_live_bytes() - empty;
    cr_expect_leq(held, left + left / 10 + 2 * RECORD,
                  "%zu bytes are held for %zu", held, left);
    ASSERT_RESULT(stls_bio_consume(bio, 50000, NULL), STLS_OK, "consume");
  }
  stls_bio_free(bio);
}

Test(bio_memory, is_small_for_little)
{
  for (size_t i = 0; i < NUM_WAYS; i++) {
    stls_bio *bio = bytes_bio(STLS_BIO_DEFAULT_LIMIT);
    size_t empty = heap_live_bytes();
    ways[i].add(bio, 100, 0);
    cr_expect_leq(heap_live_bytes() - empty, 4096, "%s: %zu bytes",
                  ways[i].name, heap_live_bytes() - empty);
    stls_bio_free(bio);
  }
}

Test(bio_memory, costs_per_byte_do_not_grow_with_the_backlog)
{
  const size_t part = 200000;
  const size_t backlog = check_quick() ? 1000000 : 20000000;

  for (size_t i = 0; i < NUM_WAYS; i++) {
    stls_bio *bio = bytes_bio(SIZE_MAX);
    size_t calls = heap_num_granted(), bytes = heap_bytes_granted();
    size_t want_calls, want_bytes, runs;
    ways[i].add(bio, part, 0);
    want_calls = heap_num_granted() - calls;
    want_bytes = heap_bytes_granted() - bytes;
    write_whole(bio, backlog, part);
    runs = bytes_runs(bio);
    calls = heap_num_granted();
    bytes = heap_bytes_granted();
    ways[i].add(bio, part, part + backlog);
    cr_expect_leq(heap_num_granted() - calls, want_calls, "%s", ways[i].name);
    cr_expect_leq(heap_bytes_granted() - bytes, want_bytes + 2 * RECORD, "%s",
                  ways[i].name);
    cr_expect_leq(bytes_runs(bio) - runs, 2 + part / 16384, "%s", ways[i].name);
    bytes_expect(bio, backlog + 2 * part, 0, ways[i].name);
    stls_bio_free(bio);
  }
}

/* One allocation for the chunk, one for its bytes. */
Test(bio_memory, takes_few_allocations_for_many_small_writes)
{
  for (size_t i = 0; i < NUM_WAYS; i++) {
    stls_bio *bio = bytes_bio(SIZE_MAX);
    size_t before = heap_num_granted();
    ways[i].add(bio, 160000, 0);
    cr_expect_leq(heap_num_granted() - before, 2 * (160000 / 16384 + 6),
                  "%s: %zu", ways[i].name, heap_num_granted() - before);
    stls_bio_free(bio);
  }
}

Test(bio_memory, takes_none_for_draining)
{
  stls_bio *bio = bytes_bio(SIZE_MAX);
  size_t before;

  write_small(bio, 100000, 0);
  before = heap_num_granted();
  for (size_t i = 0; i < 1000; i++)
    ASSERT_RESULT(stls_bio_consume(bio, 100, NULL), STLS_OK, "consume");
  cr_expect_eq(heap_num_granted(), before);
  stls_bio_free(bio);
}

/* A peer that sends a byte per packet makes a loop ask for room each time: what
 * that costs has to be bounded by what is queued, not by what was asked for. */
Test(bio_memory, does_not_pay_for_room_that_was_never_filled)
{
  static const size_t rooms[] = {4096, 16384, 65536, 131072};

  for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
    stls_bio *bio = bytes_bio(STLS_BIO_DEFAULT_LIMIT);
    size_t empty = heap_live_bytes();
    for (size_t at = 0; at < 1000; at++) receive_into(bio, rooms[i], 1);
    cr_expect_leq(heap_live_bytes() - empty, 4 * (1000 + rooms[i]),
                  "room for %zu: %zu bytes are held for 1000", rooms[i],
                  heap_live_bytes() - empty);
    stls_bio_free(bio);
  }
}

Test(bio_memory, is_never_had_for_more_than_there_is)
{
  static const size_t lens[] = {SIZE_MAX, SIZE_MAX / 2, (size_t)PTRDIFF_MAX};
  stls_bio *bio = bytes_bio(SIZE_MAX);
  stls_error err = STLS_ERROR_INIT;
  size_t count = 77;
  void *data = bio;

  bytes_put(bio, 1500, 0);
  for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
    EXPECT_RESULT(stls_bio_reserve(bio, lens[i], &data, &count, &err),
                  STLS_ERROR_MEMORY, "reserve");
    EXPECT_RESULT(stls_bio_write(bio, "x", lens[i], &count, &err),
                  STLS_ERROR_MEMORY, "write");
    cr_expect_eq(count, 0);
  }
  cr_expect_eq(data, bio);
  EXPECT_RETURNS(err.result, STLS_ERROR_MEMORY);
  bytes_expect(bio, 1500, 0, "after the refusals");
  stls_bio_free(bio);
}

static void write_in_parts(stls_bio *bio, size_t part, size_t len, size_t at)
{
  for (size_t done = 0; done < len; done += part)
    bytes_put(bio, len - done < part ? len - done : part, at + done);
}

static void write_bytes(stls_bio *bio, size_t len, size_t at)
{
  write_in_parts(bio, 1, len, at);
}

static void write_small(stls_bio *bio, size_t len, size_t at)
{
  write_in_parts(bio, 100, len, at);
}

static void write_whole(stls_bio *bio, size_t len, size_t at)
{
  bytes_put(bio, len, at);
}

static void receive_small(stls_bio *bio, size_t len, size_t at)
{
  size_t done = 0;

  while (done < len) {
    size_t part = len - done < 100 ? len - done : 100;
    size_t room_len = 0;
    void *room = NULL;
    ASSERT_RESULT(stls_bio_reserve(bio, part, &room, &room_len, NULL), STLS_OK,
                  "reserve");
    if (part > room_len) part = room_len;
    for (size_t i = 0; i < part; i++)
      ((unsigned char *)room)[i] = (unsigned char)((at + done + i) % 251);
    ASSERT_RESULT(stls_bio_commit(bio, part, NULL), STLS_OK, "commit");
    done += part;
  }
}

static void receive_into(stls_bio *bio, size_t room_len, size_t len)
{
  void *room = NULL;

  ASSERT_RESULT(stls_bio_reserve(bio, room_len, &room, &room_len, NULL),
                STLS_OK, "reserve");
  memset(room, 0xaa, len);
  ASSERT_RESULT(stls_bio_commit(bio, len, NULL), STLS_OK, "commit");
}
