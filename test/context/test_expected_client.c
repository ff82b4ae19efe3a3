/* SPDX-License-Identifier: MIT */
/* test_expected_client: a client's certificate has one of the names that are expected. */
#include <openssl/x509_vfy.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/post_handshake_auth.h>
#include <sanstls/verify.h>

#include "support/expect.h"
#include "support/pair.h"
#include "support/pki.h"
#include "support/resumption.h"
#include "support/setter_cases.h"

static void expected_client_fini(void)
{
  pki_free();
  check_leaks();
}

TestSuite(expected_client, .fini = expected_client_fini, .timeout = 60);

enum {
  MAX_NAMES = 3
};

/* --- the setter --- */

SETTER(expect, stls_context_set_expected_client(context, args->names,
                                                args->num_names, err))
SETTER(expect_null, stls_context_set_expected_client(context, NULL, 1, err))

static const char *const client_name[] = {"client.example"};
static const char *const two_names[] = {"client.example", "::1"};
static const char *const bad_name[] = {"client.example", "a b"};
static const char *const no_name[] = {"client.example", NULL};
static const char *const bad_address[] = {"[::1]"};

Test(expected_client, is_a_servers_setting)
{
  static const setter_case cases[] = {
      {"a name", expect, NAMES(client_name, 1), STLS_ERROR_MISUSE, 0,
       "not a server's"},
      {"none", expect, NAMES(client_name, 0), STLS_ERROR_MISUSE, 0,
       "not a server's"},
      {"no list", expect_null, NO_ARGS, STLS_ERROR_MISUSE, STLS_ERROR_MISUSE,
       ""},
      {"a name is NULL", expect, NAMES(no_name, 2), STLS_ERROR_MISUSE,
       STLS_ERROR_MISUSE, ""},
      {"no name", expect, NAMES(bad_name, 2), STLS_ERROR_MISUSE,
       STLS_ERROR_INPUT, ""},
      {"brackets", expect, NAMES(bad_address, 1), STLS_ERROR_MISUSE,
       STLS_ERROR_INPUT, ""},
  };

  setter_cases_run(cases, sizeof cases / sizeof cases[0]);
}

Test(expected_client, names_what_is_wrong_and_keeps_what_was)
{
  stls_context *context = setter_cases_context(STLS_SERVER);
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RETURNS(
      stls_context_set_expected_client(context, client_name, 1, NULL), STLS_OK);
  EXPECT_RETURNS(stls_context_set_expected_client(context, bad_name, 2, &err),
                 STLS_ERROR_INPUT);
  cr_expect(
      strstr(err.message, "expected client") && strstr(err.message, "a b"),
      "%s", err.message);
  cr_expect_eq(stls_context_expected_client_count(context), 1U);
  cr_expect_str_eq(stls_context_expected_client_at(context, 0),
                   "client.example");
  stls_context_free(context);
}

Test(expected_client, has_getters)
{
  static const char *const names[] = {"Client.EXAMPLE.", "192.0.2.1", "::1"};
  stls_context *context = setter_cases_context(STLS_SERVER);

  cr_expect_eq(stls_context_expected_client_count(context), 0U);
  cr_expect_null(stls_context_expected_client_at(context, 0));
  ASSERT_RETURNS(stls_context_set_expected_client(context, names, 3, NULL),
                 STLS_OK);
  cr_expect_eq(stls_context_expected_client_count(context), 3U);
  cr_expect_str_eq(stls_context_expected_client_at(context, 0),
                   "client.example");
  cr_expect_str_eq(stls_context_expected_client_at(context, 1), "192.0.2.1");
  cr_expect_str_eq(stls_context_expected_client_at(context, 2), "::1");
  cr_expect_null(stls_context_expected_client_at(context, 3));
  ASSERT_RETURNS(stls_context_set_expected_client(context, NULL, 0, NULL),
                 STLS_OK);
  cr_expect_eq(stls_context_expected_client_count(context), 0U);
  cr_expect_eq(stls_context_expected_client_count(NULL), 0U);
  cr_expect_null(stls_context_expected_client_at(NULL, 0));
  stls_context_free(context);
}

/* A server that expects a name and asks for no certificate would accept everybody. */
Test(expected_client, asks_for_a_certificate)
{
  stls_context *context = setter_cases_context(STLS_SERVER);

  ASSERT_RETURNS(stls_context_set_expected_client(context, NULL, 0, NULL),
                 STLS_OK);
  cr_expect_eq(stls_context_verify_mode(context), STLS_VERIFY_NONE);
  ASSERT_RETURNS(
      stls_context_set_expected_client(context, client_name, 1, NULL), STLS_OK);
  cr_expect_eq(stls_context_verify_mode(context), STLS_VERIFY_REQUIRED);
  ASSERT_RETURNS(
      stls_context_set_verify_mode(context, STLS_VERIFY_OPTIONAL, NULL),
      STLS_OK);
  ASSERT_RETURNS(
      stls_context_set_expected_client(context, client_name, 1, NULL), STLS_OK);
  cr_expect_eq(stls_context_verify_mode(context), STLS_VERIFY_OPTIONAL);
  stls_context_free(context);
}

