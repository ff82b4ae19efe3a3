/* SPDX-License-Identifier: MIT */
/* test_peek: plaintext that is peeked and consumed later. */
#include <string.h>

#include <sanstls/conninfo.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(peek);

static bool next_case(size_t at, pair_options *options, test_pair *pair,
                      stls_object **self, stls_object **peer, char *label)
{
  if (!pair_row(at / 2, options, label)) return false;
  *pair = pair_open(options);
  pair_transfer(pair, pair->server, pair->client, 1);
  *self = at % 2 == 0 ? pair->client : pair->server;
  *peer = at % 2 == 0 ? pair->server : pair->client;
  return true;
}

static void send_text(stls_object *object, const char *text)
{
  size_t done;

  ASSERT_RESULT(stls_object_write(object, text, strlen(text), &done), STLS_OK,
                text);
}

static void expect_peek(stls_object *object, size_t room, const char *want,
                        const char *label)
{
  char out[100];
  size_t done = 99;

  EXPECT_RESULT(stls_object_peek(object, out, room, &done), STLS_OK, label);
  cr_expect_eq(done, strlen(want), "%s: %zu bytes", label, done);
  cr_expect_arr_eq(out, want, strlen(want), "%s", label);
}

static void expect_read(stls_object *object, size_t room, const char *want,
                        const char *label)
{
  char out[100];
  size_t done = 99;

  EXPECT_RESULT(stls_object_read(object, out, room, &done), STLS_OK, label);
  cr_expect_eq(done, strlen(want), "%s: %zu bytes", label, done);
  cr_expect_arr_eq(out, want, strlen(want), "%s", label);
}

/* The object knows what the peek has found. */
static void expect_wants(const stls_object *object, stls_result found,
                         const char *label)
{
  const unsigned reading =
      STLS_INTEREST_RECORDS_IN | STLS_INTEREST_PLAINTEXT_OUT;
  const unsigned wants = stls_object_wants(object);

  if (found == STLS_CLOSED)
    cr_expect_eq(wants & reading, 0U, "%s: %#x", label, wants);
  if (found < 0)
    cr_expect_eq(wants & ~(unsigned)STLS_INTEREST_RECORDS_OUT, 0U, "%s: %#x",
                 label, wants);
}

static void expect_end(stls_object *object, stls_result want, const char *label)
{
  size_t done = 99;
  char byte;

  for (int round = 0; round < 2; round++) {
    EXPECT_RESULT(stls_object_peek(object, &byte, 1, &done), want, label);
    cr_expect_eq(done, (size_t)0, "%s", label);
    expect_wants(object, want, label);
  }
  EXPECT_RESULT(stls_object_read(object, &byte, 1, &done), want, label);
}

/* As many looks as one likes, before and between reads, and one record at a
 * time. */
Test(peek, takes_nothing)
{
  pair_options options = {0};
  stls_object *self, *peer;
  test_pair pair;
  char label[64];

  for (size_t i = 0; next_case(i, &options, &pair, &self, &peer, label); i++) {
    stls_counters before = STLS_COUNTERS_INIT, after = STLS_COUNTERS_INIT;
    expect_end(self, STLS_WANT_READ, label);
    send_text(peer, "GET / HTTP/1.1");
    send_text(peer, "next");
    ASSERT_RESULT(stls_object_counters(self, &before, NULL), STLS_OK, label);
    while (pair_move(&pair, peer, self) > 0) {
      size_t done;
      char out[4];
      stls_result result = stls_object_peek(self, out, 4, &done);
      cr_assert(result == STLS_OK || result == STLS_WANT_READ, "%s", label);
      if (result == STLS_OK) cr_expect_arr_eq(out, "GET ", 4);
    }
    for (int round = 0; round < 3; round++) {
      expect_peek(self, 1, "G", label);
      expect_peek(self, 100, "GET / HTTP/1.1", label);
      cr_expect(stls_object_wants(self) & STLS_INTEREST_PLAINTEXT_OUT);
      cr_expect_eq(stls_object_pending(self), (size_t)14);
    }
    ASSERT_RESULT(stls_object_counters(self, &after, NULL), STLS_OK, label);
    cr_expect_eq(after.plaintext_out, before.plaintext_out, "%s", label);
    expect_read(self, 4, "GET ", label);
    expect_peek(self, 100, "/ HTTP/1.1", label);
    stls_object_trim(self);
    expect_peek(self, 100, "/ HTTP/1.1", label);
    expect_read(self, 100, "/ HTTP/1.1next", label);
    expect_end(self, STLS_WANT_READ, label);
    pair_transfer(&pair, peer, self, 30000);
    pair_transfer(&pair, self, peer, 30000);
    pair_free(&pair);
  }
}

