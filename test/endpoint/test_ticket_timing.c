/* SPDX-License-Identifier: MIT */
/* test_ticket_timing: the times at which TLS 1.3 tickets are sent. */
#include <openssl/ssl.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "support/expect.h"
#include "support/resumption.h"

SUITE(ticket_timing, .timeout = 60);

static void with_data(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_ticket_timing(context, STLS_TICKETS_WITH_DATA, NULL),
      STLS_OK);
}

static void never(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_ticket_timing(context, STLS_TICKETS_NEVER, NULL),
      STLS_OK);
}

static void sixteen(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_num_tickets(context, 16, NULL), STLS_OK);
}

static void none(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_num_tickets(context, 0, NULL), STLS_OK);
}

static const struct row {
  const char *name;
  void (*tune)(stls_context *context);
  stls_ticket_timing timing;
  /* Sessions that the client has after the handshake, and after data. */
  size_t at_once, later;
} rows[] = {
    {"default", NULL, STLS_TICKETS_WITH_HANDSHAKE, 2, 0},
    {"sixteen", sixteen, STLS_TICKETS_WITH_HANDSHAKE, 8, 0},
    {"none", none, STLS_TICKETS_WITH_HANDSHAKE, 0, 0},
    {"with data", with_data, STLS_TICKETS_WITH_DATA, 0, 2},
    {"never", never, STLS_TICKETS_NEVER, 0, 0},
};

/* RFC 8446, 4.6.1: at any time after the client's Finished. */
Test(ticket_timing, is_the_contexts)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step())
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
      const bool is_1_3 = options.version == STLS_TLS_1_3;
      test_pair pair;
      options.tune_server = rows[i].tune;
      pair = pair_open(&options);
      cr_expect_eq(stls_context_ticket_timing(stls_object_context(pair.server)),
                   rows[i].timing);
      cr_expect_eq(stls_object_wants(pair.server) & STLS_INTEREST_RECORDS_OUT,
                   0);
      pair_settle(&pair);
      cr_expect_eq(resumption_drop_sessions(pair.client),
                   is_1_3 ? rows[i].at_once : 1, "%s, %s: at once", label,
                   rows[i].name);
      for (int turn = 0; turn < 2; turn++) {
        pair_transfer(&pair, pair.server, pair.client, 5);
        cr_expect_eq(resumption_drop_sessions(pair.client),
                     is_1_3 && turn == 0 ? rows[i].later : 0,
                     "%s, %s: after data, %d", label, rows[i].name, turn);
      }
      pair_free(&pair);
    }
}

/* Feeds the server what the client has said, by the script, until its handshake
 * answers something else than STLS_WANT_READ. */
static stls_result finish(test_pair *pair)
{
  stls_result result = STLS_WANT_READ;

  while (result == STLS_WANT_READ &&
         pair_move(pair, pair->client, pair->server) > 0)
    result = stls_object_handshake(pair->server);
  return result;
}

/* A pair whose client has said Finished, which its server has not read. */
static test_pair open_before_finished(pair_options *options)
{
  test_pair pair = pair_new(options);

  ASSERT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "hello");
  pair_move_all(&pair, pair.client, pair.server);
  ASSERT_RESULT(stls_object_handshake(pair.server), STLS_WANT_READ, "flight");
  pair_move_all(&pair, pair.server, pair.client);
  ASSERT_RESULT(stls_object_handshake(pair.client), STLS_OK, "client");
  return pair;
}

/* They are there when the handshake is done, and not before; nobody has to make
 * another call for them. */
Test(ticket_timing, lets_the_end_of_a_handshake_say_something)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 3; pair_row(row, &options, label); row++) {
    test_pair pair = open_before_finished(&options);
    stls_bio *out = stls_object_outgoing(pair.server);
    cr_expect_eq(stls_bio_pending(out), 0, "%s", label);
    EXPECT_RESULT(finish(&pair), STLS_OK, label);
    cr_expect_gt(stls_bio_pending(out), 400, "%s", label);
    cr_expect(stls_object_wants(pair.server) & STLS_INTEREST_RECORDS_OUT);
    pair_free(&pair);
  }
}

/* At its limit `outgoing` takes one if it is empty; the others do not wait for
 * ever, nor does the handshake wait for them. */
