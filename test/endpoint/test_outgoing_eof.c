/* SPDX-License-Identifier: MIT */
/* test_outgoing_eof: a transport that takes no more output. */
#include <string.h>

#include <sanstls/client_hello.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(outgoing_eof);

static stls_result read_one(stls_object *object)
{
  size_t done;
  char byte;

  return stls_object_read(object, &byte, 1, &done);
}

static void end_output(stls_object *object)
{
  stls_bio_write_eof(stls_object_outgoing(object));
}

static void offer(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_post_handshake_auth(context, true, NULL),
                STLS_OK, "late authentication");
}

/* Both roles, both versions, all feeds; the client can be asked who it is. */
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

Test(outgoing_eof, is_said_by_every_call_that_would_send)
{
  pair_options options = {.server_verify = STLS_VERIFY_OPTIONAL,
                          .tune_client = offer};
  const stls_span spans[] = {{"a", 1}, {"b", 1}};
  stls_object *self, *peer;
  test_pair pair;
  char label[64];
  size_t done;

  for (size_t i = 0; next_case(i, &options, &pair, &self, &peer, label); i++) {
    bool is_tls_1_3 = options.version == STLS_TLS_1_3;
    bool can_ask = is_tls_1_3 && self == pair.server;
    ASSERT_RESULT(stls_object_write(self, "x", 1, &done), STLS_OK, label);
    end_output(self);
    for (int round = 0; round < 2; round++) {
      EXPECT_RESULT(stls_object_write(self, "x", 1, &done), STLS_CLOSED, label);
      cr_expect_eq(done, (size_t)0);
      EXPECT_RESULT(stls_object_writev(self, spans, 2, &done), STLS_CLOSED,
                    label);
      EXPECT_RESULT(stls_object_cork(self), STLS_CLOSED, label);
      EXPECT_RESULT(stls_object_flush(self), STLS_OK, label);
      EXPECT_RESULT(stls_object_key_update(self, true),
                    is_tls_1_3 ? STLS_CLOSED : STLS_ERROR_MISUSE, label);
      EXPECT_RESULT(stls_object_verify_client(self),
                    can_ask ? STLS_CLOSED : STLS_ERROR_MISUSE, label);
      EXPECT_RESULT(stls_object_close_write(self), STLS_CLOSED, label);
      EXPECT_RESULT(stls_object_unwrap(self), STLS_WANT_READ, label);
    }
    cr_expect_eq(stls_object_wants(self), (unsigned)STLS_INTEREST_RECORDS_IN,
                 "%s: what waits has nowhere to go", label);
    pair_free(&pair);
  }
}

/* Not even a queue that is at its limit is to be drained any more. */
Test(outgoing_eof, is_said_of_what_is_corked)
{
  static const char data[16384];
  pair_options options = {0};
  stls_object *self, *peer;
  test_pair pair;
  char label[64];
  size_t done;

  for (size_t i = 0; next_case(i, &options, &pair, &self, &peer, label); i++) {
    ASSERT_RESULT(stls_bio_set_limit(stls_object_outgoing(self), 1, NULL),
                  STLS_OK, label);
    ASSERT_RESULT(stls_object_cork(self), STLS_OK, label);
    ASSERT_RESULT(stls_object_write(self, data, sizeof data, &done), STLS_OK,
                  label);
    cr_assert_gt(stls_object_corked(self), (size_t)0, "%s", label);
    end_output(self);
    EXPECT_RESULT(stls_object_flush(self), STLS_CLOSED, label);
    EXPECT_RESULT(stls_object_close_write(self), STLS_CLOSED, label);
    pair_free(&pair);
  }
}

Test(outgoing_eof, leaves_the_other_direction)
{
  pair_options options = {0};
  stls_object *self, *peer;
  test_pair pair;
  char label[64];

  for (size_t i = 0; next_case(i, &options, &pair, &self, &peer, label); i++) {
    size_t before;
    end_output(self);
    bytes_drop(stls_object_outgoing(self));
    pair_transfer(&pair, peer, self, 50000);
    if (options.version == STLS_TLS_1_3)
      for (int k = 0; k < 3; k++) {
        ASSERT_RESULT(stls_object_key_update(peer, true), STLS_OK, label);
        pair_transfer(&pair, peer, self, 10);
      }
    before = stls_bio_pending(stls_object_outgoing(self));
    cr_expect_eq(before, (size_t)0, "%s: answers are dropped", label);
    ASSERT_RESULT(stls_object_close_write(peer), STLS_OK, label);
    pair_move_all(&pair, peer, self);
    EXPECT_RESULT(read_one(self), STLS_CLOSED, label);
    EXPECT_RESULT(stls_object_unwrap(self), STLS_CLOSED, label);
    EXPECT_RESULT(stls_object_unwrap(self), STLS_CLOSED, label);
    cr_expect_eq(stls_object_wants(self), 0U, "%s", label);
    EXPECT_RESULT(stls_object_error(self, NULL), STLS_OK, label);
    pair_free(&pair);
  }
}

/* Nothing more can happen when the other direction has ended, too. */
Test(outgoing_eof, and_the_end_of_incoming_are_the_end)
{
  pair_options options = {0};
  stls_object *self, *peer;
  test_pair pair;
  char label[64];
  size_t done;

  for (size_t i = 0; next_case(i, &options, &pair, &self, &peer, label); i++) {
    ASSERT_RESULT(stls_object_write(self, "x", 1, &done), STLS_OK, label);
    end_output(self);
    stls_bio_write_eof(stls_object_incoming(self));
    cr_expect_eq(stls_object_wants(self), (unsigned)STLS_INTEREST_PLAINTEXT_OUT,
                 "%s", label);
    EXPECT_RESULT(read_one(self), STLS_ERROR_TRUNCATED, label);
    cr_expect_eq(stls_object_wants(self), 0U, "%s", label);
    pair_free(&pair);
  }
}

