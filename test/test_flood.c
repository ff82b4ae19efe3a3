/* SPDX-License-Identifier: MIT */
/* test_flood: a peer that keeps an endpoint busy without saying anything. */
#include <openssl/ssl.h>
#include <string.h>

#include "support/check.h"
#include "support/forger.h"
#include "support/pair.h"

SUITE(flood);

static void many_key_updates(stls_context *context)
{
  cr_assert_eq(
      stls_context_set_limit(context, STLS_LIMIT_KEY_UPDATES, 100000, NULL),
      STLS_OK);
}

static stls_result read_byte(stls_object *object)
{
  char byte;
  size_t got;

  return stls_object_read(object, &byte, 1, &got);
}

Test(flood, of_key_updates_ends_the_connection)
{
  test_pair pair = forger_open(NULL);
  stls_error err = STLS_ERROR_INIT;

  for (int i = 0; i < 2000; i++) forger_send_key_update(pair.server);
  cr_expect_eq(read_byte(pair.server), STLS_ERROR_TLS);
  cr_expect_leq(stls_bio_pending(stls_object_outgoing(pair.server)),
                (size_t)(33 * 27));
  stls_object_error(pair.server, &err);
  cr_expect(strstr(err.message, "KeyUpdate"), "%s", err.message);
  pair_free(&pair);
}

Test(flood, of_key_updates_up_to_the_limit_is_answered)
{
  test_pair pair = forger_open(NULL);

  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 32; i++) forger_send_key_update(pair.server);
    cr_expect_eq(read_byte(pair.server), STLS_WANT_READ);
    /* Data is progress, and the count begins anew. */
    forger_send(pair.server, 23, "x", 1);
    cr_expect_eq(read_byte(pair.server), STLS_OK);
  }
  pair_free(&pair);
}

/* 2,000 in one feed, allowed by a user: answers wait for their turn. */
Test(flood, of_key_updates_never_makes_outgoing_grow)
{
  test_pair pair = forger_open(many_key_updates);
  stls_bio *out = stls_object_outgoing(pair.server);
  size_t answered = 0, waits = 0, done;
  stls_result result;

  /* Tickets go before the first data. */
  cr_assert_eq(stls_object_write(pair.server, "x", 1, &done), STLS_OK);
  cr_assert_eq(stls_bio_consume(out, stls_bio_pending(out), NULL), STLS_OK);
  for (int i = 0; i < 2000; i++) forger_send_key_update(pair.server);
  while ((result = read_byte(pair.server)) == STLS_WANT_WRITE) {
    cr_assert_lt(waits++, (size_t)100);
    cr_expect_leq(stls_bio_pending(out), (size_t)(16384 + 100));
    cr_expect_eq(read_byte(pair.server), STLS_WANT_WRITE);
    cr_expect_not(stls_object_wants(pair.server) & STLS_WANTS_PLAINTEXT_OUT);
    answered += stls_bio_pending(out);
    cr_assert_eq(stls_bio_consume(out, stls_bio_pending(out), NULL), STLS_OK);
  }
  cr_expect_eq(result, STLS_WANT_READ, "%s", pair_message(pair.server));
  cr_expect_gt(waits, (size_t)0);
  /* libssl may owe the last answer until there is data to send (RFC 8446,
   * 4.6.3 allows it). */
  cr_assert_eq(stls_object_write(pair.server, "x", 1, &done), STLS_OK);
  answered += stls_bio_pending(out);
  cr_expect_eq(answered, (size_t)(2000 * 27 + 23), "%zu", answered);
  pair_free(&pair);
}

