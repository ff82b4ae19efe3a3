/* SPDX-License-Identifier: MIT */
/* test_direct_equal: the same calls with and without libssl's records. */
/*
 * Two connections are put to the same script of calls: in one libssl protects
 * the application data, in the other the library does. Results, plaintext,
 * errors, alerts, counters, lengths and trace events have to be the same after
 * each call. The certificate is RSA's, whose signatures are all of one length.
 */
#include <sanstls/conninfo.h>
#include <sanstls/trace.h>
#include <stdlib.h>
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(direct_equal);

enum {
  MAX_EVENTS = 4000,
  MAX_DATA = 40000
};

/* What the trace callbacks of a world's contexts saw. */
struct events {
  size_t num;
  struct {
    int side, flow, version, content_type, message_type;
    size_t len;
    unsigned char header[5];
  } list[MAX_EVENTS];
};

struct world {
  test_pair pair;
  unsigned char out[MAX_DATA];
  size_t done;
  stls_result result;
};

static struct events events[2];
/* The world that is being called, and how its contexts are set. */
static int present;
static bool keeps;
static size_t small_limit;
static pair_feed feed;

static void on_event(stls_object *object, const stls_trace_event *event,
                     void *user_data)
{
  struct events *all = &events[present];

  cr_assert_lt(all->num, MAX_EVENTS);
  all->list[all->num].side = user_data != NULL;
  all->list[all->num].flow = event->flow;
  all->list[all->num].version = event->version;
  all->list[all->num].content_type = event->content_type;
  all->list[all->num].message_type = event->message_type;
  all->list[all->num].len = event->data_len;
  if (event->content_type == STLS_CONTENT_HEADER)
    memcpy(all->list[all->num].header, event->data, 5);
  all->num++;
  (void)object;
}

static void set_context(stls_context *context)
{
  static int mark;
  const bool is_client = stls_context_role(context) == STLS_CLIENT;

  ASSERT_RETURNS(
      stls_context_set_records(
          context, present ? STLS_RECORDS_DIRECT : STLS_RECORDS_LIBSSL, NULL),
      STLS_OK);
  ASSERT_RETURNS(
      stls_context_set_trace(context, on_event, is_client ? &mark : NULL, NULL),
      STLS_OK);
  if (keeps)
    ASSERT_RETURNS(stls_context_set_buffers(context, STLS_BUFFERS_KEEP, NULL),
                   STLS_OK);
}

static void open_worlds(struct world *worlds, pair_options *options)
{
  options->tune_client = options->tune_server = set_context;
  options->server_credential = "server-rsa";
  feed = options->feed;
  for (present = 0; present < 2; present++) {
    events[present].num = 0;
    worlds[present].pair = pair_open(options);
    cr_assert_eq(stls_conninfo_direct_records(
                     stls_object_conninfo(worlds[present].pair.client)),
                 present == 1);
    if (small_limit > 0) {
      ASSERT_RETURNS(
          stls_bio_set_limit(stls_object_outgoing(worlds[present].pair.client),
                             small_limit, NULL),
          STLS_OK);
      ASSERT_RETURNS(
          stls_bio_set_limit(stls_object_incoming(worlds[present].pair.server),
                             small_limit, NULL),
          STLS_OK);
    }
  }
}

static void close_worlds(struct world *worlds)
{
  for (present = 0; present < 2; present++) pair_free(&worlds[present].pair);
}

static stls_object *side_of(struct world *world, int side)
{
  return side ? world->pair.client : world->pair.server;
}

