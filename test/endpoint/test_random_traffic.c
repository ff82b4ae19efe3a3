/* SPDX-License-Identifier: MIT */
/* test_random_traffic: random writes and arrivals while memory is given back. */
/*
 * A group is a random write, by itself, in pieces or corked, carried over in
 * random parts by every way in which bytes can arrive, and read in random parts,
 * while memory is given back at any moment. Runs with buffers that are kept and
 * released, over both versions, in both directions; under a sanitizer this is
 * what watches the memory that libssl and the queues hand to each other.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sanstls/conninfo.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(random_traffic, .timeout = 600);

enum {
  NUM_GROUPS = 40000,
  MAX_LEN = 40000
};

/* One direction of a pair. */
struct flow {
  stls_object *from, *to;
  size_t sent, received;
};

static uint32_t state;
static unsigned char data[MAX_LEN], want[MAX_LEN];

/* Most are small, some are anything up to `max`; never 0. */
static size_t random_below(size_t max)
{
  size_t bound;

  state = state * 1664525U + 1013904223U;
  bound = (size_t)1 << (state >> 28);
  if (bound > max || state >> 28 == 15) bound = max;
  state = state * 1664525U + 1013904223U;
  return 1 + (state >> 8) % bound;
}

static bool one_in(unsigned num)
{
  state = state * 1664525U + 1013904223U;
  return (state >> 8) % num == 0;
}

static void check_received(struct flow *flow, size_t len)
{
  pair_pattern(want, len, flow->received);
  cr_assert_eq(memcmp(data, want, len), 0, "%zu bytes at %zu", len,
               flow->received);
  flow->received += len;
}

static void read_some(struct flow *flow)
{
  stls_result result;
  size_t got = 0;

  do {
    result = stls_object_read(flow->to, data, random_below(MAX_LEN), &got);
    cr_assert_geq(result, 0, "%s", pair_message(flow->to));
    check_received(flow, got);
  } while (result == STLS_OK && !one_in(8));
}

static size_t arrive_by_read_from(struct flow *flow, const void *in, size_t len)
{
  size_t used = 0, got = 0;

  cr_assert_geq(stls_object_read_from(flow->to, in, len, &used, data,
                                      random_below(MAX_LEN), &got),
                0, "%s", pair_message(flow->to));
  check_received(flow, got);
  return used;
}

static size_t arrive_by_reserve(struct flow *flow, const void *in, size_t len)
{
  stls_bio *incoming = stls_object_incoming(flow->to);
  void *room = NULL;
  size_t room_len = 0;

  if (stls_bio_reserve(incoming, random_below(65536), &room, &room_len, NULL) !=
      STLS_OK)
    return 0;
  if (len > room_len) len = room_len;
  memcpy(room, in, len);
  ASSERT_RETURNS(stls_bio_commit(incoming, len, NULL), STLS_OK);
  return len;
}

static void carry_some(struct flow *flow)
{
  stls_bio *outgoing = stls_object_outgoing(flow->from);
  stls_bio *incoming = stls_object_incoming(flow->to);
  stls_span span = stls_bio_peek(outgoing);
  size_t len = span.len > 0 ? random_below(span.len) : 0;
  size_t taken = 0;

  if (len == 0) return;
  if (one_in(3))
    taken = arrive_by_read_from(flow, span.data, len);
  else if (one_in(2))
    taken = arrive_by_reserve(flow, span.data, len);
  else
    cr_assert_geq(stls_bio_write(incoming, span.data, len, &taken, NULL), 0);
  ASSERT_RETURNS(stls_bio_consume(outgoing, taken, NULL), STLS_OK);
}

static bool is_tls_1_3(const stls_object *object)
{
  return stls_conninfo_version(stls_object_conninfo(object)) ==
         (int)STLS_TLS_1_3;
}

static void disturb(struct flow *flow)
{
  if (one_in(16)) stls_object_trim(flow->from);
  if (one_in(16)) stls_object_trim(flow->to);
  if (one_in(64)) stls_bio_trim(stls_object_incoming(flow->to));
  if (one_in(256) && is_tls_1_3(flow->from))
    cr_assert_geq(stls_object_key_update(flow->from, false), 0, "%s",
                  pair_message(flow->from));
}

static void write_group(struct flow *flow)
{
  size_t len = random_below(MAX_LEN), part = 0, done = 0;
  bool is_corked = one_in(8);
  stls_result result;

  if (is_corked) ASSERT_RETURNS(stls_object_cork(flow->from), STLS_OK);
  while (done < len) {
    stls_span spans[2];
    size_t at = random_below(len - done) - 1;
    pair_pattern(data, len - done, flow->sent);
    spans[0].data = data;
    spans[0].len = at;
    spans[1].data = data + at;
    spans[1].len = len - done - at;
    result = one_in(4) ? stls_object_writev(flow->from, spans, 2, &part)
                       : stls_object_write(flow->from, data, len - done, &part);
    cr_assert_geq(result, 0, "%s", pair_message(flow->from));
    flow->sent += part;
    done += part;
    disturb(flow);
    if (result == STLS_WANT_WRITE || one_in(2)) carry_some(flow);
    if (one_in(4)) read_some(flow);
  }
  while (is_corked && stls_object_flush(flow->from) != STLS_OK) {
    carry_some(flow);
    read_some(flow);
  }
}

static void finish(struct flow *flow)
{
  for (size_t turn = 0; turn < PAIR_TURNS && flow->received < flow->sent;
       turn++) {
    carry_some(flow);
    disturb(flow);
    read_some(flow);
  }
  cr_assert_eq(flow->received, flow->sent);
}

static void keep_buffers(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_buffers(context, STLS_BUFFERS_KEEP, NULL),
                 STLS_OK);
}

static void run_groups(stls_protocol version, bool keeps)
{
  pair_options options = {.version = version};
  size_t num = check_quick() ? NUM_GROUPS / 100 : NUM_GROUPS;
  struct flow there = {0}, back = {0};
  test_pair pair;

  state = (uint32_t)version + keeps;
  if (keeps) options.tune_client = options.tune_server = keep_buffers;
  pair = pair_open(&options);
  pair_settle(&pair);
  there.from = back.to = pair.client;
  there.to = back.from = pair.server;
  for (size_t i = 0; i < num; i++) {
    struct flow *flow = one_in(2) ? &there : &back;
    write_group(flow);
    if (!one_in(4)) finish(flow);
  }
  finish(&there);
  finish(&back);
  pair_free(&pair);
}

Test(random_traffic, are_exact_in_tls_1_2_with_buffers_released)
{
  run_groups(STLS_TLS_1_2, false);
}

Test(random_traffic, are_exact_in_tls_1_2_with_buffers_kept)
{
  run_groups(STLS_TLS_1_2, true);
}

Test(random_traffic, are_exact_in_tls_1_3_with_buffers_released)
{
  run_groups(STLS_TLS_1_3, false);
}

Test(random_traffic, are_exact_in_tls_1_3_with_buffers_kept)
{
  run_groups(STLS_TLS_1_3, true);
}
