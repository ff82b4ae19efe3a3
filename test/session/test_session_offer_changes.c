/* SPDX-License-Identifier: MIT */
/* test_session_offer_changes: sessions that are offered after the trust, the time
 * or the client has changed. */
#include <openssl/ssl.h>
#include <time.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/verify.h>

#include "lib/session/session.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/resumption.h"

SUITE(session_offer_changes, .timeout = 60);

/* The trust of both is one, and it grows; a sealed context has remembered it. */
static void expect_refusal_once_trust_has_grown(bool seals)
{
  const pair_options options = {.client_trust = ""};
  resumption peers = resumption_open(&options);
  stls_context *client = NULL;
  stls_trust *trust = NULL;
  stls_session *session;

  ASSERT_RESULT(stls_trust_new(NULL, NULL, &trust, NULL), STLS_OK, "trust");
  ASSERT_RESULT(stls_trust_add_file(trust, data_file_path("ca.pem"), NULL),
                STLS_OK, "ca");
  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &client, NULL),
      STLS_OK, "client");
  ASSERT_RESULT(stls_context_set_trust(client, trust, NULL), STLS_OK, "set");
  if (seals) ASSERT_RESULT(stls_context_seal(client, NULL), STLS_OK, "seal");
  stls_context_free(peers.client);
  peers.client = client;
  session = resumption_new_session(&peers);
  EXPECT_RESULT(resumption_offer(&peers, peers.name, session, NULL), STLS_OK,
                "before");
  ASSERT_RESULT(
      stls_trust_add_file(trust, data_file_path("untrusted-ca.pem"), NULL),
      STLS_OK, "another");
  EXPECT_RESULT(resumption_offer(&peers, peers.name, session, NULL),
                STLS_ERROR_INPUT, "after");
  stls_session_free(session);
  stls_trust_free(trust);
  resumption_close(&peers);
}

Test(session_offer_changes, is_refused_once_the_trust_has_grown)
{
  expect_refusal_once_trust_has_grown(false);
  expect_refusal_once_trust_has_grown(true);
}

/* A ticket that comes when the policy is another one was verified under the one
 * before. */
Test(session_offer_changes, never_sees_what_was_made_before_a_change)
{
  const pair_options options = {.version = STLS_TLS_1_3, .client_trust = ""};
  resumption peers = resumption_open(&options);
  stls_trust *trust = NULL;
  test_pair pair;

  stls_context_free(peers.client);
  ASSERT_RESULT(stls_context_new_without_trust(STLS_CLIENT, NULL, NULL,
                                               &peers.client, NULL),
                STLS_OK, "client");
  ASSERT_RETURNS(stls_context_set_insecure_verify_none(peers.client, NULL),
                 STLS_OK);
  pair = resumption_connect(&peers, NULL);
  ASSERT_RESULT(stls_trust_new(NULL, NULL, &trust, NULL), STLS_OK, "trust");
  ASSERT_RESULT(stls_context_set_trust(peers.client, trust, NULL), STLS_OK,
                "set");
  resumption_send_tickets(&pair);
  cr_expect_null(resumption_take_session(pair.client));
  pair_free(&pair);
  stls_trust_free(trust);
  resumption_close(&peers);
}

/* RFC 8446, 4.6.1; `age` is in seconds, of the session and of the handshake that
 * verified the server. */
static const struct age {
  const char *name;
  int64_t session;
  int64_t verified;
  bool want;
} ages[] = {
    {"new", 0, 0, true},
    {"nearly over", 7100, 7100, true},
    {"over", 7300, 7300, false},
    {"of a clock that differs", -30, -30, true},
    {"from the future", -100, 0, false},
    {"of a handshake in the future", 0, -100, false},
    {"renewed for six days", 10, 518400, true},
    {"renewed for eight days", 10, 691200, false},
};

