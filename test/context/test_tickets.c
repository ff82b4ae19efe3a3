/* SPDX-License-Identifier: MIT */
/* test_tickets: tickets that servers issue. */
#include <openssl/ssl.h>
#include <time.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/trace.h>

#include "lib/session/session.h"
#include "support/expect.h"
#include "support/resumption.h"
#include "support/setter_cases.h"

SUITE(tickets, .timeout = 60);

static void give_none(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_num_tickets(context, 0, NULL), STLS_OK);
}

static void give_five(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_num_tickets(context, 5, NULL), STLS_OK);
}

static const struct row {
  const char *name;
  void (*tune)(stls_context *context);
  size_t want;
} rows[] = {
    {"default", NULL, 2},
    {"none", give_none, 0},
    {"five", give_five, 5},
};

Test(tickets, comes_as_often_as_the_server_says)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 3; pair_row(row, &options, label); row++)
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
      options.tune_server = rows[i].tune;
      resumption peers = resumption_open(&options);
      test_pair pair = resumption_connect(&peers, NULL);
      stls_session *session;
      size_t num = 0;
      cr_expect_eq(stls_context_num_tickets(peers.server), rows[i].want);
      resumption_send_tickets(&pair);
      while ((session = resumption_take_session(pair.client)) != NULL) {
        stls_session_free(session);
        num++;
      }
      cr_expect_eq(num, rows[i].want, "%s, %s: %zu", label, rows[i].name, num);
      pair_free(&pair);
      resumption_close(&peers);
    }
}

static size_t num_seen;

static void count(stls_object *object, const stls_trace_event *event,
                  void *user_data)
{
  (void)object;
  (void)user_data;
  if (event->flow == STLS_RECORDS_IN &&
      event->content_type == STLS_CONTENT_HANDSHAKE &&
      event->message_type == STLS_MESSAGE_NEW_SESSION_TICKET)
    num_seen++;
}

static void count_tickets(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_trace(context, count, NULL, NULL), STLS_OK);
}

static void give_thirty(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_num_tickets(context, 30, NULL), STLS_OK);
}

/* CPython has no bound of its own. A client keeps the last eight until it is asked
 * for them. */
Test(tickets, may_come_by_the_dozen)
{
  pair_options options = {.tune_client = count_tickets,
                          .tune_server = give_thirty};
  char label[64];

  for (size_t row = 3; pair_row(row, &options, label); row++) {
    test_pair pair = pair_open(&options);
    num_seen = 0;
    resumption_send_tickets(&pair);
    cr_expect_eq(num_seen, 30, "%s: %zu", label, num_seen);
    pair_free(&pair);
  }
}

static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

static void expire_soon(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_session_timeout(context, 300, NULL), STLS_OK);
}

Test(tickets, is_good_for_as_long_as_the_server_says)
{
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v],
                                  .tune_server = expire_soon};
    resumption peers = resumption_open(&options);
    stls_session *session = resumption_new_session(&peers);
    cr_expect_eq(stls_context_session_timeout(peers.server), 300);
    cr_expect_eq(stls_session_ticket_lifetime_hint(session), 300);
    resumption_set_time(session->ssl_session, (int64_t)time(NULL) - 301);
    cr_expect_not(stls_session_is_resumable(session), "TLS 1.%zu", v + 2);
    stls_session_free(session);
    resumption_close(&peers);
  }
}

static void offer_no_ticket(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_options(
          context, stls_context_options(context) | STLS_OP_NO_TICKET, NULL),
      STLS_OK, "no ticket");
}

/* Connections in several threads have such a session at a time: writing to it for
 * the ticket of one was a use after free in another. */
Test(tickets, is_not_made_of_what_the_server_remembers)
{
  const pair_options without = {.version = STLS_TLS_1_2,
                                .tune_client = offer_no_ticket};
  const pair_options with = {.version = STLS_TLS_1_2};
  resumption peers = resumption_open(&without);
  stls_session *session = resumption_new_session(&peers);
  SSL_SESSION *remembered;
  size_t len = 1;
  void *note;
  test_pair pair;

  stls_context_free(peers.client);
  peers.client = pair_context(&with, STLS_CLIENT);
  pair = resumption_connect(&peers, session);
  cr_expect(stls_conninfo_resumed(stls_object_conninfo(pair.server)));
  cr_expect_null(resumption_take_session(pair.client));
  remembered = SSL_get_session(stls_object_ssl(pair.server));
  cr_expect_eq(SSL_SESSION_get0_ticket_appdata(remembered, &note, &len), 1);
  cr_expect_eq(len, 0);
  pair_free(&pair);
  cr_expect(resumption_succeeds(&peers, session));
  stls_session_free(session);
  resumption_close(&peers);
}

