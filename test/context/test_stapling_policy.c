/* SPDX-License-Identifier: MIT */
/* test_stapling_policy: where OCSP responses are not asked for, and settings. */
#include <openssl/ocsp.h>
#include <openssl/x509_vfy.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/verify.h>

#include "context/staple_pair.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/pki.h"
#include "support/psk_pair.h"
#include "support/resumption.h"
#include "support/setter_cases.h"

static void stapling_policy_fini(void)
{
  pki_free();
  check_leaks();
}

TestSuite(stapling_policy, .init = staple_pair_reset,
          .fini = stapling_policy_fini, .timeout = 120);

static const ocsp_builder_order good,
    revoked = {.status = V_OCSP_CERTSTATUS_REVOKED};
static const ocsp_builder_order unknown = {.status = V_OCSP_CERTSTATUS_UNKNOWN};

/* --- sessions and keys --- */

Test(stapling_policy, is_not_asked_of_a_resumed_session)
{
  pair_options options = staple_pair_options();
  char label[64];

  staple_pair.stapling = STLS_STAPLING_REQUIRE;
  staple_pair.order = &good;
  for (size_t i = 0; pair_row(i, &options, label); i += pair_row_step()) {
    test_pair pair = resumption_open_resumed(&options);

    cr_expect(stls_conninfo_resumed(stls_object_conninfo(pair.client)));
    cr_expect_eq(stls_object_stapling_verdict(pair.client), STLS_OCSP_NONE);
    cr_expect(staple_pair_has(pair.client, NULL), "%s", label);
    cr_expect(staple_pair_has(pair.server, NULL), "%s", label);
    pair_free(&pair);
  }
}

Test(stapling_policy, is_part_of_the_policy)
{
  pair_options options = staple_pair_options();
  resumption peers;
  stls_session *session;
  stls_error err = STLS_ERROR_INIT;

  staple_pair.order = &good;
  peers = resumption_open(&options);
  peers.name = "server.example";
  session = resumption_new_session(&peers);
  stls_context_free(peers.client);
  staple_pair.stapling = STLS_STAPLING_ASK;
  peers.client = pair_context(&options, STLS_CLIENT);
  EXPECT_RESULT(resumption_offer(&peers, "server.example", session, &err),
                STLS_ERROR_INPUT, "offer");
  cr_expect_eq(err.own_reason, STLS_REASON_SESSION_OTHER_POLICY, "%s",
               err.message);
  cr_expect_not_null(strstr(err.message, "stapling"), "%s", err.message);
  stls_session_free(session);
  resumption_close(&peers);
}

static void require_with_psk(stls_context *context)
{
  psk_pair_tune_client(context);
  ASSERT_RETURNS(
      stls_context_set_stapling(context, STLS_STAPLING_REQUIRE, NULL), STLS_OK);
}

Test(stapling_policy, is_not_asked_of_a_pre_shared_key)
{
  pair_options options = {.tune_client = require_with_psk,
                          .tune_server = psk_pair_tune_server,
                          .server_credential = ""};
  char label[64];

  for (size_t i = 0; pair_row(i, &options, label); i += pair_row_step()) {
    test_pair pair;
    psk_pair_reset();
    pair = pair_open(&options);
    cr_expect(psk_pair_is_reported(pair.client), "%s", label);
    cr_expect_eq(stls_object_stapling_verdict(pair.client), STLS_OCSP_NONE);
    pair_free(&pair);
  }
}

/* --- clients that do not verify --- */

static void verify_nothing(stls_context *context)
{
  staple_pair_tune_client(context);
  pki_trust(context, "stranger");
  ASSERT_RETURNS(stls_context_set_insecure_verify_none(context, NULL), STLS_OK);
}

Test(stapling_policy, of_an_unverified_certificate_means_nothing)
{
  static const ocsp_builder_order *const orders[] = {NULL, &good, &revoked};
  pair_options options = staple_pair_options();

  options.tune_client = verify_nothing;
  for (size_t i = 0; i < 12; i++) {
    const bool is_required = i % 2 == 1;
    test_pair pair;
    options.version = i % 4 < 2 ? STLS_TLS_1_2 : STLS_TLS_1_3;
    staple_pair.order = orders[i / 4];
    staple_pair.stapling =
        is_required ? STLS_STAPLING_REQUIRE : STLS_STAPLING_ASK;
    pair = pair_new(&options);
    EXPECT_RESULT(pair_handshake(&pair),
                  is_required ? STLS_ERROR_CERTIFICATE : STLS_OK,
                  expect_label("%zu", i));
    cr_expect_eq(stls_object_stapling_verdict(pair.client),
                 i < 4 ? STLS_OCSP_NONE : STLS_OCSP_UNVERIFIABLE, "%zu", i);
    pair_free(&pair);
  }
}

