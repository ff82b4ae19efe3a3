/* SPDX-License-Identifier: MIT */
/* test_ticket_keys: tickets between servers, as keys and policies allow. */
#include <openssl/ssl.h>
#include <string.h>

#include "support/expect.h"
#include "support/meeting.h"

SUITE(ticket_keys, .timeout = 60);

/* Three keys, one after another. */
static unsigned char keys[3][STLS_TICKET_KEY_LEN];

static void fill_keys(void)
{
  for (size_t i = 0; i < 3; i++)
    for (size_t j = 0; j < STLS_TICKET_KEY_LEN; j++)
      keys[i][j] = (unsigned char)(100 * i + j);
}

static void set_key(stls_context *context, const unsigned char *first,
                    const unsigned char *second)
{
  unsigned char both[2 * STLS_TICKET_KEY_LEN];
  stls_error err = STLS_ERROR_INIT;

  memcpy(both, first, STLS_TICKET_KEY_LEN);
  if (second != NULL)
    memcpy(both + STLS_TICKET_KEY_LEN, second, STLS_TICKET_KEY_LEN);
  cr_assert_eq(
      stls_context_set_ticket_keys(
          context, both,
          STLS_TICKET_KEY_LEN * (second == NULL ? (size_t)1 : (size_t)2), &err),
      STLS_OK, "%s", err.message);
}

static void use_first_key(stls_context *context)
{
  fill_keys();
  set_key(context, keys[0], NULL);
}

static const stls_version versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

/* Two servers, as two processes. */
Test(ticket_keys, are_shared_by_servers)
{
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v],
                                  .tune_server = use_first_key};
    const pair_options others = {.version = versions[v]};
    meeting again = meeting_open(&options);
    stls_session *session = meeting_session(&again);
    stls_context_free(again.server);
    again.server = pair_context(&options, STLS_SERVER);
    cr_expect(meeting_resumes(&again, session), "TLS 1.%zu", v + 2);
    stls_context_free(again.server);
    again.server = pair_context(&others, STLS_SERVER);
    cr_expect_not(meeting_resumes(&again, session), "TLS 1.%zu", v + 2);
    stls_session_free(session);
    meeting_close(&again);
  }
}

/* The keys are OpenSSL's own form. */
Test(ticket_keys, have_openssls_own_form)
{
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v],
                                  .tune_server = use_first_key};
    const pair_options others = {.version = versions[v]};
    meeting again = meeting_open(&options);
    stls_session *session = meeting_session(&again);
    stls_context_free(again.server);
    again.server = pair_context(&others, STLS_SERVER);
    cr_assert_eq(
        SSL_CTX_set_tlsext_ticket_keys(stls_context_ssl_ctx(again.server),
                                       keys[0], STLS_TICKET_KEY_LEN),
        1);
    cr_expect(meeting_resumes(&again, session), "TLS 1.%zu", v + 2);
    stls_session_free(session);
    meeting_close(&again);
  }
}

/* Current and previous; the context is sealed all the while. */
Test(ticket_keys, rotate)
{
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v],
                                  .tune_server = use_first_key};
    meeting again = meeting_open(&options);
    stls_session *session = meeting_session(&again), *next;
    test_pair pair;
    set_key(again.server, keys[1], keys[0]);
    pair = meeting_meet(&again, session);
    cr_expect(stls_conninfo_resumed(stls_object_conninfo(pair.client)),
              "TLS 1.%zu: the previous key", v + 2);
    meeting_greet(&pair);
    next = meeting_next(pair.client);
    cr_assert_not_null(next, "TLS 1.%zu: a new ticket", v + 2);
    pair_free(&pair);
    set_key(again.server, keys[2], keys[1]);
    cr_expect(meeting_resumes(&again, next), "TLS 1.%zu", v + 2);
    cr_expect_not(meeting_resumes(&again, session), "TLS 1.%zu", v + 2);
    stls_session_free(session);
    stls_session_free(next);
    meeting_close(&again);
  }
}

/* CVE-2025-23419: keys are shared, policies are not. `want` is whether what the
 * first server made is resumed by the second. */
static const struct policy {
  const char *name;
  pair_options first;
  pair_options second;
  bool want;
} policies[] = {
    {"no certificates", {0}, {0}, true},
    {"certificates",
     {.server_verify = STLS_VERIFY_REQUIRED},
     {.server_verify = STLS_VERIFY_REQUIRED},
     true},
    {"required now", {0}, {.server_verify = STLS_VERIFY_REQUIRED}, false},
    {"asked for now", {0}, {.server_verify = STLS_VERIFY_OPTIONAL}, false},
    {"asked for, then required",
     {.server_verify = STLS_VERIFY_OPTIONAL},
     {.server_verify = STLS_VERIFY_REQUIRED},
     false},
    {"another CA",
     {.server_verify = STLS_VERIFY_OPTIONAL},
     {.server_verify = STLS_VERIFY_OPTIONAL, .server_trust = "both-cas.pem"},
     false},
    {"another certificate of its own",
     {0},
     {.server_credential = "server-rsa"},
     true},
};

Test(ticket_keys, do_not_open_what_another_policy_made)
{
  for (size_t v = 0; v < 2; v++)
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++) {
      pair_options first = policies[i].first, second = policies[i].second;
      meeting again;
      stls_session *session;
      first.version = second.version = versions[v];
      first.client_credential = second.client_credential = "client-ecdsa";
      first.tune_server = second.tune_server = use_first_key;
      again = meeting_open(&first);
      session = meeting_session(&again);
      stls_context_free(again.server);
      again.server = pair_context(&second, STLS_SERVER);
      cr_expect_eq(meeting_resumes(&again, session), policies[i].want,
                   "TLS 1.%zu, %s", v + 2, policies[i].name);
      stls_session_free(session);
      meeting_close(&again);
    }
}

static const unsigned char many[17 * STLS_TICKET_KEY_LEN];

Test(ticket_keys, refuse_misuse)
{
  const pair_options options = {0};
  stls_context *client = NULL, *server = NULL;
  stls_context *sealed = pair_context(&options, STLS_SERVER);
  stls_error err = STLS_ERROR_INIT;

  fill_keys();
  ASSERT_RESULT(stls_context_new(STLS_CLIENT, NULL, NULL, &client, NULL),
                STLS_OK, "client");
  ASSERT_RESULT(stls_context_new(STLS_SERVER, NULL, NULL, &server, NULL),
                STLS_OK, "server");
  expect_misuse(stls_context_set_ticket_keys(NULL, keys, 80, &err), &err,
                "context");
  expect_misuse(stls_context_set_ticket_keys(client, keys, 80, &err), &err,
                "server");
  expect_misuse(stls_context_set_ticket_keys(sealed, keys, 80, &err), &err,
                "sealed");
  expect_misuse(stls_context_set_ticket_keys(server, NULL, 80, &err), &err,
                "keys");
  expect_misuse(stls_context_set_ticket_keys(server, keys, 0, &err), &err,
                "80");
  expect_misuse(stls_context_set_ticket_keys(server, keys, 81, &err), &err,
                "80");
  expect_misuse(stls_context_set_ticket_keys(server, many, sizeof many, &err),
                &err, "16");
  expect_misuse(stls_context_set_ticket_keys(server, many, 160, &err), &err,
                "same name");
  stls_context_free(client);
  stls_context_free(server);
  stls_context_free(sealed);
}
