/* SPDX-License-Identifier: MIT */
/* test_shutdown: closure and truncation of a connection, in every order. */
#include <openssl/ssl.h>
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"
#include "support/record_forger.h"

SUITE(shutdown);

/* Both roles, both versions, all feeds: `self` acts, `peer` looks on. */
struct roles {
  stls_object *self;
  stls_object *peer;
};

static bool next_case(size_t at, pair_options *options, test_pair *pair,
                      struct roles *roles, char *label)
{
  if (!pair_row(at / 2, options, label)) return false;
  *pair = pair_open(options);
  roles->self = at % 2 == 0 ? pair->client : pair->server;
  roles->peer = at % 2 == 0 ? pair->server : pair->client;
  return true;
}

Test(shutdown, goes_one_way_and_leaves_the_other_open)
{
  pair_options options = {0};
  struct roles roles;
  test_pair pair;
  char label[64], out[100];
  size_t done;

  for (size_t i = 0; next_case(i, &options, &pair, &roles, label); i++) {
    ASSERT_RETURNS(stls_object_write(roles.self, "last", 4, &done), STLS_OK);
    EXPECT_RESULT(stls_object_close_write(roles.self), STLS_OK, label);
    EXPECT_RESULT(stls_object_close_write(roles.self), STLS_OK, label);
    EXPECT_RESULT(stls_object_write(roles.self, "x", 1, &done),
                  STLS_ERROR_MISUSE, label);
    EXPECT_RESULT(stls_object_cork(roles.self), STLS_ERROR_MISUSE, label);
    pair_move_all(&pair, roles.self, roles.peer);
    EXPECT_RETURNS(stls_object_read(roles.peer, out, 100, &done), STLS_OK);
    cr_expect_eq(done, (size_t)4, "%s: data before the end arrives", label);
    EXPECT_RESULT(stls_object_read(roles.peer, out, 100, &done), STLS_CLOSED,
                  label);
    EXPECT_RESULT(stls_object_read(roles.peer, out, 100, &done), STLS_CLOSED,
                  label);
    pair_transfer(&pair, roles.peer, roles.self, 20000);
    EXPECT_RESULT(stls_object_close_write(roles.peer), STLS_OK, label);
    pair_move_all(&pair, roles.peer, roles.self);
    EXPECT_RESULT(stls_object_read(roles.self, out, 100, &done), STLS_CLOSED,
                  expect_label("%s: %s", label, pair_message(roles.self)));
    cr_expect_eq(stls_object_wants(roles.self), 0U, "%s", label);
    EXPECT_RESULT(stls_object_error(roles.peer, NULL), STLS_OK, label);
    pair_free(&pair);
  }
}

Test(shutdown, goes_both_ways_with_unwrap)
{
  pair_options options = {0};
  struct roles roles;
  test_pair pair;
  char label[64];

  for (size_t i = 0; next_case(i, &options, &pair, &roles, label); i++) {
    EXPECT_RESULT(stls_object_unwrap(roles.self), STLS_WANT_READ, label);
    pair_move_all(&pair, roles.self, roles.peer);
    EXPECT_RESULT(stls_object_unwrap(roles.peer), STLS_OK,
                  expect_label("%s: %s", label, pair_message(roles.peer)));
    pair_move_all(&pair, roles.peer, roles.self);
    EXPECT_RESULT(stls_object_unwrap(roles.self), STLS_OK,
                  expect_label("%s: %s", label, pair_message(roles.self)));
    EXPECT_RESULT(stls_object_unwrap(roles.self), STLS_OK, label);
    cr_expect_eq(stls_object_wants(roles.self), 0U, "%s", label);
    pair_free(&pair);
  }
}

Test(shutdown, does_not_lose_data_that_unwrap_meets)
{
  pair_options options = {0};
  struct roles roles;
  test_pair pair;
  char label[64], out[100];
  size_t done;

  for (size_t i = 0; next_case(i, &options, &pair, &roles, label); i++) {
    ASSERT_RETURNS(stls_object_write(roles.peer, "unread", 6, &done), STLS_OK);
    ASSERT_RETURNS(stls_object_close_write(roles.peer), STLS_OK);
    pair_move_all(&pair, roles.peer, roles.self);
    EXPECT_RESULT(stls_object_unwrap(roles.self), STLS_ERROR_MISUSE, label);
    EXPECT_RESULT(stls_object_unwrap(roles.self), STLS_ERROR_MISUSE, label);
    EXPECT_RESULT(stls_object_write(roles.self, "x", 1, &done), STLS_OK,
                  expect_label("%s: nothing changed", label));
    EXPECT_RESULT(stls_object_read(roles.self, out, 100, &done), STLS_OK,
                  expect_label("%s: %s", label, pair_message(roles.self)));
    cr_expect_eq(done, (size_t)6, "%s", label);
    cr_expect_arr_eq(out, "unread", 6);
    EXPECT_RESULT(stls_object_unwrap(roles.self), STLS_OK, label);
    pair_free(&pair);
  }
}

