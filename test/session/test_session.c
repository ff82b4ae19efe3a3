/* SPDX-License-Identifier: MIT */
/* test_session: sessions that clients receive, and resumption with them. */
#include <openssl/ssl.h>
#include <string.h>
#include <time.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/trace.h>

#include "lib/session/session.h"
#include "support/expect.h"
#include "support/resumption.h"

SUITE(session, .timeout = 60);

/* RFC 8446, 2.2 and RFC 5077, both roles, both feeds. */
Test(session, is_resumed)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    resumption peers = resumption_open(&options);
    stls_session *session = resumption_new_session(&peers);
    cr_expect(stls_session_is_resumable(session), "%s", label);
    /* Several times over, and the objects it came from are gone. */
    for (int i = 0; i < 3; i++)
      cr_expect(resumption_succeeds(&peers, session), "%s, %d", label, i);
    stls_session_free(session);
    resumption_close(&peers);
  }
}

/* pyopenssl #891, urllib3 #1898: the session after the handshake has no ticket;
 * PITFALLS: one event for each. */
Test(session, comes_once_for_each_ticket_of_tls_1_3)
{
  const pair_options options = {.version = STLS_TLS_1_3};
  resumption peers = resumption_open(&options);
  test_pair pair = resumption_connect(&peers, NULL);
  stls_session *first, *second, *third;

  cr_expect_null(resumption_take_session(pair.client), "no ticket has come");
  resumption_send_tickets(&pair);
  first = resumption_take_session(pair.client);
  second = resumption_take_session(pair.client);
  third = resumption_take_session(pair.client);
  cr_assert(first != NULL && second != NULL && third == NULL);
  cr_expect_not(stls_session_equal(first, second));
  cr_expect(stls_session_equal(first, first));
  resumption_send_tickets(&pair);
  cr_expect_null(resumption_take_session(pair.client), "tickets are sent once");
  pair_free(&pair);
  cr_expect(resumption_succeeds(&peers, second));
  cr_expect(resumption_succeeds(&peers, first));
  stls_session_free(first);
  stls_session_free(second);
  resumption_close(&peers);
}

Test(session, of_a_resumed_connection_has_a_successor)
{
  const pair_options options = {.version = STLS_TLS_1_3};
  resumption peers = resumption_open(&options);
  stls_session *session = resumption_new_session(&peers);

  for (int i = 0; i < 3; i++) {
    test_pair pair = resumption_connect(&peers, session);
    stls_session *next;
    cr_expect(stls_conninfo_resumed(stls_object_conninfo(pair.client)));
    cr_expect(stls_conninfo_peer_verified(stls_object_conninfo(pair.client)));
    resumption_send_tickets(&pair);
    next = resumption_take_session(pair.client);
    cr_assert_not_null(next);
    cr_expect(stls_session_peer_verified(next));
    cr_expect_eq(next->lifetime.authenticated_at,
                 session->lifetime.authenticated_at,
                 "verified in person back then");
    cr_expect_null(resumption_take_session(pair.client),
                   "one, after a resumption");
    pair_free(&pair);
    stls_session_free(session);
    session = next;
  }
  stls_session_free(session);
  resumption_close(&peers);
}

/* TLS 1.2 has the session in the handshake: nothing has to be read. */
Test(session, comes_at_the_end_of_a_tls_1_2_handshake)
{
  const pair_options options = {.version = STLS_TLS_1_2};
  resumption peers = resumption_open(&options);
  test_pair pair = resumption_connect(&peers, NULL);
  stls_session *session = resumption_take_session(pair.client);

  cr_assert_not_null(session);
  cr_expect(stls_session_has_ticket(session));
  cr_expect_null(resumption_take_session(pair.client));
  cr_expect_null(resumption_take_session(pair.server), "servers have none");
  pair_free(&pair);
  pair = resumption_connect(&peers, session);
  cr_expect(stls_conninfo_resumed(stls_object_conninfo(pair.client)));
  cr_expect_null(resumption_take_session(pair.client), "nothing new came");
  pair_free(&pair);
  stls_session_free(session);
  resumption_close(&peers);
}

