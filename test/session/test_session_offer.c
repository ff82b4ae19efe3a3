/* SPDX-License-Identifier: MIT */
/* test_session_offer: sessions that a client refuses to offer. */
/*
 * Nothing is verified when a session resumes: CPython resumes each of those that
 * are refused here (SEMANTICS 1.3, `session` set).
 */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/alpn.h>
#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/verify.h>

#include "lib/session/session.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/resumption.h"
#include "support/trust_sets.h"

SUITE(session_offer, .timeout = 60);

static void verify_none(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_insecure_verify_none(context, NULL), STLS_OK);
}

static void any_name(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_insecure_hostname_any(context, NULL),
                 STLS_OK);
}

static void verify_optional(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_verify_mode(context, STLS_VERIFY_OPTIONAL, NULL),
      STLS_OK);
}

static void be_strict(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_verify_flags(context, X509_V_FLAG_X509_STRICT, NULL),
      STLS_OK);
}

static void ignore_time(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_insecure_verify_flags(
                     context, X509_V_FLAG_NO_CHECK_TIME, NULL),
                 STLS_OK);
}

static void raise_level(stls_context *context)
{
  SSL_CTX_set_security_level(stls_context_ssl_ctx(context), 3);
}

static void limit_depth(stls_context *context)
{
  X509_VERIFY_PARAM_set_depth(SSL_CTX_get0_param(stls_context_ssl_ctx(context)),
                              5);
}

static void speak_h2(stls_context *context)
{
  const char *name = "h2";

  ASSERT_RETURNS(stls_context_set_alpn(context, &name, 1, NULL), STLS_OK);
}

static void use_server_sigalgs(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_server_sigalgs(context, "ecdsa_secp256r1_sha256", NULL),
      STLS_OK);
}

static void use_client_sigalgs(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_client_sigalgs(context, "ecdsa_secp256r1_sha256", NULL),
      STLS_OK);
}

static void use_groups(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_groups(context, "P-256", NULL), STLS_OK);
}

/* None of which servers choose first. */
static void use_chacha(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_ciphers(context, "ECDHE-ECDSA-CHACHA20-POLY1305", NULL),
      STLS_OK);
  ASSERT_RETURNS(stls_context_set_ciphersuites(
                     context, "TLS_CHACHA20_POLY1305_SHA256", NULL),
                 STLS_OK);
}

static void speak_both(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_versions(context, STLS_TLS_1_2, STLS_TLS_1_3, NULL),
      STLS_OK);
}

static void speak_the_other(stls_context *context)
{
  const stls_protocol other = stls_context_min_version(context) == STLS_TLS_1_2
                                  ? STLS_TLS_1_3
                                  : STLS_TLS_1_2;

  ASSERT_RETURNS(stls_context_set_versions(context, other, other, NULL),
                 STLS_OK);
}

static void trust_for_clients_alone(stls_context *context)
{
  trust_sets_set_purpose(context, "ca.pem", NID_client_auth,
                         TRUST_SETS_TRUSTED);
}

static void trust_for_no_servers(stls_context *context)
{
  trust_sets_set_purpose(context, "ca.pem", NID_server_auth,
                         TRUST_SETS_REJECTED);
}

static void trust_for_servers(stls_context *context)
{
  trust_sets_set_purpose(context, "ca.pem", NID_server_auth,
                         TRUST_SETS_TRUSTED);
}

