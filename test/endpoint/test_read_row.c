/* SPDX-License-Identifier: MIT */
/* test_read_row: records that arrive together, read as if each came alone. */
/*
 * A script is a row of records of a TLS 1.3 client, one letter each. It arrives in
 * three ways, at three servers: record by record, each read until nothing is left;
 * all at once in incoming; and all at once in the caller's buffer. What the three
 * servers say, count, keep and answer must be the same (RFC 8446, 4.6.3, 5.1, 6:
 * a record means the same whatever lies behind it).
 */
#include <stdio.h>
#include <string.h>

#include "support/expect.h"
#include "support/heap.h"
#include "support/pair.h"
#include "support/record_forger.h"

SUITE(read_row);

enum {
  MAX_ITEMS = 400,
  MAX_ITEM = 160,
  NUM_RANDOM = 60,
  /* A record buffer of libssl. */
  A_BUFFER = 16384
};

typedef enum way {
  ALONE,
  QUEUED,
  IN_PLACE,
  NUM_WAYS
} way;

/* All that a script leaves. */
struct outcome {
  stls_result result;
  unsigned char data[MAX_ITEMS * MAX_ITEM];
  size_t len;
  size_t pending;
  stls_counters counters;
  unsigned wants;
  int alert_sent, alert_received;
  char message[sizeof((stls_error *)NULL)->message];
};

static uint32_t state;

static uint32_t random_below(uint32_t num)
{
  state = state * 1664525U + 1013904223U;
  return (state >> 8) % num;
}

static void few_empty_records(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_limit(context, STLS_LIMIT_EMPTY_RECORDS, 3, NULL),
      STLS_OK);
}

static void send_item(stls_object *server, char letter, size_t place)
{
  unsigned char data[MAX_ITEM];

  switch (letter) {
    case 'd':
      pair_pattern(data, sizeof data, place);
      record_forger_send(server, 23, data, 1 + place * 37 % 150);
      break;
    case 'e': /* no data */
      record_forger_send(server, 23, "", 0);
      break;
    case 'k':
      record_forger_send_key_update(server);
      break;
    case 'n': /* a KeyUpdate that asks for none */
      record_forger_send(server, 22, "\x18\x00\x00\x01\x00", 5);
      record_forger_next_keys();
      break;
    case 'h': /* the first half of a KeyUpdate, which nothing may interrupt */
      record_forger_send(server, 22, "\x18\x00", 2);
      break;
    case 'u': /* user_canceled, a warning */
      record_forger_send(server, 21, "\x01\x5a", 2);
      break;
    case 'c': /* close_notify */
      record_forger_send(server, 21, "\x01\x00", 2);
      break;
    case 'a': /* decode_error */
      record_forger_send(server, 21, "\x02\x32", 2);
      break;
    default: /* 'x': what follows has wrong tags */
      record_forger_next_keys();
      record_forger_send(server, 23, "x", 1);
  }
}

/* Reads to the last result that is not STLS_OK. */
static void read_all(stls_object *server, struct outcome *outcome)
{
  do {
    size_t got = 0;
    outcome->result =
        stls_object_read(server, outcome->data + outcome->len,
                         sizeof outcome->data - outcome->len, &got);
    outcome->len += got;
  } while (outcome->result == STLS_OK);
}

static void read_in_place(stls_object *server, struct outcome *outcome)
{
  static unsigned char records[MAX_ITEMS * (MAX_ITEM + 40)];
  stls_bio *incoming = stls_object_incoming(server);
  size_t len = 0, used, taken = 0;

  ASSERT_RESULT(stls_bio_read(incoming, records, sizeof records, &len, NULL),
                STLS_OK, "take");
  do {
    size_t got = 0;
    outcome->result =
        stls_object_read_from(server, records + taken, len - taken, &used,
                              outcome->data + outcome->len,
                              sizeof outcome->data - outcome->len, &got);
    taken += used;
    outcome->len += got;
  } while (outcome->result == STLS_OK);
  /* What a failure or the end left is the caller's. */
  ASSERT_RESULT(
      stls_bio_write(incoming, records + taken, len - taken, &used, NULL),
      STLS_OK, "give back");
}