static void without_tickets(stls_context *context)
{
  SSL_CTX_set_options(stls_context_ssl_ctx(context), SSL_OP_NO_TICKET);
}

/* The server's memory instead of tickets. */
Test(session, needs_no_ticket)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v],
                                  .tune_server = without_tickets};
    resumption peers = resumption_open(&options);
    stls_session *session = resumption_new_session(&peers);
    cr_expect_eq(stls_session_has_ticket(session), v == 1);
    cr_expect(resumption_succeeds(&peers, session), "TLS 1.%zu", v + 2);
    stls_session_free(session);
    resumption_close(&peers);
  }
}

Test(session, tells_what_it_is)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v]};
    resumption peers = resumption_open(&options);
    stls_session *session = resumption_new_session(&peers);
    size_t len = 0;
    int64_t now = (int64_t)time(NULL);
    cr_expect_not_null(stls_session_id(session, &len));
    cr_expect_eq(len, 32);
    cr_expect_not_null(stls_session_id(session, NULL));
    cr_expect(stls_session_time(session) <= now &&
              stls_session_time(session) > now - 60);
    cr_expect_eq(stls_session_timeout(session), 7200);
    cr_expect_eq(stls_session_ticket_lifetime_hint(session), 7200);
    cr_expect_eq(stls_session_version(session), (int)versions[v]);
    cr_expect_not_null(stls_session_cipher_name(session));
    cr_expect_str_eq(stls_session_server_name(session), "server.example");
    cr_expect(stls_session_peer_verified(session));
    cr_expect(stls_session_has_ticket(session));
    stls_session_free(session);
    resumption_close(&peers);
  }
}

Test(session, that_is_null_says_nothing)
{
  size_t len = 1;

  cr_expect_null(stls_session_id(NULL, &len));
  cr_expect_eq(len, 0);
  cr_expect_not(stls_session_equal(NULL, NULL));
  cr_expect_eq(stls_session_time(NULL), 0);
  cr_expect_eq(stls_session_timeout(NULL), 0);
  cr_expect_eq(stls_session_ticket_lifetime_hint(NULL), 0);
  cr_expect_not(stls_session_has_ticket(NULL));
  cr_expect_not(stls_session_is_resumable(NULL));
  cr_expect_eq(stls_session_version(NULL), 0);
  cr_expect_null(stls_session_cipher_name(NULL));
  cr_expect_null(stls_session_server_name(NULL));
  cr_expect_not(stls_session_peer_verified(NULL));
  cr_expect_null(stls_session_up_ref(NULL));
  stls_session_free(NULL);
}

static void give_many(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_num_tickets(context, 12, NULL), STLS_OK);
}

/* A server cannot make a client hoard. */
Test(session, waits_with_at_most_seven_others)
{
  const pair_options options = {.version = STLS_TLS_1_3,
                                .tune_server = give_many};
  resumption peers = resumption_open(&options);
  test_pair pair = resumption_connect(&peers, NULL);
  stls_session *last = NULL, *session;
  size_t num = 0;

  resumption_send_tickets(&pair);
  while ((session = resumption_take_session(pair.client)) != NULL) {
    stls_session_free(last);
    last = session;
    num++;
  }
  cr_expect_eq(num, 8);
  /* The newest are there: OpenSSL's own is the twelfth. */
  size_t len;
  unsigned ssl_len;
  const uint8_t *id = stls_session_id(last, &len);
  const unsigned char *ssl_id = SSL_SESSION_get_id(
      SSL_get_session(stls_object_ssl(pair.client)), &ssl_len);
  cr_expect(len == ssl_len && memcmp(id, ssl_id, len) == 0);
  stls_session_free(last);
  /* Those that nobody takes are freed with the object. */
  pair_free(&pair);
  pair = resumption_connect(&peers, NULL);
  resumption_send_tickets(&pair);
  pair_free(&pair);
  resumption_close(&peers);
}

