/* SPDX-License-Identifier: MIT */
/* test_handover_control: control records of an engine get the same answers as those
 * that the object opens itself. */
#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/post_handshake_auth.h>
#include <string.h>

#include "handover_end.h"
#include "support/expect.h"

SUITE(handover_control);

static struct handover_end client, server, *self, *peer;
static test_pair pair;
static stls_protocol version;
static bool asks_late;

static void use_direct(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_records(context, STLS_RECORDS_DIRECT, NULL),
                 STLS_OK);
  if (asks_late)
    ASSERT_RETURNS(stls_context_set_post_handshake_auth(context, true, NULL),
                   STLS_OK);
}

/* The peer's records are the engine's, which seals anything. */
static void open_ends(stls_role role, bool is_handed_over)
{
  pair_options options = {
      .version = version,
      .client_credential = "client-ecdsa",
      .server_trust = "ca.pem",
      .server_verify = asks_late ? STLS_VERIFY_REQUIRED : STLS_VERIFY_NONE,
      .tune_client = use_direct,
      .tune_server = use_direct};

  pair = pair_open(&options);
  handover_end_join(&pair, &client, &server);
  self = role == STLS_CLIENT ? &client : &server;
  peer = self->other;
  handover_end_settle(self);
  handover_end_export(peer, STLS_RECORDS_OUT);
  handover_end_export(peer, STLS_RECORDS_IN);
  if (!is_handed_over) return;
  handover_end_export(self, STLS_RECORDS_OUT);
  handover_end_export(self, STLS_RECORDS_IN);
}

struct record {
  int type;
  size_t len;
  uint8_t content[12];
};

/* What a peer sends, and whether TLS 1.2 has it, too: there a type outside 20 to 23
 * does not open (lib/records). */
static const struct {
  const char *name;
  bool is_old;
  struct record records[3];
} rows[] = {
    {"close_notify", true, {{21, 2, {1, 0}}}},
    {"close_notify and data", true, {{21, 2, {1, 0}}, {23, 1, {1}}}},
    {"user_canceled", true, {{21, 2, {1, 90}}}},
    {"handshake_failure", true, {{21, 2, {2, 40}}}},
    {"fatal close_notify", true, {{21, 2, {2, 0}}}},
    {"an alert of no level", true, {{21, 2, {9, 9}}}},
    {"two alerts", true, {{21, 4, {1, 0, 1, 0}}}},
    {"half an alert", true, {{21, 1, {1}}}},
    {"no alert", true, {{21, 0, {0}}}},
    {"KeyUpdate", false, {{22, 5, {24, 0, 0, 1, 0}}}},
    {"KeyUpdate that asks", false, {{22, 5, {24, 0, 0, 1, 1}}}},
    {"KeyUpdate of no kind", false, {{22, 5, {24, 0, 0, 1, 7}}}},
    {"KeyUpdate and more", false, {{22, 6, {24, 0, 0, 1, 0, 24}}}},
    {"two KeyUpdates", false, {{22, 10, {24, 0, 0, 1, 0, 24, 0, 0, 1, 0}}}},
    {"KeyUpdate in parts", false, {{22, 2, {24, 0}}, {22, 3, {0, 1, 1}}}},
    {"data in KeyUpdate", false, {{22, 2, {24, 0}}, {23, 1, {1}}}},
    {"alert in KeyUpdate", false, {{22, 2, {24, 0}}, {21, 2, {1, 90}}}},
    {"KeyUpdate of TLS 1.2", true, {{22, 5, {24, 0, 0, 1, 0}}}},
    {"a message nobody knows", true, {{22, 4, {77, 0, 0, 0}}}},
    {"HelloRequest", true, {{22, 4, {0, 0, 0, 0}}}},
    {"Finished", true, {{22, 8, {20, 0, 0, 4, 1, 2, 3, 4}}}},
    {"part of a ClientHello", true, {{22, 6, {1, 0, 1, 0, 3, 3}}}},
    {"a message that is too long", true, {{22, 4, {4, 255, 255, 255}}}},
    {"no message", true, {{22, 0, {0}}}},
    {"ChangeCipherSpec", true, {{20, 1, {1}}}},
    {"heartbeat", false, {{24, 3, {1, 0, 0}}}},
    {"type 99", false, {{99, 1, {1}}}},
    {"type 255", false, {{255, 1, {1}}}},
    {"only padding", false, {{0, 0, {0}}}},
};

