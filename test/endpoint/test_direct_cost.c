/* SPDX-License-Identifier: MIT */
/* test_direct_cost: what a record that bypasses libssl does not ask for. */
/*
 * Allocations are counted, not time: an established connection that moves small
 * records makes none, and no call copies a record to memory of its own first.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sanstls/handover.h>
#include <string.h>

#include "support/expect.h"
#include "support/heap.h"
#include "support/pair.h"

SUITE(direct_cost);

static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

enum {
  NUM_VERSIONS = 2,
  RECORD_LEN = 16384,
  /* What a record takes beyond its content, with the queue's own notes. */
  NOTES = 256
};

static unsigned char data[RECORD_LEN], wire[RECORD_LEN + NOTES],
    out[RECORD_LEN];

static void use_direct(stls_context *context)
{
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(stls_context_set_records(context, STLS_RECORDS_DIRECT, &err),
                STLS_OK, err.message);
}

static test_pair open_pair(stls_protocol version)
{
  pair_options options = {
      .version = version, .tune_client = use_direct, .tune_server = use_direct};
  test_pair pair = pair_open(&options);

  pair_pattern(data, sizeof data, 0);
  /* The keys, and what is kept from then on. */
  pair_transfer(&pair, pair.client, pair.server, 64);
  pair_transfer(&pair, pair.server, pair.client, 64);
  return pair;
}

static size_t take_records(stls_object *from)
{
  size_t len = 0;

  ASSERT_RETURNS(
      stls_bio_read(stls_object_outgoing(from), wire, sizeof wire, &len, NULL),
      STLS_OK);
  return len;
}

static void send_small(stls_object *from, stls_object *to)
{
  size_t len = 0, used = 0, got = 0;

  ASSERT_RETURNS(stls_object_write(from, data, 64, &len), STLS_OK);
  len = take_records(from);
  ASSERT_RETURNS(
      stls_object_read_from(to, wire, len, &used, out, sizeof out, &got),
      STLS_OK);
  cr_assert_eq(used, len);
  cr_assert_eq(got, 64);
}

/* A guard of the caller's error queue would have to save its entry, and that needs
 * memory: so the queue is not looked at either. */
Test(direct_cost, small_records_ask_for_no_memory)
{
  pair_need_direct();
  for (int i = 0; i < NUM_VERSIONS; i++) {
    test_pair pair = open_pair(versions[i]);
    size_t granted;
    ERR_raise(ERR_LIB_USER, 77);
    granted = heap_num_granted();
    for (int turn = 0; turn < 100; turn++) {
      send_small(pair.client, pair.server);
      send_small(pair.server, pair.client);
    }
    cr_expect_eq(heap_num_granted() - granted, 0);
    cr_expect_eq(ERR_GET_REASON(ERR_get_error()), 77);
    pair_free(&pair);
  }
}

/* Those that wait lie in one chunk: its memory, and the queue's notes. */
Test(direct_cost, small_records_share_memory)
{
  pair_need_direct();
  for (int i = 0; i < NUM_VERSIONS; i++) {
    test_pair pair = open_pair(versions[i]);
    stls_bio *outgoing = stls_object_outgoing(pair.client);
    size_t done, granted;
    stls_bio_trim(outgoing);
    granted = heap_num_granted();
    for (int turn = 0; turn < 10; turn++)
      ASSERT_RETURNS(stls_object_write(pair.client, data, 64, &done), STLS_OK);
    cr_expect_leq(heap_num_granted() - granted, 2, "row %d", i);
    cr_expect_eq(stls_bio_peekv(outgoing, NULL, 0), 1, "row %d", i);
    pair_free(&pair);
  }
}

/* The rest of a record is put behind what waits in the queue, which has the room:
 * there is no third copy. */
Test(direct_cost, a_record_in_pieces_is_gathered_once)
{
  pair_need_direct();
  for (int i = 0; i < NUM_VERSIONS; i++) {
    test_pair pair = open_pair(versions[i]);
    size_t len = 0, total = 0, granted;
    ASSERT_RETURNS(stls_object_write(pair.client, data, RECORD_LEN, &len),
                   STLS_OK);
    len = take_records(pair.client);
    granted = heap_bytes_granted();
    for (size_t at = 0, used = 0; at < len; at += used) {
      size_t got = 0, part = len - at < 4096 ? len - at : 4096;
      stls_result result = stls_object_read_from(pair.server, wire + at, part,
                                                 &used, out, sizeof out, &got);
      cr_assert(result == STLS_OK || result == STLS_WANT_READ);
      total += got;
    }
    cr_expect_eq(total, RECORD_LEN);
    cr_expect_arr_eq(out, data, RECORD_LEN);
    cr_expect_leq(heap_bytes_granted() - granted, len + NOTES, "row %d", i);
    pair_free(&pair);
  }
}

