/* SPDX-License-Identifier: MIT */
/* test_handover: another record engine takes over, and speaks with both kinds of
 * peers. */
#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <string.h>

#include "handover_end.h"
#include "record_suites.h"
#include "support/expect.h"

SUITE(handover);

/* Who has the peer's records. */
enum peer_kind {
  PEER_LIBSSL,
  PEER_DIRECT,
  PEER_ENGINE,
  NUM_PEER_KINDS
};

/* Bits: the directions that are handed over. */
enum {
  IN = 1,
  OUT = 2
};

static size_t suite;
static struct handover_end client, server, *self, *peer;
static test_pair pair;
static stls_ticket_timing timing;

static void set_common(stls_context *context, stls_records records)
{
  stls_error err = STLS_ERROR_INIT;

  record_suites_set(context, suite, records);
  if (stls_context_role(context) == STLS_SERVER)
    ASSERT_RETURNS(stls_context_set_ticket_timing(context, timing, &err),
                   STLS_OK);
}

static void use_direct(stls_context *context)
{
  set_common(context, STLS_RECORDS_DIRECT);
}

static void use_libssl(stls_context *context)
{
  set_common(context, STLS_RECORDS_LIBSSL);
}

static void open_ends(stls_role role, unsigned flows, enum peer_kind kind)
{
  void (*peers)(stls_context *) = kind == PEER_LIBSSL ? use_libssl : use_direct;
  pair_options options = {
      .version = record_suites[suite].version,
      .tune_client = role == STLS_CLIENT ? use_direct : peers,
      .tune_server = role == STLS_SERVER ? use_direct : peers};

  pair = pair_open(&options);
  handover_end_join(&pair, &client, &server);
  self = role == STLS_CLIENT ? &client : &server;
  peer = self->other;
  handover_end_settle(self);
  if (flows & IN) handover_end_export(self, STLS_RECORDS_IN);
  if (flows & OUT) handover_end_export(self, STLS_RECORDS_OUT);
  if (kind != PEER_ENGINE) return;
  handover_end_settle(peer);
  handover_end_export(peer, STLS_RECORDS_OUT);
  handover_end_export(peer, STLS_RECORDS_IN);
}

static void expect_data(struct handover_end *to, const uint8_t *data,
                        size_t len)
{
  handover_end_settle(to);
  cr_assert_eq(to->num_got, len, "%s: %zu of %zu", pair_message(to->self),
               to->num_got, len);
  cr_assert_arr_eq(to->got, data, len);
  to->num_got = 0;
}

static void exchange(size_t len, size_t most)
{
  static uint8_t data[50000];

  pair_pattern(data, len, len);
  handover_end_send(self, data, len, most);
  expect_data(peer, data, len);
  handover_end_send(peer, data, len, most);
  expect_data(self, data, len);
}

/* Runs over suites, roles, directions and peers. */
static bool next_row(size_t row, const char **out_label)
{
  static char label[128];
  static const char *const kinds[] = {"libssl", "direct", "engine"};
  const size_t step = check_quick() ? 7 : 1, at = row * step;
  const stls_role role = at % 2 == 0 ? STLS_CLIENT : STLS_SERVER;
  const unsigned flows = 1 + (unsigned)(at / 2 % 3);
  const enum peer_kind kind = (enum peer_kind)(at / 6 % NUM_PEER_KINDS);

  suite = at / 18;
  if (suite >= RECORD_SUITES_DIRECT) return false;
  snprintf(label, sizeof label, "%s, %s, directions %u, %s",
           record_suites[suite].suite,
           role == STLS_CLIENT ? "client" : "server", flows, kinds[kind]);
  *out_label = label;
  open_ends(role, flows, kind);
  return true;
}

static void close_ends(void)
{
  pair_free(&pair);
}

Test(handover, data_goes_both_ways)
{
  static const size_t mosts[] = {1, 100, 4096, 16384};
  const char *label;

  pair_need_direct();
  for (size_t row = 0; next_row(row, &label); row++) {
    self->padding = 30;
    for (size_t i = 0; i < sizeof mosts / sizeof *mosts; i++)
      exchange(i == 0 ? 20 : 2 * mosts[i] + 5, mosts[i]);
    close_ends();
  }
}