Test(session_offer_changes, ends_with_its_time)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t v = 0; v < 2; v++)
    for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++) {
      const pair_options options = {.version = versions[v]};
      resumption peers = resumption_open(&options);
      stls_session *session = resumption_new_session(&peers);
      stls_error err = STLS_ERROR_INIT;
      int64_t now = (int64_t)time(NULL);
      resumption_set_time(session->ssl_session, now - ages[i].session);
      session->lifetime.authenticated_at = now - ages[i].verified;
      cr_expect_eq(stls_session_is_resumable(session), ages[i].want, "%s",
                   ages[i].name);
      EXPECT_RESULT(resumption_offer(&peers, peers.name, session, &err),
                    ages[i].want ? STLS_OK : STLS_ERROR_INPUT, ages[i].name);
      stls_session_free(session);
      resumption_close(&peers);
    }
}

/* A server that cannot take what is offered must not be asked again and again:
 * here it answers with an alert. */
Test(session_offer_changes, is_not_repeated_after_a_failed_handshake)
{
  static const unsigned char alert[] = {21, 3, 3, 0, 2, 2, 40};
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v]};
    resumption peers = resumption_open(&options);
    stls_session *session = resumption_new_session(&peers);
    test_pair pair = resumption_pair(&peers, session);
    const stls_conninfo *info;
    stls_error err = STLS_ERROR_INIT;
    size_t done;
    EXPECT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "first");
    ASSERT_RESULT(stls_bio_write(stls_object_incoming(pair.client), alert,
                                 sizeof alert, &done, NULL),
                  STLS_OK, "alert");
    EXPECT_RESULT(stls_object_handshake(pair.client), STLS_ERROR_ALERT,
                  "alert");
    /* SSL_get_current_cipher tells that of the session. */
    info = stls_object_conninfo(pair.client);
    cr_assert_not_null(info);
    cr_expect_null(stls_conninfo_cipher_name(info));
    cr_expect_null(stls_conninfo_version_name(info));
    cr_expect_null(stls_conninfo_group_name(info));
    cr_expect_eq(stls_conninfo_version(info), 0);
    cr_expect_not(stls_conninfo_resumed(info));
    cr_expect_not(stls_conninfo_peer_verified(info));
    pair_free(&pair);
    EXPECT_RESULT(resumption_offer(&peers, peers.name, session, &err),
                  STLS_ERROR_INPUT, err.message);
    stls_session_free(session);
    resumption_close(&peers);
  }
}

/* It was only cut off. */
Test(session_offer_changes, may_be_repeated_after_the_transport_ended)
{
  const pair_options options = {0};
  resumption peers = resumption_open(&options);
  stls_session *session = resumption_new_session(&peers);
  test_pair pair = resumption_pair(&peers, session);

  EXPECT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "first");
  stls_bio_write_eof(stls_object_incoming(pair.client));
  EXPECT_RESULT(stls_object_handshake(pair.client), STLS_ERROR_TRUNCATED,
                "end");
  pair_free(&pair);
  cr_expect(resumption_succeeds(&peers, session));
  stls_session_free(session);
  resumption_close(&peers);
}

static void choose_one(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_ciphers(context, "ECDHE-ECDSA-AES128-GCM-SHA256", NULL),
      STLS_OK, "one suite");
}

/* The same suite, but other certificates. */
static void choose_suite_b(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_ciphers(context, "SUITEB128ONLY", NULL),
                STLS_OK, "Suite B");
}

/* RFC 6460: P-256 and SHA-256 all along the chain. */
Test(session_offer_changes, heeds_suite_b)
{
  const pair_options options = {.version = STLS_TLS_1_2,
                                .server_credential = "server-ecdsa",
                                .tune_client = choose_one};
  const pair_options other = {.version = STLS_TLS_1_2,
                              .tune_client = choose_suite_b};
  resumption peers = resumption_open(&options);
  stls_session *session = resumption_new_session(&peers);

  EXPECT_RETURNS(resumption_offer(&peers, peers.name, session, NULL), STLS_OK);
  stls_context_free(peers.client);
  peers.client = pair_context(&other, STLS_CLIENT);
  EXPECT_RETURNS(resumption_offer(&peers, peers.name, session, NULL),
                 STLS_ERROR_INPUT);
  stls_session_free(session);
  resumption_close(&peers);
}
