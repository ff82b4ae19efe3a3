/* SPDX-License-Identifier: MIT */
/* test_algorithm_lists: groups and signature algorithms, set and listed. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>

#include "support/check.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(algorithm_lists, .timeout = 60);

typedef stls_result (*setter)(stls_context *context, const char *text,
                              stls_error *err);

static const struct row {
  setter set;
  const char *text;
  stls_result want;
  const char *source;
} rows[] = {
    {stls_context_set_ecdh_curve, "prime256v1", 0, "CPython: OBJ_sn2nid"},
    {stls_context_set_ecdh_curve, "secp256r1", 0, "RFC 8446, 4.2.7"},
    {stls_context_set_ecdh_curve, "P-384", 0, "FIPS 186-4"},
    {stls_context_set_ecdh_curve, "secp521r1", 0, "CPython"},
    {stls_context_set_ecdh_curve, "X25519", 0, "CPython"},
    {stls_context_set_ecdh_curve, "", STLS_ERROR_INPUT, "no name"},
    {stls_context_set_ecdh_curve, "foo", STLS_ERROR_INPUT, "CPython"},
    {stls_context_set_ecdh_curve, "serverAuth", STLS_ERROR_INPUT,
     "CPython: a NID of another kind"},
    {stls_context_set_ecdh_curve, "P-256:P-384", STLS_ERROR_INPUT, "two"},
    {stls_context_set_ecdh_curve, "P-256/P-384", STLS_ERROR_INPUT,
     "OpenSSL 3.5: tuples"},
    {stls_context_set_ecdh_curve, "?X25519", STLS_ERROR_INPUT,
     "OpenSSL 3.3: may be unknown"},
    {stls_context_set_ecdh_curve, "*X25519", STLS_ERROR_INPUT,
     "OpenSSL 3.5: a key share"},
    {stls_context_set_ecdh_curve, "-X25519", STLS_ERROR_INPUT,
     "OpenSSL 3.5: leaves one out"},
    {stls_context_set_ecdh_curve, "DEFAULT", STLS_ERROR_INPUT, "OpenSSL 3.5"},
    {stls_context_set_server_sigalgs, "ecdsa_secp256r1_sha256", 0, "RFC 8446"},
    {stls_context_set_server_sigalgs, "ECDSA+SHA256:RSA-PSS+SHA384", 0,
     "OpenSSL's own notation"},
    {stls_context_set_server_sigalgs, "nonsense", STLS_ERROR_INPUT, "CPython"},
    {stls_context_set_server_sigalgs, "", STLS_ERROR_INPUT, "nothing"},
    {stls_context_set_server_sigalgs, "ecdsa_secp256r1_sha256:nonsense",
     STLS_ERROR_INPUT, "one of them"},
    {stls_context_set_client_sigalgs, "rsa_pss_rsae_sha256", 0, "RFC 8446"},
    {stls_context_set_client_sigalgs, "nonsense", STLS_ERROR_INPUT, "CPython"},
    {stls_context_set_client_sigalgs, "", STLS_ERROR_INPUT, "nothing"},
};

static void try_row(const struct row *row, stls_role role)
{
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;
  char quoted[80];

  snprintf(quoted, sizeof quoted, "\"%s\"", row->text);
  ASSERT_RESULT(
      stls_context_new_without_trust(role, NULL, NULL, &context, NULL), STLS_OK,
      "new");
  EXPECT_RESULT(row->set(context, row->text, &err), row->want, row->text);
  if (row->want != STLS_OK)
    cr_expect(strstr(err.message, quoted), "%s: %s", row->text, err.message);
  expect_misuse(row->set(context, NULL, &err), &err, "is NULL");
  expect_misuse(row->set(NULL, row->text, &err), &err, "context is NULL");
  ASSERT_RETURNS(stls_context_seal(context, NULL), STLS_OK);
  expect_misuse(row->set(context, row->text, &err), &err, "context is sealed");
  stls_context_free(context);
}

Test(algorithm_lists, are_set_by_name)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    try_row(&rows[i], STLS_CLIENT);
    try_row(&rows[i], STLS_SERVER);
  }
}

static void set(stls_context *context, setter set_text, const char *text)
{
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(set_text(context, text, &err), STLS_OK, err.message);
}

static void one_curve(stls_context *context)
{
  set(context, stls_context_set_ecdh_curve, "secp384r1");
}

/* What is refused changes nothing. */
static void one_curve_and_bad_ones(stls_context *context)
{
  one_curve(context);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (rows[i].want != STLS_OK)
      EXPECT_RESULT(rows[i].set(context, rows[i].text, NULL), rows[i].want,
                    rows[i].text);
}

static void other_curve(stls_context *context)
{
  set(context, stls_context_set_ecdh_curve, "X25519");
}

static void ecdsa_servers(stls_context *context)
{
  set(context, stls_context_set_server_sigalgs, "ecdsa_secp256r1_sha256");
}

static void rsa_servers(stls_context *context)
{
  set(context, stls_context_set_server_sigalgs, "rsa_pss_rsae_sha256");
}

static void rsa_clients(stls_context *context)
{
  set(context, stls_context_set_client_sigalgs, "rsa_pss_rsae_sha256");
}

