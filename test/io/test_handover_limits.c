/* SPDX-License-Identifier: MIT */
/* test_handover_limits: limits by the data that an engine says it moved. */
#include <sanstls/conninfo.h>

#include "handover_end.h"
#include "lib/endpoint/object.h"
#include "support/expect.h"

SUITE(handover_limits);

enum {
  LIMIT = 10
};

static test_pair pair;
static struct handover_end client, server, *self, *peer;

static void use_direct(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_records(context, STLS_RECORDS_DIRECT, NULL),
                 STLS_OK);
}

/* An engine has both directions of one side, and its keys last for LIMIT records. */
static void open_ends(stls_protocol version, stls_role role)
{
  pair_options options = {
      .version = version, .tune_client = use_direct, .tune_server = use_direct};

  pair = pair_open(&options);
  pair_settle(&pair);
  handover_end_join(&pair, &client, &server);
  self = role == STLS_CLIENT ? &client : &server;
  peer = role == STLS_CLIENT ? &server : &client;
  handover_end_export(self, STLS_RECORDS_IN);
  handover_end_export(self, STLS_RECORDS_OUT);
  self->self->io.key_records = LIMIT;
}

/* How many records the present key has protected. */
static uint64_t num_under_key(stls_flow flow)
{
  const struct stls_message_monitor *monitor = &self->self->io.monitor;

  return monitor->records[flow] - monitor->records_before_key[flow];
}

static stls_result count(stls_flow flow, uint64_t num_records, uint64_t len)
{
  return stls_object_count_data(self->self, flow, num_records, len);
}

static size_t waiting(void)
{
  return stls_object_peek_control(self->self, NULL).len;
}

/* The least number of records stands for one that is not known. */
Test(handover_limits, our_key_changes_at_the_limit)
{
  static const struct {
    uint64_t num_records, len, num;
  } rows[] = {{1, 0, 1},
              {1, 16384, 1},
              {0, 1, 1},
              {0, 16384, 1},
              {0, 16385, 2},
              {0, 2 * 16384, 2},
              {0, 3 * 16384 - 1, 3},
              {5, 3, 5},
              {3, 9 * 16384, 3}};

  pair_need_direct();
  for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++)
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
      uint64_t left;
      open_ends(STLS_TLS_1_3, role);
      for (int generation = 0; generation < 3; generation++) {
        left = LIMIT - num_under_key(STLS_RECORDS_OUT);
        ASSERT_RETURNS(count(STLS_RECORDS_OUT, left - rows[i].num - 1, 1),
                       STLS_OK);
        ASSERT_RETURNS(
            count(STLS_RECORDS_OUT, rows[i].num_records, rows[i].len), STLS_OK);
        cr_expect_eq(num_under_key(STLS_RECORDS_OUT), (uint64_t)LIMIT - 1,
                     "row %zu", i);
        cr_expect_eq(waiting(), (size_t)0, "row %zu: before the limit", i);
        ASSERT_RETURNS(count(STLS_RECORDS_OUT, 1, 1), STLS_OK);
        cr_expect_eq(waiting(), (size_t)5, "row %zu: at the limit", i);
        /* It is the only one, until it was sent. */
        ASSERT_RETURNS(count(STLS_RECORDS_OUT, 1, 1), STLS_OK);
        handover_end_flush(self);
        cr_expect_eq(self->num_keys[STLS_RECORDS_OUT], (size_t)generation + 2,
                     "row %zu", i);
      }
      /* One waits, and the next one would be due. */
      for (int turn = 0; turn < 2; turn++)
        ASSERT_RETURNS(count(STLS_RECORDS_OUT, LIMIT, 1), STLS_OK);
      cr_expect_eq(waiting(), (size_t)5, "row %zu", i);
      pair_free(&pair);
    }
}

/* As for records that the object opens itself. */
Test(handover_limits, the_peer_is_asked_once_behind_the_limit)
{
  pair_need_direct();
  for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
    open_ends(STLS_TLS_1_3, role);
    ASSERT_RETURNS(
        count(STLS_RECORDS_IN, LIMIT - num_under_key(STLS_RECORDS_IN), 1),
        STLS_OK);
    cr_expect_eq(waiting(), (size_t)0, "role %d: at the limit", role);
    ASSERT_RETURNS(count(STLS_RECORDS_IN, 1, 1), STLS_OK);
    cr_expect_eq(waiting(), (size_t)5, "role %d: behind it", role);
    handover_end_flush(self);
    ASSERT_RETURNS(count(STLS_RECORDS_IN, 100, 1), STLS_OK);
    cr_expect_eq(waiting(), (size_t)0, "role %d: again", role);
    pair_free(&pair);
  }
}