Test(shutdown, leaves_what_follows_tls_in_incoming)
{
  pair_options options = {0};
  struct roles roles;
  test_pair pair;
  char label[64], out[100];
  size_t done;

  for (size_t i = 0; next_case(i, &options, &pair, &roles, label); i++) {
    stls_bio *incoming = stls_object_incoming(roles.self);
    ASSERT_RETURNS(stls_object_close_write(roles.peer), STLS_OK);
    pair_move_all(&pair, roles.peer, roles.self);
    ASSERT_RETURNS(stls_bio_write(incoming, "220 plain again", 15, &done, NULL),
                   STLS_OK);
    EXPECT_RESULT(stls_object_unwrap(roles.self), STLS_OK,
                  expect_label("%s: %s", label, pair_message(roles.self)));
    EXPECT_RETURNS(stls_bio_read(incoming, out, 100, &done, NULL), STLS_OK);
    cr_expect_eq(done, (size_t)15, "%s", label);
    cr_expect_arr_eq(out, "220 plain again", 15);
    pair_free(&pair);
  }
}

Test(shutdown, takes_a_buffer_only_up_to_the_end)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  char records[2000], out[100];
  size_t len, used, done;

  pair_move_all(&pair, pair.server, pair.client);
  ASSERT_RETURNS(stls_object_read(pair.client, out, 100, &done),
                 STLS_WANT_READ);
  ASSERT_RETURNS(stls_object_write(pair.server, "bye", 3, &done), STLS_OK);
  ASSERT_RETURNS(stls_object_close_write(pair.server), STLS_OK);
  ASSERT_RETURNS(stls_bio_read(stls_object_outgoing(pair.server), records,
                               sizeof records - 5, &len, NULL),
                 STLS_OK);
  memcpy(records + len, "plain", 5);
  EXPECT_RETURNS(stls_object_read_from(pair.client, records, len + 5, &used,
                                       out, 100, &done),
                 STLS_OK);
  cr_expect_eq(done, (size_t)3);
  cr_expect_eq(used, len);
  EXPECT_RETURNS(stls_object_read_from(pair.client, records + used, 5, &used,
                                       out, 100, &done),
                 STLS_CLOSED);
  cr_expect_eq(used, (size_t)0);
  pair_free(&pair);
}

Test(shutdown, tells_truncation_from_a_clean_end)
{
  pair_options options = {0};
  struct roles roles;
  test_pair pair;
  char label[64], out[100];
  size_t done;

  for (size_t i = 0; next_case(i, &options, &pair, &roles, label); i++) {
    stls_error err = STLS_ERROR_INIT;
    ASSERT_RETURNS(stls_object_write(roles.peer, "cut", 3, &done), STLS_OK);
    pair_move_all(&pair, roles.peer, roles.self);
    stls_bio_write_eof(stls_object_incoming(roles.self));
    EXPECT_RESULT(stls_object_read(roles.self, out, 100, &done), STLS_OK,
                  label);
    cr_expect_eq(done, (size_t)3, "%s: data before the end arrives", label);
    EXPECT_RESULT(stls_object_read(roles.self, out, 100, &done),
                  STLS_ERROR_TRUNCATED, label);
    EXPECT_RESULT(stls_object_read(roles.self, out, 100, &done),
                  STLS_ERROR_TRUNCATED, label);
    EXPECT_RESULT(stls_object_write(roles.self, "x", 1, &done),
                  STLS_ERROR_TRUNCATED, label);
    EXPECT_RETURNS(stls_object_error(roles.self, &err), STLS_ERROR_TRUNCATED);
    cr_expect(strstr(err.message, "close_notify"), "%s", err.message);
    pair_free(&pair);
  }
}