/* RFC 8446, 4.6.3: from either side, asking or not. */
Test(handover, key_updates)
{
  const char *label;

  pair_need_direct();
  for (size_t row = 0; next_row(row, &label); row++) {
    for (int turn = 0; record_suites[suite].version == STLS_TLS_1_3 && turn < 8;
         turn++) {
      struct handover_end *end = turn & 1 ? self : peer;
      ASSERT_RESULT(stls_object_key_update(end->self, (turn & 2) != 0), STLS_OK,
                    label);
      handover_end_flush(end);
      if (turn & 4) handover_end_settle(end);
      exchange(3000, 1000);
    }
    if (record_suites[suite].version == STLS_TLS_1_3 &&
        self->has[STLS_RECORDS_OUT])
      cr_expect_eq(self->num_keys[STLS_RECORDS_OUT], 7, "%s: %zu", label,
                   self->num_keys[STLS_RECORDS_OUT]);
    if (record_suites[suite].version == STLS_TLS_1_3 &&
        self->has[STLS_RECORDS_IN])
      cr_expect_eq(self->num_keys[STLS_RECORDS_IN], 7, "%s: %zu", label,
                   self->num_keys[STLS_RECORDS_IN]);
    close_ends();
  }
}

/* Another process needs the secret only. */
Test(handover, the_secret_gives_the_next_keys)
{
  pair_need_direct();
  for (suite = 0; suite < RECORD_SUITES_DIRECT_1_3; suite++)
    for (int flow = 0; flow < 2; flow++) {
      stls_record_state state;
      open_ends(STLS_CLIENT, IN | OUT, PEER_LIBSSL);
      for (int turn = 0; turn < 3; turn++) {
        state = self->states[flow];
        ASSERT_RETURNS(
            stls_object_key_update(
                flow == STLS_RECORDS_OUT ? self->self : peer->self, false),
            STLS_OK);
        handover_end_flush(self);
        exchange(10, 10);
        record_engine_update(&state);
        cr_expect_arr_eq(state.key, self->states[flow].key, state.key_len);
        cr_expect_arr_eq(state.iv, self->states[flow].iv, sizeof state.iv);
        cr_expect_arr_eq(state.secret, self->states[flow].secret,
                         state.secret_len);
        cr_expect_eq(self->states[flow].seq, 1);
      }
      close_ends();
    }
}

/* RFC 5288, 3: an explicit nonce is used once. The engine goes on behind our last, and
 * finds the peer's in the peer's records. */
Test(handover, the_explicit_nonce_goes_on)
{
  static const uint8_t zeroes[8];

  pair_need_direct();
  for (suite = 0; suite < RECORD_SUITES_DIRECT; suite++)
    for (int role = 0; role < 2; role++) {
      uint8_t record[100], *iv;
      size_t len, done;
      if (record_suites[suite].version != STLS_TLS_1_2) continue;
      open_ends(role == 0 ? STLS_CLIENT : STLS_SERVER, IN, PEER_LIBSSL);
      for (int i = 0; i < 3; i++) {
        ASSERT_RETURNS(stls_object_write(self->self, "x", 1, &done), STLS_OK);
        ASSERT_RETURNS(stls_bio_read(stls_object_outgoing(self->self), record,
                                     sizeof record, &len, NULL),
                       STLS_OK);
      }
      handover_end_export(self, STLS_RECORDS_OUT);
      iv = self->states[STLS_RECORDS_OUT].iv + 4;
      cr_expect_eq(self->states[STLS_RECORDS_OUT].seq, 4);
      if (self->states[STLS_RECORDS_OUT].aead != STLS_AEAD_CHACHA20_POLY1305) {
        cr_expect_eq(iv[7], (uint8_t)(record[12] + 1));
        cr_expect_eq(iv[0], record[5]);
        cr_expect_arr_eq(self->states[STLS_RECORDS_IN].iv + 4, zeroes, 8);
      }
      pair_free(&pair);
    }
}

static size_t num_sessions(stls_object *object)
{
  stls_session *session = NULL;
  size_t num = 0;

  for (;; num++) {
    ASSERT_RETURNS(stls_object_take_session(object, &session, NULL), STLS_OK);
    if (session == NULL) return num;
    stls_session_free(session);
  }
}

/* With the handshake, or, as far as the server is concerned, with data that the
 * object never sees. */
Test(handover, tickets_arrive)
{
  pair_need_direct();
  for (suite = 0; suite < RECORD_SUITES_DIRECT_1_3; suite++)
    for (int role = 0; role < 2; role++)
      for (int kind = 0; kind < NUM_PEER_KINDS; kind++) {
        timing = STLS_TICKETS_WITH_DATA;
        open_ends(role == 0 ? STLS_CLIENT : STLS_SERVER, IN | OUT,
                  (enum peer_kind)kind);
        exchange(100, 100);
        handover_end_settle(self);
        cr_expect_geq(num_sessions(client.self), 1, "role %d, kind %d", role,
                      kind);
        close_ends();
        timing = STLS_TICKETS_WITH_HANDSHAKE;
      }
}

