/* SPDX-License-Identifier: MIT */
/* test_direct_control: records of the protocol between direct records, and the
 * largest ones. */
/*
 * The peer is an engine that has the keys, and sends what no library would. What it
 * gets is compared with the answer of a connection whose records are libssl's.
 */
#include <string.h>

#include "handover_end.h"
#include "support/expect.h"

SUITE(direct_control);

/* What came of it. */
struct outcome {
  stls_result result;
  size_t got;
  int alert;
};

static test_pair pair;
static struct handover_end client, server, *self, *peer;
static stls_records records;
static bool self_is_client;

static void set_records(stls_context *context)
{
  const bool is_self =
      (stls_context_role(context) == STLS_CLIENT) == self_is_client;

  ASSERT_RETURNS(stls_context_set_records(
                     context, is_self ? records : STLS_RECORDS_DIRECT, NULL),
                 STLS_OK);
}

static void open_ends(stls_protocol version)
{
  const pair_options options = {.version = version,
                                .tune_client = set_records,
                                .tune_server = set_records};

  pair = pair_open(&options);
  pair_settle(&pair);
  handover_end_join(&pair, &client, &server);
  self = self_is_client ? &client : &server;
  peer = self_is_client ? &server : &client;
  handover_end_export(peer, STLS_RECORDS_OUT);
}

static struct outcome close_ends(void)
{
  const struct outcome outcome = {self->received, self->num_got,
                                  stls_object_alert_sent(self->self)};

  pair_free(&pair);
  return outcome;
}

static void expect_equal(const struct outcome *outcomes, const char *label)
{
  EXPECT_RESULT(outcomes[1].result, outcomes[0].result, label);
  cr_expect_eq(outcomes[1].got, outcomes[0].got, "%s: %zu, %zu", label,
               outcomes[1].got, outcomes[0].got);
  cr_expect_eq(outcomes[1].alert, outcomes[0].alert, "%s: %d, %d", label,
               outcomes[1].alert, outcomes[0].alert);
}

/* --- content and padding of the largest size, and beyond --- */

/* Versions of OpenSSL differ about padding beyond that (RFC 8446, 5.4). */
static const struct {
  stls_protocol version;
  size_t len, padding;
} sizes[] = {{STLS_TLS_1_2, 16384, 0},   {STLS_TLS_1_2, 16385, 0},
             {STLS_TLS_1_3, 16384, 0},   {STLS_TLS_1_3, 16385, 0},
             {STLS_TLS_1_3, 16000, 384}, {STLS_TLS_1_3, 16384, 1},
             {STLS_TLS_1_3, 16000, 385}, {STLS_TLS_1_3, 0, 16384},
             {STLS_TLS_1_3, 0, 16385}};

static struct outcome try_size(size_t row)
{
  static const char data[16385];
  static uint8_t record[RECORD_ENGINE_MAX];
  size_t len, done;

  open_ends(sizes[row].version);
  len = record_engine_seal(&peer->states[STLS_RECORDS_OUT], 23, data,
                           sizes[row].len, sizes[row].padding, record);
  ASSERT_RETURNS(stls_bio_write(stls_object_incoming(self->self), record, len,
                                &done, NULL),
                 STLS_OK);
  handover_end_receive(self);
  if (sizes[row].padding == 0)
    EXPECT_RESULT(self->received,
                  sizes[row].len > 16384 ? STLS_ERROR_TLS : STLS_WANT_READ,
                  expect_label("row %zu, records %d", row, (int)records));
  return close_ends();
}

Test(direct_control, records_are_as_long_as_libssl_allows)
{
  pair_need_direct();
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    for (int side = 0; side < 2; side++) {
      struct outcome outcomes[2];
      self_is_client = side == 1;
      records = STLS_RECORDS_LIBSSL;
      outcomes[0] = try_size(i);
      records = STLS_RECORDS_DIRECT;
      outcomes[1] = try_size(i);
      expect_equal(outcomes, expect_label("row %zu, side %d", i, side));
    }
}

/* --- what stands between data --- */

static void change_key(void)
{
  handover_end_send_record(peer, 22, "\x18\0\0\1\0", 5);
  record_engine_update(&peer->states[STLS_RECORDS_OUT]);
}

static void change_key_in_parts(void)
{
  handover_end_send_record(peer, 22, "\x18\0", 2);
  handover_end_send_record(peer, 22, "\0\1\0", 3);
  record_engine_update(&peer->states[STLS_RECORDS_OUT]);
}