static void remember_four(stls_context *context)
{
  SSL_CTX *ctx = stls_context_ssl_ctx(context);

  SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
  SSL_CTX_sess_set_cache_size(ctx, 4);
}

/* CVE-2024-2511. */
Test(tickets, less_servers_do_not_hoard)
{
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v],
                                  .tune_server = remember_four};
    resumption peers = resumption_open(&options);
    stls_session_stats stats = STLS_SESSION_STATS_INIT;
    cr_expect_eq(
        SSL_CTX_sess_get_cache_size(stls_context_ssl_ctx(peers.client)), 20480,
        "OpenSSL's default");
    for (int i = 0; i < 20; i++)
      stls_session_free(resumption_new_session(&peers));
    ASSERT_RESULT(stls_context_session_stats(peers.server, &stats, NULL),
                  STLS_OK, "stats");
    cr_expect(stats.number > 0 && stats.number <= 4, "TLS 1.%zu: %zu", v + 2,
              stats.number);
    cr_expect_geq(stats.cache_full, 16);
    resumption_close(&peers);
  }
}

Test(tickets, statistics_count_both_sides)
{
  const pair_options options = {.version = STLS_TLS_1_2};
  resumption peers = resumption_open(&options);
  stls_session *session = resumption_new_session(&peers);
  stls_session_stats client = STLS_SESSION_STATS_INIT;
  stls_session_stats server = STLS_SESSION_STATS_INIT;

  cr_expect(resumption_succeeds(&peers, session));
  ASSERT_RESULT(stls_context_session_stats(peers.client, &client, NULL),
                STLS_OK, "client");
  ASSERT_RESULT(stls_context_session_stats(peers.server, &server, NULL),
                STLS_OK, "server");
  cr_expect_eq(client.connect, 2);
  cr_expect_eq(client.connect_good, 2);
  cr_expect_eq(client.accept, 0);
  cr_expect_eq(client.hits, 1);
  cr_expect_eq(client.number, 0, "clients keep nothing by themselves");
  cr_expect_eq(server.accept, 2);
  cr_expect_eq(server.accept_good, 2);
  cr_expect_eq(server.hits, 1);
  cr_expect_eq(server.connect, 0);
  stls_session_free(session);
  resumption_close(&peers);
}

Test(tickets, setters_refuse_misuse)
{
  const pair_options options = {0};
  stls_session_stats stats = STLS_SESSION_STATS_INIT;
  stls_context *client = setter_cases_context(STLS_CLIENT);
  stls_context *server = setter_cases_context(STLS_SERVER);
  stls_context *sealed = pair_context(&options, STLS_SERVER);
  stls_error err = STLS_ERROR_INIT;

  cr_expect_eq(stls_context_num_tickets(client), 0);
  cr_expect_eq(stls_context_num_tickets(NULL), 0);
  cr_expect_eq(stls_context_session_timeout(NULL), 0);
  cr_expect_eq(stls_context_session_timeout(server), 7200);
  expect_misuse(stls_context_set_num_tickets(client, 1, &err), &err, "server");
  expect_misuse(stls_context_set_num_tickets(sealed, 1, &err), &err, "sealed");
  expect_misuse(stls_context_set_num_tickets(server, 256, &err), &err,
                "num_tickets");
  expect_misuse(stls_context_set_session_timeout(server, 0, &err), &err,
                "seconds");
  expect_misuse(stls_context_set_session_timeout(server, 604801, &err), &err,
                "seconds");
  expect_misuse(stls_context_session_stats(NULL, &stats, &err), &err,
                "context");
  expect_misuse(stls_context_session_stats(server, NULL, &err), &err,
                "out_stats");
  stats.size = 1;
  expect_misuse(stls_context_session_stats(server, &stats, &err), &err, "size");
  stls_context_free(client);
  stls_context_free(server);
  stls_context_free(sealed);
}