Test(ticket_timing, heeds_the_limit_of_outgoing)
{
  static const struct limit_row {
    size_t limit, filler;
    size_t at_once;
    stls_result result;
  } limits[] = {
      {100, 0, 1, STLS_OK},    {1000, 0, 1, STLS_OK},
      {1000, 500, 0, STLS_OK}, {1000, 1000, 0, STLS_WANT_WRITE},
      {65536, 0, 5, STLS_OK},  {65536, 64000, 1, STLS_OK},
  };
  static const char filler[65536];

  for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
    const struct limit_row *row = &limits[i];
    pair_options options = {.version = STLS_TLS_1_3, .tune_server = sixteen};
    test_pair pair = open_before_finished(&options);
    stls_bio *out = stls_object_outgoing(pair.server);
    size_t done, num = 0, greatest = 0;
    ASSERT_RESULT(stls_bio_set_limit(out, row->limit, NULL), STLS_OK, "limit");
    /* Somebody else's bytes in front. */
    if (row->filler > 0)
      ASSERT_RESULT(stls_bio_write(out, filler, row->filler, &done, NULL),
                    STLS_OK, "filler");
    EXPECT_RESULT(finish(&pair), row->result, "handshake");
    cr_expect_leq(stls_bio_pending(out),
                  row->limit < 512 ? (size_t)512 : row->limit, "row %zu", i);
    if (row->limit == 65536 && row->filler == 0)
      cr_expect_gt(stls_bio_pending(out), (size_t)(16 * 200));
    ASSERT_RESULT(stls_bio_consume(out, row->filler, NULL), STLS_OK, "filler");
    EXPECT_RESULT(stls_object_handshake(pair.server), STLS_OK, "again");
    for (int turn = 0; turn < 40; turn++) {
      char byte;
      if (stls_bio_pending(out) > greatest) greatest = stls_bio_pending(out);
      pair_move_all(&pair, pair.server, pair.client);
      (void)!stls_object_read(pair.client, &byte, 1, &done);
      num += resumption_drop_sessions(pair.client);
      ASSERT_RESULT(stls_object_write(pair.server, "x", 1, &done), STLS_OK,
                    "write");
    }
    cr_expect_leq(greatest, row->limit < 1024 ? (size_t)1024 : row->limit);
    /* A client keeps the last eight that it was not asked for. */
    cr_expect(num == 16 || (row->limit == 65536 && num >= 8), "row %zu: %zu", i,
              num);
    pair_free(&pair);
  }
}

/* openssl #7948, #7967, trio #819: what nobody reads must not be in the way. */
Test(ticket_timing, waits_for_the_first_data)
{
  const pair_options options = {.version = STLS_TLS_1_3,
                                .tune_server = with_data};
  resumption peers = resumption_open(&options);
  test_pair pair = resumption_connect(&peers, NULL);
  stls_bio *out = stls_object_outgoing(pair.server);
  size_t done, first;
  char bytes[100];

  cr_expect_eq(stls_bio_pending(out), 0, "after the handshake");
  /* A peer that only sends. */
  for (int i = 0; i < 3; i++) {
    ASSERT_RESULT(stls_object_write(pair.client, "data", 4, &done), STLS_OK,
                  "write");
    pair_move_all(&pair, pair.client, pair.server);
    EXPECT_RESULT(stls_object_read(pair.server, bytes, sizeof bytes, &done),
                  STLS_OK, "read");
    cr_expect_eq(stls_bio_pending(out), 0, "after a read");
  }
  ASSERT_RESULT(stls_object_write(pair.server, "data", 4, &done), STLS_OK,
                "write");
  first = stls_bio_pending(out);
  cr_expect_gt(first, 200, "tickets and data");
  ASSERT_RESULT(stls_object_write(pair.server, "data", 4, &done), STLS_OK,
                "write");
  cr_expect_lt(stls_bio_pending(out) - first, 50, "data only");
  pair_free(&pair);
  resumption_close(&peers);
}

Test(ticket_timing, is_not_sent_with_a_close)
{
  const pair_options options = {.version = STLS_TLS_1_3,
                                .tune_server = with_data};
  resumption peers = resumption_open(&options);
  test_pair pair = resumption_connect(&peers, NULL);

  EXPECT_RESULT(stls_object_close_write(pair.server), STLS_OK, "close");
  cr_expect_lt(stls_bio_pending(stls_object_outgoing(pair.server)), 40);
  pair_free(&pair);
  resumption_close(&peers);
}

/* Data behind a cork, and in pieces, is data. */
Test(ticket_timing, comes_with_corked_data)
{
  const pair_options options = {.version = STLS_TLS_1_3,
                                .tune_server = with_data};
  resumption peers = resumption_open(&options);
  test_pair pair = resumption_connect(&peers, NULL);
  stls_session *session;
  char bytes[10];
  size_t done;

  ASSERT_RESULT(stls_object_cork(pair.server), STLS_OK, "cork");
  ASSERT_RESULT(stls_object_write(pair.server, "data", 4, &done), STLS_OK,
                "write");
  cr_expect_eq(stls_bio_pending(stls_object_outgoing(pair.server)), 0);
  ASSERT_RESULT(stls_object_flush(pair.server), STLS_OK, "flush");
  pair_move_all(&pair, pair.server, pair.client);
  ASSERT_RESULT(stls_object_read(pair.client, bytes, sizeof bytes, &done),
                STLS_OK, "read");
  cr_expect_arr_eq(bytes, "data", 4);
  session = resumption_take_session(pair.client);
  cr_expect_not_null(session);
  stls_session_free(session);
  pair_free(&pair);
  resumption_close(&peers);
}

