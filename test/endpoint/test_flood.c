/* SPDX-License-Identifier: MIT */
/* test_flood: limits on messages that carry no data. */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/conninfo.h>

#include "support/expect.h"
#include "support/pair.h"
#include "support/record_forger.h"

SUITE(flood);

static void many_key_updates(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_limit(context, STLS_LIMIT_KEY_UPDATES, 100000, NULL),
      STLS_OK);
}

static stls_result read_byte(stls_object *object)
{
  char byte;
  size_t got;

  return stls_object_read(object, &byte, 1, &got);
}

/* The peer of `object` is told why it ends, by this alert. */
static void expect_alert(test_pair *pair, stls_object *object, int alert)
{
  stls_object *peer = object == pair->client ? pair->server : pair->client;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;

  cr_expect_eq(stls_object_alert_sent(object), alert, "%d",
               stls_object_alert_sent(object));
  cr_expect_lt(stls_object_error(object, &err), 0);
  cr_expect_eq(err.alert_sent, alert);
  pair_move_all(pair, object, peer);
  while ((result = read_byte(peer)) == STLS_OK) continue;
  EXPECT_RESULT(result, STLS_ERROR_ALERT, pair_message(peer));
  cr_expect_eq(stls_object_alert_received(peer), alert);
}

Test(flood, of_key_updates_ends_the_connection)
{
  test_pair pair = record_forger_open(NULL);
  stls_counters before = STLS_COUNTERS_INIT, after = STLS_COUNTERS_INIT;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RETURNS(stls_object_counters(pair.server, &before, NULL), STLS_OK);
  for (int i = 0; i < 2000; i++) record_forger_send_key_update(pair.server);
  EXPECT_RETURNS(read_byte(pair.server), STLS_ERROR_TLS);
  cr_expect_leq(stls_bio_pending(stls_object_outgoing(pair.server)),
                (size_t)(33 * 27));
  /* What libssl was shown to send its alert is no record of the peer. */
  ASSERT_RETURNS(stls_object_counters(pair.server, &after, NULL), STLS_OK);
  cr_expect_eq(after.records_in, before.records_in + 33);
  cr_expect_eq(after.bytes_in, before.bytes_in + 33 * 27);
  stls_object_error(pair.server, &err);
  cr_expect(strstr(err.message, "KeyUpdate"), "%s", err.message);
  expect_alert(&pair, pair.server, 10);
  pair_free(&pair);
}

/* As RFC 8446, 6.2, has it; BoringSSL sends the same. */
Test(flood, of_key_updates_is_told_to_the_peer)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 3; pair_row(row, &options, label); row++)
    for (int side = 0; side < 2; side++) {
      test_pair pair = pair_open(&options);
      stls_object *self = side == 0 ? pair.client : pair.server;
      stls_object *peer = side == 0 ? pair.server : pair.client;
      stls_result result = STLS_WANT_READ;
      pair_settle(&pair);
      for (int i = 0; i < 33; i++)
        ASSERT_RETURNS(stls_object_key_update(peer, false), STLS_OK);
      while (result == STLS_WANT_READ && pair_move(&pair, peer, self) > 0)
        result = read_byte(self);
      EXPECT_RESULT(result, STLS_ERROR_TLS, label);
      expect_alert(&pair, self, 10);
      pair_free(&pair);
    }
}

/* Tickets that the server's libssl writes, and no data. */
static void send_tickets(test_pair *pair, int num)
{
  SSL *server = stls_object_ssl(pair->server);

  for (int i = 0; i < num; i++) cr_assert_eq(SSL_new_session_ticket(server), 1);
  ASSERT_RESULT(stls_object_key_update(pair->server, false), STLS_OK,
                pair_message(pair->server));
}

/* A session is made of each, which costs some 40 microseconds. */
Test(flood, of_tickets_ends_the_connection)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 3; pair_row(row, &options, label); row++) {
    test_pair pair = pair_open(&options);
    stls_result result = STLS_WANT_READ;
    stls_error err = STLS_ERROR_INIT;
    pair_settle(&pair);
    pair_transfer(&pair, pair.server, pair.client, 1);
    for (int round = 0; round < 3; round++) {
      send_tickets(&pair, 256);
      pair_transfer(&pair, pair.server, pair.client, 1);
    }
    send_tickets(&pair, 257);
    while (result == STLS_WANT_READ &&
           pair_move(&pair, pair.server, pair.client) > 0)
      result = read_byte(pair.client);
    EXPECT_RESULT(result, STLS_ERROR_TLS, label);
    stls_object_error(pair.client, &err);
    cr_expect(strstr(err.message, "tickets"), "%s", err.message);
    expect_alert(&pair, pair.client, 10);
    pair_free(&pair);
  }
}