/* How a session is made, and how it is offered. */
static const struct row {
  const char *name;
  const char *source;
  pair_options made;
  pair_options offered;
  stls_result want;
  const char *word;
} rows[] = {
    {"the same", "RFC 8446, 2.2", {0}, {0}, STLS_OK, ""},
    {"none, then required",
     "SEMANTICS 1.3",
     {.tune_client = verify_none},
     {0},
     STLS_ERROR_INPUT,
     "not verified"},
    {"untrusted and unverified, then required",
     "SEMANTICS 1.3",
     {.tune_client = verify_none, .client_trust = "untrusted-ca.pem"},
     {.client_trust = "untrusted-ca.pem"},
     STLS_ERROR_INPUT,
     "not verified"},
    {"another name",
     "SEMANTICS 1.3",
     {0},
     {.server_name = "other.example"},
     STLS_ERROR_INPUT,
     "server.example"},
    {"another name, to anybody",
     "RFC 8446, 4.6.1",
     {.tune_client = verify_none},
     {.server_name = "other.example", .tune_client = verify_none},
     STLS_ERROR_INPUT,
     "server.example"},
    {"a name in capitals",
     "RFC 4343",
     {0},
     {.server_name = "SERVER.example."},
     STLS_OK,
     ""},
    {"any name, then a checked one",
     "SEMANTICS 1.3",
     {.tune_client = any_name},
     {0},
     STLS_ERROR_INPUT,
     "policy"},
    {"a checked name, then any",
     "strict",
     {0},
     {.tune_client = any_name},
     STLS_ERROR_INPUT,
     "policy"},
    {"another CA",
     "SEMANTICS 1.3",
     {0},
     {.client_trust = "untrusted-ca.pem"},
     STLS_ERROR_INPUT,
     "policy"},
    {"one CA more",
     "strict",
     {0},
     {.client_trust = "both-cas.pem"},
     STLS_ERROR_INPUT,
     "policy"},
    {"no trust",
     "strict",
     {0},
     {.client_trust = ""},
     STLS_ERROR_INPUT,
     "policy"},
    {"stricter flags",
     "DESIGN 5",
     {0},
     {.tune_client = be_strict},
     STLS_ERROR_INPUT,
     "policy"},
    {"weaker flags before",
     "DESIGN 5",
     {.tune_client = ignore_time},
     {0},
     STLS_ERROR_INPUT,
     "policy"},
    {"a higher security level",
     "strict",
     {0},
     {.tune_client = raise_level},
     STLS_ERROR_INPUT,
     "policy"},
    {"another depth",
     "strict",
     {0},
     {.tune_client = limit_depth},
     STLS_ERROR_INPUT,
     "policy"},
    {"required and optional",
     "the same on a client",
     {.tune_client = verify_optional},
     {0},
     STLS_OK,
     ""},
    {"a CA that rejects servers",
     "openssl-verification-options(1), trust settings",
     {0},
     {.tune_client = trust_for_no_servers},
     STLS_ERROR_INPUT,
     "policy"},
    {"a CA for clients alone",
     "openssl-verification-options(1), trust settings",
     {.tune_client = trust_for_servers},
     {.tune_client = trust_for_clients_alone},
     STLS_ERROR_INPUT,
     "policy"},
    {"the same trust settings",
     "openssl-verification-options(1), trust settings",
     {.tune_client = trust_for_servers},
     {.tune_client = trust_for_servers},
     STLS_OK,
     ""},
    {"other signature algorithms",
     "RFC 8446, 4.2.3",
     {0},
     {.tune_client = use_server_sigalgs},
     STLS_ERROR_INPUT,
     "policy"},
    {"other signature algorithms of its own",
     "RFC 8446, 4.2.3",
     {0},
     {.tune_client = use_client_sigalgs},
     STLS_ERROR_INPUT,
     "policy"},
    {"other groups",
     "RFC 8422, 5.1.1",
     {0},
     {.tune_client = use_groups},
     STLS_ERROR_INPUT,
     "policy"},
    {"other cipher suites",
     "RFC 5246, 7.4.1.2; wolfssljni#209",
     {0},
     {.tune_client = use_chacha},
     STLS_ERROR_INPUT,
     "cipher suite"},
    {"the same cipher suites",
     "RFC 5246, 7.4.1.2",
     {.tune_client = use_chacha},
     {.tune_client = use_chacha},
     STLS_OK,
     ""},
    {"more versions",
     "strict",
     {0},
     {.tune_client = speak_both},
     STLS_ERROR_INPUT,
     "policy"},
    {"the other version",
     "RFC 8446, 4.1.1",
     {0},
     {.tune_client = speak_the_other},
     STLS_ERROR_INPUT,
     "version"},
    {"another client certificate",
     "CVE-2016-5419",
     {.client_credential = "client-ecdsa"},
     {0},
     STLS_ERROR_INPUT,
     "policy"},
    {"the same client certificate",
     "CVE-2016-5419",
     {.client_credential = "client-ecdsa"},
     {.client_credential = "client-ecdsa"},
     STLS_OK,
     ""},
    {"another ALPN",
     "no part of it",
     {0},
     {.tune_client = speak_h2},
     STLS_OK,
     ""},
};

static void run_row(const struct row *row, stls_protocol version)
{
  pair_options made = row->made, offered = row->offered;
  stls_error err = STLS_ERROR_INIT;
  resumption before, after;
  stls_session *session;

  made.version = offered.version = version;
  before = resumption_open(&made);
  after = resumption_open(&offered);
  session = resumption_new_session(&before);
  EXPECT_RESULT(stls_session_check(session, after.client, after.name, &err),
                row->want, row->name);
  EXPECT_RESULT(resumption_offer(&after, after.name, session, &err), row->want,
                row->name);
  if (row->want != STLS_OK)
    cr_expect(strstr(err.message, row->word) != NULL, "%s: %s", row->name,
              err.message);
  /* The server that made it would have resumed it. */
  stls_context_free(after.server);
  after.server = stls_context_up_ref(before.server);
  if (row->want == STLS_OK)
    cr_expect(resumption_succeeds(&after, session), "%s", row->name);
  stls_session_free(session);
  resumption_close(&before);
  resumption_close(&after);
}

