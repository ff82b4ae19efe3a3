/* SPDX-License-Identifier: MIT */
/* test_after_close: no record follows the library's close_notify. */
/*
 * RFC 8446, 6.1: close_notify "notifies the recipient that the sender will not
 * send any more messages on this connection". What stands behind it in the peer's
 * queue may be plain text of whatever follows TLS (openssl PR #7058).
 */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/trace.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/record_forger.h"

SUITE(after_close);

/* What the peer does that libssl would answer, and what the reads end with. */
typedef void (*peer_act)(test_pair *pair, stls_object *peer);

static void update_keys(test_pair *pair, stls_object *peer);
static void ask_who(test_pair *pair, stls_object *peer);
static void renegotiate(test_pair *pair, stls_object *peer);
static void send_garbage(test_pair *pair, stls_object *peer);

static const struct row {
  const char *name;
  peer_act act;
  stls_protocol version;
  /* The side that has closed; both where it is 0. */
  stls_role self;
  stls_result ends;
} rows[] = {
    {"KeyUpdates", update_keys, STLS_TLS_1_3, 0, STLS_WANT_READ},
    {"a request for a certificate", ask_who, STLS_TLS_1_3, STLS_CLIENT,
     STLS_WANT_READ},
    {"a wish to renegotiate", renegotiate, STLS_TLS_1_2, 0, STLS_WANT_READ},
    {"garbage on 1.3", send_garbage, STLS_TLS_1_3, 0, STLS_ERROR_TLS},
    {"garbage on 1.2", send_garbage, STLS_TLS_1_2, 0, STLS_ERROR_TLS},
};

static int behind, closed;

static void see(stls_object *object, const stls_trace_event *event,
                void *user_data)
{
  (void)object;
  (void)user_data;
  if (event->flow != STLS_RECORDS_OUT) return;
  behind += closed;
}

static void tune(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_post_handshake_auth(context, true, NULL),
                STLS_OK, "late authentication");
  SSL_CTX_clear_options(stls_context_ssl_ctx(context), SSL_OP_NO_RENEGOTIATION);
}

static void tune_and_trace(stls_context *context)
{
  tune(context);
  ASSERT_RESULT(stls_context_set_trace(context, see, NULL, NULL), STLS_OK,
                "trace");
  SSL_CTX_set_options(stls_context_ssl_ctx(context), SSL_OP_NO_RENEGOTIATION);
}

static stls_result read_all(stls_object *object)
{
  stls_result result;
  char byte[10];
  size_t done;

  do result = stls_object_read(object, byte, sizeof byte, &done);
  while (result == STLS_OK);
  return result;
}

static void check_row(const struct row *row, stls_role role, pair_feed feed)
{
  pair_options options = {.version = row->version,
                          .feed = feed,
                          .client_credential = "client-ecdsa",
                          .server_verify = STLS_VERIFY_OPTIONAL};
  bool is_client = role == STLS_CLIENT;
  stls_counters before = STLS_COUNTERS_INIT, after = STLS_COUNTERS_INIT;
  stls_object *self, *peer;
  stls_result result = STLS_WANT_READ;
  test_pair pair;

  behind = closed = 0;
  options.tune_client = is_client ? tune_and_trace : tune;
  options.tune_server = is_client ? tune : tune_and_trace;
  pair = pair_open(&options);
  self = is_client ? pair.client : pair.server;
  peer = is_client ? pair.server : pair.client;
  pair_settle(&pair);
  ASSERT_RESULT(stls_object_close_write(self), STLS_OK, row->name);
  bytes_drop(stls_object_outgoing(self));
  closed = 1;
  ASSERT_RESULT(stls_object_counters(self, &before, NULL), STLS_OK, "counters");
  for (int round = 0; round < 3 && result == STLS_WANT_READ; round++) {
    row->act(&pair, peer);
    while (pair_move(&pair, peer, self) > 0 && result >= 0)
      result = read_all(self);
  }
  EXPECT_RESULT(result, row->ends, row->name);
  cr_expect_eq(stls_bio_pending(stls_object_outgoing(self)), (size_t)0, "%s",
               row->name);
  cr_expect_eq(behind, 0, "%s: an observer sees it", row->name);
  cr_expect_eq(stls_object_alert_sent(self), 0, "%s", row->name);
  ASSERT_RESULT(stls_object_counters(self, &after, NULL), STLS_OK, "counters");
  cr_expect_eq(after.bytes_out, before.bytes_out, "%s", row->name);
  cr_expect_eq(after.records_out, before.records_out, "%s", row->name);
  pair_free(&pair);
}

Test(after_close, nothing_goes_out)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    for (pair_feed feed = FEED_WHOLE; feed <= FEED_BYTES; feed++)
      for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++)
        if (rows[i].self == 0 || rows[i].self == role)
          check_row(&rows[i], role, feed);
}

