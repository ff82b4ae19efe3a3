/* SPDX-License-Identifier: MIT */
/* test_conninfo_negotiated: groups, extensions and shared ciphers of a
 * connection. */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "support/expect.h"
#include "support/pair.h"
#include "support/psk_pair.h"
#include "support/resumption.h"

SUITE(conninfo_negotiated);

static void expect_text(const char *got, const char *want, const char *label)
{
  if (want == NULL)
    cr_expect_null(got, "%s: %s", label, got);
  else
    cr_expect(got != NULL && strcmp(got, want) == 0, "%s: %s instead of %s",
              label, got == NULL ? "nothing" : got, want);
}

static void expect_groups(const test_pair *pair, const char *want,
                          const char *label)
{
  expect_text(stls_conninfo_group_name(stls_object_conninfo(pair->client)),
              want, label);
  expect_text(stls_conninfo_group_name(stls_object_conninfo(pair->server)),
              want, label);
}

static void use_p384(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_groups(context, "P-384", NULL), STLS_OK,
                "groups");
}

static void use_old_key(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_insecure_options(
          context, stls_context_options(context) | STLS_OP_ALLOW_NO_DHE_KEX,
          NULL),
      STLS_OK, "options");
}

static void use_old_key_and_p384(stls_context *context)
{
  use_old_key(context);
  use_p384(context);
}

/* TLS 1.2 exchanges no keys when it resumes, TLS 1.3 only with psk_dhe_ke (RFC
 * 8446, 2.2 and 4.2.9): what libssl tells is the session's group. */
Test(conninfo_negotiated, tell_the_group_of_this_connection)
{
  pair_options options = {.tune_server = use_p384};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    bool is_old = options.version == STLS_TLS_1_2;
    test_pair pair = pair_open(&options);
    expect_groups(&pair, "secp384r1", label);
    pair_free(&pair);
    pair = resumption_open_resumed(&options);
    expect_groups(&pair, is_old ? NULL : "secp384r1", label);
    pair_free(&pair);
  }
}

/* psk_ke: the two sides have no group in common any more. */
Test(conninfo_negotiated, tell_no_group_where_no_keys_were_exchanged)
{
  pair_options options = {.tune_client = use_old_key,
                          .tune_server = use_old_key_and_p384,
                          .version = STLS_TLS_1_3};
  stls_context *client = pair_context(&options, STLS_CLIENT);
  stls_context *server = pair_context(&options, STLS_SERVER);
  test_pair pair = resumption_join(client, server, NULL);
  stls_session *session;

  ASSERT_RETURNS(pair_handshake(&pair), STLS_OK);
  session = resumption_fetch_session(&pair);
  pair_free(&pair);
  pair = resumption_join(client, server, session);
  cr_assert_eq(SSL_set1_groups_list(stls_object_ssl(pair.client), "X25519"), 1);
  ASSERT_RESULT(pair_handshake(&pair), STLS_OK, pair_message(pair.client));
  cr_expect(stls_conninfo_resumed(stls_object_conninfo(pair.server)));
  expect_groups(&pair, NULL, "psk_ke");
  pair_free(&pair);
  stls_session_free(session);
  stls_context_free(client);
  stls_context_free(server);
}

/* CPython's session_reused, beside what was resumed. */
Test(conninfo_negotiated, tell_keys_from_sessions)
{
  pair_options plain = {0};
  pair_options options = {.tune_client = psk_pair_tune_client,
                          .tune_server = psk_pair_tune_server};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    bool is_old = options.version == STLS_TLS_1_2;
    test_pair pair;
    psk_pair_reset();
    pair = pair_open(&options);
    for (int side = 0; side < 2; side++) {
      const stls_conninfo *info =
          stls_object_conninfo(side == 0 ? pair.client : pair.server);
      cr_expect(stls_conninfo_psk(info), "%s", label);
      cr_expect_not(stls_conninfo_resumed(info), "%s", label);
      cr_expect_eq(stls_conninfo_session_reused(info), !is_old, "%s", label);
    }
    pair_free(&pair);
    plain.version = options.version;
    plain.feed = options.feed;
    pair = resumption_open_resumed(&plain);
    cr_expect(stls_conninfo_session_reused(stls_object_conninfo(pair.client)));
    cr_expect(stls_conninfo_session_reused(stls_object_conninfo(pair.server)));
    pair_free(&pair);
    pair = pair_open(&plain);
    cr_expect_not(
        stls_conninfo_session_reused(stls_object_conninfo(pair.client)));
    pair_free(&pair);
  }
  cr_expect_not(stls_conninfo_session_reused(NULL));
}

