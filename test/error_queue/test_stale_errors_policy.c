/* SPDX-License-Identifier: MIT */
/* test_stale_errors_policy: policy setters, lists and random bytes, with stale
 * entries. */
#include <sanstls/sanstls.h>

#include "support/expect.h"
#include "support/planted_errors.h"

SUITE(stale_errors_policy);

enum {
  NUM_PLANTED = 4
};

typedef stls_result (*text_setter)(stls_context *context, const char *text,
                                   stls_error *err);

static stls_result list_ciphers(stls_context *context, const char *text,
                                stls_error *err)
{
  stls_cipher_list *list = NULL;
  stls_result result = stls_context_ciphers(context, &list, err);

  (void)text;
  stls_cipher_list_free(list);
  return result;
}

static stls_result list_algorithms(stls_context *context, const char *text,
                                   stls_error *err)
{
  stls_string_list *list = NULL;
  stls_result result = stls_context_groups(context, true, &list, err);

  (void)text;
  stls_string_list_free(list);
  list = NULL;
  (void)!stls_signature_algorithms(NULL, &list, NULL);
  stls_string_list_free(list);
  return result == STLS_ERROR_UNSUPPORTED ? STLS_OK : result;
}

static stls_result set_policy(stls_context *context, const char *text,
                              stls_error *err)
{
  uint64_t options = stls_context_options(context);

  (void)text;
  if (stls_context_set_options(context, options | STLS_OP_NO_TICKET, err) < 0 ||
      stls_context_set_security_level(context, 3, err) < 0 ||
      stls_context_set_verify_depth(context, 3, err) < 0 ||
      stls_context_set_hostflags(context, STLS_HOSTFLAGS_DEFAULT, err) < 0)
    return STLS_ERROR_MISUSE;
  return stls_context_set_insecure_common_name(context, true, err);
}

static stls_result take_random(stls_context *context, const char *text,
                               stls_error *err)
{
  unsigned char bytes[8];

  (void)context;
  if (!stls_random_status() || stls_random_add(text, 3, 0, err) != STLS_OK)
    return STLS_ERROR_UNSUPPORTED;
  return stls_random_bytes(NULL, bytes, sizeof bytes, err);
}

static stls_result make_unverified(stls_context *context, const char *text,
                                   stls_error *err)
{
  stls_context *made = NULL;
  stls_result result = stls_context_new_insecure_client(NULL, text, &made, err);

  (void)context;
  stls_context_free(made);
  return result;
}

static const struct row {
  const char *name;
  text_setter call;
  const char *text;
  stls_result want;
} rows[] = {
    {"curve", stls_context_set_ecdh_curve, "P-256", STLS_OK},
    {"bad curve", stls_context_set_ecdh_curve, "P-257", STLS_ERROR_INPUT},
    {"two curves", stls_context_set_ecdh_curve, "P-256:P-384",
     STLS_ERROR_INPUT},
    {"sigalgs", stls_context_set_server_sigalgs, "ECDSA+SHA256", STLS_OK},
    {"bad sigalgs", stls_context_set_server_sigalgs, "no", STLS_ERROR_INPUT},
    {"of clients", stls_context_set_client_sigalgs, "ECDSA+SHA256", STLS_OK},
    {"bad ones", stls_context_set_client_sigalgs, "no", STLS_ERROR_INPUT},
    {"ciphers", list_ciphers, NULL, STLS_OK},
    {"algorithms", list_algorithms, NULL, STLS_OK},
    {"policy", set_policy, NULL, STLS_OK},
    {"random", take_random, "abc", STLS_OK},
    {"unverified", make_unverified, NULL, STLS_OK},
    {"of no provider", make_unverified, "provider=no-such",
     STLS_ERROR_UNSUPPORTED},
};

static void run_row(const struct row *row, size_t num_planted,
                    stls_error *out_err)
{
  stls_context *context = NULL;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
      STLS_OK, "new");
  planted_errors_put(num_planted);
  EXPECT_RESULT(row->call(context, row->text, out_err), row->want, row->name);
  planted_errors_expect(num_planted, row->name);
  stls_context_free(context);
}

Test(stale_errors_policy, is_as_it_was_after_every_call)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_error clean = STLS_ERROR_INIT, dirty = STLS_ERROR_INIT;
    run_row(&rows[i], 0, &clean);
    run_row(&rows[i], NUM_PLANTED, &dirty);
    EXPECT_RESULT(dirty.result, clean.result, rows[i].name);
    cr_expect_eq(dirty.reason, clean.reason, "%s", rows[i].name);
    cr_expect_str_eq(dirty.message, clean.message, "%s", rows[i].name);
  }
}
