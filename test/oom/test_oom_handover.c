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
};

/* --- the sweep --- */

static void open_ends(void)
{
  pair_options options = {
      .version = version, .tune_client = use_direct, .tune_server = use_direct};

  pair = pair_open(&options);
  handover_end_join(&pair, &client, &server);
  self = role == STLS_CLIENT ? &client : &server;
  peer = self->other;
  handover_end_settle(self);
  handover_end_export(peer, STLS_RECORDS_OUT);
  handover_end_settle(self);
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
  stls_result result;
  bool refused;

  open_ends();
  row->prepare();
  oom_sweep_begin(nth);
  result = row->act();
  refused = oom_sweep_end();
  cr_expect(refused || result >= 0 || row->act == receive_wrong, "%s: %s",
            row->name, pair_message(self->self));
  for (int turn = 0; turn < 4 && result == STLS_ERROR_MEMORY && !has_failed();
       turn++)
    result = row->act();
  if (row->act == receive_wrong) cr_expect(has_failed());
  if (!has_failed()) {
    EXPECT_RESULT(result, STLS_OK, row->name);
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
