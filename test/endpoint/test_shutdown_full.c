/* SPDX-License-Identifier: MIT */
/* test_shutdown_full: closing while `outgoing` is full, and what it sends. */
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(shutdown_full);

enum {
  LIMIT = 20000
};

typedef stls_result closing(stls_object *object);

/* An open pair, and the side that closes. */
struct sides {
  test_pair pair;
  stls_object *self;
  stls_object *peer;
  size_t sent; /* Taken from self. */
};

static struct sides open_sides(const pair_options *options, int role)
{
  struct sides sides = {.pair = pair_open(options)};

  sides.self = role == 0 ? sides.pair.client : sides.pair.server;
  sides.peer = role == 0 ? sides.pair.server : sides.pair.client;
  pair_settle(&sides.pair);
  ASSERT_RETURNS(
      stls_bio_set_limit(stls_object_outgoing(sides.self), LIMIT, NULL),
      STLS_OK);
  return sides;
}

/* Writes until nothing more is taken. */
static void fill(struct sides *sides)
{
  static const char data[1000];
  stls_result result;
  size_t done;

  while ((result = stls_object_write(sides->self, data, sizeof data, &done)) ==
         STLS_OK)
    sides->sent += done;
  ASSERT_RETURNS(result, STLS_WANT_WRITE);
}

static void carry(struct sides *sides, stls_object *from)
{
  pair_move_all(&sides->pair, from,
                from == sides->self ? sides->peer : sides->self);
}

/* The peer gets all that was written, and then close_notify. */
static void expect_whole(struct sides *sides, const char *label)
{
  static char in[100000];
  size_t got = 0, done;
  stls_result result;

  while ((result = stls_object_read(sides->peer, in, sizeof in, &done)) ==
         STLS_OK)
    got += done;
  EXPECT_RESULT(result, STLS_CLOSED, label);
  cr_expect_eq(got, sides->sent, "%s: %zu of %zu", label, got, sides->sent);
}

/* Calls a test for both roles, versions and feeds. */
static void for_all(void (*test)(struct sides *sides, const char *label))
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++)
    for (int role = 0; role < 2; role++) {
      struct sides sides = open_sides(&options, role);
      test(&sides, expect_label("%s, role %d", label, role));
      pair_free(&sides.pair);
    }
}

static void close_full(struct sides *sides, const char *label)
{
  stls_bio *out = stls_object_outgoing(sides->self);
  size_t before;

  fill(sides);
  before = stls_bio_pending(out);
  EXPECT_RESULT(stls_object_close_write(sides->self), STLS_OK, label);
  cr_expect_gt(stls_bio_pending(out), before, "%s", label);
  carry(sides, sides->self);
  expect_whole(sides, label);
}

Test(shutdown_full, close_notify_is_not_held_back_by_the_limit)
{
  for_all(close_full);
}

static void answer_full(struct sides *sides, const char *label)
{
  char byte;
  size_t done;

  ASSERT_RETURNS(stls_object_close_write(sides->peer), STLS_OK);
  carry(sides, sides->peer);
  fill(sides);
  EXPECT_RESULT(stls_object_read(sides->self, &byte, 1, &done), STLS_CLOSED,
                label);
  EXPECT_RESULT(stls_object_close_write(sides->self), STLS_OK, label);
  carry(sides, sides->self);
  expect_whole(sides, label);
}

Test(shutdown_full, nor_is_the_answer_to_the_peers)
{
  for_all(answer_full);
}

/* What is corked does not fit: nothing changes until there is room. */
static void close_corked(struct sides *sides, const char *label,
                         closing *closes, stls_result want)
{
  stls_bio *out = stls_object_outgoing(sides->self);
  size_t before;

  ASSERT_RETURNS(stls_object_cork(sides->self), STLS_OK);
  fill(sides);
  before = stls_bio_pending(out);
  for (int i = 0; i < 2; i++) {
    EXPECT_RESULT(closes(sides->self), STLS_WANT_WRITE, label);
    cr_expect_eq(stls_bio_pending(out), before, "%s", label);
  }
  EXPECT_RESULT(stls_object_error(sides->self, NULL), STLS_OK, label);
  carry(sides, sides->self);
  EXPECT_RESULT(closes(sides->self), want, label);
  carry(sides, sides->self);
  expect_whole(sides, label);
}

static void close_write_corked(struct sides *sides, const char *label)
{
  close_corked(sides, label, stls_object_close_write, STLS_OK);
}

static void unwrap_corked(struct sides *sides, const char *label)
{
  close_corked(sides, label, stls_object_unwrap, STLS_WANT_READ);
}

Test(shutdown_full, corked_data_waits_for_room_and_is_not_lost)
{
  for_all(close_write_corked);
  for_all(unwrap_corked);
}

/* The first unwrap says our close_notify; one that meets data says nothing. The
 * second end that returns STLS_OK still has its close_notify to send. */
static void unwrap_both(struct sides *sides, const char *label)
{
  stls_bio *out = stls_object_outgoing(sides->self);
  char byte;
  size_t done;

  ASSERT_RETURNS(stls_object_write(sides->peer, "x", 1, &done), STLS_OK);
  ASSERT_RETURNS(stls_object_unwrap(sides->peer), STLS_WANT_READ);
  cr_expect_gt(stls_bio_pending(stls_object_outgoing(sides->peer)), (size_t)0);
  carry(sides, sides->peer);
  EXPECT_RESULT(stls_object_unwrap(sides->self), STLS_ERROR_MISUSE, label);
  cr_expect_eq(stls_bio_pending(out), (size_t)0, "%s", label);
  ASSERT_RETURNS(stls_object_read(sides->self, &byte, 1, &done), STLS_OK);
  EXPECT_RESULT(stls_object_unwrap(sides->self), STLS_OK, label);
  cr_expect_gt(stls_bio_pending(out), (size_t)0, "%s", label);
  carry(sides, sides->self);
  EXPECT_RESULT(stls_object_unwrap(sides->peer), STLS_OK, label);
}

Test(shutdown_full, unwrap_leaves_close_notify_in_outgoing)
{
  for_all(unwrap_both);
}
