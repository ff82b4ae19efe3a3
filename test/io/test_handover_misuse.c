/* SPDX-License-Identifier: MIT */
/* test_handover_misuse: what a hand-over refuses, and what is refused after it. */
#include <sanstls/ciphers.h>
#include <sanstls/handover.h>
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(handover_misuse, .timeout = 120);

static stls_record_state state = STLS_RECORD_STATE_INIT;
static stls_error err;

static void use_direct(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_records(context, STLS_RECORDS_DIRECT, NULL),
                 STLS_OK);
}

static void use_ccm(stls_context *context)
{
  use_direct(context);
  ASSERT_RETURNS(
      stls_context_set_ciphersuites(context, "TLS_AES_128_CCM_SHA256", NULL),
      STLS_OK);
}

static test_pair open_pair(stls_protocol version)
{
  pair_options options = {
      .version = version, .tune_client = use_direct, .tune_server = use_direct};
  test_pair pair = pair_open(&options);

  pair_settle(&pair);
  return pair;
}

static stls_result export_from(stls_object *object, stls_flow flow)
{
  const stls_error fresh = STLS_ERROR_INIT;

  err = fresh;
  return stls_object_export_insecure_record_state(object, flow, &state, &err);
}

static void expect_refused(stls_object *object, stls_flow flow,
                           const char *word)
{
  expect_misuse(export_from(object, flow), &err, word);
}

Test(handover_misuse, arguments)
{
  const stls_record_state whole = STLS_RECORD_STATE_INIT;
  test_pair pair;

  pair_need_direct();
  pair = open_pair(STLS_TLS_1_3);
  expect_misuse(export_from(NULL, STLS_RECORDS_IN), &err, "object");
  expect_refused(pair.client, (stls_flow)2, "flow 2");
  expect_misuse(stls_object_export_insecure_record_state(
                    pair.client, STLS_RECORDS_IN, NULL, &err),
                &err, "out_state");
  state.size = 0;
  expect_refused(pair.client, STLS_RECORDS_IN, "out_state->size");
  state = whole;
  EXPECT_RETURNS(stls_object_receive_control(NULL, 22, "", 0),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_consume_control(NULL), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_count_data(NULL, STLS_RECORDS_IN, 1, 1),
                 STLS_ERROR_MISUSE);
  cr_expect_eq(stls_object_peek_control(NULL, NULL).len, 0);
  pair_free(&pair);
}

Test(handover_misuse, before_the_handshake)
{
  pair_options options = {.tune_client = use_direct, .tune_server = use_direct};
  test_pair pair;

  pair_need_direct();
  pair = pair_new(&options);
  expect_refused(pair.client, STLS_RECORDS_IN, "the handshake has not begun");
  EXPECT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
  expect_refused(pair.client, STLS_RECORDS_OUT, "the handshake is not done");
  EXPECT_RETURNS(stls_object_receive_control(pair.client, 22, "", 0),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_consume_control(pair.client), STLS_ERROR_MISUSE);
  pair_free(&pair);
}

Test(handover_misuse, records_of_libssl)
{
  pair_options rows[] = {{.tune_client = pair_use_libssl_records},
                         {.tune_client = use_ccm, .tune_server = use_ccm}};

  pair_need_direct();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    test_pair pair = pair_open(&rows[i]);
    pair_settle(&pair);
    EXPECT_RETURNS(export_from(pair.client, STLS_RECORDS_OUT),
                   STLS_ERROR_UNSUPPORTED);
    cr_expect(strstr(err.message, "libssl protects"), "%s", err.message);
    EXPECT_RETURNS(stls_object_receive_control(pair.client, 22, "", 0),
                   STLS_ERROR_MISUSE);
    cr_expect_eq(stls_object_peek_control(pair.client, NULL).len, 0);
    pair_transfer(&pair, pair.client, pair.server, 1000);
    pair_free(&pair);
  }
}

/* The same of a direction that holds something. */
static void expect_held(stls_object *object, stls_flow flow, const char *word)
{
  expect_refused(object, flow, word);
  cr_expect_eq(err.own_reason, STLS_REASON_NOT_DRAINED, "%s: %s", word,
               stls_reason_name(err.own_reason));
}