static void compare_side(struct world *worlds, int side, const char *label)
{
  const stls_object *a = side_of(&worlds[0], side);
  const stls_object *b = side_of(&worlds[1], side);
  stls_counters one = STLS_COUNTERS_INIT, two = STLS_COUNTERS_INIT;
  stls_error err = STLS_ERROR_INIT, other = STLS_ERROR_INIT;

  ASSERT_RETURNS(stls_object_counters(a, &one, NULL), STLS_OK);
  ASSERT_RETURNS(stls_object_counters(b, &two, NULL), STLS_OK);
  cr_assert(memcmp(&one, &two, sizeof one) == 0,
            "%s: bytes %zu %zu, %zu %zu; records %zu %zu, %zu %zu; data %zu "
            "%zu, %zu %zu",
            label, (size_t)one.bytes_in, (size_t)two.bytes_in,
            (size_t)one.bytes_out, (size_t)two.bytes_out,
            (size_t)one.records_in, (size_t)two.records_in,
            (size_t)one.records_out, (size_t)two.records_out,
            (size_t)one.plaintext_in, (size_t)two.plaintext_in,
            (size_t)one.plaintext_out, (size_t)two.plaintext_out);
  cr_assert_eq(stls_object_wants(a), stls_object_wants(b), "%s: %x, %x", label,
               stls_object_wants(a), stls_object_wants(b));
  cr_assert_eq(stls_object_pending(a), stls_object_pending(b), "%s", label);
  cr_assert_eq(stls_bio_pending(stls_object_incoming(a)),
               stls_bio_pending(stls_object_incoming(b)), "%s", label);
  cr_assert_eq(stls_bio_pending(stls_object_outgoing(a)),
               stls_bio_pending(stls_object_outgoing(b)), "%s", label);
  cr_assert_eq(stls_object_error(a, &err), stls_object_error(b, &other), "%s",
               label);
  cr_assert_str_eq(err.message, other.message, "%s: \"%s\", \"%s\"", label,
                   err.message, other.message);
  cr_assert_eq(err.reason, other.reason, "%s", label);
  cr_assert_eq(err.alert_sent, other.alert_sent, "%s", label);
  cr_assert_eq(err.alert_received, other.alert_received, "%s", label);
}

static void compare(struct world *worlds, const char *label)
{
  EXPECT_RESULT(worlds[1].result, worlds[0].result, label);
  cr_assert_eq(worlds[0].done, worlds[1].done, "%s: %zu, %zu", label,
               worlds[0].done, worlds[1].done);
  cr_assert_arr_eq(worlds[0].out, worlds[1].out, worlds[0].done, "%s", label);
  compare_side(worlds, 0, label);
  compare_side(worlds, 1, label);
  cr_assert_eq(events[0].num, events[1].num, "%s: %zu, %zu", label,
               events[0].num, events[1].num);
  for (size_t i = 0; i < events[0].num; i++)
    cr_assert(
        memcmp(&events[0].list[i], &events[1].list[i],
               sizeof events[0].list[i]) == 0,
        "%s: event %zu: flow %d %d, version %x %x, type %d %d, message %d "
        "%d, length %zu %zu",
        label, i, events[0].list[i].flow, events[1].list[i].flow,
        events[0].list[i].version, events[1].list[i].version,
        events[0].list[i].content_type, events[1].list[i].content_type,
        events[0].list[i].message_type, events[1].list[i].message_type,
        events[0].list[i].len, events[1].list[i].len);
}

/* Moves up to `len` bytes, however they lie in chunks. */
static size_t move(stls_object *from, stls_object *to, size_t len)
{
  stls_bio *source = stls_object_outgoing(from);
  size_t total = 0, moved = 1;

  while (total < len && moved > 0) {
    const stls_span span = stls_bio_peek(source);
    const size_t part = span.len < len - total ? span.len : len - total;
    moved = 0;
    if (part > 0)
      cr_assert_geq(stls_bio_write(stls_object_incoming(to), span.data, part,
                                   &moved, NULL),
                    0);
    ASSERT_RETURNS(stls_bio_consume(source, moved, NULL), STLS_OK);
    total += moved;
  }
  return total;
}

