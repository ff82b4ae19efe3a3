/* SPDX-License-Identifier: MIT */
/* test_auto_chain: certificates that are sent for a leaf without a chain. */
#include <openssl/ssl.h>

#include <sanstls/conninfo.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(auto_chain);

static bool is_on[2];

static void tune(stls_context *context)
{
  bool is_client = stls_context_role(context) == STLS_CLIENT;

  cr_expect_not(stls_context_auto_chain(context), "the default");
  ASSERT_RESULT(stls_context_set_auto_chain(context, is_on[is_client], NULL),
                STLS_OK, "setter");
  cr_expect_eq(stls_context_auto_chain(context), is_on[is_client]);
}

static void expect_presented(const stls_object *object, size_t want,
                             const char *label)
{
  stls_certificate_list *list = NULL;

  ASSERT_RESULT(
      stls_conninfo_presented_chain(stls_object_conninfo(object), &list, NULL),
      STLS_OK, label);
  cr_expect_eq(stls_certificate_list_count(list), want, "%s: %zu", label,
               stls_certificate_list_count(list));
  stls_certificate_list_free(list);
}

/* OpenSSL's SSL_MODE_NO_AUTO_CHAIN, which CPython does not set: the issuers are
 * those of the sender's own trust. Each side for itself. */
Test(auto_chain, is_sent_where_it_was_asked_for)
{
  pair_options options = {.client_credential = "client-ecdsa",
                          .server_verify = STLS_VERIFY_REQUIRED,
                          .server_trust = "ca.pem",
                          .tune_client = tune,
                          .tune_server = tune};
  char label[64];

  for (int on = 0; on < 4; on++)
    for (size_t row = 0; pair_row(row, &options, label);
         row += check_quick() ? 3 : 1) {
      test_pair pair;
      is_on[0] = (on & 1) != 0;
      is_on[1] = (on & 2) != 0;
      pair = pair_open(&options);
      expect_presented(pair.client, is_on[0] ? 2 : 1, label);
      expect_presented(pair.server, is_on[1] ? 2 : 1, label);
      pair_free(&pair);
    }
}

/* A chain of the credential's own is sent as it is. */
Test(auto_chain, does_not_touch_a_chain)
{
  pair_options options = {.server_credential = "server-chain",
                          .server_trust = "ca.pem",
                          .server_verify = STLS_VERIFY_OPTIONAL,
                          .tune_client = tune,
                          .tune_server = tune};
  char label[64];

  for (int on = 0; on < 2; on++)
    for (size_t row = 0; pair_row(row, &options, label); row++) {
      test_pair pair;
      is_on[0] = is_on[1] = on == 1;
      pair = pair_open(&options);
      expect_presented(pair.client, 2, label);
      pair_free(&pair);
    }
}

Test(auto_chain, is_a_matter_of_the_context)
{
  stls_context *context = NULL;

  cr_expect_not(stls_context_auto_chain(NULL));
  EXPECT_RESULT(stls_context_set_auto_chain(NULL, true, NULL),
                STLS_ERROR_MISUSE, "NULL");
  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &context, NULL),
      STLS_OK, "context");
  ASSERT_RESULT(stls_context_seal(context, NULL), STLS_OK, "seal");
  EXPECT_RESULT(stls_context_set_auto_chain(context, true, NULL),
                STLS_ERROR_MISUSE, "sealed");
  cr_expect_not(stls_context_auto_chain(context));
  stls_context_free(context);
}