enum {
  NUM_ROWS = sizeof rows / sizeof *rows
};

struct outcome {
  stls_result result;
  stls_result peers_result;
  int alert_sent;
  int alert_received;
  size_t num_data;
  stls_error err;
};

/* After a KeyUpdate the peer's engine has the key itself. */
static struct outcome play(stls_role role, size_t row, bool is_handed_over)
{
  struct outcome outcome = {.err = STLS_ERROR_INIT};
  static const uint8_t data[] = "behind it";
  size_t done = 0;

  open_ends(role, is_handed_over);
  for (size_t i = 0; i < 3; i++) {
    const struct record *record = &rows[row].records[i];
    if (i > 0 && record->type == 0) break;
    handover_end_send_record(peer, record->type, record->content, record->len);
    done += record->type == 22 ? record->len : 0;
    if (version == STLS_TLS_1_3 && rows[row].records[0].content[0] == 24 &&
        done == 5)
      record_engine_update(&peer->states[STLS_RECORDS_OUT]);
    handover_end_receive(self);
  }
  if (self->received >= 0 && self->received != STLS_CLOSED)
    handover_end_send_record(peer, 23, data, sizeof data);
  handover_end_settle(self);
  outcome.result = stls_object_error(self->self, &outcome.err);
  outcome.peers_result = stls_object_error(peer->self, NULL);
  outcome.alert_sent = stls_object_alert_sent(self->self);
  outcome.alert_received = stls_object_alert_received(peer->self);
  outcome.num_data = self->num_got;
  if (outcome.result == STLS_OK)
    outcome.result = self->received == STLS_CLOSED ? STLS_CLOSED : STLS_OK;
  pair_free(&pair);
  return outcome;
}

static void expect_same(size_t row, stls_role role)
{
  const char *label =
      expect_label("%s, version %d, %s", rows[row].name, (int)version,
                   role == STLS_CLIENT ? "client" : "server");
  const struct outcome want = play(role, row, false);
  const struct outcome got = play(role, row, true);

  EXPECT_RESULT(got.result, want.result, label);
  EXPECT_RESULT(got.peers_result, want.peers_result, label);
  cr_expect_eq(got.alert_sent, want.alert_sent, "%s: %d, %d", label,
               got.alert_sent, want.alert_sent);
  cr_expect_eq(got.alert_received, want.alert_received, "%s: %d, %d", label,
               got.alert_received, want.alert_received);
  cr_expect_eq(got.num_data, want.num_data, "%s: %zu, %zu", label, got.num_data,
               want.num_data);
  cr_expect_str_eq(got.err.message, want.err.message, "%s", label);
}

Test(handover_control, is_judged_as_ever)
{
  pair_need_direct();
  for (int turn = 0; turn < 4; turn++) {
    version = turn & 1 ? STLS_TLS_1_2 : STLS_TLS_1_3;
    for (size_t row = 0; row < NUM_ROWS; row++)
      if (version == STLS_TLS_1_3 || rows[row].is_old)
        expect_same(row, turn & 2 ? STLS_SERVER : STLS_CLIENT);
  }
}

/* The engine may hand in what no record of the peer's could hold. */
Test(handover_control, of_16384_bytes_at_most)
{
  static uint8_t zeroes[16385];

  pair_need_direct();
  for (int turn = 0; turn < 2; turn++) {
    version = turn & 1 ? STLS_TLS_1_2 : STLS_TLS_1_3;
    open_ends(STLS_CLIENT, true);
    EXPECT_RETURNS(stls_object_receive_control(self->self, 22, zeroes, 16385),
                   STLS_ERROR_MISUSE);
    zeroes[0] = 77;
    EXPECT_RETURNS(stls_object_receive_control(self->self, 22, zeroes, 16384),
                   STLS_ERROR_TLS);
    pair_free(&pair);
  }
}

/* A certificate that is asked for later: the request and the answer are control
 * records of both sides. */
