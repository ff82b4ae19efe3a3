/* SPDX-License-Identifier: MIT */
/* test_session_lifetime: expiry of sessions with the certificates they rest on. */
/*
 * RFC 8446, 4.6.1: limits on the total lifetime of what resumption hands on
 * "should take into account the lifetime of the peer's certificate, the
 * likelihood of intervening revocation, and the time since the peer's online
 * CertificateVerify signature". Certificates that had run out let clients in
 * by their sessions: apisix#9525, python-driver#1017, go#77217.
 */
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/verify.h>

#include "session_clock.h"
#include "support/cert_builder.h"
#include "support/expect.h"
#include "support/resumption.h"
#include "support/trust_sets.h"

/* --- Certificates of which one ends soon --- */

enum {
  SOON = 1800,
  BEFORE = 900,
  AFTER = 2700
};

typedef enum link {
  LEAF,
  INTERMEDIATE,
  ROOT,
  NUM_LINKS
} link;

static stls_credential *soon_credential;
static stls_trust *soon_trust;

static void lifetime_fini(void)
{
  stls_credential_free(soon_credential);
  stls_trust_free(soon_trust);
  check_leaks();
}

TestSuite(session_lifetime, .fini = lifetime_fini, .timeout = 120);

/* The chain that the two tune functions below set and trust. */
static void issue_chain(link ending)
{
  static const char *const names[NUM_LINKS] = {"leaf", "intermediate", "root"};
  EVP_PKEY *keys[NUM_LINKS];
  X509 *certs[NUM_LINKS];
  STACK_OF(X509) *above = sk_X509_new_null();
  stls_certificate *root = NULL;
  time_t end = time(NULL) + SOON;
  char until[16];

  strftime(until, sizeof until, "%Y%m%d%H%M%SZ", gmtime(&end));
  for (size_t i = NUM_LINKS; i-- > 0;) {
    const cert_builder_order order = {
        .name = names[i],
        .is_ca = i != LEAF,
        .until = i == (size_t)ending ? until : NULL};
    size_t issuer = i == ROOT ? ROOT : i + 1;
    keys[i] = cert_builder_key("P-256");
    certs[i] = cert_builder_new(&order, keys[i],
                                i == ROOT ? NULL : certs[issuer], keys[issuer]);
  }
  stls_credential_free(soon_credential);
  stls_trust_free(soon_trust);
  soon_credential = NULL;
  soon_trust = trust_sets_new();
  sk_X509_push(above, certs[INTERMEDIATE]);
  ASSERT_RESULT(stls_credential_new_x509(certs[LEAF], above, keys[LEAF], NULL,
                                         NULL, &soon_credential, NULL),
                STLS_OK, "credential");
  ASSERT_RESULT(stls_certificate_new_x509(certs[ROOT], &root, NULL), STLS_OK,
                "root");
  ASSERT_RESULT(stls_trust_add_certificate(soon_trust, root, NULL), STLS_OK,
                "trust");
  stls_certificate_free(root);
  sk_X509_free(above);
  for (size_t i = 0; i < NUM_LINKS; i++) {
    X509_free(certs[i]);
    EVP_PKEY_free(keys[i]);
  }
}

/* --- What contexts do with it --- */

static void present(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_credential(context, soon_credential, NULL),
                 STLS_OK);
}

static void trust(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_trust(context, soon_trust, NULL), STLS_OK);
}

/* Servers that remember, instead of tickets. */
static void use_no_tickets(stls_context *context)
{
  SSL_CTX_set_options(stls_context_ssl_ctx(context), SSL_OP_NO_TICKET);
}

static void present_without(stls_context *context)
{
  present(context);
  use_no_tickets(context);
}

static void trust_without(stls_context *context)
{
  trust(context);
  use_no_tickets(context);
}

static void trust_whenever(stls_context *context)
{
  trust(context);
  ASSERT_RETURNS(stls_context_set_insecure_verify_flags(
                     context, X509_V_FLAG_NO_CHECK_TIME, NULL),
                 STLS_OK);
}

static void trust_anybody(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_insecure_verify_none(context, NULL), STLS_OK);
}

