/* SPDX-License-Identifier: MIT */
/* test_trim: memory of idle connections, and stls_object_trim. */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <string.h>

#include <sanstls/client_hello.h>
#include <sanstls/trace.h>

#include "support/expect.h"
#include "support/heap.h"
#include "support/pair.h"
#include "support/planted_errors.h"

SUITE(trim);

/* Record buffers of libssl are 16.7 KB each; an idle end that holds one shows. */
enum {
  A_BUFFER = 16384
};

static void keep_buffers(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_buffers(context, STLS_BUFFERS_KEEP, NULL),
                STLS_OK, "keep");
}

static void trim_both(const test_pair *pair)
{
  stls_object_trim(pair->client);
  stls_object_trim(pair->server);
}

Test(trim, is_fine_for_nothing)
{
  pair_options options = {0};
  test_pair pair = pair_new(&options);

  stls_object_trim(NULL);
  trim_both(&pair);
  EXPECT_RETURNS(pair_handshake(&pair), STLS_OK);
  pair_free(&pair);
}

/* Not even after messages that come behind the handshake: tickets, and new
 * keys. */
Test(trim, is_not_needed_where_buffers_are_released)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    size_t shaken = heap_live_bytes();
    for (int turn = 0; turn < 3; turn++) {
      pair_transfer(&pair, pair.server, pair.client, 100);
      if (options.version == STLS_TLS_1_3)
        ASSERT_RESULT(stls_object_key_update(pair.client, true), STLS_OK,
                      label);
      pair_transfer(&pair, pair.client, pair.server, 100);
      cr_expect_lt(heap_live_bytes(), shaken + A_BUFFER, "%s, turn %d", label,
                   turn);
    }
    pair_free(&pair);
  }
}

Test(trim, makes_an_idle_connection_as_small_as_it_was)
{
  pair_options options = {0};
  char label[64];

  for (int keeps = 0; keeps < 2; keeps++) {
    options.tune_client = options.tune_server = keeps ? keep_buffers : NULL;
    for (size_t row = 0; pair_row(row, &options, label);
         row += pair_row_step()) {
      test_pair pair = pair_open(&options);
      size_t small, busy;
      pair_settle(&pair);
      pair_transfer(&pair, pair.client, pair.server, 100);
      pair_transfer(&pair, pair.server, pair.client, 100);
      trim_both(&pair);
      small = heap_live_bytes();
      pair_transfer(&pair, pair.client, pair.server, 50000);
      pair_transfer(&pair, pair.server, pair.client, 50000);
      busy = heap_live_bytes();
      if (keeps)
        cr_expect_gt(busy,
                     small + (pair_is_direct(pair.client) ? 1U : 4U) * A_BUFFER,
                     "%s", label);
      if (!keeps) cr_expect_lt(busy, small + A_BUFFER, "%s", label);
      trim_both(&pair);
      cr_expect_leq(heap_live_bytes(), small, "%s: %zu bytes more", label,
                    heap_live_bytes() - small);
      pair_transfer(&pair, pair.client, pair.server, 50000);
      pair_free(&pair);
    }
  }
}

/* At every step of a handshake, and between the bytes of its records. */
Test(trim, changes_no_handshake)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_new(&options);
    stls_result a = STLS_WANT_READ, b = STLS_WANT_READ;
    for (int turn = 0; turn < PAIR_TURNS && (a != STLS_OK || b != STLS_OK);
         turn++) {
      a = stls_object_handshake(pair.client);
      trim_both(&pair);
      pair_move(&pair, pair.client, pair.server);
      b = stls_object_handshake(pair.server);
      trim_both(&pair);
      pair_move(&pair, pair.server, pair.client);
      cr_assert(a >= 0 && b >= 0, "%s", label);
    }
    cr_assert(a == STLS_OK && b == STLS_OK, "%s", label);
    pair_transfer(&pair, pair.client, pair.server, 1000);
    pair_free(&pair);
  }
}

/* Read in part, corked, queued, and half arrived. */
Test(trim, loses_nothing_that_waits)
{
  static unsigned char data[3000], got[3000], want[3000];
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    size_t len = 0, at = 0;
    pair_settle(&pair);
    pair_pattern(data, sizeof data, 0);
    ASSERT_RESULT(stls_object_write(pair.client, data, 1000, &len), STLS_OK,
                  label);
    ASSERT_RESULT(stls_object_cork(pair.client), STLS_OK, label);
    ASSERT_RESULT(stls_object_write(pair.client, data + 1000, 2000, &len),
                  STLS_OK, label);
    trim_both(&pair);
    cr_expect_eq(stls_object_corked(pair.client), 2000, "%s", label);
    ASSERT_RESULT(stls_object_flush(pair.client), STLS_OK, label);
    while (at < sizeof data) {
      pair_move(&pair, pair.client, pair.server);
      trim_both(&pair);
      cr_assert_geq(stls_object_read(pair.server, got + at, 7, &len), 0);
      at += len;
      trim_both(&pair);
    }
    pair_pattern(want, sizeof want, 0);
    cr_expect_arr_eq(got, want, sizeof want);
    pair_free(&pair);
  }
}