static void few_tickets(stls_context *context)
{
  cr_assert_eq(stls_context_limit(context, STLS_LIMIT_TICKETS), (size_t)256);
  ASSERT_RETURNS(stls_context_set_limit(context, STLS_LIMIT_TICKETS, 3, NULL),
                 STLS_OK);
}

Test(flood, of_tickets_has_a_limit_that_can_be_lowered)
{
  pair_options options = {.version = STLS_TLS_1_3, .tune_client = few_tickets};
  test_pair pair = pair_open(&options);

  pair_settle(&pair);
  pair_transfer(&pair, pair.server, pair.client, 1);
  send_tickets(&pair, 3);
  pair_settle(&pair);
  send_tickets(&pair, 1);
  pair_move_all(&pair, pair.server, pair.client);
  EXPECT_RETURNS(read_byte(pair.client), STLS_ERROR_TLS);
  pair_free(&pair);
}

/* One byte after each keeps all counts at zero, and a read with much room goes
 * on: it returns after some messages, and what is left is wanted. */
Test(flood, of_messages_between_data_ends_the_read)
{
  test_pair pair = record_forger_open(many_key_updates);
  static char in[4000];
  size_t got = 0, total = 0, reads = 0;

  for (int i = 0; i < 500; i++) {
    record_forger_send(pair.server, 22, "\x18\x00\x00\x01\x00", 5);
    record_forger_next_keys();
    record_forger_send(pair.server, 23, "x", 1);
  }
  for (; total < 500; reads++) {
    cr_assert(stls_object_wants(pair.server) & STLS_INTEREST_PLAINTEXT_OUT);
    ASSERT_RETURNS(stls_object_read(pair.server, in, sizeof in, &got), STLS_OK);
    cr_expect_leq(got, (size_t)33);
    total += got;
  }
  cr_expect_lt(reads, (size_t)20);
  EXPECT_RETURNS(read_byte(pair.server), STLS_WANT_READ);
  pair_free(&pair);
}

Test(flood, of_key_updates_up_to_the_limit_is_answered)
{
  test_pair pair = record_forger_open(NULL);

  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 32; i++) record_forger_send_key_update(pair.server);
    EXPECT_RETURNS(read_byte(pair.server), STLS_WANT_READ);
    /* Data is progress, and the count begins anew. */
    record_forger_send(pair.server, 23, "x", 1);
    EXPECT_RETURNS(read_byte(pair.server), STLS_OK);
  }
  pair_free(&pair);
}

/* Who is sent data for hours and has none to send asks for new keys all the same
 * (JSSE after 128 GiB, this library after 2^24 records): as many as the limit for
 * 1,024 records of ours. */
Test(flood, of_key_updates_is_none_where_much_is_sent)
{
  test_pair pair = record_forger_open(NULL);
  stls_bio *out = stls_object_outgoing(pair.server);
  size_t done;

  for (int round = 0; round < 100; round++) {
    for (int i = 0; i < 40; i++) {
      ASSERT_RETURNS(stls_object_write(pair.server, "x", 1, &done), STLS_OK);
      ASSERT_RETURNS(stls_bio_consume(out, stls_bio_pending(out), NULL),
                     STLS_OK);
    }
    if (round % 2 == 0) record_forger_send_key_update(pair.server);
    ASSERT_RESULT(read_byte(pair.server), STLS_WANT_READ,
                  expect_label("%d: %s", round, pair_message(pair.server)));
  }
  for (int i = 0; i < 1024; i++) {
    ASSERT_RETURNS(stls_object_write(pair.server, "x", 1, &done), STLS_OK);
    ASSERT_RETURNS(stls_bio_consume(out, stls_bio_pending(out), NULL), STLS_OK);
  }
  for (int i = 0; i < 33; i++) record_forger_send_key_update(pair.server);
  EXPECT_RETURNS(read_byte(pair.server), STLS_ERROR_TLS);
  pair_free(&pair);
}