Test(handover_control, carries_a_late_authentication)
{
  pair_need_direct();
  version = STLS_TLS_1_3;
  asks_late = true;
  for (int role = 0; role < 2; role++)
    for (int turn = 0; turn < 2; turn++) {
      open_ends(role == 0 ? STLS_CLIENT : STLS_SERVER, turn == 0);
      for (int time = 0; time < 2; time++) {
        ASSERT_RETURNS(stls_object_verify_client(server.self), STLS_OK);
        handover_end_flush(&server);
        handover_end_settle(self);
        cr_expect_eq(stls_object_client_auth(server.self),
                     STLS_CLIENT_AUTH_VERIFIED, "%s, %s",
                     pair_message(client.self), pair_message(server.self));
      }
      handover_end_send(self, "more", 4, 4);
      handover_end_settle(self);
      cr_expect_eq(peer->num_got, 4);
      pair_free(&pair);
    }
  asks_late = false;
}

/* RFC 8446, 4: a length has three bytes. Of two, 265 bytes of this Certificate would be
 * all of it, and 5 more a message that has ended, too. */
Test(handover_control, follows_a_message_of_more_than_65535_bytes)
{
  static const uint8_t part[270] = {11, 1, 0, 5, [268] = 1};

  pair_need_direct();
  version = STLS_TLS_1_3;
  asks_late = true;
  open_ends(STLS_SERVER, true);
  ASSERT_RETURNS(stls_object_verify_client(server.self), STLS_OK);
  handover_end_flush(&server);
  EXPECT_RETURNS(
      stls_object_receive_control(server.self, 22, part, sizeof part),
      STLS_WANT_READ);
  EXPECT_RETURNS(stls_object_receive_control(server.self, 23, "x", 1),
                 STLS_ERROR_TLS);
  /* unexpected_message. */
  cr_expect_eq(stls_object_alert_sent(server.self), 10);
  pair_free(&pair);
  asks_late = false;
}

static void expect_within_message(stls_flow flow, size_t cut)
{
  stls_record_state state = STLS_RECORD_STATE_INIT;
  stls_error err = STLS_ERROR_INIT;

  expect_misuse(
      stls_object_export_insecure_record_state(self->self, flow, &state, &err),
      &err, "a part of a message");
  cr_expect_eq(err.own_reason, STLS_REASON_NOT_DRAINED, "%zu", cut);
}

/* libssl does not begin before it has the header of a message. */
Test(handover_control, may_not_begin_within_a_message)
{
  static const uint8_t update[] = {24, 0, 0, 1, 0};

  pair_need_direct();
  version = STLS_TLS_1_3;
  for (size_t cut = 1; cut < sizeof update; cut++) {
    open_ends(STLS_SERVER, false);
    handover_end_send_record(peer, 22, update, cut);
    handover_end_receive(self);
    EXPECT_RETURNS(self->received, STLS_WANT_READ);
    expect_within_message(STLS_RECORDS_IN, cut);
    if (cut == 4) expect_within_message(STLS_RECORDS_OUT, cut);
    handover_end_send_record(peer, 22, update + cut, sizeof update - cut);
    record_engine_update(&peer->states[STLS_RECORDS_OUT]);
    handover_end_receive(self);
    handover_end_export(self, STLS_RECORDS_IN);
    handover_end_export(self, STLS_RECORDS_OUT);
    handover_end_send_record(peer, 23, "data", 4);
    handover_end_receive(self);
    cr_expect_eq(self->num_got, 4, "%zu", cut);
    pair_free(&pair);
  }
}

/* RFC 5246, 7.4.1.1: it is whole with its header, and nothing is awaited behind it. */
Test(handover_control, may_begin_behind_a_hello_request)
{
  pair_need_direct();
  version = STLS_TLS_1_2;
  open_ends(STLS_CLIENT, false);
  handover_end_send_record(peer, 22, "\0\0\0\0", 4);
  handover_end_receive(self);
  EXPECT_RETURNS(self->received, STLS_WANT_READ);
  handover_end_export(self, STLS_RECORDS_IN);
  handover_end_send_record(peer, 23, "data", 4);
  handover_end_receive(self);
  cr_expect_eq(self->num_got, 4);
  pair_free(&pair);
}

