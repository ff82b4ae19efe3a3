/* SPDX-License-Identifier: MIT */
/* test_clock: certificates and CRLs by the clock of a context. */
/*
 * RFC 5280, 4.1.2.5, 5.1.2.4 and 5.1.2.5: validity is a matter of the present time.
 * Others let the application tell it, too: rustls' TimeProvider, BoringSSL's
 * SSL_CTX_set_current_time_cb, s2n_config_set_wall_clock.
 */
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>

#include <sanstls/client_hello.h>
#include <sanstls/clock.h>
#include <sanstls/conninfo.h>
#include <sanstls/verify.h>

#include "context/clocks.h"
#include "support/crl_builder.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/pki.h"

static void clock_fini(void)
{
  pki_free();
  check_leaks();
}

TestSuite(clock, .fini = clock_fini, .timeout = 120);

/* The certificates "expired" and "leaf" begin at the first one; "expired" ends at
 * the second, the others at the last. */
#define BEGIN INT64_C(1577836800)
#define END INT64_C(1580515200)
#define LAST INT64_C(7258118399)
#define CENTURY INT64_C(3155760000)

static const char *presented;
static unsigned long flags;
static int64_t own_time;
static const char *crl_from, *crl_until;

static void present(stls_context *context)
{
  pki_present(context, presented);
}

static void add_crl(stls_trust *trust)
{
  const crl_builder_order order = {
      .issuer = "root", .from = crl_from, .until = crl_until};
  size_t len;
  unsigned char *der = crl_builder_encode(&order, false, &len);

  ASSERT_RETURNS(stls_trust_add_crl(trust, der, len, NULL), STLS_OK);
  OPENSSL_free(der);
}

static void judge(stls_context *context)
{
  stls_trust *trust = pki_trust_new("root");

  if (crl_from != NULL) add_crl(trust);
  ASSERT_RETURNS(stls_context_set_trust(context, trust, NULL), STLS_OK);
  stls_trust_free(trust);
  ASSERT_RETURNS(stls_context_set_insecure_verify_flags(
                     context, stls_context_verify_flags(context) | flags, NULL),
                 STLS_OK);
  if (own_time != 0)
    X509_VERIFY_PARAM_set_time(
        SSL_CTX_get0_param(stls_context_ssl_ctx(context)), (time_t)own_time);
  if (stls_context_role(context) == STLS_CLIENT)
    clocks_tune_client(context);
  else
    clocks_tune_server(context);
}

static test_pair make_pair(const pair_options *joined, bool by_client)
{
  pair_options options = *joined;

  options.tune_client = by_client ? present : judge;
  options.tune_server = by_client ? judge : present;
  if (by_client) {
    options.server_trust = "";
    options.server_verify = STLS_VERIFY_REQUIRED;
  } else {
    options.client_trust = options.server_trust = "";
    options.server_credential = "";
  }
  return pair_new(&options);
}

static void expect_code(const pair_options *joined, bool by_client, int want,
                        int depth, const char *label)
{
  test_pair pair = make_pair(joined, by_client);
  stls_object *self = by_client ? pair.server : pair.client;
  stls_error err = STLS_ERROR_INIT;

  (void)!pair_handshake(&pair);
  if (want == X509_V_OK) {
    EXPECT_RESULT(stls_object_handshake(self), STLS_OK,
                  expect_label("%s: %s", label, pair_message(self)));
    cr_expect(stls_conninfo_peer_verified(stls_object_conninfo(self)), "%s",
              label);
  } else {
    EXPECT_RESULT(stls_object_error(self, &err), STLS_ERROR_CERTIFICATE, label);
    cr_expect_eq(err.verify_code, want, "%s: %s", label, err.message);
    cr_expect_eq(err.verify_depth, depth, "%s: %d", label, err.verify_depth);
  }
  pair_free(&pair);
}

static void forget_settings(void)
{
  presented = "leaf-of-root";
  flags = 0;
  own_time = 0;
  crl_from = crl_until = NULL;
  clocks_set(BEGIN);
}