/* `lasts`: the time of certificates says nothing. */
static const struct row {
  const char *name;
  link ending;
  pair_options options;
  bool lasts;
} rows[] = {
    {"the client's certificate",
     LEAF,
     {.server_verify = STLS_VERIFY_REQUIRED,
      .tune_client = present,
      .tune_server = trust},
     false},
    {"the client's, where it is not required",
     LEAF,
     {.server_verify = STLS_VERIFY_OPTIONAL,
      .tune_client = present,
      .tune_server = trust},
     false},
    {"the client's intermediate",
     INTERMEDIATE,
     {.server_verify = STLS_VERIFY_REQUIRED,
      .tune_client = present,
      .tune_server = trust},
     false},
    {"the client's root",
     ROOT,
     {.server_verify = STLS_VERIFY_REQUIRED,
      .tune_client = present,
      .tune_server = trust},
     false},
    {"the client's, and the server remembers",
     LEAF,
     {.server_verify = STLS_VERIFY_REQUIRED,
      .tune_client = present_without,
      .tune_server = trust_without},
     false},
    {"the client's, and times are not checked",
     LEAF,
     {.server_verify = STLS_VERIFY_REQUIRED,
      .tune_client = present,
      .tune_server = trust_whenever},
     true},
    {"the client's, and nobody asks", LEAF, {.tune_client = present}, true},
    {"the server's certificate",
     LEAF,
     {.tune_client = trust, .tune_server = present},
     false},
    {"the server's intermediate",
     INTERMEDIATE,
     {.tune_client = trust, .tune_server = present},
     false},
    {"the server's root",
     ROOT,
     {.tune_client = trust, .tune_server = present},
     false},
    {"the server's, and it remembers",
     LEAF,
     {.tune_client = trust_without, .tune_server = present_without},
     false},
    {"the server's, and times are not checked",
     LEAF,
     {.tune_client = trust_whenever, .tune_server = present},
     true},
    {"the server's, and the client takes anybody",
     LEAF,
     {.tune_client = trust_anybody, .tune_server = present},
     true},
};

/* Takes the newest session that the client has, for the one before. */
static void renew(test_pair *pair, stls_session **session)
{
  stls_session *next;

  resumption_send_tickets(pair);
  while ((next = resumption_take_session(pair->client)) != NULL) {
    stls_session_free(*session);
    *session = next;
  }
}

/* In two steps: the second one's ticket is of the first one's connection. */
static void run_row(const struct row *row, const pair_options *joined,
                    const char *label)
{
  pair_options options = row->options;
  stls_session *session = NULL;
  stls_result result;
  test_pair pair;
  resumption peers;
  bool resumed;

  options.version = joined->version;
  options.feed = joined->feed;
  session_clock_ahead = 0;
  issue_chain(row->ending);
  peers = session_clock_open(&options);
  session = resumption_new_session(&peers);
  session_clock_ahead = BEFORE;
  pair = resumption_connect(&peers, session);
  cr_expect(stls_conninfo_resumed(stls_object_conninfo(pair.server)), "%s, %s",
            label, row->name);
  renew(&pair, &session);
  pair_free(&pair);
  session_clock_ahead = AFTER;
  pair = resumption_pair(&peers, session);
  result = pair_handshake(&pair);
  resumed = stls_conninfo_resumed(stls_object_conninfo(pair.server)) ||
            stls_conninfo_resumed(stls_object_conninfo(pair.client));
  cr_expect_eq(resumed, row->lasts, "%s, %s", label, row->name);
  cr_expect_eq(result == STLS_OK, row->lasts, "%s, %s: %s", label, row->name,
               stls_result_name(result));
  pair_free(&pair);
  stls_session_free(session);
  resumption_close(&peers);
}

Test(session_lifetime, ends_with_the_certificates_of_the_peer)
{
  pair_options joined = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &joined, label); row += pair_row_step())
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
      for (int is_set = 0; is_set < 2; is_set++) {
        session_clock_is_set = is_set != 0;
        run_row(&rows[i], &joined, label);
      }
}

static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

/* The end of the server's certificate goes with the session to other processes. */
Test(session_lifetime, is_told_and_written_down)
{
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {
        .version = versions[v], .tune_client = trust, .tune_server = present};
    stls_error err = STLS_ERROR_INIT;
    stls_session *session, *copy = NULL;
    unsigned char form[8000];
    resumption peers;
    size_t len;
    session_clock_ahead = 0;
    issue_chain(INTERMEDIATE);
    peers = resumption_open(&options);
    session = resumption_new_session(&peers);
    ASSERT_RESULT(
        stls_session_serialize(session, form, sizeof form, &len, &err), STLS_OK,
        "write");
    ASSERT_RESULT(
        stls_session_new_serialized(form, len, NULL, NULL, &copy, &err),
        STLS_OK, "read");
    EXPECT_RESULT(stls_session_check(copy, peers.client, peers.name, &err),
                  STLS_OK, "before");
    session_clock_ahead = AFTER;
    EXPECT_RESULT(stls_session_check(copy, peers.client, peers.name, &err),
                  STLS_ERROR_INPUT, "after");
    cr_expect_not_null(strstr(err.message, "run out"), "%s", err.message);
    cr_expect_eq(err.own_reason, STLS_REASON_SESSION_EXPIRED);
    cr_expect_not(stls_session_is_resumable(copy));
    stls_session_free(session);
    stls_session_free(copy);
    resumption_close(&peers);
  }
}
