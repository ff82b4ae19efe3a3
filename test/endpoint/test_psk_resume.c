/* SPDX-License-Identifier: MIT */
/* test_psk_resume: resumption of sessions that began with a pre-shared key. */
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/trace.h>

#include "runner/seed.h"
#include "support/expect.h"
#include "support/psk_pair.h"
#include "support/resumption.h"

SUITE(psk_resume, .init = psk_pair_reset);

static int tickets_in;

static void count_tickets(stls_object *object, const stls_trace_event *event,
                          void *user_data)
{
  (void)object;
  (void)user_data;
  if (event->content_type == 22 && event->flow == STLS_RECORDS_IN &&
      event->message_type == SSL3_MT_NEWSESSION_TICKET)
    tickets_in++;
}

static void tune_client(stls_context *context)
{
  psk_pair_tune_client(context);
  ASSERT_RESULT(stls_context_set_trace(context, count_tickets, NULL, NULL),
                STLS_OK, "trace");
}

/* A ticket would let its holder in under no identity at all. */
Test(psk_resume, has_no_ticket_in_tls_1_3)
{
  pair_options options = {.tune_client = tune_client,
                          .tune_server = psk_pair_tune_server,
                          .version = STLS_TLS_1_3};

  for (int by_key = 0; by_key < 2; by_key++) {
    test_pair pair;
    psk_pair_client.has_key = by_key == 1;
    tickets_in = 0;
    pair = pair_open(&options);
    pair_transfer(&pair, pair.server, pair.client, 1);
    cr_expect_eq(stls_conninfo_psk(stls_object_conninfo(pair.server)),
                 by_key == 1);
    cr_expect_eq(tickets_in > 0, by_key == 0, "%d", tickets_in);
    pair_free(&pair);
  }
}

/* Both sides of one connection between two contexts. */
static test_pair connect_pair(stls_context *client, stls_context *server,
                              SSL_SESSION *session)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  test_pair pair = {.feed = FEED_WHOLE};

  options.server_name = "server.example";
  ASSERT_RESULT(
      stls_object_new(client, NULL, NULL, &options, &pair.client, NULL),
      STLS_OK, "client");
  ASSERT_RESULT(stls_object_new(server, NULL, NULL, NULL, &pair.server, NULL),
                STLS_OK, "server");
  if (session != NULL)
    cr_assert_eq(SSL_set_session(stls_object_ssl(pair.client), session), 1);
  ASSERT_RESULT(pair_handshake(&pair), STLS_OK, pair_message(pair.client));
  pair_settle(&pair);
  return pair;
}

static stls_context *new_context(stls_role role)
{
  stls_context *context = NULL;

  ASSERT_RESULT(
      stls_context_new_without_trust(role, NULL, NULL, &context, NULL), STLS_OK,
      "context");
  ASSERT_RESULT(
      stls_context_set_versions(context, STLS_TLS_1_2, STLS_TLS_1_2, NULL),
      STLS_OK, "versions");
  if (role == STLS_CLIENT)
    psk_pair_tune_client(context);
  else
    psk_pair_tune_server(context);
  return context;
}

Test(psk_resume, keeps_the_identity_in_tls_1_2)
{
  stls_context *client = new_context(STLS_CLIENT);
  stls_context *server = new_context(STLS_SERVER);
  test_pair pair = connect_pair(client, server, NULL);
  SSL_SESSION *session = SSL_get1_session(stls_object_ssl(pair.client));

  pair_free(&pair);
  pair = connect_pair(client, server, session);
  cr_expect(stls_conninfo_resumed(stls_object_conninfo(pair.server)));
  cr_expect(psk_pair_is_reported(pair.client));
  cr_expect(psk_pair_is_reported(pair.server));
  cr_expect_eq(psk_pair_server.asked, 1);
  pair_free(&pair);
  /* Another look-up may not know the key any more. */
  psk_pair_tune_server(server);
  pair = connect_pair(client, server, session);
  cr_expect_not(stls_conninfo_resumed(stls_object_conninfo(pair.server)));
  cr_expect(psk_pair_is_reported(pair.server));
  cr_expect_eq(psk_pair_server.asked, 2);
  pair_free(&pair);
  SSL_SESSION_free(session);
  stls_context_free(client);
  stls_context_free(server);
}

static void share_ticket_keys(stls_context *context)
{
  static const unsigned char keys[STLS_TICKET_KEY_LEN] = {1, 2, 3};

  ASSERT_RESULT(stls_context_set_ticket_keys(context, keys, sizeof keys, NULL),
                STLS_OK, "ticket keys");
}

/* The other server's look-up may not know the key. */
Test(psk_resume, is_not_for_another_look_up_with_the_same_ticket_keys)
{
  stls_context *client = new_context(STLS_CLIENT);
  stls_context *server = new_context(STLS_SERVER);
  stls_context *other = new_context(STLS_SERVER);
  SSL_SESSION *session;
  test_pair pair;

  share_ticket_keys(server);
  share_ticket_keys(other);
  pair = connect_pair(client, server, NULL);
  session = SSL_get1_session(stls_object_ssl(pair.client));
  pair_free(&pair);
  for (int i = 0; i < 2; i++) {
    pair = connect_pair(client, i == 0 ? server : other, session);
    cr_expect_eq(stls_conninfo_resumed(stls_object_conninfo(pair.server)),
                 i == 0);
    cr_expect_eq(psk_pair_server.asked, i + 1);
    pair_free(&pair);
  }
  SSL_SESSION_free(session);
  stls_context_free(client);
  stls_context_free(server);
  stls_context_free(other);
}

/* --- the library's own sessions --- */