static stls_counters count(const test_pair *pair)
{
  stls_counters counters = STLS_COUNTERS_INIT;

  ASSERT_RETURNS(stls_object_counters(pair->server, &counters, NULL), STLS_OK);
  return counters;
}

/* The handshake before the script has signatures, whose length varies. */
static void keep_outcome(const test_pair *pair, const stls_counters *before,
                         struct outcome *outcome)
{
  outcome->pending = stls_bio_pending(stls_object_incoming(pair->server));
  outcome->counters = count(pair);
  outcome->counters.bytes_in -= before->bytes_in;
  outcome->counters.bytes_out -= before->bytes_out;
  outcome->wants = stls_object_wants(pair->server);
  outcome->alert_sent = stls_object_alert_sent(pair->server);
  outcome->alert_received = stls_object_alert_received(pair->server);
  snprintf(outcome->message, sizeof outcome->message, "%s",
           pair_message(pair->server));
}

static void run_script(const char *script, void (*tune)(stls_context *),
                       way how, struct outcome *outcome)
{
  test_pair pair = record_forger_open(tune);
  const stls_counters before = count(&pair);

  memset(outcome, 0, sizeof *outcome);
  outcome->result = STLS_WANT_READ;
  for (size_t i = 0; script[i] != '\0'; i++) {
    send_item(pair.server, script[i], i);
    if (how == ALONE && outcome->result == STLS_WANT_READ)
      read_all(pair.server, outcome);
  }
  if (how == QUEUED) read_all(pair.server, outcome);
  if (how == IN_PLACE) read_in_place(pair.server, outcome);
  keep_outcome(&pair, &before, outcome);
  pair_free(&pair);
}

static void expect_same(const char *script, way how, const struct outcome *got,
                        const struct outcome *want)
{
  const char *label = expect_label("%s, way %d", script, (int)how);

  EXPECT_RESULT(got->result, want->result, label);
  cr_expect_eq(got->len, want->len, "%s: %zu bytes, not %zu", label, got->len,
               want->len);
  cr_expect_eq(memcmp(got->data, want->data, want->len), 0, "%s", label);
  cr_expect_eq(got->pending, want->pending, "%s: %zu left, not %zu", label,
               got->pending, want->pending);
  cr_expect_eq(memcmp(&got->counters, &want->counters, sizeof got->counters), 0,
               "%s: %d records, not %d", label, (int)got->counters.records_in,
               (int)want->counters.records_in);
  cr_expect_eq(got->wants, want->wants, "%s: %x", label, got->wants);
  cr_expect_eq(got->alert_sent, want->alert_sent, "%s", label);
  cr_expect_eq(got->alert_received, want->alert_received, "%s", label);
  cr_expect_str_eq(got->message, want->message, "%s", label);
}

static void try_script(const char *script, void (*tune)(stls_context *),
                       stls_result want_result)
{
  static struct outcome want, got;

  run_script(script, tune, ALONE, &want);
  if (want_result != STLS_OK) EXPECT_RESULT(want.result, want_result, script);
  for (way how = QUEUED; how < NUM_WAYS; how++) {
    run_script(script, tune, how, &got);
    expect_same(script, how, &got, &want);
  }
}