Test(session_offer, depends_on_name_and_policy)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    run_row(&rows[i], STLS_TLS_1_2);
    run_row(&rows[i], STLS_TLS_1_3);
  }
}

/* What does not fit is left aside, and the handshake verifies everything: a
 * server that knows the session is not asked for it. */
static void run_aside(const struct row *row, pair_options *joined,
                      const char *label)
{
  pair_options made = row->made, offered = row->offered;
  resumption before, after;
  stls_session *session;
  const stls_conninfo *info;
  test_pair pair;

  made.version = offered.version = joined->version;
  made.feed = offered.feed = joined->feed;
  before = resumption_open(&made);
  after = resumption_open(&offered);
  session = resumption_new_session(&before);
  stls_context_free(after.server);
  after.server = stls_context_up_ref(before.server);
  pair = resumption_pair(&after, session);
  if (pair_handshake(&pair) == STLS_OK) {
    resumption_send_tickets(&pair);
    info = stls_object_conninfo(pair.client);
    cr_expect_eq(stls_conninfo_resumed(info), row->want == STLS_OK, "%s, %s",
                 label, row->name);
    cr_expect_eq(stls_conninfo_resumed(stls_object_conninfo(pair.server)),
                 row->want == STLS_OK, "%s, %s", label, row->name);
    cr_expect_eq(stls_conninfo_peer_verified(info),
                 row->offered.tune_client != verify_none, "%s, %s", label,
                 row->name);
  } else {
    /* Whom such a client refuses in full, it refuses with a session. */
    cr_expect_neq(row->want, STLS_OK, "%s, %s", label, row->name);
    pair_free(&pair);
    pair = resumption_pair(&after, NULL);
    cr_expect_neq(pair_handshake(&pair), STLS_OK, "%s, %s: %s", label,
                  row->name, pair_message(pair.client));
  }
  pair_free(&pair);
  stls_session_free(session);
  resumption_close(&before);
  resumption_close(&after);
}

Test(session_offer, is_left_aside_where_it_does_not_fit)
{
  pair_options joined = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &joined, label); row += pair_row_step())
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
      run_aside(&rows[i], &joined, label);
}

Test(session_offer, is_a_clients)
{
  const pair_options options = {0};
  resumption peers = resumption_open(&options);
  stls_object_options made = STLS_OBJECT_OPTIONS_INIT;
  stls_session *session = resumption_new_session(&peers);
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;

  made.session = session;
  expect_misuse(stls_object_new(peers.server, NULL, NULL, &made, &object, &err),
                &err, "session");
  cr_expect_null(object);
  expect_misuse(stls_session_check(session, peers.server, NULL, &err), &err,
                "client");
  expect_misuse(stls_session_check(NULL, peers.client, NULL, &err), &err,
                "session");
  expect_misuse(stls_session_check(session, NULL, NULL, &err), &err, "context");
  EXPECT_RESULT(stls_session_check(session, peers.client, "a b", &err),
                STLS_ERROR_INPUT, "a b");
  EXPECT_RESULT(stls_session_check(session, peers.client, NULL, &err),
                STLS_ERROR_INPUT, "no name");
  stls_session_free(session);
  resumption_close(&peers);
}

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

Test(session_offer, is_refused_once_the_trust_has_grown)
{
  expect_refusal_once_trust_has_grown(false);
  expect_refusal_once_trust_has_grown(true);
}

/* A ticket that comes when the policy is another one was verified under the one
 * before. */
Test(session_offer, never_sees_what_was_made_before_a_change)
{
  const pair_options options = {.version = STLS_TLS_1_3, .client_trust = ""};
  resumption peers = resumption_open(&options);
  stls_trust *trust = NULL;
  test_pair pair;

  stls_context_free(peers.client);
  ASSERT_RESULT(stls_context_new_without_trust(STLS_CLIENT, NULL, NULL,
                                               &peers.client, NULL),
                STLS_OK, "client");
  verify_none(peers.client);
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

Test(session_offer, ends_with_its_time)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t v = 0; v < 2; v++)
    for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++) {
      const pair_options options = {.version = versions[v]};
      resumption peers = resumption_open(&options);
      stls_session *session = resumption_new_session(&peers);
      stls_error err = STLS_ERROR_INIT;
      int64_t now = stls_session_lifetime_now();
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
Test(session_offer, is_not_repeated_after_a_failed_handshake)
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
Test(session_offer, may_be_repeated_after_the_transport_ended)
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
Test(session_offer, heeds_suite_b)
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
