/* SPDX-License-Identifier: MIT */
/* test_ticket_keys: tickets between servers, by ticket keys and policies. */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "support/check.h"
#include "support/expect.h"
#include "support/resumption.h"
#include "support/setter_cases.h"
#include "support/trust_sets.h"

SUITE(ticket_keys, .timeout = 60);

/* Three keys, one after another. */
static unsigned char keys[3][STLS_TICKET_KEY_LEN];

static void fill_keys(void)
{
  for (size_t i = 0; i < 3; i++)
    for (size_t j = 0; j < STLS_TICKET_KEY_LEN; j++)
      keys[i][j] = (unsigned char)(100 * i + j);
}

static void set_key(stls_context *context, const unsigned char *first,
                    const unsigned char *second)
{
  unsigned char both[2 * STLS_TICKET_KEY_LEN];
  stls_error err = STLS_ERROR_INIT;

  memcpy(both, first, STLS_TICKET_KEY_LEN);
  if (second != NULL)
    memcpy(both + STLS_TICKET_KEY_LEN, second, STLS_TICKET_KEY_LEN);
  ASSERT_RESULT(
      stls_context_set_ticket_keys(
          context, both,
          STLS_TICKET_KEY_LEN * (second == NULL ? (size_t)1 : (size_t)2), &err),
      STLS_OK, err.message);
}

static void use_first_key(stls_context *context)
{
  fill_keys();
  set_key(context, keys[0], NULL);
}

static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

/* Two servers, as two processes. */
Test(ticket_keys, are_shared_by_servers)
{
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v],
                                  .tune_server = use_first_key};
    const pair_options others = {.version = versions[v]};
    resumption peers = resumption_open(&options);
    stls_session *session = resumption_new_session(&peers);
    stls_context_free(peers.server);
    peers.server = pair_context(&options, STLS_SERVER);
    cr_expect(resumption_succeeds(&peers, session), "TLS 1.%zu", v + 2);
    stls_context_free(peers.server);
    peers.server = pair_context(&others, STLS_SERVER);
    cr_expect_not(resumption_succeeds(&peers, session), "TLS 1.%zu", v + 2);
    stls_session_free(session);
    resumption_close(&peers);
  }
}

/* The keys are OpenSSL's own form. */
Test(ticket_keys, have_openssls_own_form)
{
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v],
                                  .tune_server = use_first_key};
    const pair_options others = {.version = versions[v]};
    resumption peers = resumption_open(&options);
    stls_session *session = resumption_new_session(&peers);
    stls_context_free(peers.server);
    peers.server = pair_context(&others, STLS_SERVER);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(stls_context_ssl_ctx(peers.server),
                                         NULL);
    cr_assert_eq(
        SSL_CTX_set_tlsext_ticket_keys(stls_context_ssl_ctx(peers.server),
                                       keys[0], STLS_TICKET_KEY_LEN),
        1);
    cr_expect(resumption_succeeds(&peers, session), "TLS 1.%zu", v + 2);
    stls_session_free(session);
    resumption_close(&peers);
  }
}

/* Current and previous; the context is sealed all the while. */
Test(ticket_keys, rotate)
{
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v],
                                  .tune_server = use_first_key};
    resumption peers = resumption_open(&options);
    stls_session *session = resumption_new_session(&peers), *next;
    test_pair pair;
    set_key(peers.server, keys[1], keys[0]);
    pair = resumption_connect(&peers, session);
    cr_expect(stls_conninfo_resumed(stls_object_conninfo(pair.client)),
              "TLS 1.%zu: the previous key", v + 2);
    resumption_send_tickets(&pair);
    next = resumption_take_session(pair.client);
    cr_assert_not_null(next, "TLS 1.%zu: a new ticket", v + 2);
    pair_free(&pair);
    set_key(peers.server, keys[2], keys[1]);
    cr_expect(resumption_succeeds(&peers, next), "TLS 1.%zu", v + 2);
    cr_expect_not(resumption_succeeds(&peers, session), "TLS 1.%zu", v + 2);
    stls_session_free(session);
    stls_session_free(next);
    resumption_close(&peers);
  }
}

static void go_back(stls_context *context)
{
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(stls_context_set_ticket_keys(context, NULL, 0, &err), STLS_OK,
                err.message);
}