/* It is opened from the chunks that it lies in. */
Test(direct_cost, a_queued_record_is_not_gathered)
{
  pair_need_direct();
  for (int i = 0; i < NUM_VERSIONS; i++) {
    test_pair pair = open_pair(versions[i]);
    stls_bio *incoming = stls_object_incoming(pair.server);
    size_t len = 0, got = 0, granted;
    ASSERT_RETURNS(stls_object_write(pair.client, data, RECORD_LEN, &len),
                   STLS_OK);
    len = take_records(pair.client);
    granted = heap_bytes_granted();
    for (size_t at = 0, put = 0; at < len; at += put) {
      size_t part = len - at < 6000 ? len - at : 6000;
      ASSERT_RETURNS(stls_object_read(pair.server, out, sizeof out, &got),
                     STLS_WANT_READ);
      ASSERT_RETURNS(stls_bio_write(incoming, wire + at, part, &put, NULL),
                     STLS_OK);
    }
    ASSERT_RETURNS(stls_object_read(pair.server, out, sizeof out, &got),
                   STLS_OK);
    cr_expect_eq(got, RECORD_LEN);
    cr_expect_arr_eq(out, data, RECORD_LEN);
    cr_expect_leq(heap_bytes_granted() - granted, len + NOTES, "row %d", i);
    pair_free(&pair);
  }
}

/* Spans are sealed from where they are: what is asked for is the record's memory.
 * Sizes on both sides of what record_protect copies. */
Test(direct_cost, vectors_are_not_joined_first)
{
  static const size_t sizes[] = {16, 256, 1024};

  pair_need_direct();
  for (int i = 0; i < NUM_VERSIONS; i++) {
    test_pair pair = open_pair(versions[i]);
    for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
      stls_span spans[17] = {{NULL, 0}};
      size_t written = 0, granted = heap_bytes_granted(), len, used = 0,
             got = 0;
      for (size_t k = 1; k < 17; k++)
        spans[k] = (stls_span){data + k * sizes[j] / 2, sizes[j]};
      ASSERT_RETURNS(stls_object_writev(pair.client, spans, 17, &written),
                     STLS_OK);
      cr_assert_eq(written, 16 * sizes[j]);
      granted = heap_bytes_granted() - granted;
      len = take_records(pair.client);
      cr_expect_leq(granted, len + 1024 + NOTES, "row %d, %zu", i, sizes[j]);
      ASSERT_RETURNS(stls_object_read_from(pair.server, wire, len, &used, out,
                                           sizeof out, &got),
                     STLS_OK);
      cr_assert_eq(got, written);
      for (size_t k = 0; k < 16; k++)
        cr_expect_arr_eq(out + k * sizes[j], spans[k + 1].data, sizes[j]);
    }
    pair_free(&pair);
  }
}

static void keep_buffers(stls_context *context)
{
  use_direct(context);
  ASSERT_RETURNS(stls_context_set_buffers(context, STLS_BUFFERS_KEEP, NULL),
                 STLS_OK);
}

static void expect_no_buffers(stls_object *object, const char *label)
{
  const size_t before = heap_live_bytes();

  SSL_free_buffers(stls_object_ssl(object));
  cr_expect_eq(heap_live_bytes(), before, "%s: %zu bytes", label,
               before - heap_live_bytes());
}