static void move(stls_object *from, stls_object *to, size_t len)
{
  uint8_t bytes[2000];
  size_t got, taken;

  cr_assert_leq(len, sizeof bytes);
  ASSERT_RETURNS(
      stls_bio_read(stls_object_outgoing(from), bytes, len, &got, NULL),
      STLS_OK);
  ASSERT_RETURNS(
      stls_bio_write(stls_object_incoming(to), bytes, got, &taken, NULL),
      STLS_OK);
}

/* Each thing that one direction still holds; afterwards it is handed over. */
static void hold_input(stls_protocol version)
{
  test_pair pair = open_pair(version);
  size_t done, room;
  void *memory;
  char out[100];

  ASSERT_RETURNS(stls_object_write(pair.server, "0123456789", 10, &done),
                 STLS_OK);
  move(pair.server, pair.client, 4);
  expect_held(pair.client, STLS_RECORDS_IN, "bytes wait in incoming");
  EXPECT_RETURNS(stls_object_read(pair.client, out, 100, &done),
                 STLS_WANT_READ);
  expect_held(pair.client, STLS_RECORDS_IN, "in");
  move(pair.server, pair.client, 2000);
  EXPECT_RETURNS(stls_object_read(pair.client, out, 4, &done), STLS_OK);
  expect_held(pair.client, STLS_RECORDS_IN, "received data waits");
  EXPECT_RETURNS(stls_object_peek(pair.client, out, 100, &done), STLS_OK);
  expect_held(pair.client, STLS_RECORDS_IN, "received data waits");
  EXPECT_RETURNS(stls_object_read(pair.client, out, 100, &done), STLS_OK);
  ASSERT_RETURNS(stls_bio_reserve(stls_object_incoming(pair.client), 100,
                                  &memory, &room, NULL),
                 STLS_OK);
  expect_held(pair.client, STLS_RECORDS_IN, "reserved");
  ASSERT_RETURNS(stls_bio_commit(stls_object_incoming(pair.client), 0, NULL),
                 STLS_OK);
  EXPECT_RESULT(export_from(pair.client, STLS_RECORDS_IN), STLS_OK,
                err.message);
  pair_free(&pair);
}

static void hold_output(stls_protocol version)
{
  test_pair pair = open_pair(version);
  size_t done;

  ASSERT_RETURNS(stls_object_write(pair.client, "0123456789", 10, &done),
                 STLS_OK);
  expect_held(pair.client, STLS_RECORDS_OUT, "bytes wait in outgoing");
  move(pair.client, pair.server, 2000);
  ASSERT_RETURNS(stls_object_cork(pair.client), STLS_OK);
  expect_held(pair.client, STLS_RECORDS_OUT, "corked");
  ASSERT_RETURNS(stls_object_flush(pair.client), STLS_OK);
  EXPECT_RESULT(export_from(pair.client, STLS_RECORDS_OUT), STLS_OK,
                err.message);
  pair_free(&pair);
}

Test(handover_misuse, directions_that_are_not_drained)
{
  pair_need_direct();
  for (int turn = 0; turn < 2; turn++) {
    hold_input(turn == 0 ? STLS_TLS_1_3 : STLS_TLS_1_2);
    hold_output(turn == 0 ? STLS_TLS_1_3 : STLS_TLS_1_2);
  }
}

/* libssl has bytes that are no record, or a ChangeCipherSpec of which 3.5 waits for
 * the end. */
Test(handover_misuse, records_that_libssl_has_begun_to_read)
{
  static const stls_span rows[] = {{"\0", 1}, {"\x14\3\3\0\1", 5}};

  pair_need_direct();
  for (int i = 0; i < 4; i++) {
    test_pair pair = open_pair(i & 1 ? STLS_TLS_1_3 : STLS_TLS_1_2);
    stls_bio *incoming = stls_object_incoming(pair.client);
    stls_result result;
    size_t done;
    char out[10];
    /* It cannot wait in the queue. */
    ASSERT_RETURNS(stls_bio_set_limit(incoming, rows[i / 2].len, NULL),
                   STLS_OK);
    ASSERT_RETURNS(stls_bio_write(incoming, rows[i / 2].data, rows[i / 2].len,
                                  &done, NULL),
                   STLS_OK);
    result = stls_object_read(pair.client, out, sizeof out, &done);
    if (i < 2) EXPECT_RETURNS(result, STLS_WANT_READ);
    if (result == STLS_WANT_READ)
      expect_held(pair.client, STLS_RECORDS_IN, "a part of a record");
    else
      EXPECT_RETURNS(export_from(pair.client, STLS_RECORDS_IN), result);
    pair_free(&pair);
  }
}