/* user_canceled: RFC 8446, 6.1. */
static void warn(void)
{
  handover_end_send_record(peer, 21, "\1\x5a", 2);
}

static void send_data(void)
{
  handover_end_send_record(peer, 23, "data", 4);
}

static void send_nothing(void)
{
  handover_end_send_record(peer, 23, "", 0);
}

typedef void (*step)(void);

enum {
  MAX_STEPS = 6
};

static const struct {
  const char *name;
  step steps[MAX_STEPS];
} scripts[] = {
    {"a warning", {send_data, warn, send_data}},
    {"a KeyUpdate", {send_data, change_key, send_data}},
    {"a KeyUpdate in parts", {change_key_in_parts, send_data, send_data}},
    {"a warning behind a KeyUpdate", {change_key, warn, send_data}},
    {"two warnings", {change_key, send_data, warn, warn, send_data}},
    {"nothing between", {change_key, send_nothing, warn, send_data}},
    {"KeyUpdates", {change_key, change_key, warn, change_key, send_data}}};

static struct outcome run_script(size_t row, bool is_in_turn)
{
  open_ends(STLS_TLS_1_3);
  for (int i = 0; i < MAX_STEPS && scripts[row].steps[i] != NULL; i++) {
    scripts[row].steps[i]();
    if (is_in_turn) handover_end_receive(self);
  }
  handover_end_receive(self);
  EXPECT_RESULT(self->received, STLS_WANT_READ, pair_message(self->self));
  cr_expect_eq(memcmp(self->got, "datadata", self->num_got), 0, "%s",
               scripts[row].name);
  return close_ends();
}

Test(direct_control, leaves_the_number_of_the_next_record_right)
{
  pair_need_direct();
  for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
    for (int way = 0; way < 4; way++) {
      struct outcome outcomes[2];
      self_is_client = (way & 1) != 0;
      records = STLS_RECORDS_LIBSSL;
      outcomes[0] = run_script(i, way / 2 == 1);
      records = STLS_RECORDS_DIRECT;
      outcomes[1] = run_script(i, way / 2 == 1);
      expect_equal(outcomes, expect_label("%s, way %d", scripts[i].name, way));
      cr_expect_gt(outcomes[1].got, (size_t)0, "%s", scripts[i].name);
    }
}

/* Once we have closed, libssl may ignore a message that TLS 1.2 does not have. */
Test(direct_control, no_message_of_tls_1_2_changes_the_key)
{
  pair_need_direct();
  for (int way = 0; way < 4; way++) {
    struct outcome outcomes[2];
    self_is_client = (way & 1) != 0;
    for (int i = 0; i < 2; i++) {
      records = i == 0 ? STLS_RECORDS_LIBSSL : STLS_RECORDS_DIRECT;
      open_ends(STLS_TLS_1_2);
      if (way & 2) ASSERT_RETURNS(stls_object_close_write(self->self), STLS_OK);
      for (int turn = 0; turn < 2; turn++) {
        send_data();
        handover_end_receive(self);
        handover_end_send_record(peer, 22, "\x18\0\0\1\0", 5);
        handover_end_receive(self);
      }
      outcomes[i] = close_ends();
    }
    expect_equal(outcomes, expect_label("way %d", way));
  }
}

/* --- floods that nobody observes --- */

/* STLS_LIMIT_EMPTY_RECORDS is 32, with no callback that is told of a record. */
Test(direct_control, empty_records_are_counted)
{
  pair_need_direct();
  records = STLS_RECORDS_DIRECT;
  for (int i = 0; i < 4; i++) {
    self_is_client = (i & 1) != 0;
    open_ends(i & 2 ? STLS_TLS_1_3 : STLS_TLS_1_2);
    for (int turn = 0; turn < 2; turn++) {
      for (int num = 0; num < 32; num++) send_nothing();
      handover_end_receive(self);
      EXPECT_RETURNS(self->received, STLS_WANT_READ);
      if (turn == 0) send_data();
      handover_end_receive(self);
    }
    send_nothing();
    handover_end_receive(self);
    EXPECT_RETURNS(self->received, STLS_ERROR_TLS);
    /* unexpected_message. */
    cr_expect_eq(stls_object_alert_sent(self->self), 10, "row %d", i);
    pair_free(&pair);
  }
}
