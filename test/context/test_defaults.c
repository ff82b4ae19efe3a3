/* SPDX-License-Identifier: MIT */
/* test_defaults: properties of connections with default settings. */
#include <openssl/ssl.h>
#include <string.h>
#include <strings.h>

#include <sanstls/ciphers.h>
#include <sanstls/client_hello.h>
#include <sanstls/clock.h>
#include <sanstls/conninfo.h>
#include <sanstls/psk.h>

#include "clocks.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/psk_pair.h"
#include "support/setter_cases.h"

SUITE(defaults, .timeout = 60);

/* What both sides' groups are set to; NULL for not. */
static const char *client_groups, *server_groups;

static void set_groups(stls_context *context, const char *groups)
{
  if (groups != NULL)
    ASSERT_RESULT(stls_context_set_groups(context, groups, NULL), STLS_OK,
                  groups);
}

static void tune_client(stls_context *context)
{
  set_groups(context, client_groups);
}

static void tune_server(stls_context *context)
{
  set_groups(context, server_groups);
}

static bool has_group(const char *name)
{
  stls_context *context = NULL;
  stls_result result;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
      STLS_OK, "new");
  result = stls_context_set_groups(context, name, NULL);
  stls_context_free(context);
  return result == STLS_OK;
}

#define HYBRID "X25519MLKEM768"

static const struct row {
  const char *client, *server;
  const char *group;
  bool is_retried;
  bool is_hybrid;
} rows[] = {
    {NULL, NULL, HYBRID, false, true},
    {"DEFAULT", NULL, HYBRID, false, true},
    {NULL, "DEFAULT", HYBRID, false, true},
    {HYBRID, NULL, HYBRID, false, true},
    {NULL, HYBRID, HYBRID, false, true},
    /* A key share of both is there. */
    {NULL, "X25519:P-256", "x25519", false, true},
    {"X25519:P-256", NULL, "x25519", false, true},
    {"P-256:X25519", NULL, "secp256r1", false, true},
    /* The better group is worth a round trip. */
    {"P-256:" HYBRID, NULL, HYBRID, true, true},
    {NULL, "P-384:P-521", "secp384r1", true, false},
    {NULL, "P-256", "secp256r1", true, false},
    {"P-521", NULL, "secp521r1", false, false},
    {"X25519", "DEFAULT", "x25519", false, false},
    {"DEFAULT", "X25519", "x25519", false, false},
};

/* draft-ietf-tls-ecdhe-mlkem; in TLS 1.3 alone. */
Test(defaults, have_a_group_against_quantum_computers)
{
  const bool has_hybrid = has_group(HYBRID);
  char label[64];

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pair_options options = {.tune_client = tune_client,
                            .tune_server = tune_server};
    if (rows[i].is_hybrid && !has_hybrid) continue;
    client_groups = rows[i].client;
    server_groups = rows[i].server;
    for (size_t row = 3; pair_row(row, &options, label); row++) {
      test_pair pair = pair_open(&options);
      const stls_conninfo *ends[] = {stls_object_conninfo(pair.client),
                                     stls_object_conninfo(pair.server)};
      for (size_t end = 0; end < 2; end++) {
        const char *group = stls_conninfo_group_name(ends[end]);
        cr_expect(group != NULL && strcasecmp(group, rows[i].group) == 0,
                  "row %zu, %s: %s instead of %s", i, label, group,
                  rows[i].group);
        cr_expect_eq(stls_conninfo_hello_retried(ends[end]), rows[i].is_retried,
                     "row %zu, %s", i, label);
      }
      pair_free(&pair);
    }
  }
}

Test(defaults, have_x25519_where_that_is_all_there_is)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_open(&options);
    const char *group =
        stls_conninfo_group_name(stls_object_conninfo(pair.client));
    const char *want = pair_default_group(options.version);
    cr_expect(group != NULL && strcasecmp(group, want) == 0, "%s: %s", label,
              group);
    pair_free(&pair);
  }
}

/* What the client offered, as the server saw it. */
Test(defaults, offer_a_narrow_list_of_groups)
{
  static const int want[] = {NID_X25519, NID_X9_62_prime256v1, NID_secp384r1,
                             NID_secp521r1};
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  SSL *server = stls_object_ssl(pair.server);
  const int hybrids = has_group(HYBRID) ? 1 : 0;
  int groups[8];

  cr_assert_eq(SSL_get1_groups(server, NULL), hybrids + 4);
  cr_assert_eq(SSL_get1_groups(server, groups), hybrids + 4);
  cr_expect_arr_eq(groups + hybrids, want, sizeof want);
  pair_free(&pair);
}