Test(read_row, scripts_mean_the_same_whatever_lies_behind)
{
  static const struct {
    const char *script;
    void (*tune)(stls_context *);
    stls_result want;
  } rows[] = {
      {"dddddddddddddddddddd", NULL, STLS_WANT_READ},
      /* What comes behind close_notify is not read. */
      {"dddcddd", NULL, STLS_CLOSED},
      {"cd", NULL, STLS_CLOSED},
      {"ddkddnddkkd", NULL, STLS_WANT_READ},
      {"ddxdd", NULL, STLS_ERROR_TLS},
      {"dddad", NULL, STLS_ERROR_ALERT},
      {"ddhd", NULL, STLS_ERROR_TLS},
      {"ddh", NULL, STLS_WANT_READ},
      {"ddudd", NULL, STLS_WANT_READ},
      /* The limits count in a row: data begins anew. */
      {"deeedeeedeee", few_empty_records, STLS_WANT_READ},
      {"ddeeeedd", few_empty_records, STLS_ERROR_TLS},
      {"eeekeeedeee", few_empty_records, STLS_ERROR_TLS},
      {"dkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkdkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkd",
       NULL, STLS_WANT_READ},
      {"ddnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnndd", NULL, STLS_ERROR_TLS},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    try_script(rows[i].script, rows[i].tune, rows[i].want);
}

Test(read_row, random_scripts_mean_the_same)
{
  static const char often[] = "dddddddddddddddkneu";
  static const char last[] = "cahxdddd";
  char script[MAX_ITEMS + 1];

  for (unsigned seed = 0; seed < NUM_RANDOM; seed++) {
    size_t num = 1 + random_below(seed % 4 == 0 ? MAX_ITEMS - 10 : 40);
    for (size_t i = 0; i < num; i++)
      script[i] = often[random_below(sizeof often - 1)];
    script[num] = last[random_below(sizeof last - 1)];
    for (size_t i = 1; i < 5; i++) script[num + i] = 'd';
    script[num + 5] = '\0';
    try_script(script, seed % 3 == 0 ? few_empty_records : NULL, STLS_OK);
  }
}

/* Up to 32 of them; see stls_object_read. */
Test(read_row, messages_between_data_end_no_read)
{
  static const char script[] = "ddkdndeeudd";
  static struct outcome want;
  unsigned char data[sizeof want.data];
  test_pair pair;
  size_t len = 0;

  run_script(script, NULL, ALONE, &want);
  pair = record_forger_open(NULL);
  for (size_t i = 0; script[i] != '\0'; i++)
    send_item(pair.server, script[i], i);
  EXPECT_RETURNS(stls_object_read(pair.server, data, sizeof data, &len),
                 STLS_OK);
  cr_expect_eq(len, want.len, "%zu bytes, not %zu", len, want.len);
  pair_free(&pair);
}

/* By reads of any size: what a row leaves in libssl comes first the next time. */
Test(read_row, reads_may_end_anywhere)
{
  static const size_t sizes[] = {1, 2, 63, 64, 65, 127, 128, 129, 1000, 6399};
  static unsigned char data[6400], want[6400];
  pair_options options = {0};
  char label[64];

  pair_pattern(want, sizeof want, 0);
  for (size_t row = 0; pair_row(row, &options, label); row++)
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
      test_pair pair = pair_open(&options);
      size_t len = 0, at = 0;
      pair_settle(&pair);
      for (size_t sent = 0; sent < sizeof want; sent += 64)
        ASSERT_RESULT(stls_object_write(pair.client, want + sent, 64, &len),
                      STLS_OK, label);
      pair_move_all(&pair, pair.client, pair.server);
      while (at < sizeof data) {
        size_t room = sizeof data - at < sizes[i] ? sizeof data - at : sizes[i];
        ASSERT_RESULT(stls_object_read(pair.server, data + at, room, &len),
                      STLS_OK, label);
        cr_expect_eq(len, room, "%s: a read fills its buffer", label);
        at += len;
      }
      cr_expect_arr_eq(data, want, sizeof want);
      EXPECT_RESULT(stls_object_read(pair.server, data, 1, &len),
                    STLS_WANT_READ, label);
      pair_free(&pair);
    }
}

/* libssl frees its buffers record by record; for a row it does so at the end. */
Test(read_row, leaves_no_buffer_behind)
{
  static unsigned char data[50000];
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    size_t len = 0, idle;
    pair_settle(&pair);
    pair_transfer(&pair, pair.client, pair.server, 100);
    idle = heap_live_bytes();
    for (int i = 0; i < 100; i++)
      ASSERT_RESULT(stls_object_write(pair.client, data, 100, &len), STLS_OK,
                    label);
    pair_move_all(&pair, pair.client, pair.server);
    ASSERT_RESULT(stls_object_read(pair.server, data, sizeof data, &len),
                  STLS_OK, label);
    cr_expect_eq(len, 10000u, "%s: %zu", label, len);
    cr_expect_lt(heap_live_bytes(), idle + A_BUFFER, "%s: %zu bytes more",
                 label, heap_live_bytes() - idle);
    pair_free(&pair);
  }
}
