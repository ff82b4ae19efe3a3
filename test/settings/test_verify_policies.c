/* SPDX-License-Identifier: MIT */
/* test_verify_policies: chains that are valid under the policies that were set. */
#include <openssl/x509_vfy.h>
#include <string.h>

#include <sanstls/verify.h>

#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/pair.h"
#include "support/pki.h"
#include "support/setter_cases.h"

static void verify_policies_fini(void)
{
  pki_free();
  check_leaks();
}

TestSuite(verify_policies, .fini = verify_policies_fini, .timeout = 60);

#define INPUT STLS_ERROR_INPUT
#define MISUSE STLS_ERROR_MISUSE

SETTER(set, stls_context_set_verify_policies(context, args->names,
                                             args->num_names, err))
SETTER(set_null, stls_context_set_verify_policies(context, NULL, 1, err))

static const char *const one[] = {"1.2.3.4"};
static const char *const two[] = {"2.5.29.32.0", "1.2.3.4"};
static const char *const by_name[] = {"1.2.3.4", "anyPolicy"};
static const char *const empty[] = {""};
static const char *const gap[] = {"1.2.3.4", NULL};

Test(verify_policies, are_oids)
{
  static const setter_case cases[] = {
      {"one", set, NAMES(one, 1), 0, 0, ""},
      {"two", set, NAMES(two, 2), 0, 0, ""},
      {"none", set, NAMES(one, 0), 0, 0, ""},
      {"a name", set, NAMES(by_name, 2), INPUT, INPUT, "\"anyPolicy\""},
      {"nothing", set, NAMES(empty, 1), INPUT, INPUT, "\"\""},
      {"a gap", set, NAMES(gap, 2), MISUSE, MISUSE, ""},
      {"no list", set_null, NO_ARGS, MISUSE, MISUSE, "oids"},
  };

  setter_cases_run(cases, sizeof cases / sizeof cases[0]);
}

Test(verify_policies, have_getters)
{
  stls_context *context = setter_cases_context(STLS_CLIENT);

  cr_expect_eq(stls_context_verify_policy_count(context), 0U);
  ASSERT_RETURNS(stls_context_set_verify_policies(context, two, 2, NULL),
                 STLS_OK);
  cr_expect_lt(stls_context_set_verify_policies(context, by_name, 2, NULL), 0);
  cr_expect_eq(stls_context_verify_policy_count(context), 2U);
  cr_expect_str_eq(stls_context_verify_policy_at(context, 0), "2.5.29.32.0");
  cr_expect_str_eq(stls_context_verify_policy_at(context, 1), "1.2.3.4");
  cr_expect_null(stls_context_verify_policy_at(context, 2));
  ASSERT_RETURNS(stls_context_set_verify_policies(context, NULL, 0, NULL),
                 STLS_OK);
  cr_expect_eq(stls_context_verify_policy_count(context), 0U);
  cr_expect_eq(stls_context_verify_policy_count(NULL), 0U);
  cr_expect_null(stls_context_verify_policy_at(NULL, 0));
  stls_context_free(context);
}

Test(verify_policies, stay_as_they_were_without_memory)
{
  static const setter_list list = {set, stls_context_verify_policy_count,
                                   NAMES(one, 1), NAMES(two, 2)};

  setter_cases_starve(&list, "policies");
}

/* --- handshakes --- */

static const struct row {
  const char *name;
  const char *presents;
  const char *policy;
  bool is_explicit;
  int code;
} rows[] = {
    {"its policy", "policy policy-middle", "1.2.3.4", true, X509_V_OK},
    {"another", "policy policy-middle", "1.2.3.5", true,
     X509_V_ERR_NO_EXPLICIT_POLICY},
    {"another, but none is required", "policy policy-middle", "1.2.3.5", false,
     X509_V_OK},
    {"any policy, of which the issuer has it", "any-policy policy-middle",
     "1.2.3.5", true, X509_V_OK},
    {"any policy, of which the issuer has it not", "any-policy policy-middle",
     "1.2.3.6", true, X509_V_ERR_NO_EXPLICIT_POLICY},
    {"no policy at all", "leaf middle", "1.2.3.4", true,
     X509_V_ERR_NO_EXPLICIT_POLICY},
};

static const struct row *present;

static void present_chain(stls_context *context)
{
  pki_present(context, present->presents);
}

static void require_policy(stls_context *context)
{
  pki_trust(context, "root");
  ASSERT_RETURNS(
      stls_context_set_verify_policies(context, &present->policy, 1, NULL),
      STLS_OK);
  if (present->is_explicit)
    ASSERT_RETURNS(
        stls_context_set_verify_flags(
            context,
            stls_context_verify_flags(context) | X509_V_FLAG_EXPLICIT_POLICY,
            NULL),
        STLS_OK);
}