/* To generated keys and back, on a sealed context. */
Test(ticket_keys, are_taken_back)
{
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v],
                                  .tune_server = use_first_key};
    resumption peers = resumption_open(&options);
    stls_session *session = resumption_new_session(&peers), *own;
    go_back(peers.server);
    cr_expect_not(resumption_succeeds(&peers, session), "TLS 1.%zu", v + 2);
    own = resumption_new_session(&peers);
    cr_expect(resumption_succeeds(&peers, own), "TLS 1.%zu", v + 2);
    go_back(peers.server);
    cr_expect_not(resumption_succeeds(&peers, own), "TLS 1.%zu: other keys",
                  v + 2);
    set_key(peers.server, keys[0], NULL);
    cr_expect(resumption_succeeds(&peers, session), "TLS 1.%zu", v + 2);
    cr_expect_not(resumption_succeeds(&peers, own), "TLS 1.%zu", v + 2);
    stls_session_free(session);
    stls_session_free(own);
    resumption_close(&peers);
  }
}

static void use_and_go_back(stls_context *context)
{
  use_first_key(context);
  go_back(context);
}

/* Without keys when it is sealed, the context keeps its own. */
Test(ticket_keys, are_taken_back_before_sealing)
{
  const pair_options options = {.tune_server = use_and_go_back};
  stls_context *sealed = pair_context(&options, STLS_SERVER);
  stls_error err = STLS_ERROR_INIT;

  expect_misuse(stls_context_set_ticket_keys(sealed, keys, 80, &err), &err,
                "sealed");
  expect_misuse(stls_context_set_ticket_keys(sealed, NULL, 0, &err), &err,
                "sealed");
  stls_context_free(sealed);
}

static void accept_sigalgs(stls_context *context)
{
  use_first_key(context);
  ASSERT_RETURNS(
      stls_context_set_client_sigalgs(context, "ecdsa_secp256r1_sha256", NULL),
      STLS_OK);
}

static void allow_groups(stls_context *context)
{
  use_first_key(context);
  ASSERT_RETURNS(stls_context_set_groups(context, "P-256", NULL), STLS_OK);
}

/* The client offers the other suites, too. */
static void allow_chacha(stls_context *context)
{
  use_first_key(context);
  ASSERT_RETURNS(
      stls_context_set_ciphers(context, "ECDHE-ECDSA-CHACHA20-POLY1305", NULL),
      STLS_OK);
  ASSERT_RETURNS(stls_context_set_ciphersuites(
                     context, "TLS_CHACHA20_POLY1305_SHA256", NULL),
                 STLS_OK);
}

static void trust_no_clients(stls_context *context)
{
  use_first_key(context);
  trust_sets_set_purpose(context, "ca.pem", NID_client_auth,
                         TRUST_SETS_REJECTED);
}

static void trust_clients(stls_context *context)
{
  use_first_key(context);
  trust_sets_set_purpose(context, "ca.pem", NID_client_auth,
                         TRUST_SETS_TRUSTED);
}

static void speak_both(stls_context *context)
{
  use_first_key(context);
  ASSERT_RETURNS(
      stls_context_set_versions(context, STLS_TLS_1_2, STLS_TLS_1_3, NULL),
      STLS_OK);
}

/* CVE-2025-23419: keys are shared, policies are not. `want` is whether what the
 * first server made is resumed by the second. */