/* A client that has what it wants, or only sends, reads nothing: its tickets wait
 * in the queue, which they do not fill, and the server reads on. */
Test(ticket_timing, does_not_depend_on_who_reads)
{
  pair_options options = {.version = STLS_TLS_1_3, .tune_server = sixteen};
  test_pair pair = open_before_finished(&options);
  stls_bio *out = stls_object_outgoing(pair.server);
  unsigned char data[5000] = {0};
  size_t before, done;

  ASSERT_RESULT(finish(&pair), STLS_OK, "handshake");
  before = stls_bio_pending(out);
  cr_expect_gt(before, (size_t)(16 * 200));
  cr_expect_lt(before, stls_bio_limit(out));
  for (int i = 0; i < 20; i++) {
    ASSERT_RESULT(stls_object_write(pair.client, data, sizeof data, &done),
                  STLS_OK, "write");
    pair_move_all(&pair, pair.client, pair.server);
    EXPECT_RESULT(stls_object_read(pair.server, data, sizeof data, &done),
                  STLS_OK, "read");
    cr_expect_eq(done, sizeof data);
  }
  ASSERT_RESULT(stls_object_close_write(pair.client), STLS_OK, "close");
  pair_move_all(&pair, pair.client, pair.server);
  EXPECT_RESULT(stls_object_read(pair.server, data, sizeof data, &done),
                STLS_CLOSED, "closed");
  cr_expect_eq(stls_bio_pending(out), before, "nobody has read");
  pair_free(&pair);
}

/* RFC 8446, 6.1: data and close_notify right behind Finished, and then nobody is
 * there: the server reads all of it. */
Test(ticket_timing, lets_a_client_close_at_once)
{
  pair_options options = {0};
  char label[64], out[10];

  for (size_t row = 3; pair_row(row, &options, label); row++) {
    test_pair pair = open_before_finished(&options);
    size_t done, len = 0;
    ASSERT_RESULT(stls_object_write(pair.client, "data", 4, &done), STLS_OK,
                  label);
    ASSERT_RESULT(stls_object_close_write(pair.client), STLS_OK, label);
    while (pair_move(&pair, pair.client, pair.server) > 0)
      if (stls_object_read(pair.server, out + len, sizeof out - len, &done) ==
          STLS_OK)
        len += done;
    stls_bio_write_eof(stls_object_incoming(pair.server));
    cr_expect_eq(len, 4, "%s", label);
    EXPECT_RESULT(stls_object_read(pair.server, out, sizeof out, &done),
                  STLS_CLOSED, label);
    cr_expect_gt(stls_bio_pending(stls_object_outgoing(pair.server)), 400);
    EXPECT_RESULT(stls_object_close_write(pair.server), STLS_OK, label);
    pair_free(&pair);
  }
}

/* Who resumes gets one more, at the same time. */
Test(ticket_timing, is_the_same_for_resumed_connections)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const pair_options options = {.version = STLS_TLS_1_3,
                                  .tune_server = rows[i].tune};
    resumption peers;
    stls_session *session;
    test_pair pair;
    if (rows[i].at_once + rows[i].later == 0) continue;
    peers = resumption_open(&options);
    session = resumption_new_session(&peers);
    pair = resumption_connect(&peers, session);
    cr_expect(stls_conninfo_resumed(stls_object_conninfo(pair.server)));
    pair_settle(&pair);
    cr_expect_eq(resumption_drop_sessions(pair.client),
                 rows[i].at_once > 0 ? 1 : 0, "%s", rows[i].name);
    resumption_send_tickets(&pair);
    cr_expect_eq(resumption_drop_sessions(pair.client),
                 rows[i].later > 0 ? 1 : 0, "%s", rows[i].name);
    stls_session_free(session);
    pair_free(&pair);
    resumption_close(&peers);
  }
}

Test(ticket_timing, setter_refuses_misuse)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *client = NULL, *server = NULL;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &client, &err),
      STLS_OK, "client");
  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &server, &err),
      STLS_OK, "server");
  cr_expect_eq(stls_context_ticket_timing(NULL), STLS_TICKETS_NEVER);
  cr_expect_eq(stls_context_ticket_timing(client), STLS_TICKETS_NEVER);
  expect_misuse(stls_context_set_ticket_timing(NULL, 0, &err), &err, "context");
  expect_misuse(stls_context_set_ticket_timing(client, 0, &err), &err,
                "server");
  expect_misuse(
      stls_context_set_ticket_timing(server, (stls_ticket_timing)3, &err), &err,
      "timing 3");
  cr_expect_eq(stls_context_ticket_timing(server), STLS_TICKETS_WITH_HANDSHAKE);
  ASSERT_RESULT(stls_context_seal(server, &err), STLS_OK, "seal");
  expect_misuse(stls_context_set_ticket_timing(server, 0, &err), &err,
                "sealed");
  stls_context_free(client);
  stls_context_free(server);
}