/* The limit of a flood holds without an alert. */
Test(after_close, a_flood_ends_the_connection_in_silence)
{
  test_pair pair = record_forger_open(NULL);
  stls_bio *out = stls_object_outgoing(pair.server);

  ASSERT_RESULT(stls_object_close_write(pair.server), STLS_OK, "close");
  bytes_drop(out);
  for (int i = 0; i < 40; i++) record_forger_send_key_update(pair.server);
  EXPECT_RESULT(read_all(pair.server), STLS_ERROR_TLS, "flood");
  cr_expect_eq(stls_bio_pending(out), (size_t)0);
  cr_expect_eq(stls_object_alert_sent(pair.server), 0);
  pair_free(&pair);
}

static void many_key_updates(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_limit(context, STLS_LIMIT_KEY_UPDATES, 100000, NULL),
      STLS_OK, "limit");
}

/* Answers that nobody will get are no reason to wait for `outgoing`. */
Test(after_close, no_read_waits_for_outgoing)
{
  for (int late = 0; late < 2; late++) {
    test_pair pair = record_forger_open(many_key_updates);
    for (int i = 0; i < 2000; i++) record_forger_send_key_update(pair.server);
    if (late == 1)
      ASSERT_RESULT(read_all(pair.server), STLS_WANT_WRITE, "before");
    ASSERT_RESULT(stls_object_close_write(pair.server), STLS_OK, "close");
    EXPECT_RESULT(read_all(pair.server), STLS_WANT_READ,
                  late == 1 ? "answers before" : "none");
    pair_free(&pair);
  }
}

/* STARTTLS and its end: data, tickets and keys of one side cross the other's
 * close, and plain text follows in both directions. */
Test(after_close, plain_text_follows)
{
  pair_options options = {0};
  char label[64], out[100];
  size_t done;

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    stls_bio *in = stls_object_incoming(pair.server);
    EXPECT_RESULT(stls_object_unwrap(pair.client), STLS_WANT_READ, label);
    if (row >= 3)
      ASSERT_RESULT(stls_object_key_update(pair.server, true), STLS_OK, label);
    ASSERT_RESULT(stls_object_write(pair.server, "last words", 10, &done),
                  STLS_OK, label);
    pair_move_all(&pair, pair.client, pair.server);
    ASSERT_RESULT(read_all(pair.server), STLS_CLOSED, label);
    EXPECT_RESULT(stls_object_unwrap(pair.server), STLS_OK, label);
    pair_move_all(&pair, pair.server, pair.client);
    EXPECT_RESULT(read_all(pair.client), STLS_CLOSED, label);
    EXPECT_RESULT(stls_object_unwrap(pair.client), STLS_OK, label);
    ASSERT_RESULT(stls_bio_write(stls_object_outgoing(pair.client), "QUIT\r\n",
                                 6, &done, NULL),
                  STLS_OK, label);
    pair_move_all(&pair, pair.client, pair.server);
    cr_expect_eq(stls_bio_pending(in), (size_t)6, "%s", label);
    ASSERT_RESULT(stls_bio_read(in, out, 100, &done, NULL), STLS_OK, label);
    cr_expect_arr_eq(out, "QUIT\r\n", 6);
    pair_free(&pair);
  }
}

static void write_byte(stls_object *object)
{
  size_t done;

  ASSERT_RESULT(stls_object_write(object, "x", 1, &done), STLS_OK,
                pair_message(object));
}

/* libssl owes an answer to the first when the second comes. */
static void update_keys(test_pair *pair, stls_object *peer)
{
  (void)pair;
  ASSERT_RESULT(stls_object_key_update(peer, true), STLS_OK, "update");
  write_byte(peer);
}

static void ask_who(test_pair *pair, stls_object *peer)
{
  (void)pair;
  if (stls_object_client_auth(peer) == STLS_CLIENT_AUTH_NONE)
    ASSERT_RESULT(stls_object_verify_client(peer), STLS_OK, "ask");
  write_byte(peer);
}

static void renegotiate(test_pair *pair, stls_object *peer)
{
  size_t done;

  (void)pair;
  (void)SSL_renegotiate(stls_object_ssl(peer));
  (void)!stls_object_write(peer, "x", 1, &done);
}

static void send_garbage(test_pair *pair, stls_object *peer)
{
  static const char record[] =
      "\x17\x03\x03\x00\x20"
      "0123456789012345678901234567890";
  size_t done;

  (void)pair;
  ASSERT_RESULT(stls_bio_write(stls_object_outgoing(peer), record,
                               sizeof record, &done, NULL),
                STLS_OK, "garbage");
}