static const struct policy {
  const char *name;
  pair_options first;
  pair_options second;
  bool want;
} policies[] = {
    {"no certificates", {0}, {0}, true},
    {"certificates",
     {.server_verify = STLS_VERIFY_REQUIRED},
     {.server_verify = STLS_VERIFY_REQUIRED},
     true},
    {"required now", {0}, {.server_verify = STLS_VERIFY_REQUIRED}, false},
    {"asked for now", {0}, {.server_verify = STLS_VERIFY_OPTIONAL}, false},
    {"asked for, then required",
     {.server_verify = STLS_VERIFY_OPTIONAL},
     {.server_verify = STLS_VERIFY_REQUIRED},
     false},
    {"another CA",
     {.server_verify = STLS_VERIFY_OPTIONAL},
     {.server_verify = STLS_VERIFY_OPTIONAL, .server_trust = "both-cas.pem"},
     false},
    {"a CA that rejects clients",
     {.server_verify = STLS_VERIFY_REQUIRED},
     {.server_verify = STLS_VERIFY_REQUIRED, .tune_server = trust_no_clients},
     false},
    {"the same trust settings",
     {.server_verify = STLS_VERIFY_REQUIRED, .tune_server = trust_clients},
     {.server_verify = STLS_VERIFY_REQUIRED, .tune_server = trust_clients},
     true},
    {"other signature algorithms", {0}, {.tune_server = accept_sigalgs}, false},
    {"other groups", {0}, {.tune_server = allow_groups}, false},
    /* tlsfuzzer#66. */
    {"other cipher suites", {0}, {.tune_server = allow_chacha}, false},
    {"the same cipher suites",
     {.tune_server = allow_chacha},
     {.tune_server = allow_chacha},
     true},
    {"more versions", {0}, {.tune_server = speak_both}, false},
    {"another certificate of its own",
     {0},
     {.server_credential = "server-rsa"},
     true},
};

static void run_policy(const struct policy *row, const pair_options *joined,
                       const char *label)
{
  pair_options first = row->first, second = row->second;
  resumption peers;
  stls_session *session;
  test_pair pair;
  bool is_full;

  first.version = second.version = joined->version;
  first.feed = second.feed = joined->feed;
  first.client_credential = second.client_credential = "client-ecdsa";
  if (first.tune_server == NULL) first.tune_server = use_first_key;
  if (second.tune_server == NULL) second.tune_server = use_first_key;
  peers = resumption_open(&first);
  session = resumption_new_session(&peers);
  stls_context_free(peers.server);
  peers.server = pair_context(&second, STLS_SERVER);
  pair = resumption_pair(&peers, NULL);
  is_full = pair_handshake(&pair) == STLS_OK;
  pair_free(&pair);
  if (is_full) {
    cr_expect_eq(resumption_succeeds(&peers, session), row->want, "%s, %s",
                 label, row->name);
  } else {
    /* Whoever is refused in full is refused with a ticket. */
    cr_expect_not(row->want, "%s, %s", label, row->name);
    pair = resumption_pair(&peers, session);
    cr_expect_neq(pair_handshake(&pair), STLS_OK, "%s, %s", label, row->name);
    pair_free(&pair);
  }
  stls_session_free(session);
  resumption_close(&peers);
}

Test(ticket_keys, do_not_open_what_another_policy_made)
{
  pair_options joined = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &joined, label); row += pair_row_step())
    for (size_t i = 0; i < sizeof policies / sizeof policies[0];
         i += check_quick() ? 3 : 1)
      run_policy(&policies[i], &joined, label);
}

static const unsigned char many[17 * STLS_TICKET_KEY_LEN];

Test(ticket_keys, refuse_misuse)
{
  const pair_options options = {0};
  stls_context *client = setter_cases_context(STLS_CLIENT);
  stls_context *server = setter_cases_context(STLS_SERVER);
  stls_context *sealed = pair_context(&options, STLS_SERVER);
  stls_error err = STLS_ERROR_INIT;

  fill_keys();
  expect_misuse(stls_context_set_ticket_keys(NULL, keys, 80, &err), &err,
                "context");
  expect_misuse(stls_context_set_ticket_keys(client, keys, 80, &err), &err,
                "server");
  expect_misuse(stls_context_set_ticket_keys(sealed, keys, 80, &err), &err,
                "sealed");
  expect_misuse(stls_context_set_ticket_keys(server, NULL, 80, &err), &err,
                "keys");
  expect_misuse(stls_context_set_ticket_keys(client, NULL, 0, &err), &err,
                "server");
  expect_misuse(stls_context_set_ticket_keys(NULL, NULL, 0, &err), &err,
                "context");
  expect_misuse(stls_context_set_ticket_keys(server, keys, 0, &err), &err,
                "80");
  expect_misuse(stls_context_set_ticket_keys(server, keys, 81, &err), &err,
                "80");
  expect_misuse(stls_context_set_ticket_keys(server, many, sizeof many, &err),
                &err, "16");
  expect_misuse(stls_context_set_ticket_keys(server, many, 160, &err), &err,
                "same name");
  stls_context_free(client);
  stls_context_free(server);
  stls_context_free(sealed);
}
