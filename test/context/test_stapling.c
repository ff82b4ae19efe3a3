/* SPDX-License-Identifier: MIT */
/* test_stapling: OCSP responses in handshakes, and what clients do about them. */
/* RFC 6066, 8; RFC 8446, 4.4.2.1; RFC 7633. */
#include <openssl/ocsp.h>
#include <openssl/x509_vfy.h>
#include <string.h>

#include <sanstls/client_hello.h>
#include <sanstls/conninfo.h>

#include "context/staple_pair.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/pki.h"
#include "support/resumption.h"

static void stapling_fini(void)
{
  pki_free();
  check_leaks();
}

TestSuite(stapling, .init = staple_pair_reset, .fini = stapling_fini,
          .timeout = 120);

static const ocsp_builder_order good,
    revoked = {.status = V_OCSP_CERTSTATUS_REVOKED};
static const ocsp_builder_order unknown = {.status = V_OCSP_CERTSTATUS_UNKNOWN};
static const ocsp_builder_order forged = {.is_forged = true};
static const ocsp_builder_order delegated = {.signer = "responder"};
/* Too old by the client's clock only. */
static const ocsp_builder_order old = {.from = OCSP_BUILDER_BEGIN - 86400,
                                       .omits_until = true};
static const ocsp_builder_order must = {.cert = "must-staple"};
static const ocsp_builder_order must_revoked = {
    .cert = "must-staple", .status = V_OCSP_CERTSTATUS_REVOKED};
static const ocsp_builder_order must_unknown = {
    .cert = "must-staple", .status = V_OCSP_CERTSTATUS_UNKNOWN};
static const ocsp_builder_order must_forged = {.cert = "must-staple",
                                               .is_forged = true};

static const struct row {
  const char *cert;
  const ocsp_builder_order *order;
  stls_ocsp_verdict verdict;
  /* Whether a client goes on that asks for it. */
  bool goes_on;
  int code;
  const char *text;
} rows[] = {
    {"leaf", &good, STLS_OCSP_GOOD, true, 0, NULL},
    {"leaf", &delegated, STLS_OCSP_GOOD, true, 0, NULL},
    {"leaf", NULL, STLS_OCSP_NONE, true, X509_V_ERR_OCSP_VERIFY_NEEDED,
     "which the context requires"},
    {"leaf", &revoked, STLS_OCSP_REVOKED, false, X509_V_ERR_CERT_REVOKED,
     "is revoked"},
    {"leaf", &unknown, STLS_OCSP_UNKNOWN, true, X509_V_ERR_OCSP_CERT_UNKNOWN,
     "does not know"},
    {"leaf", &forged, STLS_OCSP_UNVERIFIABLE, true,
     X509_V_ERR_OCSP_VERIFY_FAILED, "cannot be verified"},
    {"leaf", &old, STLS_OCSP_TOO_OLD, true, X509_V_ERR_OCSP_VERIFY_FAILED,
     "too old"},
    {"must-staple", &must, STLS_OCSP_GOOD, true, 0, NULL},
    {"must-staple", NULL, STLS_OCSP_NONE, false, X509_V_ERR_OCSP_VERIFY_NEEDED,
     "which its certificate requires"},
    {"must-staple", &must_revoked, STLS_OCSP_REVOKED, false,
     X509_V_ERR_CERT_REVOKED, "is revoked"},
    {"must-staple", &must_unknown, STLS_OCSP_UNKNOWN, false,
     X509_V_ERR_OCSP_CERT_UNKNOWN, "does not know"},
    {"must-staple", &must_forged, STLS_OCSP_UNVERIFIABLE, false,
     X509_V_ERR_OCSP_VERIFY_FAILED, "cannot be verified"},
    /* status_request_v2 is not asked for. */
    {"must-extend", NULL, STLS_OCSP_NONE, true, X509_V_ERR_OCSP_VERIFY_NEEDED,
     "which the context requires"},
};