/* A step: what it does, by a number, is the same for both worlds. */
static void step(struct world *world, int side, unsigned kind, unsigned number)
{
  static unsigned char data[MAX_DATA];
  stls_object *self = side_of(world, side), *peer = side_of(world, !side);
  const size_t len = 1 + number % (number & 1 ? 300 : 20000);

  world->done = 0;
  world->result = STLS_OK;
  pair_pattern(data, len, number % 1000);
  switch (kind) {
    case 0:
    case 1:
      world->result = stls_object_write(self, data, len, &world->done);
      break;
    case 2: {
      const stls_span spans[] = {{data, len / 3}, {data, len}, {data, 7}};
      world->result = stls_object_writev(self, spans, 3, &world->done);
      break;
    }
    case 3:
    case 4:
      world->done = move(self, peer, feed == FEED_BYTES ? 1 : len);
      break;
    case 5:
      pair_move_all(&world->pair, self, peer);
      break;
    case 6:
    case 7:
      world->result = stls_object_read(self, world->out, len, &world->done);
      break;
    case 8:
      world->result = stls_object_peek(self, world->out, len, &world->done);
      break;
    case 9: {
      const stls_writable_span spans[] = {
          {world->out, len / 2}, {world->out + len / 2, len - len / 2}};
      world->result = stls_object_readv(self, spans, 2, &world->done);
      break;
    }
    case 10:
      world->result = stls_object_key_update(self, number & 1);
      break;
    case 11:
      world->result = stls_object_cork(self);
      break;
    case 12:
      world->result = stls_object_flush(self);
      break;
    case 13:
      stls_object_trim(self);
      break;
    default:
      if (number % 16 == 0) world->result = stls_object_close_write(self);
  }
  /* Behind the data that was read, the buffer may have been written to. */
  if (kind < 6 || kind > 9) memset(world->out, 0, sizeof world->out);
}

/* The end of a script: data that was changed on the way, a cut, an unwrap. */
static void end(struct world *world, int side, unsigned number)
{
  stls_object *self = side_of(world, side), *peer = side_of(world, !side);
  stls_bio *incoming = stls_object_incoming(self);
  size_t done;

  pair_move_all(&world->pair, peer, self);
  switch (number % 4) {
    case 0:
      (void)!stls_object_write(peer, "12345", 5, &done);
      pair_move_all(&world->pair, peer, self);
      stls_bio_write_eof(incoming);
      break;
    case 1: {
      unsigned char record[] = {23, 3, 3, 0, 40, [44] = 9};
      (void)!stls_bio_write(incoming, record, sizeof record, &done, NULL);
      break;
    }
    case 2:
      (void)!stls_bio_write(incoming, "\27\3\3\0\40abc", 8, &done, NULL);
      stls_bio_write_eof(incoming);
      break;
    default:
      world->result = stls_object_unwrap(self);
      return;
  }
  do {
    world->result = stls_object_read(self, world->out, 16384, &world->done);
  } while (world->result == STLS_OK);
  world->done = 0;
}

static void run_script(pair_options *options, unsigned seed)
{
  static struct world worlds[2];
  const char *label = NULL;
  unsigned random = seed * 2654435761u + 1;

  open_worlds(worlds, options);
  for (int i = 0; i < 80; i++) {
    int side;
    unsigned kind, number;
    random = random * 1103515245 + 12345;
    side = random >> 30 & 1;
    kind = random >> 20 & 15;
    number = random >> 4 & 0xffff;
    label = expect_label("seed %u, step %d: %d does %u with %u", seed, i, side,
                         kind, number);
    for (present = 0; present < 2; present++)
      step(&worlds[present], side, kind, number);
    compare(worlds, label);
  }
  for (int side = 0; side < 2; side++) {
    label = expect_label("seed %u, end of %d", seed, side);
    for (present = 0; present < 2; present++)
      end(&worlds[present], side, seed / 2 + (unsigned)side);
    compare(worlds, label);
  }
  close_worlds(worlds);
}

Test(direct_equal, whatever_is_called)
{
  const unsigned num_seeds = check_quick() ? 12 : 240;

  pair_need_direct();
  for (unsigned seed = 0; seed < num_seeds; seed++) {
    pair_options options = {
        .version = seed & 1 ? STLS_TLS_1_3 : STLS_TLS_1_2,
        .feed = (pair_feed)(seed / 2 % 3),
        .seed = seed,
    };
    keeps = seed % 5 == 0;
    small_limit = seed % 7 == 0 ? 700 : 0;
    run_script(&options, seed);
  }
}