static void speak_tls_1_2(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_versions(context, STLS_TLS_1_2, STLS_TLS_1_2, NULL),
      STLS_OK, "versions");
}

static void tune_other_client(stls_context *context)
{
  speak_tls_1_2(context);
  ASSERT_RESULT(
      stls_context_set_insecure_ciphers(context, PSK_PAIR_SUITE, NULL), STLS_OK,
      "suite");
}

/* Its way through bytes. */
static stls_session *copy_of(const stls_session *session)
{
  unsigned char form[4000];
  stls_session *copy = NULL;
  size_t len;

  ASSERT_RESULT(stls_session_serialize(session, form, sizeof form, &len, NULL),
                STLS_OK, "write");
  ASSERT_RESULT(stls_session_new_serialized(form, len, NULL, NULL, &copy, NULL),
                STLS_OK, "read");
  return copy;
}

/* RFC 4279 leaves resumption as it is: no key is looked up, and the identity is
 * the session's. Whoever has no keys, and verifies certificates, cannot take such
 * a session for one that was verified. */
Test(psk_resume, is_for_a_client_in_tls_1_2)
{
  pair_options options = {.tune_client = psk_pair_tune_client,
                          .tune_server = psk_pair_tune_server};
  const pair_options other = {.tune_client = tune_other_client};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    stls_error err = STLS_ERROR_INIT;
    stls_session *session, *copy;
    resumption peers;
    test_pair pair;
    if (options.version == STLS_TLS_1_3) continue;
    psk_pair_reset();
    peers = resumption_open(&options);
    session = resumption_new_session(&peers);
    cr_expect_not(stls_session_peer_verified(session), "%s", label);
    copy = copy_of(session);
    pair = resumption_connect(&peers, copy);
    cr_expect(stls_conninfo_resumed(stls_object_conninfo(pair.server)), "%s",
              label);
    cr_expect(stls_conninfo_psk(stls_object_conninfo(pair.client)), "%s",
              label);
    cr_expect(psk_pair_is_reported(pair.client), "%s", label);
    cr_expect(psk_pair_is_reported(pair.server), "%s", label);
    cr_expect_eq(psk_pair_client.asked, 1, "%s", label);
    cr_expect_eq(psk_pair_server.asked, 1, "%s", label);
    pair_free(&pair);
    stls_context_free(peers.client);
    peers.client = pair_context(&other, STLS_CLIENT);
    EXPECT_RESULT(resumption_offer(&peers, peers.name, session, &err),
                  STLS_ERROR_INPUT, label);
    stls_session_free(session);
    stls_session_free(copy);
    resumption_close(&peers);
  }
}

/* The session would have lost the identity, also where a server gives a ticket. */
Test(psk_resume, is_for_no_client_in_tls_1_3)
{
  const pair_options options = {.version = STLS_TLS_1_3,
                                .tune_client = tune_client,
                                .tune_server = psk_pair_tune_server};
  resumption peers = resumption_open(&options);
  test_pair pair = resumption_connect(&peers, NULL);

  tickets_in = 0;
  cr_assert_eq(SSL_new_session_ticket(stls_object_ssl(pair.server)), 1);
  resumption_send_tickets(&pair);
  cr_expect_eq(tickets_in, 1);
  cr_expect(stls_conninfo_psk(stls_object_conninfo(pair.client)));
  cr_expect_eq(stls_conninfo_verify_code(stls_object_conninfo(pair.client)),
               X509_V_OK);
  cr_expect_null(resumption_take_session(pair.client));
  pair_free(&pair);
  resumption_close(&peers);
}

/* --- the caller's own library context --- */

static stls_object *new_side(OSSL_LIB_CTX *libctx, stls_role role,
                             stls_protocol version, stls_psk_digest digest)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_context *context = NULL;
  stls_object *object = NULL;

  ASSERT_RESULT(
      stls_context_new_without_trust(role, libctx, NULL, &context, NULL),
      STLS_OK, "context");
  ASSERT_RESULT(stls_context_set_versions(context, version, version, NULL),
                STLS_OK, "versions");
  if (role == STLS_CLIENT)
    psk_pair_tune_client(context);
  else
    psk_pair_tune_server(context);
  if (digest == STLS_PSK_SHA384)
    ASSERT_RESULT(
        stls_context_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384", NULL),
        STLS_OK, "suites");
  if (role == STLS_CLIENT) options.server_name = "server.example";
  ASSERT_RESULT(stls_object_new(context, NULL, NULL, &options, &object, NULL),
                STLS_OK, "object");
  stls_context_free(context);
  return object;
}

/* The default one cannot fetch anything here. */
Test(psk_resume, and_everything_else_is_of_the_callers_library_context)
{
  stls_testing *world = seed_world_new();
  OSSL_LIB_CTX *libctx = stls_testing_libctx(world);

  cr_assert_eq(EVP_set_default_properties(NULL, "provider=nobody"), 1);
  for (int row = 0; row < 3; row++) {
    stls_protocol version = row == 0 ? STLS_TLS_1_2 : STLS_TLS_1_3;
    stls_psk_digest digest = row == 2 ? STLS_PSK_SHA384 : STLS_PSK_SHA256;
    test_pair pair = {.feed = FEED_WHOLE};
    psk_pair_client.digest = psk_pair_server.digest = digest;
    pair.client = new_side(libctx, STLS_CLIENT, version, digest);
    pair.server = new_side(libctx, STLS_SERVER, version, digest);
    EXPECT_RESULT(pair_handshake(&pair), STLS_OK, pair_message(pair.client));
    cr_expect(psk_pair_is_reported(pair.server), "%d", row);
    pair_free(&pair);
  }
  stls_testing_free(world);
}