static void ecdsa_clients(stls_context *context)
{
  set(context, stls_context_set_client_sigalgs, "ecdsa_secp256r1_sha256");
}

/* Below level 1 they are still weak: at level 2 nobody uses them. */
static void sha1_servers(stls_context *context)
{
  set(context, stls_context_set_server_sigalgs, "ECDSA+SHA1");
}

static const struct connection {
  const char *name;
  void (*tune_client)(stls_context *context);
  void (*tune_server)(stls_context *context);
  bool asks_client;
  /* "" is what the defaults agree on. */
  const char *group;
  bool want_ok;
  const char *server;
} connections[] = {
    /* In TLS 1.2 it would rule out a certificate of another curve. */
    {"the client's curve", one_curve, NULL, false, "secp384r1", true,
     "server-rsa"},
    {"the server's curve", NULL, one_curve, false, "secp384r1", true, NULL},
    {"after bad ones", NULL, one_curve_and_bad_ones, false, "secp384r1", true,
     NULL},
    {"different curves", one_curve, other_curve, false, NULL, false, NULL},
    {"the default", NULL, NULL, false, "", true, NULL},
    {"ECDSA wanted", ecdsa_servers, NULL, false, NULL, true, NULL},
    {"RSA wanted", rsa_servers, NULL, false, NULL, false, NULL},
    {"RSA offered", NULL, rsa_servers, false, NULL, false, NULL},
    {"SHA-1", sha1_servers, NULL, false, NULL, false, NULL},
    {"of clients, not asked", NULL, rsa_clients, false, NULL, true, NULL},
    {"RSA of clients", NULL, rsa_clients, true, NULL, false, NULL},
    {"ECDSA of clients", NULL, ecdsa_clients, true, NULL, true, NULL},
};

static void try_connection(const struct connection *row)
{
  pair_options options = {
      .tune_client = row->tune_client,
      .tune_server = row->tune_server,
      .server_credential = row->server,
      .client_credential = row->asks_client ? "client-ecdsa" : "",
      .server_verify =
          row->asks_client ? STLS_VERIFY_REQUIRED : STLS_VERIFY_NONE};
  char label[64];

  for (size_t i = 0; pair_row(i, &options, label); i++) {
    test_pair pair = pair_new(&options);
    stls_result result = pair_handshake(&pair);
    cr_expect_eq(result == STLS_OK, row->want_ok, "%s, %s: %s: %s", row->name,
                 label, stls_result_name(result), pair_message(pair.client));
    if (row->group != NULL)
      cr_expect_str_eq(
          stls_conninfo_group_name(stls_object_conninfo(pair.client)),
          row->group[0] == '\0' ? pair_default_group(options.version)
                                : row->group,
          "%s, %s", row->name, label);
    pair_free(&pair);
  }
}

Test(algorithm_lists, decide_who_gets_in)
{
  const size_t step = check_quick() ? 3 : 1;

  for (size_t i = 0; i < sizeof connections / sizeof connections[0]; i += step)
    try_connection(&connections[i]);
}

static bool contains(const stls_string_list *list, const char *text)
{
  for (size_t i = 0; i < stls_string_list_count(list); i++)
    if (strcmp(stls_string_list_at(list, i, NULL), text) == 0) return true;
  return false;
}

Test(algorithm_lists, of_groups_are_listed_where_openssl_can)
{
  stls_context *context = NULL;
  stls_string_list *some = NULL, *all = NULL;
  stls_error err = STLS_ERROR_INIT;
  bool can = stls_feature_available(STLS_FEATURE_GROUP_LIST);
  stls_result want = can ? STLS_OK : STLS_ERROR_UNSUPPORTED;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
      STLS_OK, "new");
  EXPECT_RESULT(stls_context_groups(context, false, &some, &err), want, "some");
  if (!can)
    cr_expect_str_eq(err.message,
                     "the list of groups: it needs OpenSSL 3.5 or newer");
  EXPECT_RESULT(stls_context_groups(context, true, &all, &err), want, "all");
  cr_expect_eq(can, contains(all, "x25519") || contains(all, "X25519"));
  cr_expect_geq(stls_string_list_count(all), stls_string_list_count(some));
  expect_misuse(stls_context_groups(NULL, false, &some, &err), &err, "context");
  expect_misuse(stls_context_groups(context, false, NULL, &err), &err,
                "out_names");
  stls_string_list_free(some);
  stls_string_list_free(all);
  stls_context_free(context);
}

Test(algorithm_lists, of_signatures_are_listed_where_openssl_can)
{
  stls_string_list *list = NULL;
  stls_error err = STLS_ERROR_INIT;
  bool can = stls_feature_available(STLS_FEATURE_SIGALG_LIST);

  EXPECT_RESULT(stls_signature_algorithms(NULL, &list, &err),
                can ? STLS_OK : STLS_ERROR_UNSUPPORTED, "list");
  if (!can)
    cr_expect_str_eq(
        err.message,
        "the list of signature algorithms: it needs OpenSSL 3.4 or newer");
  cr_expect_eq(can, contains(list, "ecdsa_secp256r1_sha256"));
  expect_misuse(stls_signature_algorithms(NULL, NULL, &err), &err, "out_names");
  stls_string_list_free(list);
}