/* RFC 8446, 5.5, and a flood: what data the engine moved counts. */
Test(handover_control, keys_wear_out_by_the_records_that_are_counted)
{
  pair_need_direct();
  version = STLS_TLS_1_3;
  open_ends(STLS_CLIENT, true);
  cr_expect_eq(self->states[STLS_RECORDS_OUT].max_records, (uint64_t)1 << 24);
  ASSERT_RETURNS(stls_object_count_data(self->self, STLS_RECORDS_OUT,
                                        ((uint64_t)1 << 24) - 1, 1),
                 STLS_OK);
  cr_expect_eq(stls_object_peek_control(self->self, NULL).len, 0);
  ASSERT_RETURNS(stls_object_count_data(self->self, STLS_RECORDS_OUT, 0, 16385),
                 STLS_OK);
  cr_expect_eq(stls_object_peek_control(self->self, NULL).len, 5);
  handover_end_flush(self);
  handover_end_settle(self);
  /* The peer's key. */
  ASSERT_RETURNS(
      stls_object_count_data(self->self, STLS_RECORDS_IN, (uint64_t)1 << 25, 1),
      STLS_OK);
  cr_expect_eq(stls_object_peek_control(self->self, NULL).len, 5);
  handover_end_flush(self);
  handover_end_settle(self);
  cr_expect_eq(self->num_keys[STLS_RECORDS_IN], 2);
  cr_expect_eq(self->num_keys[STLS_RECORDS_OUT], 3);
  pair_free(&pair);
}

Test(handover_control, a_key_of_tls_1_2_ends_by_close_notify)
{
  const uint64_t limit = (uint64_t)1 << 24;

  pair_need_direct();
  version = STLS_TLS_1_2;
  open_ends(STLS_SERVER, true);
  EXPECT_RETURNS(
      stls_object_count_data(self->self, STLS_RECORDS_OUT, 0, limit * 16000),
      STLS_OK);
  EXPECT_RETURNS(
      stls_object_count_data(self->self, STLS_RECORDS_OUT, 0, limit * 16000),
      STLS_CLOSED);
  cr_expect_eq(stls_object_peek_control(self->self, NULL).len, 2);
  handover_end_flush(self);
  handover_end_receive(peer);
  EXPECT_RETURNS(peer->received, STLS_CLOSED);
  pair_free(&pair);
}

static void send_key_updates(int num, bool has_data)
{
  static const uint8_t update[] = {24, 0, 0, 1, 0};

  for (int i = 0; i < num && self->received >= 0; i++) {
    handover_end_send_record(peer, 22, update, sizeof update);
    record_engine_update(&peer->states[STLS_RECORDS_OUT]);
    if (has_data) handover_end_send_record(peer, 23, "x", 1);
    handover_end_receive(self);
  }
}

/* STLS_LIMIT_KEY_UPDATES is 32. */
Test(handover_control, floods_end_the_connection)
{
  pair_need_direct();
  version = STLS_TLS_1_3;
  for (int has_data = 0; has_data < 2; has_data++) {
    open_ends(STLS_CLIENT, true);
    send_key_updates(100, has_data == 1);
    EXPECT_RESULT(self->received, has_data == 1 ? STLS_OK : STLS_ERROR_TLS,
                  pair_message(self->self));
    if (has_data == 0) {
      EXPECT_RETURNS(stls_object_count_data(self->self, STLS_RECORDS_OUT, 1, 1),
                     STLS_ERROR_TLS);
      handover_end_receive(peer);
      EXPECT_RETURNS(peer->received, STLS_ERROR_ALERT);
    }
    pair_free(&pair);
  }
  open_ends(STLS_SERVER, true);
  EXPECT_RETURNS(stls_object_count_data(self->self, STLS_RECORDS_IN, 32, 0),
                 STLS_OK);
  EXPECT_RETURNS(stls_object_count_data(self->self, STLS_RECORDS_IN, 1, 0),
                 STLS_ERROR_TLS);
  handover_end_flush(self);
  handover_end_receive(peer);
  EXPECT_RETURNS(peer->received, STLS_ERROR_ALERT);
  pair_free(&pair);
}