/* openssl #1550, #4720, gh-116810: an end without close_notify. */
Test(session, outlives_a_connection_that_was_cut)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v]};
    resumption peers = resumption_open(&options);
    test_pair pair = resumption_connect(&peers, NULL);
    stls_session *session;
    size_t got;
    char byte;
    resumption_send_tickets(&pair);
    session = resumption_take_session(pair.client);
    cr_assert_not_null(session);
    stls_bio_write_eof(stls_object_incoming(pair.client));
    EXPECT_RESULT(stls_object_read(pair.client, &byte, 1, &got),
                  STLS_ERROR_TRUNCATED, "read");
    pair_free(&pair);
    cr_expect(stls_session_is_resumable(session), "TLS 1.%zu", v + 2);
    cr_expect(resumption_succeeds(&peers, session), "TLS 1.%zu", v + 2);
    stls_session_free(session);
    resumption_close(&peers);
  }
}

/* RFC 5246, 7.2.2; RFC 8446 has no such rule. */
Test(session, of_tls_1_2_ends_with_a_fatal_alert)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};
  static const unsigned char nonsense[] = {23, 3, 3, 0, 20, 1, 2, 3, 4,
                                           5,  6, 7, 8, 9,  0, 1, 2, 3,
                                           4,  5, 6, 7, 8,  9, 0};

  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v]};
    resumption peers = resumption_open(&options);
    test_pair pair = resumption_connect(&peers, NULL);
    stls_session *session;
    size_t got;
    char byte;
    resumption_send_tickets(&pair);
    session = resumption_take_session(pair.client);
    cr_assert_not_null(session);
    ASSERT_RESULT(stls_bio_write(stls_object_incoming(pair.client), nonsense,
                                 sizeof nonsense, &got, NULL),
                  STLS_OK, "write");
    EXPECT_RESULT(stls_object_read(pair.client, &byte, 1, &got), STLS_ERROR_TLS,
                  "read");
    pair_free(&pair);
    cr_expect_eq(stls_session_is_resumable(session), v == 1, "TLS 1.%zu",
                 v + 2);
    stls_session_free(session);
    resumption_close(&peers);
  }
}

/* What the server does not know any more is shaken hands for in full, and
 * verified as ever. */
Test(session, that_the_server_lost_is_no_obstacle)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    resumption peers = resumption_open(&options),
               other = resumption_open(&options);
    stls_session *session = resumption_new_session(&peers);
    test_pair pair = resumption_connect(&other, session);
    const stls_conninfo *info = stls_object_conninfo(pair.client);
    cr_expect_not(stls_conninfo_resumed(info), "%s", label);
    cr_expect(stls_conninfo_peer_verified(info), "%s", label);
    resumption_send_tickets(&pair);
    cr_expect_geq(resumption_drop_sessions(pair.client), 1, "%s", label);
    cr_expect(stls_session_is_resumable(session), "%s", label);
    pair_free(&pair);
    stls_session_free(session);
    resumption_close(&peers);
    resumption_close(&other);
  }
}

static stls_result from_callback;

static void take_in_callback(stls_object *object, const stls_trace_event *event,
                             void *data)
{
  stls_session *session = NULL;

  (void)event;
  (void)data;
  from_callback = stls_object_take_session(object, &session, NULL);
}

static void observe(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_trace(context, take_in_callback, NULL, NULL),
                 STLS_OK);
}

Test(session, queue_refuses_misuse)
{
  const pair_options options = {.tune_client = observe};
  test_pair pair = pair_open(&options);
  stls_session *session = NULL;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(from_callback, STLS_ERROR_MISUSE, "from a callback");
  expect_misuse(stls_object_take_session(NULL, &session, &err), &err, "object");
  expect_misuse(stls_object_take_session(pair.client, NULL, &err), &err,
                "out_session");
  pair_free(&pair);
}
