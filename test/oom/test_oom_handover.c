/* SPDX-License-Identifier: MIT */
/* test_oom_handover: a hand-over and its control records while allocations are
 * refused. */
#include <string.h>

#include "io/handover_end.h"
#include "support/expect.h"
#include "support/oom_sweep.h"
#include "support/resumption.h"

SUITE(oom_handover, .timeout = 600);

static struct handover_end client, server, *self, *peer;
static test_pair pair;
static stls_role role;
static stls_protocol version;
static size_t num_sessions;

static void use_direct(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_records(context, STLS_RECORDS_DIRECT, NULL),
                 STLS_OK);
  if (stls_context_role(context) == STLS_SERVER)
    ASSERT_RETURNS(
        stls_context_set_ticket_timing(context, STLS_TICKETS_WITH_DATA, NULL),
        STLS_OK);
}

struct row {
  const char *name;
  bool is_new;
  void (*prepare)(void);
  stls_result (*act)(void);
};

/* --- what happens before --- */

static void hand_over(void)
{
  handover_end_export(self, STLS_RECORDS_IN);
  handover_end_export(self, STLS_RECORDS_OUT);
}

static void nothing(void)
{
}

static stls_result receive(const void *content, int type, size_t len)
{
  return stls_object_receive_control(self->self, type, content, len);
}

static void receive_half(void)
{
  hand_over();
  ASSERT_RETURNS(receive("\x18\0", 22, 2), STLS_WANT_READ);
}

static void receive_whole(void)
{
  hand_over();
  ASSERT_RETURNS(receive("\x18\0\0\1\0", 22, 5), STLS_OK);
}

/* --- what is done while an allocation is refused --- */

static stls_result take_key(stls_flow flow)
{
  stls_result result = stls_object_export_insecure_record_state(
      self->self, flow, &self->states[flow], NULL);

  if (result == STLS_OK) self->has[flow] = true;
  return result;
}

static stls_result take_in(void)
{
  return self->has[STLS_RECORDS_IN] ? STLS_OK : take_key(STLS_RECORDS_IN);
}

static stls_result take_both(void)
{
  stls_result result = take_in();

  if (result != STLS_OK || self->has[STLS_RECORDS_OUT]) return result;
  return take_key(STLS_RECORDS_OUT);
}

static stls_result receive_update(void)
{
  return receive("\x18\0\0\1\1", 22, 5);
}

static stls_result receive_rest(void)
{
  return receive("\0\1\1", 22, 3);
}

/* Only once: the sweep may repeat what has succeeded. */
static stls_result take_next_key(void)
{
  return stls_object_wants(self->self) & STLS_INTEREST_KEY_IN
             ? take_key(STLS_RECORDS_IN)
             : STLS_OK;
}

static stls_result receive_close(void)
{
  stls_result result = receive("\1\0", 21, 2);

  return result == STLS_CLOSED ? STLS_OK : result;
}

static stls_result receive_wrong(void)
{
  return receive("\x63\0\0\0", 22, 4);
}

static stls_result update(void)
{
  return stls_object_key_update(self->self, true);
}

static stls_result close_write(void)
{
  return stls_object_close_write(self->self);
}

static stls_result wear_out(void)
{
  return stls_object_count_data(self->self, STLS_RECORDS_OUT, (uint64_t)1 << 25,
                                1);
}

static stls_result wear_out_peers(void)
{
  return stls_object_count_data(self->self, STLS_RECORDS_IN, (uint64_t)1 << 25,
                                1);
}

/* What the peer has sealed, how much of it has arrived, and how much content of it
 * is still to be read. */
static uint8_t record[RECORD_ENGINE_MAX];
static size_t record_len, record_at, num_left;

static stls_result read_all(void)
{
  static uint8_t got[5000];
  stls_result result;
  size_t done;

  while ((result = stls_object_read(self->self, got, sizeof got, &done)) ==
         STLS_OK)
    num_left -= done;
  return result;
}

static void peer_updates(void)
{
  record_at = record_len = num_left = 0;
  handover_end_send_record(peer, 22, "\x18\0\0\1\0", 5);
  record_engine_update(&peer->states[STLS_RECORDS_OUT]);
}

/* A record that is larger than the queue, but for its end. */
static void receive_parts(void)
{
  static const uint8_t data[3000];
  stls_bio *incoming = stls_object_incoming(self->self);
  size_t done;

  ASSERT_RETURNS(stls_bio_set_limit(incoming, 700, NULL), STLS_OK);
  num_left = sizeof data;
  record_len = record_engine_seal(&peer->states[STLS_RECORDS_OUT], 23, data,
                                  sizeof data, 0, record);
  for (record_at = 0; record_at < 2800; record_at += done) {
    ASSERT_RETURNS(stls_bio_write(incoming, record + record_at,
                                  2800 - record_at, &done, NULL),
                   STLS_OK);
    ASSERT_RETURNS(read_all(), STLS_WANT_READ);
  }
  /* What opens it has to be made again. */
  stls_object_trim(self->self);
}

static void receive_parts_and_more(void)
{
  receive_parts();
  record_len += record_engine_seal(&peer->states[STLS_RECORDS_OUT], 23, "more",
                                   4, 0, record + record_len);
  num_left += 4;
}

static stls_result read_rest(void)
{
  size_t done = 0;
  stls_result result =
      record_at == record_len
          ? STLS_OK
          : stls_bio_write(stls_object_incoming(self->self), record + record_at,
                           record_len - record_at, &done, NULL);

  record_at += done;
  return result == STLS_OK ? read_all() : result;
}

/* What was not opened for want of memory, or not shown to libssl, holds the hand-over
 * up. */
