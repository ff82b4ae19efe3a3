/* SPDX-License-Identifier: MIT */
/* test_session_age: the maximum age of sessions, and clocks that are set back. */
/*
 * RFC 8446, 4.6.1: limits on the total lifetime of what resumption hands on
 * "should take into account [...] the time since the peer's online
 * CertificateVerify signature".
 */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "session_clock.h"
#include "support/expect.h"
#include "support/resumption.h"

SUITE(session_age, .timeout = 120);

static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

/* --- Age --- */

enum {
  STEP = 40,
  MAX_AGE = 100
};

/* Servers that remember, instead of tickets. */
static void use_no_tickets(stls_context *context)
{
  SSL_CTX_set_options(stls_context_ssl_ctx(context), SSL_OP_NO_TICKET);
}

static void age_early(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_session_max_age(context, MAX_AGE, NULL),
                 STLS_OK);
}

static void age_early_without(stls_context *context)
{
  age_early(context);
  use_no_tickets(context);
}

static const struct age {
  const char *name;
  pair_options options;
} ages[] = {
    {"a server, with tickets", {.tune_server = age_early}},
    {"a server that remembers",
     {.tune_client = use_no_tickets, .tune_server = age_early_without}},
    {"a client", {.tune_client = age_early}},
};

/* Takes the newest session that the client has, for the one before. */
static void renew(test_pair *pair, stls_session **session)
{
  stls_session *next;

  resumption_send_tickets(pair);
  while ((next = resumption_take_session(pair->client)) != NULL) {
    stls_session_free(*session);
    *session = next;
  }
}

/* Each connection's session is of the one before, and never older than STEP. */
static void run_age(const struct age *age, const pair_options *joined,
                    const char *label)
{
  static const bool want[] = {true, true, false, true, true, false};
  pair_options options = age->options;
  stls_session *session;
  resumption peers;

  options.version = joined->version;
  options.feed = joined->feed;
  options.server_verify = STLS_VERIFY_REQUIRED;
  options.client_credential = "client-ecdsa";
  session_clock_ahead = 0;
  peers = session_clock_open(&options);
  session = resumption_new_session(&peers);
  for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
    test_pair pair;
    session_clock_ahead += STEP;
    pair = resumption_connect(&peers, session);
    cr_expect_eq(stls_conninfo_resumed(stls_object_conninfo(pair.server)),
                 want[i], "%s, %s, after %ld s", label, age->name,
                 (long)session_clock_ahead);
    cr_expect(stls_conninfo_peer_verified(stls_object_conninfo(pair.server)));
    renew(&pair, &session);
    pair_free(&pair);
  }
  stls_session_free(session);
  resumption_close(&peers);
}

Test(session_age, counts_from_the_full_handshake)
{
  pair_options joined = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &joined, label); row += pair_row_step())
    for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++)
      for (int is_set = 0; is_set < 2; is_set++) {
        session_clock_is_set = is_set != 0;
        run_age(&ages[i], &joined, label);
      }
}

static const unsigned char key[STLS_TICKET_KEY_LEN] = "shared";

static void share(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_ticket_keys(context, key, sizeof key, NULL),
                 STLS_OK);
}

static void share_and_age_early(stls_context *context)
{
  share(context);
  age_early(context);
}

/* Each server goes by its own setting, whoever made the ticket. */
Test(session_age, is_each_servers_own_choice)
{
  for (size_t row = 0; row < 4; row++) {
    const size_t v = row % 2;
    const pair_options options = {.version = versions[v], .tune_server = share};
    const pair_options early = {.version = versions[v],
                                .tune_server = share_and_age_early};
    stls_session *session;
    resumption patient, hasty;
    session_clock_is_set = row / 2 != 0;
    session_clock_ahead = 0;
    patient = session_clock_open(&options);
    hasty = session_clock_open(&early);
    session = resumption_new_session(&patient);
    session_clock_ahead = STEP;
    cr_expect(resumption_succeeds(&hasty, session), "TLS 1.%zu", v + 2);
    session_clock_ahead = MAX_AGE + STEP;
    cr_expect_not(resumption_succeeds(&hasty, session), "TLS 1.%zu", v + 2);
    cr_expect(resumption_succeeds(&patient, session), "TLS 1.%zu", v + 2);
    stls_session_free(session);
    resumption_close(&patient);
    resumption_close(&hasty);
  }
}