static void without_master_secret(stls_context *context)
{
  SSL_CTX_set_options(stls_context_ssl_ctx(context),
                      SSL_OP_NO_EXTENDED_MASTER_SECRET);
}

/* RFC 7627, 5.3: it takes both sides, and TLS 1.3 always has it. */
Test(conninfo_negotiated, tell_what_protects_the_handshake)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step())
    for (int who = 0; who < 3; who++) {
      bool is_1_3 = options.version == STLS_TLS_1_3;
      test_pair pair;
      options.tune_client = who == 1 ? without_master_secret : NULL;
      options.tune_server = who == 2 ? without_master_secret : NULL;
      pair = pair_open(&options);
      for (size_t i = 0; i < 2; i++) {
        const stls_conninfo *info =
            stls_object_conninfo(i == 0 ? pair.client : pair.server);
        cr_expect_eq(stls_conninfo_extended_master_secret(info),
                     is_1_3 || who == 0, "%s", label);
        cr_expect(stls_conninfo_secure_renegotiation(info), "%s", label);
        cr_expect_null(stls_conninfo_compression(info), "%s", label);
        cr_expect_not(stls_conninfo_early_data(info), "%s", label);
        cr_expect_not(stls_conninfo_hello_retried(info), "%s", label);
      }
      pair_free(&pair);
    }
}

static void only_p256(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_groups(context, "P-256", NULL), STLS_OK,
                "groups");
}

/* The client offers P-256, but sent a key for X25519: RFC 8446, 4.1.4. */
Test(conninfo_negotiated, tell_of_a_second_client_hello)
{
  pair_options options = {.tune_server = only_p256};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    for (size_t i = 0; i < 2; i++)
      cr_expect_eq(stls_conninfo_hello_retried(stls_object_conninfo(
                       i == 0 ? pair.client : pair.server)),
                   options.version == STLS_TLS_1_3, "%s", label);
    pair_free(&pair);
  }
}

Test(conninfo_negotiated, are_nothing_for_nothing)
{
  cr_expect_null(stls_conninfo_server_sigalg(NULL));
  cr_expect_null(stls_conninfo_client_sigalg(NULL));
  cr_expect_null(stls_conninfo_compression(NULL));
  cr_expect_not(stls_conninfo_extended_master_secret(NULL));
  cr_expect_not(stls_conninfo_secure_renegotiation(NULL));
  cr_expect_not(stls_conninfo_hello_retried(NULL));
  cr_expect_not(stls_conninfo_early_data(NULL));
  cr_expect_eq(stls_object_alert_sent(NULL), -1);
  cr_expect_eq(stls_object_alert_received(NULL), -1);
  cr_expect_eq(stls_object_shared_cipher_count(NULL), (size_t)0);
  cr_expect_null(stls_object_shared_cipher(NULL, 0, NULL, NULL));
}

static void few_ciphers(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_ciphers(context,
                                         "ECDHE-ECDSA-CHACHA20-POLY1305:"
                                         "ECDHE-ECDSA-AES128-GCM-SHA256:"
                                         "ECDHE-RSA-AES128-GCM-SHA256",
                                         NULL),
                STLS_OK, "client");
  ASSERT_RESULT(stls_context_set_ciphersuites(
                    context, "TLS_CHACHA20_POLY1305_SHA256", NULL),
                STLS_OK, "client");
}