static void expect_refused(const test_pair *pair, const struct row *row,
                           const char *label)
{
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(stls_object_error(pair->client, &err), STLS_ERROR_CERTIFICATE,
                label);
  cr_expect_eq(err.own_reason, STLS_REASON_OCSP_REFUSED, "%s", label);
  cr_expect_eq(err.verify_code, row->code, "%s: %d", label, err.verify_code);
  cr_expect_eq(err.alert_sent, STLS_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE,
               "%s: %d", label, err.alert_sent);
  cr_expect(strstr(err.message, row->text) != NULL, "%s: %s", label,
            err.message);
  cr_expect_not(
      stls_conninfo_peer_verified(stls_object_conninfo(pair->client)));
  EXPECT_RESULT(stls_object_error(pair->server, &err), STLS_ERROR_ALERT, label);
  cr_expect_eq(err.alert_received, STLS_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE,
               "%s: %d", label, err.alert_received);
}

static void expect_row(const struct row *row, stls_stapling stapling,
                       const pair_options *options, const char *label)
{
  const bool is_asked = stapling != STLS_STAPLING_OFF;
  const bool goes_on = !is_asked || row->verdict == STLS_OCSP_GOOD ||
                       (stapling == STLS_STAPLING_ASK && row->goes_on);
  test_pair pair;

  staple_pair.cert = row->cert;
  staple_pair.order = row->order;
  staple_pair.stapling = stapling;
  pair = pair_new(options);
  EXPECT_RESULT(pair_handshake(&pair),
                goes_on ? STLS_OK : STLS_ERROR_CERTIFICATE,
                expect_label("%s: %s", label, pair_message(pair.client)));
  cr_expect_eq(stls_object_stapling_verdict(pair.client),
               is_asked ? row->verdict : STLS_OCSP_NONE, "%s", label);
  cr_expect_eq(stls_object_stapling_verdict(pair.server), STLS_OCSP_NONE);
  cr_expect(staple_pair_has(pair.client, is_asked ? row->order : NULL), "%s",
            label);
  cr_expect(staple_pair_has(pair.server, is_asked ? row->order : NULL), "%s",
            label);
  if (!goes_on) expect_refused(&pair, row, label);
  if (goes_on)
    cr_expect(stls_conninfo_peer_verified(stls_object_conninfo(pair.client)));
  pair_free(&pair);
}

Test(stapling, has_verdicts_and_consequences)
{
  static const char *const modes[] = {"off", "ask", "require"};
  pair_options options = staple_pair_options();
  char label[64];

  for (size_t i = 0; pair_row(i, &options, label); i += pair_row_step())
    for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++)
      for (int mode = 0; mode < 3; mode++) {
        char text[128];
        snprintf(text, sizeof text, "%s, row %zu, %s", label, row, modes[mode]);
        expect_row(&rows[row], (stls_stapling)mode, &options, text);
      }
}

/* --- the server's side --- */

static stls_credential *kept;

static void present_kept(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_credential(context, kept, NULL), STLS_OK);
}

Test(stapling, changes_on_a_sealed_context)
{
  static const ocsp_builder_order *const orders[] = {NULL,  &good, &revoked,
                                                     &good, NULL,  &revoked};
  pair_options options = staple_pair_options();
  char label[64];

  options.tune_server = present_kept;
  staple_pair.stapling = STLS_STAPLING_ASK;
  for (size_t i = 0; pair_row(i, &options, label); i += pair_row_step()) {
    resumption peers;

    kept = staple_pair_credential("leaf", NULL);
    peers = resumption_open(&options);
    peers.name = "server.example";
    for (size_t j = 0; j < sizeof orders / sizeof orders[0]; j++) {
      test_pair pair;
      staple_pair_set(kept, orders[j]);
      cr_expect_eq(stls_context_has_ocsp_response(peers.server),
                   orders[j] != NULL);
      pair = resumption_pair(&peers, NULL);
      EXPECT_RESULT(pair_handshake(&pair),
                    orders[j] == &revoked ? STLS_ERROR_CERTIFICATE : STLS_OK,
                    label);
      cr_expect(staple_pair_has(pair.server, orders[j]), "%s", label);
      cr_expect(staple_pair_has(pair.client, orders[j]), "%s", label);
      pair_free(&pair);
    }
    resumption_close(&peers);
    stls_credential_free(kept);
  }
}