/* A peer that has closed changes no key; what we send it wears ours out as before. */
Test(handover_limits, behind_the_end_of_the_peer)
{
  pair_need_direct();
  for (int i = 0; i < 4; i++) {
    const stls_protocol version = i & 1 ? STLS_TLS_1_3 : STLS_TLS_1_2;
    open_ends(version, i & 2 ? STLS_SERVER : STLS_CLIENT);
    ASSERT_RETURNS(stls_object_close_write(peer->self), STLS_OK);
    handover_end_receive(self);
    EXPECT_RETURNS(self->received, STLS_CLOSED);
    EXPECT_RETURNS(count(STLS_RECORDS_IN, 100, 1), STLS_OK);
    cr_expect_eq(waiting(), (size_t)0, "row %d: the peer is asked", i);
    EXPECT_RETURNS(count(STLS_RECORDS_OUT, 0, LIMIT * 16384),
                   version == STLS_TLS_1_3 ? STLS_OK : STLS_CLOSED);
    cr_expect_eq(waiting(), version == STLS_TLS_1_3 ? (size_t)5 : (size_t)2,
                 "row %d: %zu", i, waiting());
    pair_free(&pair);
  }
}

/* STLS_LIMIT_KEY_UPDATES is 32, and starts again behind much data of ours. */
Test(handover_limits, what_we_send_is_no_flood_of_the_peers)
{
  pair_need_direct();
  for (int has_data = 0; has_data < 2; has_data++) {
    open_ends(STLS_TLS_1_3, STLS_SERVER);
    self->self->io.key_records = UINT64_MAX;
    for (int i = 0; i < 33; i++) {
      const stls_result want =
          i == 32 && has_data == 0 ? STLS_ERROR_TLS : STLS_OK;
      if (i == 32 && has_data == 1)
        ASSERT_RETURNS(count(STLS_RECORDS_OUT, 1024, 1), STLS_OK);
      EXPECT_RESULT(
          stls_object_receive_control(self->self, 22, "\x18\0\0\1\0", 5), want,
          pair_message(self->self));
      handover_end_flush(self);
    }
    pair_free(&pair);
  }
}

/* Our close_notify is the last record of its key. */
Test(handover_limits, nothing_follows_our_end)
{
  pair_need_direct();
  for (int i = 0; i < 4; i++) {
    const stls_protocol version = i & 1 ? STLS_TLS_1_3 : STLS_TLS_1_2;
    open_ends(version, i & 2 ? STLS_SERVER : STLS_CLIENT);
    ASSERT_RETURNS(stls_object_close_write(self->self), STLS_OK);
    handover_end_flush(self);
    EXPECT_RETURNS(count(STLS_RECORDS_OUT, 0, 2 * LIMIT * 16384), STLS_OK);
    EXPECT_RETURNS(count(STLS_RECORDS_IN, 100, 1), STLS_OK);
    cr_expect_eq(waiting(), (size_t)0, "row %d: %zu", i, waiting());
    pair_free(&pair);
  }
}

/* What is counted is in the counters of the connection, too. */
Test(handover_limits, counters_have_the_data_of_the_engine)
{
  pair_need_direct();
  for (int i = 0; i < 4; i++) {
    const stls_protocol version = i & 1 ? STLS_TLS_1_3 : STLS_TLS_1_2;
    stls_counters before = STLS_COUNTERS_INIT, after = STLS_COUNTERS_INIT;
    /* A header, a tag, and the type or, of AES-GCM in TLS 1.2, a nonce. */
    const uint64_t overhead = version == STLS_TLS_1_3 ? 5 + 16 + 1 : 5 + 16 + 8;
    open_ends(version, i & 2 ? STLS_SERVER : STLS_CLIENT);
    stls_object_counters(self->self, &before, NULL);
    ASSERT_RETURNS(count(STLS_RECORDS_IN, 3, 1000), STLS_OK);
    ASSERT_RETURNS(count(STLS_RECORDS_OUT, 2, 300), STLS_OK);
    stls_object_counters(self->self, &after, NULL);
    cr_expect_eq(after.plaintext_out - before.plaintext_out, (uint64_t)1000);
    cr_expect_eq(after.bytes_in - before.bytes_in, 1000 + 3 * overhead);
    cr_expect_eq(after.plaintext_in - before.plaintext_in, (uint64_t)300);
    cr_expect_eq(after.bytes_out - before.bytes_out, 300 + 2 * overhead);
    pair_free(&pair);
  }
}