Test(session_age, is_set_within_seven_days)
{
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;

  for (size_t role = 0; role < 2; role++) {
    ASSERT_RESULT(
        stls_context_new_without_trust(role == 0 ? STLS_CLIENT : STLS_SERVER,
                                       NULL, NULL, &context, NULL),
        STLS_OK, "context");
    cr_expect_eq(stls_context_session_max_age(context), 604800);
    EXPECT_RESULT(stls_context_set_session_max_age(context, 1, NULL), STLS_OK,
                  "1");
    cr_expect_eq(stls_context_session_max_age(context), 1);
    expect_misuse(stls_context_set_session_max_age(context, 0, &err), &err,
                  "seconds");
    expect_misuse(stls_context_set_session_max_age(context, 604801, &err), &err,
                  "seconds");
    cr_expect_eq(stls_context_session_max_age(context), 1);
    ASSERT_RESULT(stls_context_seal(context, NULL), STLS_OK, "seal");
    expect_misuse(stls_context_set_session_max_age(context, 1, &err), &err,
                  "sealed");
    stls_context_free(context);
  }
  expect_misuse(stls_context_set_session_max_age(NULL, 1, &err), &err,
                "context");
  cr_expect_eq(stls_context_session_max_age(NULL), 0);
}

/* --- Clocks, and tickets that are none --- */

/* What is of the future now would last longer than anybody said: no client offers
 * it, and no server takes it. */
Test(session_age, ends_when_the_clock_is_set_back)
{
  for (size_t row = 0; row < 4; row++) {
    const size_t v = row % 2;
    const pair_options options = {.version = versions[v]};
    stls_error err = STLS_ERROR_INIT;
    stls_session *session;
    test_pair pair;
    resumption peers;
    session_clock_is_set = row / 2 != 0;
    session_clock_ahead = 1000;
    peers = session_clock_open(&options);
    session = resumption_new_session(&peers);
    pair = resumption_pair(&peers, session);
    EXPECT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "hello");
    session_clock_ahead = 0;
    EXPECT_RESULT(pair_handshake(&pair), STLS_OK, pair_message(pair.client));
    cr_expect_not(stls_conninfo_resumed(stls_object_conninfo(pair.server)),
                  "TLS 1.%zu", v + 2);
    pair_free(&pair);
    EXPECT_RESULT(stls_session_check(session, peers.client, peers.name, &err),
                  STLS_ERROR_INPUT, "back");
    cr_expect_not_null(strstr(err.message, "clock"), "%s", err.message);
    stls_session_free(session);
    resumption_close(&peers);
  }
}

/* RFC 8446, 4.6.1: "The value of zero indicates that the ticket should be
 * discarded immediately." */
static int seal_for_no_time(SSL *ssl, void *arg)
{
  (void)arg;
  return SSL_SESSION_set_timeout(SSL_get_session(ssl), 0) == 1;
}

static SSL_TICKET_RETURN open_none(SSL *ssl, SSL_SESSION *session,
                                   const unsigned char *key_name,
                                   size_t key_name_len,
                                   SSL_TICKET_STATUS status, void *arg)
{
  (void)ssl;
  (void)session;
  (void)key_name;
  (void)key_name_len;
  (void)status;
  (void)arg;
  return SSL_TICKET_RETURN_IGNORE;
}

Test(session_age, of_zero_is_discarded)
{
  const pair_options options = {.version = STLS_TLS_1_3,
                                .tune_server = use_no_tickets};
  resumption peers;
  test_pair pair;

  session_clock_ahead = 0;
  peers = session_clock_open(&options);
  SSL_CTX_set_session_ticket_cb(stls_context_ssl_ctx(peers.server),
                                seal_for_no_time, open_none, NULL);
  pair = resumption_connect(&peers, NULL);
  resumption_send_tickets(&pair);
  cr_expect_null(resumption_take_session(pair.client));
  pair_free(&pair);
  resumption_close(&peers);
}

/* It has a ticket to give, and no time left for it. */
Test(session_age, that_is_over_fails_no_connection)
{
  for (size_t row = 0; row < 4; row++) {
    const size_t v = row % 2;
    const pair_options options = {.version = versions[v],
                                  .tune_server = age_early};
    stls_session *session = NULL;
    test_pair pair;
    resumption peers;
    session_clock_is_set = row / 2 != 0;
    session_clock_ahead = 0;
    peers = session_clock_open(&options);
    pair = resumption_connect(&peers, NULL);
    session_clock_ahead = 2 * MAX_AGE;
    if (versions[v] == STLS_TLS_1_3)
      cr_assert_eq(SSL_new_session_ticket(stls_object_ssl(pair.server)), 1);
    renew(&pair, &session);
    pair_free(&pair);
    cr_assert_not_null(session);
    cr_expect_not(resumption_succeeds(&peers, session), "TLS 1.%zu", v + 2);
    stls_session_free(session);
    resumption_close(&peers);
  }
}
