/* SPDX-License-Identifier: MIT */
/* test_post_handshake_auth_session: post-handshake authentication with sessions,
 * and its policy. */
#include <openssl/ssl.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/verify.h>

#include "support/expect.h"
#include "support/pair.h"
#include "support/psk_pair.h"
#include "support/resumption.h"

SUITE(post_handshake_auth_session);

static void offer(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_post_handshake_auth(context, true, NULL),
                STLS_OK, "offer");
}

static const pair_options usual = {.version = STLS_TLS_1_3,
                                   .client_credential = "client-ecdsa",
                                   .server_verify = STLS_VERIFY_REQUIRED,
                                   .tune_client = offer,
                                   .tune_server = offer};

/* A request, and its answer. */
static void deliver(test_pair *pair)
{
  char byte;
  size_t done;

  pair_move_all(pair, pair->server, pair->client);
  ASSERT_RESULT(stls_object_read(pair->client, &byte, 1, &done), STLS_WANT_READ,
                pair_message(pair->client));
  pair_move_all(pair, pair->client, pair->server);
  ASSERT_RESULT(stls_object_read(pair->server, &byte, 1, &done), STLS_WANT_READ,
                pair_message(pair->server));
}

/* A session of a client that was verified later is no session of a server that
 * verifies in the handshake, and a resumed one can still be asked. */
Test(post_handshake_auth_session, works_on_a_resumed_connection)
{
  pair_options options = usual;
  test_pair pair = resumption_open_resumed(&options);

  cr_expect_not(stls_conninfo_peer_verified(stls_object_conninfo(pair.server)));
  ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, "ask");
  deliver(&pair);
  cr_expect_eq(stls_object_client_auth(pair.server), STLS_CLIENT_AUTH_VERIFIED);
  cr_expect(stls_conninfo_peer_verified(
      stls_object_client_auth_conninfo(pair.server)));
  pair_free(&pair);
}

/* Nor does what the session before knew make anybody verified. */
Test(post_handshake_auth_session, is_no_answer)
{
  pair_options options = usual;
  test_pair pair;

  options.server_verify = STLS_VERIFY_OPTIONAL;
  options.tune_server = NULL;
  pair = resumption_open_resumed(&options);
  cr_expect(stls_conninfo_peer_verified(stls_object_conninfo(pair.server)));
  SSL_certs_clear(stls_object_ssl(pair.client));
  ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, "ask");
  deliver(&pair);
  cr_expect_eq(stls_object_client_auth(pair.server), STLS_CLIENT_AUTH_DECLINED);
  cr_expect_not(stls_conninfo_peer_verified(
      stls_object_client_auth_conninfo(pair.server)));
  pair_free(&pair);
}

static void share_key(stls_context *context)
{
  static const unsigned char key[STLS_TICKET_KEY_LEN] = "shared";

  ASSERT_RESULT(stls_context_set_ticket_keys(context, key, sizeof key, NULL),
                STLS_OK, "key");
}

static void ask_later_and_share_key(stls_context *context)
{
  offer(context);
  share_key(context);
}

/* Both can read the ticket. */
Test(post_handshake_auth_session, has_sessions_of_its_own)
{
  pair_options options = usual;
  stls_context *client = pair_context(&options, STLS_CLIENT);
  stls_context *later, *at_once;
  test_pair first, second;
  SSL_SESSION *session;

  options.tune_server = ask_later_and_share_key;
  later = pair_context(&options, STLS_SERVER);
  options.tune_server = share_key;
  at_once = pair_context(&options, STLS_SERVER);
  first = resumption_join(client, later, NULL);
  second = resumption_join(client, at_once, NULL);
  ASSERT_RESULT(pair_handshake(&first), STLS_OK, "first");
  pair_transfer(&first, first.server, first.client, 1);
  session = SSL_get1_session(stls_object_ssl(first.client));
  cr_assert_eq(SSL_SESSION_is_resumable(session), 1);
  cr_assert_eq(SSL_set_session(stls_object_ssl(second.client), session), 1);
  /* The handshake is a whole one, or none at all; never a resumed one. */
  (void)!pair_handshake(&second);
  cr_expect_not(stls_conninfo_resumed(stls_object_conninfo(second.server)));
  SSL_SESSION_free(session);
  pair_free(&first);
  pair_free(&second);
  stls_context_free(client);
  stls_context_free(later);
  stls_context_free(at_once);
}