Test(expected_client, stays_as_it_was_without_memory)
{
  static const setter_list list = {expect, stls_context_expected_client_count,
                                   NAMES(client_name, 1), NAMES(two_names, 2)};

  setter_cases_starve(&list, "names");
}

/* --- handshakes; client-ecdsa is client.example --- */

static const struct meeting {
  const char *name;
  const char *expected[MAX_NAMES];
  int code;
} meetings[] = {
    {"its name", {"client.example"}, X509_V_OK},
    {"in capitals", {"CLIENT.example."}, X509_V_OK},
    {"one of three",
     {"127.0.0.1", "other.example", "client.example"},
     X509_V_OK},
    {"another", {"other.example"}, X509_V_ERR_HOSTNAME_MISMATCH},
    {"its domain", {"example"}, X509_V_ERR_HOSTNAME_MISMATCH},
    {"a name or an address",
     {"::1", "other.example"},
     X509_V_ERR_HOSTNAME_MISMATCH},
    {"addresses", {"127.0.0.1", "::1"}, X509_V_ERR_IP_ADDRESS_MISMATCH},
};

static const char *const *expected;

static size_t num_expected(void)
{
  size_t num = 0;

  while (num < (size_t)MAX_NAMES && expected[num] != NULL) num++;
  return num;
}

static void expect_names(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_expected_client(context, expected, num_expected(), NULL),
      STLS_OK, "names");
}

static void expect_names_late(stls_context *context)
{
  expect_names(context);
  ASSERT_RESULT(stls_context_set_post_handshake_auth(context, true, NULL),
                STLS_OK, "late");
}

static void offer_late(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_post_handshake_auth(context, true, NULL),
                STLS_OK, "late");
}

static void check_verdict(const test_pair *pair, int code, const char *label)
{
  stls_error err = STLS_ERROR_INIT;

  if (code == X509_V_OK) {
    cr_expect(stls_conninfo_peer_verified(stls_object_conninfo(pair->server)),
              "%s: %s", label, pair_message(pair->server));
    return;
  }
  EXPECT_RESULT(stls_object_error(pair->server, &err), STLS_ERROR_CERTIFICATE,
                label);
  cr_expect_eq(err.verify_code, code, "%s: code %ld", label, err.verify_code);
  cr_expect_eq(err.verify_depth, 0, "%s: depth %d", label, err.verify_depth);
  cr_expect_eq(err.alert_sent, 42, "%s: alert %d", label, err.alert_sent);
}

Test(expected_client, has_one_of_the_names)
{
  for (size_t i = 0; i < sizeof meetings / sizeof meetings[0]; i++) {
    pair_options options = {.client_credential = "client-ecdsa",
                            .server_verify = STLS_VERIFY_REQUIRED,
                            .tune_server = expect_names};
    char label[64];

    expected = meetings[i].expected;
    for (size_t row = 0; pair_row(row, &options, label);
         row += pair_row_step()) {
      test_pair pair = pair_new(&options);

      pair_handshake(&pair);
      check_verdict(&pair, meetings[i].code,
                    expect_label("%s, %s", meetings[i].name, label));
      pair_free(&pair);
    }
  }
}

Test(expected_client, is_judged_by_the_context_that_was_chosen)
{
  pair_options options = {.version = STLS_TLS_1_3,
                          .client_credential = "client-ecdsa",
                          .choose_context = true};
  test_pair pair = pair_new(&options);
  stls_context *context;

  expected = meetings[3].expected;
  options.server_verify = STLS_VERIFY_REQUIRED;
  options.tune_server = expect_names;
  context = pair_context(&options, STLS_SERVER);
  ASSERT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
  pair_move_all(&pair, pair.client, pair.server);
  ASSERT_RETURNS(stls_object_handshake(pair.server), STLS_WANT_CONTEXT);
  ASSERT_RETURNS(stls_object_set_context(pair.server, context), STLS_OK);
  stls_context_free(context);
  pair_handshake(&pair);
  check_verdict(&pair, X509_V_ERR_HOSTNAME_MISMATCH, "chosen");
  pair_free(&pair);
}

Test(expected_client, may_stay_anonymous_where_none_is_required)
{
  pair_options options = {.server_verify = STLS_VERIFY_OPTIONAL,
                          .tune_server = expect_names};
  char label[64];

  expected = meetings[0].expected;
  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    pair_free(&pair);
  }
}