/* One byte after each keeps the count at zero: the room in outgoing decides. */
Test(flood, of_key_updates_between_data_is_bounded_too)
{
  test_pair pair = forger_open(NULL);
  stls_bio *out = stls_object_outgoing(pair.server);
  static char in[4000];
  size_t got, total = 0, waits = 0;
  stls_result result;

  for (int i = 0; i < 2000; i++) {
    forger_send_key_update(pair.server);
    forger_send(pair.server, 23, "x", 1);
  }
  while ((result = stls_object_read(pair.server, in, sizeof in, &got)) !=
         STLS_WANT_READ) {
    cr_assert_lt(waits++, (size_t)100);
    cr_assert(result == STLS_OK || result == STLS_WANT_WRITE);
    cr_expect_leq(stls_bio_pending(out), (size_t)(16384 + 100));
    total += got;
    cr_assert_eq(stls_bio_consume(out, stls_bio_pending(out), NULL), STLS_OK);
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

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_open(&options);
    char in[100];
    size_t done;
    pair_move_all(&pair, pair.server, pair.client);
    while (stls_object_write(pair.server, data, sizeof data, &done) == STLS_OK)
      continue;
    cr_assert_eq(stls_object_write(pair.client, "hello", 5, &done), STLS_OK);
    pair_move_all(&pair, pair.client, pair.server);
    cr_expect_eq(stls_object_read(pair.server, in, sizeof in, &done), STLS_OK,
                 "%s", label);
    cr_expect_eq(done, (size_t)5, "%s", label);
    pair_free(&pair);
  }
}

Test(flood, of_empty_records_ends_the_connection)
{
  test_pair pair = forger_open(NULL);
  stls_error err = STLS_ERROR_INIT;

  for (int i = 0; i < 100; i++) forger_send(pair.server, 23, "", 0);
  cr_expect_eq(read_byte(pair.server), STLS_ERROR_TLS);
  cr_expect_gt(stls_bio_pending(stls_object_incoming(pair.server)),
               (size_t)(60 * 22), "it stops there");
  stls_object_error(pair.server, &err);
  cr_expect_str_neq(err.message, "");
  pair_free(&pair);
}

static void few_empty_records(stls_context *context)
{
  cr_assert_eq(
      stls_context_set_limit(context, STLS_LIMIT_EMPTY_RECORDS, 3, NULL),
      STLS_OK);
}

Test(flood, of_empty_records_has_a_limit_that_can_be_lowered)
{
  test_pair pair = forger_open(few_empty_records);
  stls_error err = STLS_ERROR_INIT;

  for (int round = 0; round < 5; round++) {
    for (int i = 0; i < 3; i++) forger_send(pair.server, 23, "", 0);
    cr_expect_eq(read_byte(pair.server), STLS_WANT_READ);
    forger_send(pair.server, 23, "x", 1);
    cr_expect_eq(read_byte(pair.server), STLS_OK);
  }
  for (int i = 0; i < 4; i++) forger_send(pair.server, 23, "", 0);
  cr_expect_eq(read_byte(pair.server), STLS_ERROR_TLS);
  stls_object_error(pair.server, &err);
  cr_expect(strstr(err.message, "empty records"), "%s", err.message);
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
    cr_assert_eq(stls_object_write(pair.server, "x", 1, &done), STLS_OK, "%s",
                 pair_message(pair.server));
    pair_move_all(&pair, pair.server, pair.client);
    cr_expect_eq(read_byte(pair.client), STLS_OK, "%d: %s", i,
                 pair_message(pair.client));
  }
  cr_assert_eq(SSL_renegotiate(server), 1);
  cr_assert_eq(stls_object_write(pair.server, "x", 1, &done), STLS_OK);
  pair_move_all(&pair, pair.server, pair.client);
  cr_expect_eq(read_byte(pair.client), STLS_ERROR_TLS);
  stls_object_error(pair.client, &err);
  cr_expect(strstr(err.message, "renegotiate"), "%s", err.message);
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
  cr_expect_eq(read_byte(pair.server), STLS_WANT_READ, "%s",
               pair_message(pair.server));
  stls_object_error(pair.server, &err);
  pair_move_all(&pair, pair.server, pair.client);
  cr_expect_lt(read_byte(pair.client), 0, "%s", pair_message(pair.client));
  pair_free(&pair);
}

static void short_chains(stls_context *context)
{
  cr_assert_eq(
      stls_context_set_limit(context, STLS_LIMIT_CERTIFICATE_BYTES, 200, NULL),
      STLS_OK);
}

Test(flood, of_certificates_is_refused)
{
  pair_options options = {.tune_client = short_chains};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_new(&options);
    cr_expect_eq(pair_handshake(&pair), STLS_ERROR_TLS, "%s", label);
    pair_free(&pair);
  }
}
