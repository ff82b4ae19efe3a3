/* SPDX-License-Identifier: MIT */
/* test_shutdown_in_message: closure and truncation in the middle of a message. */
#include <openssl/ssl.h>

#include "support/expect.h"
#include "support/pair.h"
#include "support/record_forger.h"

SUITE(shutdown_in_message);

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

Test(shutdown_in_message, waits_for_the_rest_of_a_message)
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

Test(shutdown_in_message, is_truncated_when_the_rest_of_a_message_never_comes)
{
  test_pair pair = open_amid_a_ticket();

  stls_bio_write_eof(stls_object_incoming(pair.client));
  EXPECT_RETURNS(stls_object_close_write(pair.client), STLS_ERROR_TRUNCATED);
  pair_free(&pair);
}

/* Half a KeyUpdate, and then the end: no clean one. */
Test(shutdown_in_message, of_a_key_update_is_a_failure)
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