static const struct moment {
  const char *name;
  const char *presents;
  int64_t now;
  int code;
  int depth;
} moments[] = {
    {"long before", "leaf middle", BEGIN - CENTURY / 2,
     X509_V_ERR_CERT_NOT_YET_VALID, 2},
    {"just before", "leaf middle", BEGIN - 1, X509_V_ERR_CERT_NOT_YET_VALID, 2},
    {"at first", "leaf middle", BEGIN, X509_V_OK, -1},
    {"in the future", "leaf middle", BEGIN + CENTURY, X509_V_OK, -1},
    {"at last", "leaf middle", LAST - 1, X509_V_OK, -1},
    {"just after", "leaf middle", LAST + 1, X509_V_ERR_CERT_HAS_EXPIRED, 2},
    {"long after", "leaf middle", LAST + CENTURY, X509_V_ERR_CERT_HAS_EXPIRED,
     2},
    {"one that is over", "expired middle", END - 1, X509_V_OK, -1},
    {"one that has just ended", "expired middle", END + 1,
     X509_V_ERR_CERT_HAS_EXPIRED, 0},
    {"one that is to come", "notyet middle", BEGIN,
     X509_V_ERR_CERT_NOT_YET_VALID, 0},
    {"one that has come", "notyet middle", LAST - 100, X509_V_OK, -1},
    {"an intermediate that is over", "leaf-of-expired-middle expired-middle",
     END - 1, X509_V_OK, -1},
    {"an intermediate that has ended", "leaf-of-expired-middle expired-middle",
     END + 1, X509_V_ERR_CERT_HAS_EXPIRED, 1},
    {"no time at all", "leaf middle", INT64_MIN, X509_V_ERR_CERT_NOT_YET_VALID,
     2},
    {"any time", "leaf middle", INT64_MAX, X509_V_ERR_CERT_HAS_EXPIRED, 2},
    /* Two issuers of one name: the one that is valid at the time is taken. */
    {"the certificate before the renewal",
     "leaf-of-expired-middle renewed-middle expired-middle", END - 1, X509_V_OK,
     -1},
    {"the renewed certificate",
     "leaf-of-expired-middle expired-middle renewed-middle", END + 1, X509_V_OK,
     -1},
};

Test(clock, judges_certificates)
{
  pair_options joined = {0};
  char label[64];

  forget_settings();
  for (size_t row = 0; pair_row(row, &joined, label); row += pair_row_step())
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++)
      for (int by_client = 0; by_client < 2; by_client++) {
        char name[160];
        snprintf(name, sizeof name, "%s, %s, by %s", label, moments[i].name,
                 by_client ? "client" : "server");
        presented = moments[i].presents;
        clocks_set(moments[i].now);
        expect_code(&joined, by_client, moments[i].code, moments[i].depth,
                    name);
      }
}

static const struct list {
  const char *name;
  const char *from;
  const char *until;
  int code;
} lists[] = {
    {"a list of today", "20200110000000Z", "20200120000000Z", X509_V_OK},
    {"a list of tomorrow", "20200116000000Z", "20200120000000Z",
     X509_V_ERR_CRL_NOT_YET_VALID},
    {"a list of yesterday", "20200110000000Z", "20200114000000Z",
     X509_V_ERR_CRL_HAS_EXPIRED},
};

Test(clock, judges_crls)
{
  pair_options joined = {0};
  char label[64];

  forget_settings();
  flags = X509_V_FLAG_CRL_CHECK;
  clocks_set(BEGIN + INT64_C(14) * 86400);
  for (size_t row = 0; pair_row(row, &joined, label); row += pair_row_step())
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
      for (int by_client = 0; by_client < 2; by_client++) {
        char name[160];
        snprintf(name, sizeof name, "%s, %s", label, lists[i].name);
        crl_from = lists[i].from;
        crl_until = lists[i].until;
        expect_code(&joined, by_client, lists[i].code, 0, name);
      }
}

/* What the application has said itself stands before the clock. */
Test(clock, gives_way_to_times_of_the_application)
{
  const pair_options joined = {.version = STLS_TLS_1_3};

  for (int by_client = 0; by_client < 2; by_client++) {
    forget_settings();
    clocks_set(LAST + 1);
    own_time = BEGIN + 1;
    expect_code(&joined, by_client, X509_V_OK, -1, "a time that was set");
    own_time = LAST + 1;
    clocks_set(BEGIN + 1);
    expect_code(&joined, by_client, X509_V_ERR_CERT_HAS_EXPIRED, 1,
                "another one");
    forget_settings();
    clocks_set(LAST + 1);
    flags = X509_V_FLAG_NO_CHECK_TIME;
    expect_code(&joined, by_client, X509_V_OK, -1, "no check");
  }
}

/* The time is asked for when it is needed, not when the object is made. */
Test(clock, is_read_at_each_verification)
{
  pair_options joined = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &joined, label); row += pair_row_step()) {
    test_pair pair;
    forget_settings();
    clocks_set(LAST + 1);
    pair = make_pair(&joined, false);
    EXPECT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, label);
    clocks_set(BEGIN + 1);
    EXPECT_RESULT(pair_handshake(&pair), STLS_OK,
                  expect_label("%s: %s", label, pair_message(pair.client)));
    pair_free(&pair);
  }
}

static void offer_auth(stls_context *context)
{
  present(context);
  ASSERT_RETURNS(stls_context_set_post_handshake_auth(context, true, NULL),
                 STLS_OK);
}

static void want_auth(stls_context *context)
{
  judge(context);
  ASSERT_RETURNS(stls_context_set_post_handshake_auth(context, true, NULL),
                 STLS_OK);
}