static void other_ciphers(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_ciphers(context,
                                         "ECDHE-ECDSA-AES256-GCM-SHA384:"
                                         "ECDHE-ECDSA-AES128-GCM-SHA256:"
                                         "ECDHE-ECDSA-CHACHA20-POLY1305",
                                         NULL),
                STLS_OK, "server");
  ASSERT_RESULT(
      stls_context_set_ciphersuites(
          context, "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256", NULL),
      STLS_OK, "server");
}

/* Of a connection that is resumed, too. */
Test(conninfo_negotiated, list_the_shared_ciphers_of_this_connection)
{
  pair_options options = {.tune_client = few_ciphers,
                          .tune_server = other_ciphers};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    const bool is_old = options.version == STLS_TLS_1_2;
    test_pair pair = resumption_open_resumed(&options);
    cr_assert_eq(stls_object_shared_cipher_count(pair.server),
                 is_old ? (size_t)2 : (size_t)1, "%s", label);
    expect_text(stls_object_shared_cipher(pair.server, 0, NULL, NULL),
                is_old ? "ECDHE-ECDSA-AES128-GCM-SHA256"
                       : "TLS_CHACHA20_POLY1305_SHA256",
                label);
    pair_free(&pair);
  }
}

/* CPython: in the server's order, on a server, from the ClientHello on. */
Test(conninfo_negotiated, list_the_shared_ciphers)
{
  static const struct {
    const char *name, *protocol;
    int bits;
  } want[] = {{"TLS_CHACHA20_POLY1305_SHA256", "TLSv1.3", 256},
              {"ECDHE-ECDSA-AES128-GCM-SHA256", "TLSv1.2", 128},
              {"ECDHE-ECDSA-CHACHA20-POLY1305", "TLSv1.2", 256}};
  pair_options options = {.tune_client = few_ciphers,
                          .tune_server = other_ciphers};
  test_pair pair = pair_new(&options);

  cr_expect_eq(stls_object_shared_cipher_count(pair.server), (size_t)0);
  ASSERT_RETURNS(pair_handshake(&pair), STLS_OK);
  cr_expect_eq(stls_object_shared_cipher_count(pair.client), (size_t)0);
  cr_expect_null(stls_object_shared_cipher(pair.client, 0, NULL, NULL));
  cr_assert_eq(stls_object_shared_cipher_count(pair.server), (size_t)3);
  for (size_t i = 0; i < 3; i++) {
    const char *protocol = NULL;
    int bits = 0;
    expect_text(stls_object_shared_cipher(pair.server, i, &protocol, &bits),
                want[i].name, "name");
    expect_text(protocol, want[i].protocol, "protocol");
    cr_expect_eq(bits, want[i].bits);
  }
  cr_expect_null(stls_object_shared_cipher(pair.server, 3, NULL, NULL));
  pair_free(&pair);
}

/* Both sides know of the alert that ended it, and of close_notify. */
Test(conninfo_negotiated, remember_alerts)
{
  pair_options options = {.server_credential = "server-untrusted"};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_new(&options), good;
    cr_expect_eq(stls_object_alert_sent(pair.client), -1);
    ASSERT_RETURNS(pair_handshake(&pair), STLS_ERROR_CERTIFICATE);
    cr_expect_eq(stls_object_alert_sent(pair.client), SSL_AD_UNKNOWN_CA);
    cr_expect_eq(stls_object_alert_received(pair.client), -1);
    cr_expect_eq(stls_object_alert_received(pair.server), SSL_AD_UNKNOWN_CA);
    pair_free(&pair);
    options.server_credential = NULL;
    good = pair_open(&options);
    options.server_credential = "server-untrusted";
    ASSERT_RESULT(stls_object_close_write(good.client), STLS_OK, label);
    cr_expect_eq(stls_object_alert_sent(good.client), SSL_AD_CLOSE_NOTIFY);
    pair_move_all(&good, good.client, good.server);
    EXPECT_RESULT(stls_object_unwrap(good.server), STLS_OK, label);
    cr_expect_eq(stls_object_alert_received(good.server), SSL_AD_CLOSE_NOTIFY);
    pair_free(&good);
  }
}