static void expect_closed(struct handover_end *end, const char *label)
{
  stls_result result = stls_object_unwrap(end->self);

  EXPECT_RESULT(result, STLS_OK,
                expect_label("%s: %s", label, pair_message(end->self)));
  cr_expect_eq(stls_object_alert_received(end->self), 0, "%s", label);
  cr_expect_eq(stls_object_alert_sent(end->self), 0, "%s", label);
}

Test(handover, either_side_closes_first)
{
  const char *label;

  pair_need_direct();
  for (int order = 0; order < 3; order++)
    for (size_t row = 0; next_row(row, &label); row++) {
      struct handover_end *first = order == 0 ? self : peer;
      exchange(100, 100);
      if (order < 2) {
        ASSERT_RESULT(stls_object_close_write(first->self), STLS_OK, label);
        handover_end_flush(first);
        handover_end_settle(first);
        EXPECT_RESULT(first->other->received, STLS_CLOSED, label);
        /* The other direction is open. */
        handover_end_send(first->other, "still", 5, 5);
        expect_data(first, (const uint8_t *)"still", 5);
        ASSERT_RESULT(stls_object_close_write(first->other->self), STLS_OK,
                      label);
      } else {
        ASSERT_RESULT(stls_object_unwrap(self->self), STLS_WANT_READ, label);
        ASSERT_RESULT(stls_object_unwrap(peer->self), STLS_WANT_READ, label);
      }
      handover_end_flush(self);
      handover_end_flush(peer);
      handover_end_settle(self);
      expect_closed(self, label);
      expect_closed(peer, label);
      close_ends();
    }
}

/* The transport ends without close_notify. */
Test(handover, truncation)
{
  const char *label;

  pair_need_direct();
  for (size_t row = 0; next_row(row, &label); row++) {
    exchange(10, 10);
    stls_bio_write_eof(stls_object_incoming(self->self));
    EXPECT_RESULT(stls_object_unwrap(self->self), STLS_ERROR_TRUNCATED,
                  expect_label("%s: %s", label, pair_message(self->self)));
    close_ends();
  }
}

Test(handover, counters_and_description_go_on)
{
  const char *label;

  pair_need_direct();
  for (size_t row = 0; next_row(row, &label); row++) {
    stls_counters of_self = STLS_COUNTERS_INIT, of_peer = STLS_COUNTERS_INIT;
    char line[STLS_DESCRIPTION_SIZE];
    size_t len;
    const char *word = !self->has[STLS_RECORDS_OUT]  ? " handed-over=in "
                       : !self->has[STLS_RECORDS_IN] ? " handed-over=out "
                                                     : " handed-over=in,out ";
    exchange(3000, 1000);
    if (record_suites[suite].version == STLS_TLS_1_3)
      ASSERT_RESULT(stls_object_key_update(peer->self, true), STLS_OK, label);
    handover_end_flush(peer);
    exchange(3000, 1000);
    ASSERT_RETURNS(stls_object_counters(self->self, &of_self, NULL), STLS_OK);
    ASSERT_RETURNS(stls_object_counters(peer->self, &of_peer, NULL), STLS_OK);
    cr_expect_eq(of_self.plaintext_in, 6000);
    cr_expect_eq(of_self.plaintext_out, 6000);
    cr_expect_eq(of_self.bytes_in, of_peer.bytes_out, "%s: %zu, %zu", label,
                 (size_t)of_self.bytes_in, (size_t)of_peer.bytes_out);
    cr_expect_eq(of_self.bytes_out, of_peer.bytes_in, "%s: %zu, %zu", label,
                 (size_t)of_self.bytes_out, (size_t)of_peer.bytes_in);
    cr_expect_eq(of_self.records_in, of_peer.records_out, "%s", label);
    cr_expect_eq(of_self.records_out, of_peer.records_in, "%s", label);
    ASSERT_RETURNS(
        stls_object_describe(self->self, line, sizeof line, &len, NULL),
        STLS_OK);
    cr_expect(strstr(line, word), "%s: %s", label, line);
    cr_expect(stls_conninfo_direct_records(stls_object_conninfo(self->self)));
    close_ends();
  }
}