/* 2,000 in one feed, allowed by a user: answers wait for their turn. */
Test(flood, of_key_updates_never_makes_outgoing_grow)
{
  test_pair pair = record_forger_open(many_key_updates);
  stls_bio *out = stls_object_outgoing(pair.server);
  size_t answered = 0, waits = 0, done;
  stls_result result;

  /* Tickets go before the first data. */
  ASSERT_RETURNS(stls_object_write(pair.server, "x", 1, &done), STLS_OK);
  ASSERT_RETURNS(stls_bio_consume(out, stls_bio_pending(out), NULL), STLS_OK);
  for (int i = 0; i < 2000; i++) record_forger_send_key_update(pair.server);
  while ((result = read_byte(pair.server)) == STLS_WANT_WRITE) {
    cr_assert_lt(waits++, (size_t)100);
    cr_expect_leq(stls_bio_pending(out), (size_t)(16384 + 100));
    EXPECT_RETURNS(read_byte(pair.server), STLS_WANT_WRITE);
    cr_expect_not(stls_object_wants(pair.server) & STLS_INTEREST_PLAINTEXT_OUT);
    answered += stls_bio_pending(out);
    ASSERT_RETURNS(stls_bio_consume(out, stls_bio_pending(out), NULL), STLS_OK);
  }
  EXPECT_RESULT(result, STLS_WANT_READ, pair_message(pair.server));
  cr_expect_gt(waits, (size_t)0);
  /* libssl may owe the last answer until there is data to send (RFC 8446,
   * 4.6.3 allows it). */
  ASSERT_RETURNS(stls_object_write(pair.server, "x", 1, &done), STLS_OK);
  answered += stls_bio_pending(out);
  cr_expect_eq(answered, (size_t)(2000 * 27 + 23), "%zu", answered);
  pair_free(&pair);
}

/* One byte after each keeps the count at zero: the room in outgoing decides. */
Test(flood, of_key_updates_between_data_is_bounded_too)
{
  test_pair pair = record_forger_open(NULL);
  stls_bio *out = stls_object_outgoing(pair.server);
  static char in[4000];
  size_t got, total = 0, waits = 0;
  stls_result result;

  for (int i = 0; i < 2000; i++) {
    record_forger_send_key_update(pair.server);
    record_forger_send(pair.server, 23, "x", 1);
  }
  while ((result = stls_object_read(pair.server, in, sizeof in, &got)) !=
         STLS_WANT_READ) {
    cr_assert_lt(waits++, (size_t)100);
    cr_assert(result == STLS_OK || result == STLS_WANT_WRITE);
    cr_expect_leq(stls_bio_pending(out), (size_t)(16384 + 100));
    total += got;
    ASSERT_RETURNS(stls_bio_consume(out, stls_bio_pending(out), NULL), STLS_OK);
  }
  cr_expect_eq(total, (size_t)2000);
  pair_free(&pair);
}

/* A backlog of the application's own must not stop reads: two peers that both
 * write much would wait for each other. */
Test(flood, is_not_what_a_full_outgoing_is_taken_for)
{
  static unsigned char data[300000];
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    char in[100];
    size_t done;
    pair_move_all(&pair, pair.server, pair.client);
    while (stls_object_write(pair.server, data, sizeof data, &done) == STLS_OK)
      continue;
    ASSERT_RETURNS(stls_object_write(pair.client, "hello", 5, &done), STLS_OK);
    pair_move_all(&pair, pair.client, pair.server);
    EXPECT_RESULT(stls_object_read(pair.server, in, sizeof in, &done), STLS_OK,
                  label);
    cr_expect_eq(done, (size_t)5, "%s", label);
    pair_free(&pair);
  }
}

Test(flood, of_empty_records_ends_the_connection)
{
  test_pair pair = record_forger_open(NULL);
  stls_error err = STLS_ERROR_INIT;

  for (int i = 0; i < 100; i++) record_forger_send(pair.server, 23, "", 0);
  EXPECT_RETURNS(read_byte(pair.server), STLS_ERROR_TLS);
  cr_expect_gt(stls_bio_pending(stls_object_incoming(pair.server)),
               (size_t)(60 * 22), "it stops there");
  stls_object_error(pair.server, &err);
  cr_expect_str_neq(err.message, "");
  expect_alert(&pair, pair.server, 10);
  pair_free(&pair);
}