Test(handover_misuse, directions_that_are_over)
{
  test_pair pair;
  char out[10];
  size_t done;

  pair_need_direct();
  pair = open_pair(STLS_TLS_1_3);
  ASSERT_RETURNS(stls_object_close_write(pair.client), STLS_OK);
  pair_move_all(&pair, pair.client, pair.server);
  expect_refused(pair.client, STLS_RECORDS_OUT, "closed for writing");
  EXPECT_RETURNS(stls_object_read(pair.server, out, 10, &done), STLS_CLOSED);
  expect_refused(pair.server, STLS_RECORDS_IN, "closed by the peer");
  EXPECT_RESULT(export_from(pair.server, STLS_RECORDS_OUT), STLS_OK,
                err.message);
  EXPECT_RESULT(export_from(pair.client, STLS_RECORDS_IN), STLS_OK,
                err.message);
  pair_free(&pair);
  pair = open_pair(STLS_TLS_1_3);
  stls_bio_write_eof(stls_object_incoming(pair.client));
  stls_bio_write_eof(stls_object_outgoing(pair.client));
  expect_held(pair.client, STLS_RECORDS_IN, "the end of incoming");
  expect_refused(pair.client, STLS_RECORDS_OUT, "the end of outgoing");
  EXPECT_RETURNS(stls_object_read(pair.client, out, 10, &done),
                 STLS_ERROR_TRUNCATED);
  EXPECT_RETURNS(export_from(pair.client, STLS_RECORDS_OUT),
                 STLS_ERROR_TRUNCATED);
  pair_free(&pair);
}

/* A key is given once: two engines with it would use a nonce twice. */
Test(handover_misuse, a_key_is_given_once)
{
  test_pair pair;
  int type = 0;

  pair_need_direct();
  pair = open_pair(STLS_TLS_1_3);
  for (int flow = 0; flow < 2; flow++) {
    ASSERT_RESULT(export_from(pair.client, (stls_flow)flow), STLS_OK,
                  err.message);
    expect_refused(pair.client, (stls_flow)flow, "no KeyUpdate has changed it");
  }
  ASSERT_RETURNS(stls_object_key_update(pair.client, true), STLS_OK);
  expect_refused(pair.client, STLS_RECORDS_OUT, "a control record waits");
  expect_refused(pair.client, STLS_RECORDS_IN, "no KeyUpdate has changed it");
  cr_expect_eq(stls_object_peek_control(pair.client, &type).len, 5);
  cr_expect_eq(type, 22);
  EXPECT_RETURNS(stls_object_key_update(pair.client, true), STLS_WANT_WRITE);
  ASSERT_RETURNS(stls_object_consume_control(pair.client), STLS_OK);
  cr_expect_eq(stls_object_wants(pair.client), (unsigned)STLS_INTEREST_KEY_OUT);
  EXPECT_RETURNS(stls_object_key_update(pair.client, true), STLS_WANT_WRITE);
  EXPECT_RETURNS(
      stls_object_receive_control(pair.client, 22, "\x18\0\0\1\0", 5),
      STLS_WANT_WRITE);
  EXPECT_RESULT(export_from(pair.client, STLS_RECORDS_OUT), STLS_OK,
                err.message);
  cr_expect_eq(state.seq, 0);
  cr_expect_eq(stls_object_wants(pair.client), 0u);
  EXPECT_RETURNS(
      stls_object_receive_control(pair.client, 22, "\x18\0\0\1\0", 5), STLS_OK);
  cr_expect_eq(stls_object_wants(pair.client), (unsigned)STLS_INTEREST_KEY_IN);
  EXPECT_RETURNS(
      stls_object_receive_control(pair.client, 22, "\x18\0\0\1\0", 5),
      STLS_ERROR_MISUSE);
  EXPECT_RESULT(export_from(pair.client, STLS_RECORDS_IN), STLS_OK,
                err.message);
  pair_free(&pair);
}