/* A group of OpenSSL's list syntax is its affair; alone the word is ours. */
Test(defaults, are_brought_back_by_their_name)
{
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
      STLS_OK, "new");
  EXPECT_RESULT(stls_context_set_groups(context, "DEFAULT", &err), STLS_OK,
                "the word");
  EXPECT_RESULT(stls_context_set_groups(context, "DEFAULTS", &err),
                STLS_ERROR_INPUT, "another word");
  cr_expect(strstr(err.message, "\"DEFAULTS\""), "%s", err.message);
  stls_context_free(context);
}

static void allow_compressed(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_insecure_options(
                    context,
                    stls_context_options(context) &
                        ~(STLS_OP_NO_RX_CERTIFICATE_COMPRESSION |
                          STLS_OP_NO_TX_CERTIFICATE_COMPRESSION),
                    NULL),
                STLS_OK, "compressed");
}

/* RFC 8879, 3: 27 is compress_certificate. */
static bool offers_compressed(void (*tune)(stls_context *context))
{
  pair_options options = {
      .choose_context = true, .version = STLS_TLS_1_3, .tune_client = tune};
  test_pair pair = pair_new(&options);
  stls_span data;
  bool found;

  ASSERT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "client");
  pair_move_all(&pair, pair.client, pair.server);
  ASSERT_RESULT(stls_object_handshake(pair.server), STLS_WANT_CONTEXT,
                "server");
  found = stls_client_hello_has_extension(stls_object_client_hello(pair.server),
                                          27, &data);
  pair_free(&pair);
  return found;
}

/* CVE-2025-66199: what decompresses may be made to take memory. */
Test(defaults, do_not_compress_certificates)
{
  cr_expect_not(offers_compressed(NULL));
#ifdef SSL_OP_NO_RX_CERTIFICATE_COMPRESSION
  if (!offers_compressed(allow_compressed))
    cr_log_info("OpenSSL was built without an algorithm for it");
#else
  cr_expect_not(offers_compressed(allow_compressed));
#endif
}

/* What has no value to get is told of. */
Test(defaults, what_is_not_set_until_it_is)
{
  static const char keys[STLS_TICKET_KEY_LEN] = "keys";
  stls_context *context = setter_cases_context(STLS_SERVER);

  for (int is_set = 0; is_set < 3; is_set++) {
    cr_expect_eq(stls_context_has_psk(context), is_set == 1);
    cr_expect_eq(stls_context_has_ticket_keys(context), is_set == 1);
    cr_expect_eq(stls_context_has_dh_params(context), is_set == 1);
    cr_expect_eq(stls_context_has_clock(context), is_set == 1);
    if (is_set == 0) {
      ASSERT_RETURNS(
          stls_context_set_psk_server(context, psk_pair_deny_server, NULL, NULL,
                                      NULL),
          STLS_OK);
      ASSERT_RETURNS(
          stls_context_set_ticket_keys(context, keys, sizeof keys, NULL),
          STLS_OK);
      ASSERT_RETURNS(
          stls_context_set_dh_params_file(
              context, data_file_path("credential/dh-2048.pem"), NULL),
          STLS_OK);
      ASSERT_RETURNS(stls_context_set_clock(context, clocks_show, &clocks_client, NULL),
                     STLS_OK);
    } else {
      ASSERT_RETURNS(
          stls_context_set_psk_server(context, NULL, NULL, NULL, NULL),
          STLS_OK);
      ASSERT_RETURNS(stls_context_set_ticket_keys(context, NULL, 0, NULL),
                     STLS_OK);
      ASSERT_RETURNS(stls_context_set_dh_params(context, NULL, 0, NULL),
                     STLS_OK);
      ASSERT_RETURNS(stls_context_set_clock(context, NULL, NULL, NULL),
                     STLS_OK);
    }
  }
  cr_expect_not(stls_context_has_psk(NULL));
  cr_expect_not(stls_context_has_ticket_keys(NULL));
  cr_expect_not(stls_context_has_dh_params(NULL));
  cr_expect_not(stls_context_has_clock(NULL));
  stls_context_free(context);
}