/* Post-handshake authentication (RFC 8446, 4.6.2) is verified by its own time. */
Test(clock, judges_clients_that_authenticate_later)
{
  const pair_options options = {.version = STLS_TLS_1_3,
                                .server_trust = "",
                                .server_verify = STLS_VERIFY_REQUIRED,
                                .tune_client = offer_auth,
                                .tune_server = want_auth};
  static const struct {
    int64_t now;
    stls_client_auth want;
  } rounds[] = {{BEGIN + 1, STLS_CLIENT_AUTH_VERIFIED},
                {LAST - 1, STLS_CLIENT_AUTH_VERIFIED},
                {LAST + 1, STLS_CLIENT_AUTH_REFUSED}};
  test_pair pair;
  char byte;
  size_t n;

  forget_settings();
  pair = pair_open(&options);
  for (size_t i = 0; i < sizeof rounds / sizeof rounds[0]; i++) {
    clocks_set(rounds[i].now);
    ASSERT_RETURNS(stls_object_verify_client(pair.server), STLS_OK);
    pair_move_all(&pair, pair.server, pair.client);
    EXPECT_RETURNS(stls_object_read(pair.client, &byte, 1, &n), STLS_WANT_READ);
    pair_move_all(&pair, pair.client, pair.server);
    (void)!stls_object_read(pair.server, &byte, 1, &n);
    cr_expect_eq(stls_object_client_auth(pair.server), rounds[i].want, "%zu",
                 i);
    pair_move_all(&pair, pair.server, pair.client);
    (void)!stls_object_read(pair.client, &byte, 1, &n);
  }
  pair_free(&pair);
}

/* --- The setter --- */

static stls_context *new_context(stls_role role)
{
  stls_context *context = NULL;

  ASSERT_RETURNS(
      stls_context_new_without_trust(role, NULL, NULL, &context, NULL),
      STLS_OK);
  return context;
}

Test(clock, is_a_setting)
{
  static const stls_role roles[] = {STLS_CLIENT, STLS_SERVER};
  stls_error err = STLS_ERROR_INIT;
  int64_t now = BEGIN;

  for (size_t i = 0; i < 2; i++) {
    stls_context *context = new_context(roles[i]);
    EXPECT_RETURNS(stls_context_set_clock(context, clocks_show, &now, &err), 0);
    EXPECT_RETURNS(stls_context_set_clock(context, NULL, NULL, &err), 0);
    EXPECT_RETURNS(stls_context_set_clock(context, NULL, &now, &err), 0);
    EXPECT_RETURNS(stls_context_set_clock(context, clocks_show, &now, &err), 0);
    ASSERT_RETURNS(stls_context_seal(context, NULL), STLS_OK);
    expect_misuse(stls_context_set_clock(context, NULL, NULL, &err), &err,
                  "sealed");
    stls_context_free(context);
  }
  expect_misuse(stls_context_set_clock(NULL, clocks_show, &now, &err), &err,
                "context");
}

static void set_and_unset(stls_context *context)
{
  judge(context);
  ASSERT_RETURNS(stls_context_set_clock(context, NULL, NULL, NULL), STLS_OK);
}

Test(clock, can_be_the_systems_again)
{
  pair_options options = {.client_trust = "",
                          .server_trust = "",
                          .server_credential = "",
                          .tune_client = set_and_unset,
                          .tune_server = present};
  test_pair pair;

  forget_settings();
  clocks_set(LAST + 1);
  pair = pair_open(&options);
  pair_free(&pair);
}

static void judge_by_another(stls_context *context)
{
  judge(context);
  clocks_tune_client(context);
}

/* With choose_context the clock of the context that was chosen counts. */
Test(clock, is_the_chosen_contexts)
{
  static const int64_t times[] = {BEGIN + 1, LAST + 1};
  const pair_options options = {.server_verify = STLS_VERIFY_REQUIRED,
                                .server_trust = "",
                                .tune_client = present,
                                .tune_server = judge_by_another,
                                .choose_context = true};
  pair_options chosen = options;

  chosen.tune_server = judge;
  forget_settings();
  for (size_t i = 0; i < 2; i++) {
    test_pair pair = pair_new(&options);
    stls_context *context = pair_context(&chosen, STLS_SERVER);
    clocks_server = times[i];
    clocks_client = times[1 - i];
    (void)!pair_handshake(&pair);
    ASSERT_RETURNS(stls_object_set_context(pair.server, context), STLS_OK);
    (void)!pair_handshake(&pair);
    EXPECT_RETURNS(stls_object_handshake(pair.server),
                   i == 0 ? STLS_OK : STLS_ERROR_CERTIFICATE);
    stls_context_free(context);
    pair_free(&pair);
  }
}