/* Those of libssl are needed for messages alone, also where buffers are kept. */
Test(direct_cost, keeps_no_buffers_of_libssl)
{
  pair_need_direct();
  for (int i = 0; i < 2 * NUM_VERSIONS; i++) {
    const stls_protocol version = versions[i / 2];
    void (*tune)(stls_context *) = i % 2 == 0 ? use_direct : keep_buffers;
    const pair_options options = {
        .version = version, .tune_client = tune, .tune_server = tune};
    test_pair pair = pair_open(&options);
    expect_no_buffers(pair.server, expect_label("row %d: handshake", i));
    pair_settle(&pair);
    expect_no_buffers(pair.client, expect_label("row %d: tickets", i));
    pair_transfer(&pair, pair.client, pair.server, 20000);
    pair_transfer(&pair, pair.server, pair.client, 20000);
    if (version == STLS_TLS_1_3)
      ASSERT_RETURNS(stls_object_key_update(pair.client, true), STLS_OK);
    expect_no_buffers(pair.client, expect_label("row %d: KeyUpdate", i));
    pair_transfer(&pair, pair.client, pair.server, 10);
    pair_transfer(&pair, pair.server, pair.client, 10);
    expect_no_buffers(pair.server, expect_label("row %d: its answer", i));
    expect_no_buffers(pair.client, expect_label("row %d: the end", i));
    pair_free(&pair);
  }
}

/* A record that is longer than the queue. */
static void send_in_parts(test_pair *pair)
{
  stls_bio *incoming = stls_object_incoming(pair->server);
  size_t len, done, got = 0;

  ASSERT_RETURNS(stls_object_write(pair->client, data, 3000, &done), STLS_OK);
  len = take_records(pair->client);
  for (size_t at = 0; at < len; at += done) {
    ASSERT_RETURNS(stls_bio_write(incoming, wire + at, len - at, &done, NULL),
                   STLS_OK);
    (void)!stls_object_read(pair->server, out, sizeof out, &got);
  }
  cr_assert_eq(got, 3000);
}

/* Its parts are gathered in memory that is given back, or kept where buffers are. */
Test(direct_cost, parts_of_a_record_leave_no_memory)
{
  pair_need_direct();
  for (int i = 0; i < 2 * NUM_VERSIONS; i++) {
    const bool keeps = i % 2 == 1;
    const pair_options options = {
        .version = versions[i / 2],
        .tune_client = use_direct,
        .tune_server = keeps ? keep_buffers : use_direct};
    test_pair pair = pair_open(&options);
    size_t live, granted;
    pair_settle(&pair);
    pair_transfer(&pair, pair.client, pair.server, 64);
    ASSERT_RETURNS(
        stls_bio_set_limit(stls_object_incoming(pair.server), 700, NULL),
        STLS_OK);
    live = heap_live_bytes();
    send_in_parts(&pair);
    cr_expect_eq(heap_live_bytes() > live + RECORD_LEN, keeps, "row %d", i);
    granted = heap_bytes_granted();
    send_in_parts(&pair);
    cr_expect_eq(heap_bytes_granted() - granted < RECORD_LEN, keeps,
                 "row %d: %zu", i, heap_bytes_granted() - granted);
    pair_free(&pair);
  }
}

static void ignore_line(stls_object *object, const char *line, size_t line_len,
                        void *user_data)
{
  (void)object, (void)line, (void)line_len, (void)user_data;
}

static void log_keys(stls_context *context)
{
  pair_use_libssl_records(context);
  ASSERT_RETURNS(
      stls_context_set_insecure_keylog(context, ignore_line, NULL, NULL),
      STLS_OK);
}

static size_t count_blocks(void (*tune)(stls_context *))
{
  const pair_options options = {
      .version = STLS_TLS_1_3, .tune_client = tune, .tune_server = tune};
  const size_t before = heap_live_blocks();
  test_pair pair = pair_open(&options);
  size_t blocks;

  pair_settle(&pair);
  blocks = heap_live_blocks() - before;
  pair_free(&pair);
  return blocks;
}

/* Secrets are collected only for those who protect records. */
Test(direct_cost, a_key_log_keeps_no_secrets)
{
  (void)count_blocks(log_keys);
  cr_expect_eq(count_blocks(log_keys), count_blocks(pair_use_libssl_records));
}

/* The contexts of EVP, which hold the key in another form, go to nobody. */
Test(direct_cost, a_hand_over_leaves_nothing_behind)
{
  pair_need_direct();
  for (int i = 0; i < 2 * NUM_VERSIONS; i++) {
    test_pair pair = open_pair(versions[i / 2]);
    stls_record_state state = STLS_RECORD_STATE_INIT;
    const size_t before = heap_live_blocks();
    ASSERT_RETURNS(stls_object_export_insecure_record_state(
                       pair.client, (stls_flow)(i % 2), &state, NULL),
                   STLS_OK);
    cr_expect_lt(heap_live_blocks(), before, "row %d", i);
    pair_free(&pair);
  }
}