Test(trim, leaves_room_that_somebody_receives_into)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  stls_bio *incoming = stls_object_incoming(pair.server);
  unsigned char sealed[200], got[10];
  size_t len = 0, room_len = 0;
  void *room = NULL;

  pair_settle(&pair);
  ASSERT_RESULT(stls_object_write(pair.client, "0123456789", 10, &len), STLS_OK,
                "write");
  ASSERT_RESULT(stls_bio_read(stls_object_outgoing(pair.client), sealed,
                              sizeof sealed, &len, NULL),
                STLS_OK, "drain");
  ASSERT_RESULT(stls_bio_reserve(incoming, 5000, &room, &room_len, NULL),
                STLS_OK, "reserve");
  stls_object_trim(pair.server);
  memcpy(room, sealed, len);
  ASSERT_RESULT(stls_bio_commit(incoming, len, NULL), STLS_OK, "commit");
  ASSERT_RESULT(stls_object_read(pair.server, got, sizeof got, &len), STLS_OK,
                "read");
  cr_expect_eq(memcmp(got, "0123456789", 10), 0);
  pair_free(&pair);
}

static void trim_from_callback(stls_object *object,
                               const stls_trace_event *event, void *user_data)
{
  (void)event;
  ++*(int *)user_data;
  stls_object_trim(object);
}

static int num_events;

static void trim_while_working(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_trace(context, trim_from_callback, &num_events, NULL),
      STLS_OK, "trace");
}

Test(trim, does_nothing_from_a_callback)
{
  pair_options options = {.tune_client = trim_while_working,
                          .tune_server = trim_while_working};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    pair_transfer(&pair, pair.client, pair.server, 40000);
    cr_expect_gt(num_events, 0);
    pair_free(&pair);
  }
}

/* One that is freed drops what its session holds either way. */
Test(trim, may_come_after_the_end)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);

  stls_bio_write_eof(stls_object_incoming(pair.server));
  cr_expect_lt(stls_object_read(pair.server, &options, 1, &(size_t){0}), 0);
  trim_both(&pair);
  EXPECT_RESULT(stls_object_close_write(pair.client), STLS_OK, "close");
  trim_both(&pair);
  pair_free(&pair);
}

/* What was given back is taken again by the next call, or that call has not
 * happened. */
Test(trim, may_be_followed_by_a_lack_of_memory)
{
  pair_options options = {.version = STLS_TLS_1_3};
  bool was_refused = true, is_direct = false;
  int num_repeated = 0;

  for (size_t nth = 1; was_refused && nth < 200; nth++) {
    test_pair pair = pair_open(&options);
    stls_error err = STLS_ERROR_INIT;
    stls_result result;
    size_t len = 7;
    pair_settle(&pair);
    pair_transfer(&pair, pair.client, pair.server, 100);
    stls_object_trim(pair.client);
    is_direct = pair_is_direct(pair.client);
    planted_errors_put(0);
    heap_fail_at(nth);
    result = stls_object_write(pair.client, "12345", 5, &len);
    was_refused = heap_stop_failing();
    planted_errors_expect(0, "write");
    /* Some that are refused libssl can do without. */
    if (result != STLS_OK || !was_refused)
      EXPECT_RESULT(result, was_refused ? STLS_ERROR_MEMORY : STLS_OK, "write");
    cr_expect_eq(len, result == STLS_OK ? (size_t)5 : (size_t)0);
    if (result != STLS_OK && stls_object_error(pair.client, &err) == STLS_OK) {
      num_repeated++;
      pair_transfer(&pair, pair.client, pair.server, 100);
      pair_transfer(&pair, pair.server, pair.client, 100);
    }
    pair_free(&pair);
  }
  cr_expect_not(was_refused);
  cr_expect_geq(num_repeated, is_direct ? 3 : 10, "only %d could be repeated",
                num_repeated);
}

static void wipe_plaintext(stls_context *context)
{
  uint64_t options = stls_context_options(context) | STLS_OP_CLEANSE_PLAINTEXT;

  ASSERT_RESULT(stls_context_set_options(context, options, NULL), STLS_OK,
                "wipe");
}

static void wipe_and_keep(stls_context *context)
{
  wipe_plaintext(context);
  keep_buffers(context);
}

/* libssl 3.2 and later wipes a buffer that is not there. */
Test(trim, may_come_twice_where_plaintext_is_wiped)
{
  pair_options options = {0};
  char label[64];

  for (int keeps = 0; keeps < 2; keeps++) {
    options.tune_client = options.tune_server =
        keeps ? wipe_and_keep : wipe_plaintext;
    for (size_t row = 0; pair_row(row, &options, label);
         row += pair_row_step()) {
      test_pair pair = pair_open(&options);
      for (int turn = 0; turn < 3; turn++) {
        trim_both(&pair);
        trim_both(&pair);
        pair_transfer(&pair, pair.client, pair.server, 20000);
        pair_transfer(&pair, pair.server, pair.client, 20000);
      }
      pair_free(&pair);
    }
  }
}

/* A chooser has no SSL yet. */
Test(trim, may_come_before_a_context_is_chosen)
{
  pair_options options = {.choose_context = true};
  test_pair pair = pair_new(&options);

  stls_object_trim(pair.server);
  EXPECT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "client");
  pair_move_all(&pair, pair.client, pair.server);
  EXPECT_RESULT(stls_object_handshake(pair.server), STLS_WANT_CONTEXT,
                "server");
  stls_object_trim(pair.server);
  EXPECT_RESULT(
      stls_object_set_context(pair.server, stls_object_context(pair.server)),
      STLS_OK, "choice");
  EXPECT_RETURNS(pair_handshake(&pair), STLS_OK);
  pair_free(&pair);
}
