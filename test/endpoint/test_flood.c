/* SPDX-License-Identifier: MIT */
/* test_flood: limits on messages that carry no data. */
#include <openssl/ssl.h>
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"
#include "support/record_forger.h"

SUITE(flood);

#define LIMIT(name, limit, value) \
  static void name(stls_context *context) \
  { \
    ASSERT_RETURNS(stls_context_set_limit(context, limit, value, NULL), \
                   STLS_OK); \
  }

LIMIT(many_key_updates, STLS_LIMIT_KEY_UPDATES, 100000)
LIMIT(few_empty_records, STLS_LIMIT_EMPTY_RECORDS, 3)
LIMIT(few_tickets, STLS_LIMIT_TICKETS, 3)
LIMIT(short_chains, STLS_LIMIT_CERTIFICATE_BYTES, 200)

static stls_result read_byte(stls_object *object)
{
  char byte;
  size_t got;

  return stls_object_read(object, &byte, 1, &got);
}

/* The error of `object` has these words, and its peer is told by an alert that the
 * message is unexpected: RFC 8446, 6.2, has it so; BoringSSL sends the same. */
static void expect_alert(test_pair *pair, stls_object *object,
                         const char *label, const char *want_text)
{
  stls_object *peer = object == pair->client ? pair->server : pair->client;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;

  cr_expect_eq(stls_object_alert_sent(object), 10, "%s: %d", label,
               stls_object_alert_sent(object));
  cr_expect_lt(stls_object_error(object, &err), 0, "%s", label);
  cr_expect_eq(err.alert_sent, 10, "%s: %d", label, err.alert_sent);
  cr_expect(err.message[0] != '\0' && strstr(err.message, want_text),
            "%s: \"%s\"", label, err.message);
  pair_move_all(pair, object, peer);
  while ((result = read_byte(peer)) == STLS_OK) continue;
  EXPECT_RESULT(result, STLS_ERROR_ALERT,
                expect_label("%s: %s", label, pair_message(peer)));
  cr_expect_eq(stls_object_alert_received(peer), 10, "%s: %d", label,
               stls_object_alert_received(peer));
}

/* --- floods that are forged, by rows --- */

static void send_empty_record(stls_object *server)
{
  record_forger_send(server, 23, "", 0);
}

/* `rounds` times `allowed` messages and one byte of data, with which the count
 * begins anew; and `num` more, unless 0, which are too many. */
static const struct forged_flood {
  const char *name;
  void (*tune)(stls_context *context);
  void (*send)(stls_object *server);
  int rounds, allowed, num;
  const char *want_text;
  /* How many are taken, of how many bytes each; incoming keeps more than `left`
   * bytes. Unless 0. */
  size_t taken, len, left;
} forged_floods[] = {
    {"KeyUpdates", NULL, record_forger_send_key_update, 0, 0, 2000, "KeyUpdate",
     33, 27, 0},
    {"KeyUpdates after data", NULL, record_forger_send_key_update, 3, 32, 0, "",
     0, 0, 0},
    {"empty records", NULL, send_empty_record, 0, 0, 100, "", 0, 0, 60 * 22},
    {"few empty records after data", few_empty_records, send_empty_record, 5, 3,
     4, "empty records", 0, 0, 0},
};

static void expect_taken(const test_pair *pair, const stls_counters *before,
                         const struct forged_flood *row)
{
  stls_counters after = STLS_COUNTERS_INIT;

  if (row->left > 0)
    cr_expect_gt(stls_bio_pending(stls_object_incoming(pair->server)),
                 row->left, "%s: it stops there", row->name);
  if (row->taken == 0) return;
  cr_expect_leq(stls_bio_pending(stls_object_outgoing(pair->server)),
                row->taken * row->len, "%s", row->name);
  /* What libssl was shown to send its alert is no record of the peer. */
  ASSERT_RETURNS(stls_object_counters(pair->server, &after, NULL), STLS_OK);
  cr_expect_eq(after.records_in, before->records_in + row->taken, "%s",
               row->name);
  cr_expect_eq(after.bytes_in, before->bytes_in + row->taken * row->len, "%s",
               row->name);
}

static void try_forged_flood(const struct forged_flood *row)
{
  test_pair pair = record_forger_open(row->tune);
  stls_counters before = STLS_COUNTERS_INIT;

  for (int round = 0; round < row->rounds; round++) {
    for (int i = 0; i < row->allowed; i++) row->send(pair.server);
    EXPECT_RESULT(read_byte(pair.server), STLS_WANT_READ, row->name);
    record_forger_send(pair.server, 23, "x", 1);
    EXPECT_RESULT(read_byte(pair.server), STLS_OK, row->name);
  }
  ASSERT_RETURNS(stls_object_counters(pair.server, &before, NULL), STLS_OK);
  for (int i = 0; i < row->num; i++) row->send(pair.server);
  if (row->num > 0) {
    EXPECT_RESULT(read_byte(pair.server), STLS_ERROR_TLS, row->name);
    expect_taken(&pair, &before, row);
    expect_alert(&pair, pair.server, row->name, row->want_text);
  }
  pair_free(&pair);
}

Test(flood, of_messages_ends_the_connection)
{
  for (size_t i = 0; i < sizeof forged_floods / sizeof forged_floods[0]; i++)
    try_forged_flood(&forged_floods[i]);
}

/* --- floods that a peer of this library sends, by rows --- */