/* A ticket from after the answer carries it, under the policy that judged it. */
Test(post_handshake_auth_session, may_carry_the_answer)
{
  pair_options options = usual;
  stls_context *client = pair_context(&options, STLS_CLIENT);
  stls_context *server = pair_context(&options, STLS_SERVER);
  test_pair first = resumption_join(client, server, NULL), second;
  const stls_conninfo *info;
  stls_certificate *peer = NULL;
  stls_session *session;

  ASSERT_RESULT(pair_handshake(&first), STLS_OK, "first");
  pair_settle(&first);
  while (stls_object_take_session(first.client, &session, NULL) == STLS_OK &&
         session != NULL)
    stls_session_free(session);
  ASSERT_RESULT(stls_object_verify_client(first.server), STLS_OK, "ask");
  deliver(&first);
  pair_settle(&first);
  session = resumption_fetch_session(&first);
  second = resumption_join(client, server, session);
  stls_session_free(session);
  ASSERT_RESULT(pair_handshake(&second), STLS_OK, "second");
  info = stls_object_conninfo(second.server);
  cr_expect(stls_conninfo_resumed(info));
  ASSERT_RESULT(stls_conninfo_peer_certificate(info, &peer, NULL), STLS_OK,
                "peer");
  cr_expect_not_null(peer);
  cr_expect(stls_conninfo_peer_verified(info));
  stls_certificate_free(peer);
  pair_free(&first);
  pair_free(&second);
  stls_context_free(client);
  stls_context_free(server);
}

/* The order of the setters does not matter; it can be turned off again. */
Test(post_handshake_auth_session, is_a_part_of_the_policy)
{
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;
  SSL_CTX *ctx;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &context, &err),
      STLS_OK, "new");
  ctx = stls_context_ssl_ctx(context);
  offer(context);
  cr_expect_eq(SSL_CTX_get_verify_mode(ctx), SSL_VERIFY_NONE);
  ASSERT_RESULT(
      stls_context_set_verify_mode(context, STLS_VERIFY_OPTIONAL, &err),
      STLS_OK, "mode");
  cr_expect_eq(SSL_CTX_get_verify_mode(ctx),
               SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE);
  ASSERT_RESULT(stls_context_set_post_handshake_auth(context, false, &err),
                STLS_OK, "off");
  cr_expect_eq(SSL_CTX_get_verify_mode(ctx), SSL_VERIFY_PEER);
  ASSERT_RESULT(stls_context_seal(context, &err), STLS_OK, "seal");
  expect_misuse(stls_context_set_post_handshake_auth(context, true, &err), &err,
                "sealed");
  expect_misuse(stls_context_set_post_handshake_auth(NULL, true, &err), &err,
                "context");
  cr_expect_not(stls_context_post_handshake_auth(NULL));
  stls_context_free(context);
}

static void offer_with_key(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_post_handshake_auth(context, true, NULL),
                STLS_OK, "late authentication");
  if (stls_context_role(context) == STLS_CLIENT)
    psk_pair_set_client(context);
  else
    psk_pair_set_server(context);
}

/* RFC 8446, 4.3.2: a server that a key authenticates may ask later. What it tells
 * of the handshake then is what it told before, accepted or not. */
Test(post_handshake_auth_session, tells_of_the_handshake_what_it_was)
{
  static const char *const credentials[] = {"client-ecdsa", "client-untrusted"};

  for (size_t i = 0; i < 4; i++) {
    pair_options options = {.version = STLS_TLS_1_3,
                            .client_credential = credentials[i % 2],
                            .server_verify = STLS_VERIFY_OPTIONAL,
                            .tune_client = offer_with_key,
                            .tune_server = offer_with_key};
    const stls_conninfo *before, *after;
    const uint8_t *identity;
    size_t len[2], done;
    test_pair pair;
    char byte;

    psk_pair_reset();
    psk_pair_client.has_key = i < 2;
    pair = pair_open(&options);
    pair_transfer(&pair, pair.server, pair.client, 10);
    before = stls_object_conninfo(pair.server);
    ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, "asked");
    pair_move_all(&pair, pair.server, pair.client);
    (void)!stls_object_read(pair.client, &byte, 1, &done);
    pair_move_all(&pair, pair.client, pair.server);
    (void)!stls_object_read(pair.server, &byte, 1, &done);
    after = stls_object_client_auth_conninfo(pair.server);
    cr_assert_not_null(after);
    cr_expect_eq(stls_conninfo_peer_verified(after), i % 2 == 0, "%zu", i);
    cr_expect_eq(stls_conninfo_psk(before), i < 2, "%zu", i);
    cr_expect_eq(stls_conninfo_psk(after), i < 2, "%zu", i);
    cr_expect_not(stls_conninfo_resumed(after), "%zu", i);
    cr_expect_eq(stls_conninfo_session_reused(after),
                 stls_conninfo_session_reused(before), "%zu", i);
    cr_expect(stls_conninfo_extended_master_secret(after), "%zu", i);
    cr_expect(stls_conninfo_secure_renegotiation(after), "%zu", i);
    cr_expect_eq(stls_conninfo_server_sigalg(after),
                 stls_conninfo_server_sigalg(before), "%zu", i);
    (void)stls_conninfo_session_id(before, &len[0]);
    (void)stls_conninfo_session_id(after, &len[1]);
    cr_expect_eq(len[0], len[1], "%zu", i);
    (void)stls_conninfo_psk_identity(before, &len[0]);
    identity = stls_conninfo_psk_identity(after, &len[1]);
    cr_expect_eq(len[0], len[1], "%zu", i);
    cr_expect_eq(identity != NULL, i < 2, "%zu", i);
    pair_free(&pair);
  }
}