/* What was corked does not go out; close_notify that went out before stays. */
Test(outgoing_eof, after_a_cork_and_after_a_close)
{
  pair_options options = {0};
  stls_object *self, *peer;
  test_pair pair;
  char label[64];
  size_t done;

  for (size_t i = 0; next_case(i, &options, &pair, &self, &peer, label); i++) {
    ASSERT_RESULT(stls_object_cork(self), STLS_OK, label);
    ASSERT_RESULT(stls_object_write(self, "held", 4, &done), STLS_OK, label);
    end_output(self);
    EXPECT_RESULT(stls_object_write(self, "x", 1, &done), STLS_CLOSED, label);
    EXPECT_RESULT(stls_object_flush(self), STLS_CLOSED, label);
    EXPECT_RESULT(stls_object_close_write(self), STLS_CLOSED, label);
    cr_expect_eq(stls_object_corked(self), (size_t)4, "%s", label);
    pair_free(&pair);
  }
  for (size_t i = 0; next_case(i, &options, &pair, &self, &peer, label); i++) {
    ASSERT_RESULT(stls_object_close_write(self), STLS_OK, label);
    end_output(self);
    EXPECT_RESULT(stls_object_close_write(self), STLS_OK, label);
    EXPECT_RESULT(stls_object_write(self, "x", 1, &done), STLS_ERROR_MISUSE,
                  label);
    pair_free(&pair);
  }
}

/* Nobody gets through a handshake whose messages are dropped; the peer's alert is
 * read all the same. */
Test(outgoing_eof, before_the_handshake_is_done)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++)
    for (int flights = 0; flights < 2; flights++) {
      test_pair pair = pair_new(&options);
      stls_object *self = flights == 0 ? pair.client : pair.server;
      stls_result result = STLS_WANT_READ;
      if (flights == 1)
        ASSERT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ,
                      label);
      end_output(self);
      cr_expect_eq(flights == 0,
                   (stls_object_wants(self) & STLS_INTEREST_HANDSHAKE) != 0);
      do result = stls_object_handshake(self);
      while (result == STLS_WANT_READ && pair_move(&pair, pair.client, self));
      EXPECT_RESULT(result, STLS_ERROR_TRUNCATED, label);
      EXPECT_RESULT(stls_object_handshake(self), STLS_ERROR_TRUNCATED, label);
      cr_expect_eq(stls_object_wants(self), 0U, "%s", label);
      cr_expect_eq(stls_bio_pending(stls_object_outgoing(self)), (size_t)0);
      pair_free(&pair);
    }
}

Test(outgoing_eof, does_not_hide_the_peers_alert)
{
  pair_options options = {.server_credential = "server-untrusted"};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_new(&options);
    stls_result result = STLS_WANT_READ;
    ASSERT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, label);
    while (pair_move(&pair, pair.client, pair.server) > 0)
      ASSERT_RESULT(stls_object_handshake(pair.server), STLS_WANT_READ, label);
    end_output(pair.server);
    bytes_move(stls_object_outgoing(pair.server),
               stls_object_incoming(pair.client));
    ASSERT_RESULT(stls_object_handshake(pair.client), STLS_ERROR_CERTIFICATE,
                  label);
    while (result == STLS_WANT_READ &&
           pair_move(&pair, pair.client, pair.server) > 0)
      result = stls_object_handshake(pair.server);
    EXPECT_RESULT(result, STLS_ERROR_ALERT, label);
    pair_free(&pair);
  }
}

/* A rejected client is not told, and no byte appears. */
Test(outgoing_eof, drops_the_alert_of_a_rejection)
{
  pair_options options = {.choose_context = true};
  test_pair pair = pair_new(&options);

  ASSERT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "hello");
  pair_move_all(&pair, pair.client, pair.server);
  ASSERT_RESULT(stls_object_handshake(pair.server), STLS_WANT_CONTEXT, "hello");
  end_output(pair.server);
  EXPECT_RESULT(stls_object_reject(pair.server, 112), STLS_OK, "reject");
  cr_expect_eq(stls_bio_pending(stls_object_outgoing(pair.server)), (size_t)0);
  cr_expect_eq(stls_object_alert_sent(pair.server), -1);
  cr_expect_eq(stls_object_wants(pair.server), 0U);
  pair_free(&pair);
}

/* Tickets are no reason to lose what the client has sent behind its Finished. */
Test(outgoing_eof, before_tickets_ends_no_handshake)
{
  pair_options options = {.version = STLS_TLS_1_3};
  test_pair pair = pair_new(&options);
  size_t done;

  EXPECT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "hello");
  pair_move_all(&pair, pair.client, pair.server);
  EXPECT_RESULT(stls_object_handshake(pair.server), STLS_WANT_READ, "flight");
  pair_move_all(&pair, pair.server, pair.client);
  ASSERT_RESULT(stls_object_write(pair.client, "x", 1, &done), STLS_OK, "data");
  end_output(pair.server);
  pair_move_all(&pair, pair.client, pair.server);
  EXPECT_RESULT(read_one(pair.server), STLS_OK, pair_message(pair.server));
  pair_free(&pair);
}