Test(shutdown, is_clean_when_the_transport_ends_after_close_notify)
{
  pair_options options = {0};
  struct roles roles;
  test_pair pair;
  char label[64], out[100];
  size_t done;

  for (size_t i = 0; next_case(i, &options, &pair, &roles, label); i++) {
    ASSERT_RETURNS(stls_object_close_write(roles.peer), STLS_OK);
    pair_move_all(&pair, roles.peer, roles.self);
    stls_bio_write_eof(stls_object_incoming(roles.self));
    EXPECT_RESULT(stls_object_read(roles.self, out, 100, &done), STLS_CLOSED,
                  label);
    pair_free(&pair);
  }
}

Test(shutdown, abandons_a_handshake)
{
  pair_options options = {0};
  test_pair pair = pair_new(&options);
  stls_error err = STLS_ERROR_INIT;
  size_t done;
  char byte;

  ASSERT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
  EXPECT_RETURNS(stls_object_unwrap(pair.client), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_close_write(pair.client), STLS_OK);
  EXPECT_RETURNS(stls_object_close_write(pair.client), STLS_OK);
  EXPECT_RETURNS(stls_object_handshake(pair.client), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_read(pair.client, &byte, 1, &done),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_write(pair.client, &byte, 1, &done),
                 STLS_ERROR_MISUSE);
  stls_object_error(pair.client, &err);
  cr_expect(strstr(err.message, "before it was established"), "%s",
            err.message);
  EXPECT_RETURNS(stls_object_close_write(pair.server), STLS_OK);
  pair_free(&pair);
}

Test(shutdown, has_nothing_to_do_after_a_failure)
{
  pair_options options = {.server_credential = "server-untrusted"};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_new(&options);
    ASSERT_RETURNS(pair_handshake(&pair), STLS_ERROR_CERTIFICATE);
    EXPECT_RESULT(stls_object_close_write(pair.client), STLS_OK, label);
    EXPECT_RETURNS(stls_object_unwrap(pair.client), STLS_ERROR_CERTIFICATE);
    EXPECT_RETURNS(stls_object_flush(pair.client), STLS_ERROR_CERTIFICATE);
    EXPECT_RETURNS(stls_object_cork(pair.client), STLS_ERROR_CERTIFICATE);
    EXPECT_RESULT(stls_object_error(pair.client, NULL), STLS_ERROR_CERTIFICATE,
                  label);
    pair_free(&pair);
  }
}

Test(shutdown, sends_what_is_corked_first)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  char out[100];
  size_t done;

  ASSERT_RETURNS(stls_object_cork(pair.client), STLS_OK);
  ASSERT_RETURNS(stls_object_write(pair.client, "held", 4, &done), STLS_OK);
  EXPECT_RETURNS(stls_object_close_write(pair.client), STLS_OK);
  pair_move_all(&pair, pair.client, pair.server);
  EXPECT_RETURNS(stls_object_read(pair.server, out, 100, &done), STLS_OK);
  cr_expect_arr_eq(out, "held", 4);
  EXPECT_RETURNS(stls_object_read(pair.server, out, 100, &done), STLS_CLOSED);
  pair_free(&pair);
}

/* Tickets and KeyUpdates that were on their way when we closed. */
Test(shutdown, still_understands_the_peer_afterwards)
{
  pair_options options = {.version = STLS_TLS_1_3};
  test_pair pair = pair_open(&options);
  SSL *server = stls_object_ssl(pair.server);
  char out[100];
  size_t done;

  ASSERT_RETURNS(stls_object_close_write(pair.client), STLS_OK);
  cr_assert_eq(SSL_key_update(server, SSL_KEY_UPDATE_REQUESTED), 1);
  ASSERT_RETURNS(stls_object_write(pair.server, "new keys", 8, &done), STLS_OK);
  pair_move_all(&pair, pair.server, pair.client);
  EXPECT_RESULT(stls_object_read(pair.client, out, 100, &done), STLS_OK,
                pair_message(pair.client));
  cr_expect_eq(done, (size_t)8);
  cr_expect_arr_eq(out, "new keys", 8);
  pair_free(&pair);
}

/* The ticket carries the client's certificate, in records of 512 bytes. */
static void small_records(stls_context *context)
{
  cr_assert_eq(
      SSL_CTX_set_max_send_fragment(stls_context_ssl_ctx(context), 512), 1);
}