static stls_result read_and_take_in(void)
{
  const stls_result result = read_rest(), taken = take_in();

  return taken == STLS_ERROR_MISUSE ? result : taken;
}

static const struct row rows[] = {
    {"hand-over of records in", false, nothing, take_in},
    {"hand-over", false, nothing, take_both},
    {"KeyUpdate of ours", true, hand_over, update},
    {"KeyUpdate of the peer", true, hand_over, receive_update},
    {"KeyUpdate in parts", true, receive_half, receive_rest},
    {"the key behind a KeyUpdate", true, receive_whole, take_next_key},
    {"close_notify of the peer", false, hand_over, receive_close},
    {"a message that is wrong", false, hand_over, receive_wrong},
    {"close_notify of ours", false, hand_over, close_write},
    {"a key that has reached its limit", true, hand_over, wear_out},
    {"the peer's key, too", true, hand_over, wear_out_peers},
    {"hand-over behind a KeyUpdate", true, peer_updates, read_and_take_in},
    {"hand-over behind a record in parts", true, receive_parts,
     read_and_take_in},
    {"records in parts", true, receive_parts_and_more, read_rest},
};

/* --- the sweep --- */

/* In TLS 1.2 nothing waits, and the first to ask for keys is the hand-over. */
static void settle(void)
{
  if (version == STLS_TLS_1_3) handover_end_settle(self);
}

static void open_ends(void)
{
  pair_options options = {
      .version = version, .tune_client = use_direct, .tune_server = use_direct};

  pair = pair_open(&options);
  handover_end_join(&pair, &client, &server);
  self = role == STLS_CLIENT ? &client : &server;
  peer = self->other;
  settle();
  handover_end_export(peer, STLS_RECORDS_OUT);
  settle();
  handover_end_export(peer, STLS_RECORDS_IN);
}

static bool has_failed(void)
{
  const stls_result said = stls_object_error(self->self, NULL);

  return said != STLS_OK && said != STLS_ERROR_MISUSE;
}

static void send_both_ways(const struct row *row, size_t nth)
{
  const bool ends = row->act == close_write || row->act == receive_close;

  if (row->act == receive_update || row->act == receive_rest ||
      row->act == take_next_key)
    record_engine_update(&peer->states[STLS_RECORDS_OUT]);
  handover_end_flush(self);
  handover_end_settle(self);
  if (row->act != close_write) handover_end_send(self, "forth", 5, 5);
  if (row->act != receive_close) handover_end_send(peer, "back", 4, 4);
  handover_end_settle(self);
  cr_expect_eq(self->num_got, row->act == receive_close ? 0 : 4,
               "%s, allocation %zu: %s", row->name, nth,
               pair_message(self->self));
  cr_expect_eq(peer->num_got, row->act == close_write ? 0 : 5,
               "%s, allocation %zu: %s", row->name, nth,
               pair_message(peer->self));
  if (version == STLS_TLS_1_3 && !ends)
    num_sessions += resumption_drop_sessions(client.self);
}

static bool try_row(const void *subject, size_t nth)
{
  const struct row *row = subject;
  stls_counters before = STLS_COUNTERS_INIT, after = STLS_COUNTERS_INIT;
  stls_result result;
  bool refused, is_repaired;

  open_ends();
  row->prepare();
  ASSERT_RETURNS(stls_object_counters(self->self, &before, NULL), STLS_OK);
  oom_sweep_begin(nth);
  result = row->act();
  refused = oom_sweep_end();
  cr_expect(refused || result >= 0 || row->act == receive_wrong, "%s: %s",
            row->name, pair_message(self->self));
  /* What failed for memory alone is done again, and works. */
  is_repaired = result == STLS_ERROR_MEMORY && !has_failed();
  for (int turn = 0; turn < 4 && result == STLS_ERROR_MEMORY && !has_failed();
       turn++)
    result = row->act();
  cr_expect(!is_repaired || !has_failed() || row->act == receive_wrong,
            "%s, allocation %zu: %s", row->name, nth, pair_message(self->self));
  ASSERT_RETURNS(stls_object_counters(self->self, &after, NULL), STLS_OK);
  if (row->act == receive_update && !has_failed())
    cr_expect_eq(after.bytes_in - before.bytes_in, 5 + 22, "allocation %zu",
                 nth);
  if (row->act == receive_wrong) cr_expect(has_failed());
  cr_expect(!has_failed() || row->act != read_rest, "allocation %zu: %s", nth,
            pair_message(self->self));
  if (has_failed())
    cr_expect_lt(result, 0, "%s, allocation %zu", row->name, nth);
  if (!has_failed()) {
    EXPECT_RESULT(result, row->act == read_rest ? STLS_WANT_READ : STLS_OK,
                  row->name);
    cr_expect_eq(num_left, 0, "%s, allocation %zu", row->name, nth);
    send_both_ways(row, nth);
  }
  pair_free(&pair);
  return refused;
}

static void sweep(void)
{
  pair_need_direct();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (size_t nth = 1; (version == STLS_TLS_1_3 || !rows[i].is_new) &&
                         oom_sweep_try(try_row, &rows[i], nth, rows[i].name);
         nth++)
      continue;
}

Test(oom_handover, of_a_client)
{
  role = STLS_CLIENT;
  version = STLS_TLS_1_3;
  sweep();
  version = STLS_TLS_1_2;
  sweep();
}

Test(oom_handover, of_a_server)
{
  role = STLS_SERVER;
  version = STLS_TLS_1_3;
  sweep();
  cr_expect_gt(num_sessions, 0);
  version = STLS_TLS_1_2;
  sweep();
}
