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

#include "support/check.h"
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
  /* A word of the error; NULL where the session is accepted. */
  const char *refusal;
} rows[] = {
    {"the same", "RFC 8446, 2.2", {0}, {0}, NULL},
    {"none, then required",
     "SEMANTICS 1.3",
     {.tune_client = verify_none},
     {0},
     "not verified"},
    {"untrusted and unverified, then required",
     "SEMANTICS 1.3",
     {.tune_client = verify_none, .client_trust = "untrusted-ca.pem"},
     {.client_trust = "untrusted-ca.pem"},
     "not verified"},
    {"another name",
     "SEMANTICS 1.3",
     {0},
     {.server_name = "other.example"},
     "server.example"},
    {"another name, to anybody",
     "RFC 8446, 4.6.1",
     {.tune_client = verify_none},
     {.server_name = "other.example", .tune_client = verify_none},
     "server.example"},
    {"a name in capitals",
     "RFC 4343",
     {0},
     {.server_name = "SERVER.example."},
     NULL},
    {"any name, then a checked one",
     "SEMANTICS 1.3",
     {.tune_client = any_name},
     {0},
     "policy"},
    {"a checked name, then any",
     "strict",
     {0},
     {.tune_client = any_name},
     "policy"},
    {"another CA",
     "SEMANTICS 1.3",
     {0},
     {.client_trust = "untrusted-ca.pem"},
     "policy"},
    {"one CA more", "strict", {0}, {.client_trust = "both-cas.pem"}, "policy"},
    {"no trust", "strict", {0}, {.client_trust = ""}, "policy"},
    {"stricter flags", "DESIGN 5", {0}, {.tune_client = be_strict}, "policy"},
    {"weaker flags before",
     "DESIGN 5",
     {.tune_client = ignore_time},
     {0},
     "policy"},
    {"a higher security level",
     "strict",
     {0},
     {.tune_client = raise_level},
     "policy"},
    {"another depth", "strict", {0}, {.tune_client = limit_depth}, "policy"},
    {"required and optional",
     "the same on a client",
     {.tune_client = verify_optional},
     {0},
     NULL},
    {"a CA that rejects servers",
     "openssl-verification-options(1), trust settings",
     {0},
     {.tune_client = trust_for_no_servers},
     "policy"},
    {"a CA for clients alone",
     "openssl-verification-options(1), trust settings",
     {.tune_client = trust_for_servers},
     {.tune_client = trust_for_clients_alone},
     "policy"},
    {"the same trust settings",
     "openssl-verification-options(1), trust settings",
     {.tune_client = trust_for_servers},
     {.tune_client = trust_for_servers},
     NULL},
    {"other signature algorithms",
     "RFC 8446, 4.2.3",
     {0},
     {.tune_client = use_server_sigalgs},
     "policy"},
    {"other signature algorithms of its own",
     "RFC 8446, 4.2.3",
     {0},
     {.tune_client = use_client_sigalgs},
     "policy"},
    {"other groups",
     "RFC 8422, 5.1.1",
     {0},
     {.tune_client = use_groups},
     "policy"},
    {"other cipher suites",
     "RFC 5246, 7.4.1.2; wolfssljni#209",
     {0},
     {.tune_client = use_chacha},
     "cipher suite"},
    {"the same cipher suites",
     "RFC 5246, 7.4.1.2",
     {.tune_client = use_chacha},
     {.tune_client = use_chacha},
     NULL},
    {"more versions", "strict", {0}, {.tune_client = speak_both}, "policy"},
    {"the other version",
     "RFC 8446, 4.1.1",
     {0},
     {.tune_client = speak_the_other},
     "version"},
    {"another client certificate",
     "CVE-2016-5419",
     {.client_credential = "client-ecdsa"},
     {0},
     "policy"},
    {"the same client certificate",
     "CVE-2016-5419",
     {.client_credential = "client-ecdsa"},
     {.client_credential = "client-ecdsa"},
     NULL},
    {"another ALPN", "no part of it", {0}, {.tune_client = speak_h2}, NULL},
};

static void run_row(const struct row *row, stls_protocol version)
{
  const stls_result want = row->refusal == NULL ? STLS_OK : STLS_ERROR_INPUT;
  pair_options made = row->made, offered = row->offered;
  stls_error err = STLS_ERROR_INIT;
  resumption before, after;
  stls_session *session;

  made.version = offered.version = version;
  before = resumption_open(&made);
  after = resumption_open(&offered);
  session = resumption_new_session(&before);
  EXPECT_RESULT(stls_session_check(session, after.client, after.name, &err),
                want, row->name);
  EXPECT_RESULT(resumption_offer(&after, after.name, session, &err), want,
                row->name);
  if (row->refusal != NULL)
    cr_expect(strstr(err.message, row->refusal) != NULL, "%s: %s", row->name,
              err.message);
  /* The server that made it would have resumed it. */
  stls_context_free(after.server);
  after.server = stls_context_up_ref(before.server);
  if (row->refusal == NULL)
    cr_expect(resumption_succeeds(&after, session), "%s", row->name);
  stls_session_free(session);
  resumption_close(&before);
  resumption_close(&after);
}

Test(session_offer, depends_on_name_and_policy)
{
  const size_t step = check_quick() ? 3 : 1;

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i += step) {
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
    cr_expect_eq(stls_conninfo_resumed(info), row->refusal == NULL, "%s, %s",
                 label, row->name);
    cr_expect_eq(stls_conninfo_resumed(stls_object_conninfo(pair.server)),
                 row->refusal == NULL, "%s, %s", label, row->name);
    cr_expect_eq(stls_conninfo_peer_verified(info),
                 row->offered.tune_client != verify_none, "%s, %s", label,
                 row->name);
  } else {
    /* Whom such a client refuses in full, it refuses with a session. */
    cr_expect_not_null(row->refusal, "%s, %s", label, row->name);
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
    for (size_t i = 0; i < sizeof rows / sizeof rows[0];
         i += check_quick() ? 3 : 1)
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