/* A certificate that is refused anyway is refused for that. */
Test(stapling_policy, comes_after_the_certificate)
{
  pair_options options = staple_pair_options();
  stls_error err = STLS_ERROR_INIT;
  test_pair pair;

  options.server_name = "other.example";
  staple_pair.order = &revoked;
  staple_pair.stapling = STLS_STAPLING_REQUIRE;
  for (size_t i = 0; i < 2; i++) {
    options.version = i == 0 ? STLS_TLS_1_2 : STLS_TLS_1_3;
    pair = pair_new(&options);
    EXPECT_RETURNS(pair_handshake(&pair), STLS_ERROR_CERTIFICATE);
    EXPECT_RETURNS(stls_object_error(pair.client, &err),
                   STLS_ERROR_CERTIFICATE);
    cr_expect_eq(err.verify_code, X509_V_ERR_HOSTNAME_MISMATCH);
    cr_expect_eq(stls_object_stapling_verdict(pair.client), STLS_OCSP_NONE);
    pair_free(&pair);
  }
}

/* --- threads --- */

static stls_credential *renewed;

static void present_renewed(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_credential(context, renewed, NULL), STLS_OK);
}

static atomic_bool has_ended;

static void *renew(void *credential)
{
  static const ocsp_builder_order *const orders[] = {&good, &unknown};
  unsigned char *ders[2];
  size_t lens[2];

  for (size_t i = 0; i < 2; i++)
    ders[i] = ocsp_builder_new(orders[i], &lens[i]);
  for (size_t i = 0; !atomic_load(&has_ended); i++)
    cr_assert_eq(stls_credential_set_ocsp_response(credential, ders[i % 2],
                                                   lens[i % 2], NULL),
                 STLS_OK);
  for (size_t i = 0; i < 2; i++) OPENSSL_free(ders[i]);
  return NULL;
}

Test(stapling_policy, is_whole_while_it_is_renewed)
{
  const size_t num = check_quick() ? 5 : 50;
  pair_options options = staple_pair_options();
  resumption peers;
  pthread_t thread;

  options.tune_server = present_renewed;
  staple_pair.stapling = STLS_STAPLING_ASK;
  renewed = staple_pair_credential("leaf", &good);
  /* The other thread only reads what is made by then. */
  peers = resumption_open(&options);
  peers.name = "server.example";
  atomic_store(&has_ended, false);
  cr_assert_eq(pthread_create(&thread, NULL, renew, renewed), 0);
  for (size_t i = 0; i < num; i++) {
    test_pair pair = resumption_connect(&peers, NULL);
    stls_ocsp_verdict verdict = stls_object_stapling_verdict(pair.client);
    stls_span sent = stls_object_stapled_response(pair.server);
    stls_span received = stls_object_stapled_response(pair.client);

    cr_expect(verdict == STLS_OCSP_GOOD || verdict == STLS_OCSP_UNKNOWN, "%d",
              verdict);
    cr_assert_eq(sent.len, received.len);
    cr_expect_arr_eq(sent.data, received.data, sent.len);
    pair_free(&pair);
  }
  atomic_store(&has_ended, true);
  cr_assert_eq(pthread_join(thread, NULL), 0);
  resumption_close(&peers);
  stls_credential_free(renewed);
}

/* --- settings --- */

SETTER(set_stapling,
       stls_context_set_stapling(context, (stls_stapling)args->numbers[0], err))

Test(stapling_policy, setter_refuses_what_it_has_to)
{
  static const setter_case cases[] = {
      {"off", set_stapling, NUMBERS(0), STLS_OK, STLS_ERROR_MISUSE, "client"},
      {"ask", set_stapling, NUMBERS(1), STLS_OK, STLS_ERROR_MISUSE, "client"},
      {"require", set_stapling, NUMBERS(2), STLS_OK, STLS_ERROR_MISUSE,
       "client"},
      {"unknown", set_stapling, NUMBERS(3), STLS_ERROR_MISUSE,
       STLS_ERROR_MISUSE, ""},
  };

  setter_cases_run(cases, sizeof cases / sizeof cases[0]);
}

Test(stapling_policy, is_told_of_nothing_by_default)
{
  stls_context *context = setter_cases_context(STLS_CLIENT);

  cr_expect_eq(stls_context_stapling(NULL), STLS_STAPLING_OFF);
  cr_expect_eq(stls_context_stapling(context), STLS_STAPLING_OFF);
  ASSERT_RETURNS(stls_context_set_stapling(context, STLS_STAPLING_ASK, NULL),
                 STLS_OK);
  cr_expect_eq(stls_context_stapling(context), STLS_STAPLING_ASK);
  ASSERT_RETURNS(stls_context_set_stapling(context, STLS_STAPLING_OFF, NULL),
                 STLS_OK);
  cr_expect_eq(stls_context_stapling(context), STLS_STAPLING_OFF);
  cr_expect_not(stls_context_has_ocsp_response(NULL));
  cr_expect_not(stls_context_has_ocsp_response(context));
  cr_expect_eq(stls_object_stapling_verdict(NULL), STLS_OCSP_NONE);
  cr_expect_null(stls_object_stapled_response(NULL).data);
  cr_expect_eq(stls_credential_ocsp_next_update(NULL), -1);
  stls_context_free(context);
}