static void expect_verdict(pair_options *options, bool client_judges)
{
  char label[64];

  for (size_t row = 0; pair_row(row, options, label); row += pair_row_step()) {
    test_pair pair = pair_new(options);
    stls_object *judge = client_judges ? pair.client : pair.server;
    stls_error err = STLS_ERROR_INIT;

    (void)!pair_handshake(&pair);
    stls_object_error(judge, &err);
    cr_expect_eq(err.result,
                 present->code == X509_V_OK ? STLS_OK : STLS_ERROR_CERTIFICATE,
                 "%s, %s: %s", present->name, label, err.message);
    if (present->code != X509_V_OK)
      cr_expect_eq(err.verify_code, present->code, "%s, %s: %s", present->name,
                   label, err.message);
    pair_free(&pair);
  }
}

Test(verify_policies, decide_where_one_is_required)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pair_options by_client = {.client_trust = "",
                              .server_credential = "",
                              .tune_client = require_policy,
                              .tune_server = present_chain};
    pair_options by_server = {.server_trust = "",
                              .client_credential = "",
                              .server_verify = STLS_VERIFY_REQUIRED,
                              .tune_client = present_chain,
                              .tune_server = require_policy};

    present = &rows[i];
    expect_verdict(&by_client, true);
    expect_verdict(&by_server, false);
  }
}

/* The verdict on the chain of a row, by the trust and the flags of a context. */
static int judge_chain(stls_context *context, const struct row *row)
{
  const char *issuer = strchr(row->presents, ' ') + 1;
  stls_certificate *chain[2] = {NULL, NULL};
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RETURNS(stls_certificate_new_x509(pki_cert("policy"), &chain[0], NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_certificate_new_x509(pki_cert(issuer), &chain[1], NULL),
                 STLS_OK);
  if (stls_context_verify(context, chain, 2, NULL, NULL, NULL, &err) == STLS_OK)
    err.verify_code = X509_V_OK;
  stls_certificate_free(chain[0]);
  stls_certificate_free(chain[1]);
  return (int)err.verify_code;
}

static bool try_to_replace(const void *subject, size_t nth)
{
  stls_context *context = (stls_context *)subject;
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result = stls_context_set_verify_policies(context, two, 2, NULL);
  refused = oom_sweep_end();
  cr_expect_eq(judge_chain(context, present),
               result == STLS_OK ? X509_V_OK : present->code, "%zu", nth);
  ASSERT_RETURNS(
      stls_context_set_verify_policies(context, &present->policy, 1, NULL),
      STLS_OK);
  return refused;
}

/* OpenSSL gives up the old ones first. */
Test(verify_policies, are_replaced_whole_or_not_at_all)
{
  stls_context *context = setter_cases_context(STLS_SERVER);
  size_t nth = 1;

  present = &rows[1];
  require_policy(context);
  cr_expect_eq(judge_chain(context, present), present->code);
  while (oom_sweep_try(try_to_replace, context, nth, "replaced")) nth++;
  cr_expect_gt(nth, 2U);
  stls_context_free(context);
}

static stls_context *judge, *presenter;

static bool try_to_get_in(const void *subject, size_t nth)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  test_pair pair = {.feed = FEED_WHOLE};
  bool refused;

  (void)subject;
  options.server_name = "server.example";
  oom_sweep_begin_lossy(nth);
  if (stls_object_new(judge, NULL, NULL, &options, &pair.client, NULL) !=
      STLS_OK)
    return oom_sweep_end_lossy();
  heap_hold(true);
  ASSERT_RETURNS(
      stls_object_new(presenter, NULL, NULL, NULL, &pair.server, NULL),
      STLS_OK);
  heap_hold(false);
  if (stls_object_handshake(pair.client) == STLS_WANT_READ) {
    heap_hold(true);
    pair_move_all(&pair, pair.client, pair.server);
    (void)!stls_object_handshake(pair.server);
    pair_move_all(&pair, pair.server, pair.client);
    heap_hold(false);
    cr_expect_lt(stls_object_handshake(pair.client), 0,
                 "allocation %zu: it was let in", nth);
  }
  refused = oom_sweep_end_lossy();
  cr_expect_neq(pair_handshake(&pair), STLS_OK,
                "allocation %zu: it was let in later", nth);
  pair_free(&pair);
  return refused;
}

/* Without its policies a chain would be accepted under any. */
Test(verify_policies, hold_where_memory_is_short)
{
  pair_options options = {.version = STLS_TLS_1_3,
                          .client_trust = "",
                          .server_credential = "",
                          .tune_client = require_policy,
                          .tune_server = present_chain};
  const size_t step = check_quick() ? 101 : 5;

  present = &rows[1];
  judge = pair_context(&options, STLS_CLIENT);
  presenter = pair_context(&options, STLS_SERVER);
  for (size_t nth = 1; oom_sweep_try(try_to_get_in, NULL, nth, "policy");
       nth += step)
    continue;
  stls_context_free(judge);
  stls_context_free(presenter);
}