/* A connection keeps what it has, whatever comes after it. */
Test(stapling, outlives_its_replacement)
{
  pair_options options = staple_pair_options();
  test_pair pair;

  options.tune_server = present_kept;
  staple_pair.stapling = STLS_STAPLING_ASK;
  kept = staple_pair_credential("leaf", &good);
  pair = pair_open(&options);
  staple_pair_set(kept, NULL);
  stls_credential_free(kept);
  cr_expect(staple_pair_has(pair.server, &good));
  cr_expect(staple_pair_has(pair.client, &good));
  pair_free(&pair);
}

/* One response for each type of key. */
static void present_both(stls_context *context)
{
  static const ocsp_builder_order of_rsa = {.cert = "rsa"};
  stls_credential *ec = staple_pair_credential("leaf", &unknown);
  stls_credential *rsa = staple_pair_credential("rsa", &of_rsa);
  stls_credential *newer = staple_pair_credential("leaf", &good);

  ASSERT_RETURNS(stls_context_set_credential(context, ec, NULL), STLS_OK);
  ASSERT_RETURNS(stls_context_set_credential(context, rsa, NULL), STLS_OK);
  /* In place of the first one. */
  ASSERT_RETURNS(stls_context_set_credential(context, newer, NULL), STLS_OK);
  stls_credential_free(ec);
  stls_credential_free(rsa);
  stls_credential_free(newer);
}

static const char *sigalgs;

static void ask_by_sigalgs(stls_context *context)
{
  staple_pair_tune_client(context);
  ASSERT_RETURNS(stls_context_set_server_sigalgs(context, sigalgs, NULL),
                 STLS_OK);
}

Test(stapling, is_of_the_certificate_that_is_chosen)
{
  static const char *const lists[] = {"rsa_pss_rsae_sha256",
                                      "ecdsa_secp256r1_sha256"};
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};
  pair_options options = staple_pair_options();

  options.tune_client = ask_by_sigalgs;
  options.tune_server = present_both;
  staple_pair.stapling = STLS_STAPLING_REQUIRE;
  for (size_t i = 0; i < 4; i++) {
    test_pair pair;
    sigalgs = lists[i / 2];
    options.version = versions[i % 2];
    /* The CAs sign with ECDSA, which TLS 1.2 has one list for. */
    if (i == 0) sigalgs = "rsa_pss_rsae_sha256:ecdsa_secp256r1_sha256";
    pair = pair_new(&options);
    EXPECT_RESULT(pair_handshake(&pair), STLS_OK,
                  expect_label("%zu: %s", i, pair_message(pair.client)));
    cr_expect_eq(stls_object_stapling_verdict(pair.client), STLS_OCSP_GOOD);
    pair_free(&pair);
  }
}

/* By the server's clock. */
Test(stapling, does_not_send_what_has_expired)
{
  pair_options options = staple_pair_options();
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  staple_pair.stapling = STLS_STAPLING_ASK;
  staple_pair.order = &good;
  for (size_t i = 0; i < 4; i++) {
    test_pair pair;
    options.version = versions[i % 2];
    staple_pair.now = OCSP_BUILDER_END + (int64_t)(i / 2);
    pair = pair_open(&options);
    cr_expect_eq(stls_object_stapling_verdict(pair.client),
                 i / 2 == 0 ? STLS_OCSP_GOOD : STLS_OCSP_NONE, "%zu", i);
    pair_free(&pair);
  }
}

Test(stapling, is_that_of_the_chosen_context)
{
  pair_options options = staple_pair_options();
  char label[64];

  staple_pair.stapling = STLS_STAPLING_REQUIRE;
  for (size_t i = 0; pair_row(i, &options, label); i += pair_row_step()) {
    pair_options first = options;
    stls_context *chosen;
    test_pair pair;

    staple_pair.order = NULL;
    first.choose_context = true;
    pair = pair_new(&first);
    staple_pair.order = &good;
    chosen = pair_context(&options, STLS_SERVER);
    EXPECT_RESULT(pair_handshake(&pair), STLS_WANT_READ, label);
    EXPECT_RESULT(stls_object_set_context(pair.server, chosen), STLS_OK, label);
    EXPECT_RESULT(pair_handshake(&pair), STLS_OK,
                  expect_label("%s: %s", label, pair_message(pair.client)));
    cr_expect_eq(stls_object_stapling_verdict(pair.client), STLS_OCSP_GOOD,
                 "%s", label);
    pair_free(&pair);
    stls_context_free(chosen);
  }
}