Test(peek, tells_the_ends_as_a_read_does)
{
  pair_options options = {0};
  stls_object *self, *peer;
  test_pair pair;
  char label[64];

  for (size_t i = 0; next_case(i, &options, &pair, &self, &peer, label); i++) {
    send_text(peer, "last");
    if (i % 4 < 2) ASSERT_RESULT(stls_object_close_write(peer), STLS_OK, label);
    pair_move_all(&pair, peer, self);
    stls_bio_write_eof(stls_object_incoming(self));
    expect_peek(self, 100, "last", label);
    EXPECT_RESULT(stls_object_unwrap(self), STLS_ERROR_MISUSE, label);
    expect_read(self, 100, "last", label);
    expect_end(self, i % 4 < 2 ? STLS_CLOSED : STLS_ERROR_TRUNCATED, label);
    if (i % 4 < 2) EXPECT_RESULT(stls_object_unwrap(self), STLS_OK, label);
    pair_free(&pair);
  }
}

/* The close_notify that a peek meets is the end of that direction. */
Test(peek, meets_the_close)
{
  pair_options options = {0};
  stls_object *self, *peer;
  test_pair pair;
  char label[64];
  size_t done;

  for (size_t i = 0; next_case(i, &options, &pair, &self, &peer, label); i++) {
    ASSERT_RESULT(stls_object_close_write(peer), STLS_OK, label);
    pair_move_all(&pair, peer, self);
    ASSERT_RESULT(
        stls_bio_write(stls_object_incoming(self), "220 ", 4, &done, NULL),
        STLS_OK, label);
    expect_end(self, STLS_CLOSED, label);
    cr_expect_eq(stls_bio_pending(stls_object_incoming(self)), (size_t)4, "%s",
                 label);
    send_text(self, "x");
    EXPECT_RESULT(stls_object_unwrap(self), STLS_OK, label);
    pair_free(&pair);
  }
}

/* On either side, whoever speaks first. */
Test(peek, shakes_hands_first)
{
  pair_options options = {0};
  char label[64], byte;

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_new(&options);
    stls_result client = STLS_WANT_READ, server = STLS_WANT_READ;
    size_t done, moved;
    do {
      client = stls_object_peek(pair.client, &byte, 1, &done);
      moved = pair_move(&pair, pair.client, pair.server);
      server = stls_object_peek(pair.server, &byte, 1, &done);
      moved += pair_move(&pair, pair.server, pair.client);
    } while (moved > 0);
    EXPECT_RESULT(client, STLS_WANT_READ, label);
    EXPECT_RESULT(server, STLS_WANT_READ, label);
    cr_expect_not_null(stls_object_conninfo(pair.client), "%s", label);
    cr_expect_not_null(stls_object_conninfo(pair.server), "%s", label);
    send_text(pair.client, "first");
    while (pair_move(&pair, pair.client, pair.server) > 0) continue;
    expect_peek(pair.server, 100, "first", label);
    expect_read(pair.server, 100, "first", label);
    pair_free(&pair);
  }
}

Test(peek, fails_as_a_read_does)
{
  pair_options untrusted = {.server_credential = "server-untrusted"};
  pair_options options = {0};
  test_pair pair = pair_new(&untrusted);
  size_t done = 99;
  char byte;

  ASSERT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "hello");
  pair_move_all(&pair, pair.client, pair.server);
  ASSERT_RESULT(stls_object_handshake(pair.server), STLS_WANT_READ, "hello");
  pair_move_all(&pair, pair.server, pair.client);
  expect_end(pair.client, STLS_ERROR_CERTIFICATE, "untrusted");
  pair_free(&pair);
  pair = pair_open(&options);
  EXPECT_RESULT(stls_object_peek(NULL, &byte, 1, &done), STLS_ERROR_MISUSE,
                "object");
  cr_expect_eq(done, (size_t)0);
  EXPECT_RESULT(stls_object_peek(pair.client, &byte, 1, NULL),
                STLS_ERROR_MISUSE, "out_read");
  EXPECT_RESULT(stls_object_peek(pair.client, NULL, 1, &done),
                STLS_ERROR_MISUSE, "out");
  EXPECT_RESULT(stls_object_peek(pair.client, NULL, 0, &done), STLS_OK,
                "no room");
  bytes_drop(stls_object_incoming(pair.client));
  ASSERT_RESULT(stls_bio_write(stls_object_incoming(pair.client), "GET / HTTP",
                               10, &done, NULL),
                STLS_OK, "garbage");
  expect_end(pair.client, STLS_ERROR_TLS, "garbage");
  pair_free(&pair);
}

static void answer_little(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_limit(context, STLS_LIMIT_REPLY_BYTES, 50, NULL),
      STLS_OK, "limit");
}

/* Looking again and again costs no more room than reading does. */
Test(peek, leaves_few_answers)
{
  pair_options options = {.tune_client = answer_little,
                          .tune_server = answer_little};
  stls_object *self, *peer;
  test_pair pair;
  char label[64];

  for (size_t i = 0; next_case(i, &options, &pair, &self, &peer, label); i++) {
    if (options.version == STLS_TLS_1_3) {
      for (int k = 0; k < 8; k++)
        ASSERT_RESULT(stls_object_key_update(peer, true), STLS_OK, label);
      bytes_move(stls_object_outgoing(peer), stls_object_incoming(self));
      expect_end(self, STLS_WANT_WRITE, label);
      cr_expect_lt(stls_bio_pending(stls_object_outgoing(self)), (size_t)100,
                   "%s: %zu bytes", label,
                   stls_bio_pending(stls_object_outgoing(self)));
    }
    pair_free(&pair);
  }
}
