/* SPDX-License-Identifier: MIT */
/* test_psk_setters: the setters of PSK callbacks, and cipher suites with keys. */
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>

#include "support/expect.h"
#include "support/planted_errors.h"
#include "support/psk_pair.h"
#include "support/setter_cases.h"

SUITE(psk_setters, .init = psk_pair_reset);

Test(psk_setters, need_the_right_role_before_it_is_sealed)
{
  char hint[STLS_PSK_IDENTITY_MAX + 2];
  stls_error err = STLS_ERROR_INIT;
  pair_options options = {.server_credential = "server-ecdsa"};
  stls_context *sealed_client = pair_context(&options, STLS_CLIENT);
  stls_context *sealed_server = pair_context(&options, STLS_SERVER);
  stls_context *client = setter_cases_context(STLS_CLIENT);
  stls_context *server = setter_cases_context(STLS_SERVER);

  expect_misuse(stls_context_set_psk_client(NULL, psk_pair_deny_client, NULL, &err),
                &err, "context is NULL");
  expect_misuse(stls_context_set_psk_client(server, psk_pair_deny_client, NULL, &err),
                &err, "not a client's");
  expect_misuse(
      stls_context_set_psk_client(sealed_client, psk_pair_deny_client, NULL, &err), &err,
      "sealed");
  expect_misuse(
      stls_context_set_psk_server(NULL, psk_pair_deny_server, NULL, NULL, &err), &err,
      "context is NULL");
  expect_misuse(
      stls_context_set_psk_server(client, psk_pair_deny_server, NULL, NULL, &err), &err,
      "not a server's");
  expect_misuse(
      stls_context_set_psk_server(sealed_server, psk_pair_deny_server, NULL, NULL, &err),
      &err, "sealed");
  expect_misuse(stls_context_set_psk_server(server, NULL, "hint", NULL, &err),
                &err, "identity_hint");
  memset(hint, 'h', sizeof hint);
  hint[sizeof hint - 1] = '\0';
  EXPECT_RESULT(
      stls_context_set_psk_server(server, psk_pair_deny_server, hint, NULL, &err),
      STLS_ERROR_INPUT, "hint");
  cr_expect(strstr(err.message, "257"), "%s", err.message);
  hint[sizeof hint - 2] = '\0';
  EXPECT_RESULT(
      stls_context_set_psk_server(server, psk_pair_deny_server, hint, NULL, &err),
      STLS_OK, "longest hint");
  stls_context_free(sealed_client);
  stls_context_free(sealed_server);
  stls_context_free(client);
  stls_context_free(server);
}

static void set_and_remove_client(stls_context *context)
{
  psk_pair_set_client(context);
  ASSERT_RESULT(stls_context_set_psk_client(context, NULL, NULL, NULL), STLS_OK,
                "remove");
}

static void set_and_remove_server(stls_context *context)
{
  psk_pair_set_server(context);
  ASSERT_RESULT(stls_context_set_psk_server(context, NULL, NULL, NULL, NULL),
                STLS_OK, "remove");
}

Test(psk_setters, remove_callbacks_with_null)
{
  pair_options options = {.tune_client = set_and_remove_client,
                          .tune_server = psk_pair_set_server};
  char label[64];

  for (size_t i = 0; pair_row(i, &options, label); i++)
    for (int side = 0; side < 2; side++) {
      test_pair pair;
      psk_pair_reset();
      options.tune_client =
          side == 0 ? set_and_remove_client : psk_pair_set_client;
      options.tune_server =
          side == 1 ? set_and_remove_server : psk_pair_set_server;
      pair = pair_open(&options);
      cr_expect_eq(psk_pair_server.asked, 0, "%s", label);
      if (side == 0) cr_expect_eq(psk_pair_client.asked, 0, "%s", label);
      cr_expect_not(stls_conninfo_psk(stls_object_conninfo(pair.client)));
      pair_free(&pair);
    }
}

/* Suites that authenticate by a key are not taken for such as do not. */
Test(psk_setters, let_suites_count_as_authenticated)
{
  static const struct {
    const char *list;
    stls_result want;
  } lists[] = {
      {"ECDHE-PSK-CHACHA20-POLY1305", STLS_OK},
      {"kECDHEPSK+AES:!SHA1", STLS_OK},
      {"DHE-PSK-AES128-GCM-SHA256:DHE-PSK-AES128-CBC-SHA256", STLS_OK},
      {"ECDHE-PSK-NULL-SHA256:@SECLEVEL=0", STLS_ERROR_INPUT},
      {"PSK-NULL-SHA256:@SECLEVEL=0", STLS_ERROR_INPUT},
      {"ADH-AES128-GCM-SHA256:PSK-AES128-GCM-SHA256", STLS_ERROR_INPUT},
  };

  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
    for (int role = STLS_CLIENT; role <= STLS_SERVER; role++) {
      stls_context *context = NULL;
      ASSERT_RESULT(stls_context_new_without_trust((stls_role)role, NULL, NULL,
                                                   &context, NULL),
                    STLS_OK, "context");
      role == STLS_CLIENT ? psk_pair_set_client(context)
                          : psk_pair_set_server(context);
      EXPECT_RESULT(stls_context_set_ciphers(context, lists[i].list, NULL),
                    lists[i].want, lists[i].list);
      stls_context_free(context);
    }
}

Test(psk_setters, leave_a_stale_queue_as_it_is)
{
  char hint[STLS_PSK_IDENTITY_MAX + 2];
  stls_context *server = NULL, *client = NULL;

  memset(hint, 'h', sizeof hint);
  hint[sizeof hint - 1] = '\0';
  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &server, NULL),
      STLS_OK, "server");
  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &client, NULL),
      STLS_OK, "client");
  for (size_t num = 0; num <= 4; num += 4) {
    planted_errors_put(num);
    EXPECT_RESULT(
        stls_context_set_psk_server(server, psk_pair_deny_server, "hint", NULL, NULL),
        STLS_OK, "hint");
    planted_errors_expect(num, "hint");
    planted_errors_put(num);
    EXPECT_RESULT(
        stls_context_set_psk_server(server, psk_pair_deny_server, hint, NULL, NULL),
        STLS_ERROR_INPUT, "too long");
    planted_errors_expect(num, "too long");
    planted_errors_put(num);
    EXPECT_RESULT(stls_context_set_psk_client(client, psk_pair_deny_client, NULL, NULL),
                  STLS_OK, "client");
    EXPECT_RESULT(stls_context_set_psk_client(server, psk_pair_deny_client, NULL, NULL),
                  STLS_ERROR_MISUSE, "another role");
    planted_errors_expect(num, "client");
  }
  stls_context_free(server);
  stls_context_free(client);
}