static void send_key_updates(stls_object *peer, int num)
{
  for (int i = 0; i < num; i++)
    ASSERT_RESULT(stls_object_key_update(peer, false), STLS_OK,
                  pair_message(peer));
}

/* Tickets that the server's libssl writes, and no data. A session is made of each,
 * which costs some 40 microseconds. */
static void send_tickets(stls_object *server, int num)
{
  SSL *ssl = stls_object_ssl(server);

  for (int i = 0; i < num; i++) cr_assert_eq(SSL_new_session_ticket(ssl), 1);
  send_key_updates(server, 1);
}

/* Messages that are taken: `rounds` times `allowed` with data after them, and then
 * `more` without; and `num` that fail. */
static const struct peer_flood {
  const char *name;
  bool is_at_server;
  void (*tune_client)(stls_context *context);
  void (*send)(stls_object *peer, int num);
  int rounds, allowed, more, num;
  const char *want_text;
} peer_floods[] = {
    {"KeyUpdates", false, NULL, send_key_updates, 0, 0, 0, 33, "KeyUpdate"},
    {"KeyUpdates", true, NULL, send_key_updates, 0, 0, 0, 33, "KeyUpdate"},
    {"tickets", false, NULL, send_tickets, 3, 256, 0, 257, "tickets"},
    {"few tickets", false, few_tickets, send_tickets, 0, 0, 3, 1, "tickets"},
};

static void try_peer_flood(const struct peer_flood *row, pair_options *options,
                           const char *label)
{
  test_pair pair;
  stls_object *self, *peer;
  stls_result result = STLS_WANT_READ;

  options->tune_client = row->tune_client;
  pair = pair_open(options);
  self = row->is_at_server ? pair.server : pair.client;
  peer = row->is_at_server ? pair.client : pair.server;
  pair_settle(&pair);
  pair_transfer(&pair, peer, self, 1);
  for (int round = 0; round < row->rounds; round++) {
    row->send(peer, row->allowed);
    pair_transfer(&pair, peer, self, 1);
  }
  if (row->more > 0) row->send(peer, row->more);
  pair_settle(&pair);
  row->send(peer, row->num);
  while (result == STLS_WANT_READ && pair_move(&pair, peer, self) > 0)
    result = read_byte(self);
  EXPECT_RESULT(result, STLS_ERROR_TLS,
                expect_label("%s, %s", row->name, label));
  expect_alert(&pair, self, row->name, row->want_text);
  pair_free(&pair);
}

Test(flood, of_messages_is_told_to_the_peer)
{
  pair_options options = {0};
  char label[64];
  stls_context *context = pair_context(&options, STLS_CLIENT);

  cr_expect_eq(stls_context_limit(context, STLS_LIMIT_TICKETS), (size_t)256);
  stls_context_free(context);
  for (size_t i = 0; i < sizeof peer_floods / sizeof peer_floods[0]; i++)
    for (size_t row = 3; pair_row(row, &options, label); row++)
      try_peer_flood(&peer_floods[i], &options, label);
}

/* --- floods with data in between or in the other direction --- */

/* One record to the peer, which is gone at once. */
static void write_record(stls_object *object)
{
  stls_bio *out = stls_object_outgoing(object);
  size_t done;

  ASSERT_RETURNS(stls_object_write(object, "x", 1, &done), STLS_OK);
  ASSERT_RETURNS(stls_bio_consume(out, stls_bio_pending(out), NULL), STLS_OK);
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

/* Who is sent data for hours and has none to send asks for new keys all the same
 * (JSSE after 128 GiB, this library after 2^24 records): as many as the limit for
 * 1,024 records of ours. */
Test(flood, of_key_updates_is_none_where_much_is_sent)
{
  test_pair pair = record_forger_open(NULL);

  for (int round = 0; round < 100; round++) {
    for (int i = 0; i < 40; i++) write_record(pair.server);
    if (round % 2 == 0) record_forger_send_key_update(pair.server);
    ASSERT_RESULT(read_byte(pair.server), STLS_WANT_READ,
                  expect_label("%d: %s", round, pair_message(pair.server)));
  }
  for (int i = 0; i < 1024; i++) write_record(pair.server);
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
  write_record(pair.server);
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

/* A server that asks to renegotiate over and over: refused each time, and not
 * for ever. */
Test(flood, of_renegotiations_ends_the_connection)
{
  pair_options options = {.version = STLS_TLS_1_2,
                          .tune_server = pair_use_libssl_records};
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
  /* test_direct_alert.c says when it is which; this server has failed by then. */
  cr_expect(err.alert_sent == 10 || err.alert_sent == 22);
  pair_free(&pair);
}

Test(flood, by_a_client_that_renegotiates_is_refused)
{
  pair_options options = {.version = STLS_TLS_1_2,
                          .tune_client = pair_use_libssl_records};
  test_pair pair = pair_open(&options);
  SSL *client = stls_object_ssl(pair.client);
  size_t done;

  SSL_clear_options(client, SSL_OP_NO_RENEGOTIATION);
  cr_assert_eq(SSL_renegotiate(client), 1);
  cr_expect_leq(stls_object_write(pair.client, "x", 1, &done), STLS_WANT_READ);
  pair_move_all(&pair, pair.client, pair.server);
  EXPECT_RESULT(read_byte(pair.server), STLS_WANT_READ,
                pair_message(pair.server));
  pair_move_all(&pair, pair.server, pair.client);
  cr_expect_lt(read_byte(pair.client), 0, "%s", pair_message(pair.client));
  pair_free(&pair);
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