static void few_empty_records(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_limit(context, STLS_LIMIT_EMPTY_RECORDS, 3, NULL),
      STLS_OK);
}

Test(flood, of_empty_records_has_a_limit_that_can_be_lowered)
{
  test_pair pair = record_forger_open(few_empty_records);
  stls_error err = STLS_ERROR_INIT;

  for (int round = 0; round < 5; round++) {
    for (int i = 0; i < 3; i++) record_forger_send(pair.server, 23, "", 0);
    EXPECT_RETURNS(read_byte(pair.server), STLS_WANT_READ);
    record_forger_send(pair.server, 23, "x", 1);
    EXPECT_RETURNS(read_byte(pair.server), STLS_OK);
  }
  for (int i = 0; i < 4; i++) record_forger_send(pair.server, 23, "", 0);
  EXPECT_RETURNS(read_byte(pair.server), STLS_ERROR_TLS);
  stls_object_error(pair.server, &err);
  cr_expect(strstr(err.message, "empty records"), "%s", err.message);
  expect_alert(&pair, pair.server, 10);
  pair_free(&pair);
}

/* A server that asks to renegotiate over and over: refused each time, and not
 * for ever. */
Test(flood, of_renegotiations_ends_the_connection)
{
  pair_options options = {.version = STLS_TLS_1_2};
  test_pair pair = pair_open(&options);
  SSL *server = stls_object_ssl(pair.server);
  stls_error err = STLS_ERROR_INIT;
  size_t done;

  SSL_clear_options(server, SSL_OP_NO_RENEGOTIATION);
  for (int i = 0; i < 4; i++) {
    cr_assert_eq(SSL_renegotiate(server), 1);
    ASSERT_RESULT(stls_object_write(pair.server, "x", 1, &done), STLS_OK,
                  pair_message(pair.server));
    pair_move_all(&pair, pair.server, pair.client);
    EXPECT_RESULT(read_byte(pair.client), STLS_OK,
                  expect_label("%d: %s", i, pair_message(pair.client)));
  }
  cr_assert_eq(SSL_renegotiate(server), 1);
  ASSERT_RETURNS(stls_object_write(pair.server, "x", 1, &done), STLS_OK);
  pair_move_all(&pair, pair.server, pair.client);
  EXPECT_RETURNS(read_byte(pair.client), STLS_ERROR_TLS);
  stls_object_error(pair.client, &err);
  cr_expect(strstr(err.message, "renegotiate"), "%s", err.message);
  /* The nearest that OpenSSL can be made to send on TLS 1.2; this server has
   * failed by then. */
  cr_expect_eq(err.alert_sent, 22);
  pair_free(&pair);
}

Test(flood, by_a_client_that_renegotiates_is_refused)
{
  pair_options options = {.version = STLS_TLS_1_2};
  test_pair pair = pair_open(&options);
  SSL *client = stls_object_ssl(pair.client);
  stls_error err = STLS_ERROR_INIT;
  size_t done;

  SSL_clear_options(client, SSL_OP_NO_RENEGOTIATION);
  cr_assert_eq(SSL_renegotiate(client), 1);
  cr_expect_leq(stls_object_write(pair.client, "x", 1, &done), STLS_WANT_READ);
  pair_move_all(&pair, pair.client, pair.server);
  EXPECT_RESULT(read_byte(pair.server), STLS_WANT_READ,
                pair_message(pair.server));
  stls_object_error(pair.server, &err);
  pair_move_all(&pair, pair.server, pair.client);
  cr_expect_lt(read_byte(pair.client), 0, "%s", pair_message(pair.client));
  pair_free(&pair);
}

static void short_chains(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_limit(context, STLS_LIMIT_CERTIFICATE_BYTES, 200, NULL),
      STLS_OK);
}

Test(flood, of_certificates_is_refused)
{
  pair_options options = {.tune_client = short_chains};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_new(&options);
    EXPECT_RESULT(pair_handshake(&pair), STLS_ERROR_TLS, label);
    pair_free(&pair);
  }
}