static void expect_no_reads(stls_object *object)
{
  stls_writable_span span;
  char out[10];
  size_t done, used;

  span.data = out;
  span.len = sizeof out;
  EXPECT_RETURNS(stls_object_read(object, out, 10, &done), STLS_ERROR_MISUSE);
  cr_expect(strstr(pair_message(object), "records in were handed over"));
  EXPECT_RETURNS(stls_object_peek(object, out, 10, &done), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_readv(object, &span, 1, &done), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(
      stls_object_read_from(object, "\x17\3\3\0\7", 5, &used, out, 10, &done),
      STLS_ERROR_MISUSE);
  cr_expect_eq(used, 0);
  cr_expect_eq(stls_bio_pending(stls_object_incoming(object)), 0);
}

static void expect_no_writes(stls_object *object)
{
  const stls_span spans[] = {{"a", 1}, {"b", 1}};
  size_t done;

  EXPECT_RETURNS(stls_object_write(object, "x", 1, &done), STLS_ERROR_MISUSE);
  cr_expect(strstr(pair_message(object), "records out were handed over"));
  EXPECT_RETURNS(stls_object_writev(object, spans, 2, &done),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_cork(object), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_flush(object), STLS_OK);
  cr_expect_eq(stls_bio_pending(stls_object_outgoing(object)), 0);
}

Test(handover_misuse, data_is_the_engines)
{
  pair_need_direct();
  for (int turn = 0; turn < 4; turn++) {
    test_pair pair = open_pair(turn & 1 ? STLS_TLS_1_3 : STLS_TLS_1_2);
    char out[10];
    size_t done;
    /* The object has looked for a record and found none. */
    EXPECT_RETURNS(stls_object_read(pair.client, out, 10, &done),
                   STLS_WANT_READ);
    if (turn & 2) {
      ASSERT_RETURNS(export_from(pair.client, STLS_RECORDS_IN), STLS_OK);
      expect_no_reads(pair.client);
      pair_transfer(&pair, pair.client, pair.server, 1000);
      EXPECT_RETURNS(
          stls_object_count_data(pair.client, STLS_RECORDS_OUT, 1, 1),
          STLS_ERROR_MISUSE);
    } else {
      ASSERT_RETURNS(export_from(pair.client, STLS_RECORDS_OUT), STLS_OK);
      expect_no_writes(pair.client);
      pair_transfer(&pair, pair.server, pair.client, 1000);
      EXPECT_RETURNS(stls_object_receive_control(pair.client, 21, "\1\0", 2),
                     STLS_ERROR_MISUSE);
    }
    EXPECT_RETURNS(stls_object_consume_control(pair.client), STLS_ERROR_MISUSE);
    pair_free(&pair);
  }
}

/* Nobody reads what is put into `incoming` then, and it hides no end. */
Test(handover_misuse, bytes_behind_the_hand_over_are_lost)
{
  pair_need_direct();
  for (int turn = 0; turn < 2; turn++) {
    test_pair pair = open_pair(turn == 0 ? STLS_TLS_1_3 : STLS_TLS_1_2);
    stls_bio *incoming = stls_object_incoming(pair.client);
    size_t done;
    ASSERT_RETURNS(export_from(pair.client, STLS_RECORDS_IN), STLS_OK);
    ASSERT_RETURNS(stls_bio_write(incoming, "\x17\3\3\0\7", 5, &done, NULL),
                   STLS_OK);
    EXPECT_RETURNS(stls_object_unwrap(pair.client), STLS_WANT_READ);
    stls_bio_write_eof(incoming);
    EXPECT_RETURNS(stls_object_unwrap(pair.client), STLS_ERROR_TRUNCATED);
    pair_free(&pair);
  }
}

Test(handover_misuse, data_is_no_control_record)
{
  test_pair pair;

  pair_need_direct();
  pair = open_pair(STLS_TLS_1_3);
  ASSERT_RETURNS(export_from(pair.client, STLS_RECORDS_IN), STLS_OK);
  EXPECT_RETURNS(stls_object_receive_control(pair.client, 23, "x", 1),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_receive_control(pair.client, 256, "x", 1),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_receive_control(pair.client, -1, "x", 1),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_receive_control(pair.client, 22, NULL, 1),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_count_data(pair.client, STLS_RECORDS_IN,
                                        ((uint64_t)1 << 62) + 1, 1),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_count_data(pair.client, STLS_RECORDS_IN, 1,
                                        ((uint64_t)1 << 62) + 1),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_receive_control(pair.client, 22, "\x18", 1),
                 STLS_WANT_READ);
  EXPECT_RETURNS(stls_object_receive_control(pair.client, 22, "\0\0\1\0", 4),
                 STLS_OK);
  pair_free(&pair);
}