/* A client that has seen the first record of a ticket, and not the rest. */
static test_pair open_amid_a_ticket(void)
{
  pair_options options = {.version = STLS_TLS_1_3,
                          .client_credential = "client-ecdsa",
                          .server_verify = STLS_VERIFY_REQUIRED,
                          .tune_server = small_records};
  test_pair pair = pair_new(&options);
  stls_result result;
  size_t done;
  char byte;

  do {
    result = stls_object_handshake(pair.client);
    pair_move_all(&pair, pair.client, pair.server);
    if (result == STLS_OK) break;
    cr_assert_geq(stls_object_handshake(pair.server), 0);
    pair_move_all(&pair, pair.server, pair.client);
  } while (true);
  ASSERT_RETURNS(stls_object_handshake(pair.server), STLS_OK);
  ASSERT_RETURNS(stls_object_write(pair.server, "x", 1, &done), STLS_OK);
  ASSERT_RETURNS(
      stls_bio_write(stls_object_incoming(pair.client),
                     stls_bio_peek(stls_object_outgoing(pair.server)).data, 600,
                     &done, NULL),
      STLS_OK);
  ASSERT_RETURNS(stls_bio_consume(stls_object_outgoing(pair.server), 600, NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_object_read(pair.client, &byte, 1, &done),
                 STLS_WANT_READ);
  return pair;
}

Test(shutdown, waits_for_the_rest_of_a_message)
{
  test_pair pair = open_amid_a_ticket();
  size_t done;
  char byte;

  cr_expect_not(stls_object_wants(pair.client) & STLS_INTEREST_PLAINTEXT_IN);
  EXPECT_RETURNS(stls_object_write(pair.client, "x", 1, &done), STLS_WANT_READ);
  EXPECT_RETURNS(stls_object_close_write(pair.client), STLS_WANT_READ);
  EXPECT_RETURNS(stls_object_error(pair.client, NULL), STLS_OK);
  pair_move_all(&pair, pair.server, pair.client);
  EXPECT_RESULT(stls_object_write(pair.client, "x", 1, &done), STLS_OK,
                pair_message(pair.client));
  EXPECT_RETURNS(stls_object_close_write(pair.client), STLS_OK);
  pair_move_all(&pair, pair.client, pair.server);
  EXPECT_RETURNS(stls_object_read(pair.server, &byte, 1, &done), STLS_OK);
  EXPECT_RETURNS(stls_object_read(pair.server, &byte, 1, &done), STLS_CLOSED);
  pair_free(&pair);
}

Test(shutdown, is_truncated_when_the_rest_of_a_message_never_comes)
{
  test_pair pair = open_amid_a_ticket();

  stls_bio_write_eof(stls_object_incoming(pair.client));
  EXPECT_RETURNS(stls_object_close_write(pair.client), STLS_ERROR_TRUNCATED);
  pair_free(&pair);
}

/* Seven bytes that anybody on the path can send. */
Test(shutdown, before_the_handshake_is_done_is_a_failure)
{
  static const char close_notify[] = "\x15\x03\x03\x00\x02\x01\x00";
  pair_options options = {0};
  char label[64], byte;
  size_t done;

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_new(&options);
    stls_object *sides[] = {pair.client, pair.server};
    for (size_t i = 0; i < 2; i++) {
      ASSERT_RETURNS(stls_object_handshake(sides[i]), STLS_WANT_READ);
      ASSERT_RETURNS(stls_bio_write(stls_object_incoming(sides[i]),
                                    close_notify, 7, &done, NULL),
                     STLS_OK);
      EXPECT_RESULT(stls_object_handshake(sides[i]), STLS_ERROR_TLS, label);
      EXPECT_RESULT(stls_object_read(sides[i], &byte, 1, &done), STLS_ERROR_TLS,
                    label);
      EXPECT_RETURNS(stls_object_error(sides[i], NULL), STLS_ERROR_TLS);
    }
    pair_free(&pair);
  }
}

/* Half a KeyUpdate, and then the end: no clean one. */
Test(shutdown, in_the_middle_of_a_message_is_a_failure)
{
  for (int first = 0; first < 2; first++) {
    test_pair pair = record_forger_open(NULL);
    stls_result result;
    char byte;
    size_t done;

    record_forger_send(pair.server, 22, "\x18\x00\x00", 3);
    record_forger_send(pair.server, 21, "\x01\x00", 2);
    result = first == 0 ? stls_object_read(pair.server, &byte, 1, &done)
                        : stls_object_unwrap(pair.server);
    EXPECT_RESULT(result, STLS_ERROR_TLS, expect_label("%d", first));
    EXPECT_RETURNS(stls_object_close_write(pair.server), STLS_OK);
    EXPECT_RETURNS(stls_object_read(pair.server, &byte, 1, &done),
                   STLS_ERROR_TLS);
    pair_free(&pair);
  }
}