Test(expected_client, is_judged_late_as_well)
{
  for (size_t i = 0; i < sizeof meetings / sizeof meetings[0]; i++) {
    pair_options options = {.version = STLS_TLS_1_3,
                            .client_credential = "client-ecdsa",
                            .server_verify = STLS_VERIFY_REQUIRED,
                            .tune_client = offer_late,
                            .tune_server = expect_names_late};
    stls_result result = STLS_OK;
    test_pair pair;
    char byte;
    size_t got;

    expected = meetings[i].expected;
    pair = pair_open(&options);
    pair_settle(&pair);
    ASSERT_RETURNS(stls_object_verify_client(pair.server), STLS_OK);
    pair_move_all(&pair, pair.server, pair.client);
    EXPECT_RETURNS(stls_object_read(pair.client, &byte, 1, &got),
                   STLS_WANT_READ);
    pair_move_all(&pair, pair.client, pair.server);
    result = stls_object_read(pair.server, &byte, 1, &got);
    EXPECT_RESULT(
        result,
        meetings[i].code == X509_V_OK ? STLS_WANT_READ : STLS_ERROR_CERTIFICATE,
        meetings[i].name);
    if (meetings[i].code != X509_V_OK)
      check_verdict(&pair, meetings[i].code, meetings[i].name);
    else
      cr_expect_eq(stls_object_client_auth(pair.server),
                   STLS_CLIENT_AUTH_VERIFIED);
    pair_free(&pair);
  }
}

/* A session of a server that expects nobody says nothing about names. */
Test(expected_client, is_part_of_the_policy_of_a_session)
{
  pair_options options = {.client_credential = "client-ecdsa",
                          .server_verify = STLS_VERIFY_REQUIRED};

  for (int version = 0; version < 2; version++) {
    resumption peers, strict;
    stls_session *session;

    options.version = version == 0 ? STLS_TLS_1_2 : STLS_TLS_1_3;
    options.tune_server = NULL;
    peers = resumption_open(&options);
    session = resumption_new_session(&peers);
    cr_expect(resumption_succeeds(&peers, session));
    options.tune_server = expect_names;
    expected = meetings[0].expected;
    strict = resumption_open(&options);
    stls_context_free(strict.client);
    strict.client = peers.client;
    cr_expect_not(resumption_succeeds(&strict, session));
    stls_session_free(session);
    session = resumption_new_session(&strict);
    cr_expect(resumption_succeeds(&strict, session));
    stls_session_free(session);
    stls_context_free(strict.server);
    resumption_close(&peers);
  }
}

/* --- chains without a handshake, by the same code --- */

static int judge(const char *names, const char *name)
{
  stls_context *context = setter_cases_context(STLS_SERVER);
  stls_certificate *chain[2] = {NULL, NULL};
  stls_error err = STLS_ERROR_INIT;
  char leaf[64];

  snprintf(leaf, sizeof leaf, "%.*s", (int)strcspn(names, " "), names);
  ASSERT_RESULT(stls_certificate_new_x509(pki_cert(leaf), &chain[0], NULL),
                STLS_OK, leaf);
  ASSERT_RESULT(stls_certificate_new_x509(pki_cert(strchr(names, ' ') + 1),
                                          &chain[1], NULL),
                STLS_OK, names);
  pki_trust(context, "root");
  ASSERT_RETURNS(stls_context_set_expected_client(context, &name, 1, NULL),
                 STLS_OK);
  if (stls_context_verify(context, chain, 2, NULL, NULL, NULL, &err) == STLS_OK)
    err.verify_code = X509_V_OK;
  stls_certificate_free(chain[0]);
  stls_certificate_free(chain[1]);
  stls_context_free(context);
  return (int)err.verify_code;
}

/* A wildcard stands for a label, but not for what a CA may not issue for. */
Test(expected_client, is_matched_as_servers_are)
{
  static const struct {
    const char *chain, *name;
    int code;
  } rows[] = {
      {"leaf middle", "server.example", X509_V_OK},
      {"leaf middle", "127.0.0.1", X509_V_OK},
      {"leaf middle", "127.0.0.2", X509_V_ERR_IP_ADDRESS_MISMATCH},
      {"leaf middle", "client.example", X509_V_ERR_HOSTNAME_MISMATCH},
      {"common-name-only middle", "server.example",
       X509_V_ERR_HOSTNAME_MISMATCH},
      {"wildcard excludes-bar", "foo.www.example", X509_V_OK},
      {"wildcard excludes-bar", "bar.www.example",
       X509_V_ERR_EXCLUDED_VIOLATION},
      {"wildcard excludes-bar", "a.b.www.example",
       X509_V_ERR_HOSTNAME_MISMATCH},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    cr_expect_eq(judge(rows[i].chain, rows[i].name), rows[i].code, "%s, %s",
                 rows[i].chain, rows[i].name);
}
