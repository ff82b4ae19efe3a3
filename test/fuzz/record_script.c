/* SPDX-License-Identifier: MIT */
/* record_script: the steps of a fuzzed connection, read from the input. */
#include "record_script.h"

#include <string.h>

#include "fuzz.h"
#include "record_peer.h"

enum {
  /* Turns of the end, at a limit of one byte. */
  MAX_TURNS = 2 * RECORD_WORLD_WIRE_MAX,
  /* As many bytes as a step has behind it at most. */
  BYTES_MASK = 63
};

typedef void (*perform)(struct record_world *world,
                        const struct record_script_step *step);

static void deliver(struct record_world *world,
                    const struct record_script_step *step);
static void read_data(struct record_world *world,
                      const struct record_script_step *step);
static void read_spans(struct record_world *world,
                       const struct record_script_step *step);
static void read_from(struct record_world *world,
                      const struct record_script_step *step);
static void peek(struct record_world *world,
                 const struct record_script_step *step);
static void write_data(struct record_world *world,
                       const struct record_script_step *step);
static void write_spans(struct record_world *world,
                        const struct record_script_step *step);
static void take(struct record_world *world,
                 const struct record_script_step *step);
static void control(struct record_world *world,
                    const struct record_script_step *step);
static void close_side(struct record_world *world,
                       const struct record_script_step *step);
static void check_read(struct record_world *world);
static void check_untouched(const struct record_world *world);

/* The reads and writes come more often. */
static const perform steps[] = {record_peer_data,
                                record_peer_content,
                                record_peer_long,
                                record_peer_update,
                                record_peer_alert,
                                record_peer_raw,
                                record_peer_damage,
                                record_peer_message,
                                record_peer_many,
                                record_peer_changed,
                                deliver,
                                read_data,
                                read_spans,
                                read_from,
                                peek,
                                write_data,
                                write_spans,
                                take,
                                control,
                                close_side,
                                read_data,
                                read_from,
                                record_peer_data,
                                record_peer_data};

enum {
  NUM_STEPS = sizeof steps / sizeof *steps
};

void record_script_set(const uint8_t *bytes,
                       struct record_world_setting *setting)
{
  static const size_t limits[] = {0, 0, 700, 1, 30, 5000, 16500, 40000};

  *setting = (struct record_world_setting){
      .is_tls_1_3 = bytes[0] & 1,
      .is_server = bytes[0] >> 1 & 1,
      .suite = (bytes[0] >> 2 & 3) % RECORD_WORLD_SUITES,
      .keeps_buffers = bytes[0] >> 4 & 1,
      .is_traced = bytes[0] >> 5 & 1,
      .num_tickets = bytes[0] >> 6,
      .limit_in = limits[bytes[1] & 7],
      .limit_out = limits[bytes[1] >> 3 & 7]};
}

bool record_script_next(const uint8_t **data, size_t *len,
                        struct record_script_step *step)
{
  const uint8_t *at = *data;

  if (*len < RECORD_SCRIPT_STEP_LEN) return false;
  *step = (struct record_script_step){.kind = at[0] % NUM_STEPS,
                                      .a = at[1],
                                      .b = at[2],
                                      .c = at[3],
                                      .n = (size_t)(at[4] << 8 | at[5])};
  *data += RECORD_SCRIPT_STEP_LEN;
  *len -= RECORD_SCRIPT_STEP_LEN;
  if (steps[step->kind] != record_peer_content &&
      steps[step->kind] != record_peer_raw)
    return true;
  step->bytes = *data;
  step->len = *len < (step->b & BYTES_MASK) ? *len : step->b & BYTES_MASK;
  *data += step->len;
  *len -= step->len;
  return true;
}

void record_script_run(struct record_world *world,
                       const struct record_script_step *step)
{
  world->result = STLS_OK;
  world->done = 0;
  memset(world->out, RECORD_WORLD_UNTOUCHED, sizeof world->out);
  steps[step->kind](world, step);
  check_untouched(world);
}

void record_script_end(struct record_world *world)
{
  stls_bio *incoming = stls_object_incoming(world->self);
  const struct record_script_step all = {.n = 0};
  size_t used = 0;
  int turns = 0;

  do {
    fuzz_expect(turns++ < MAX_TURNS);
    (void)!stls_bio_write(incoming, world->wire, world->wire_len, &used, NULL);
    record_peer_arrive(world, used);
    if (world->wire_len == 0) stls_bio_write_eof(incoming);
    take(world, &all);
    world->result = stls_object_read(world->self, world->out, sizeof world->out,
                                     &world->done);
    check_read(world);
  } while (world->result == STLS_OK ||
           (world->result > STLS_OK && world->result != STLS_CLOSED &&
            (world->wire_len > 0 || world->result == STLS_WANT_WRITE)));
  take(world, &all);
}

static void deliver(struct record_world *world,
                    const struct record_script_step *step)
{
  const size_t most = step->a & 1 ? step->n : world->wire_len;
  size_t used = 0;

  world->result = stls_bio_write(
      stls_object_incoming(world->self), world->wire,
      most < world->wire_len ? most : world->wire_len, &used, NULL);
  record_peer_arrive(world, used);
  if (step->a > 250) stls_bio_write_eof(stls_object_incoming(world->self));
}

/* Small sizes are as likely as large ones. */
static size_t size_of(const struct record_script_step *step)
{
  const size_t len = step->a & 1 ? step->n % 300 : step->n;

  return 1 + len % RECORD_WORLD_OUT_MAX;
}

static void read_data(struct record_world *world,
                      const struct record_script_step *step)
{
  world->result =
      stls_object_read(world->self, world->out, size_of(step), &world->done);
  check_read(world);
}

static void read_spans(struct record_world *world,
                       const struct record_script_step *step)
{
  const size_t len = size_of(step), first = len * step->b / 256;
  const stls_writable_span spans[] = {
      {world->out, first}, {NULL, 0}, {world->out + first, len - first}};

  world->result = stls_object_readv(world->self, spans, 3, &world->done);
  check_read(world);
}

static void read_from(struct record_world *world,
                      const struct record_script_step *step)
{
  const size_t most = step->b == 0 ? world->wire_len : step->b * step->b;
  size_t used = 0;

  world->result = stls_object_read_from(
      world->self, world->wire, most < world->wire_len ? most : world->wire_len,
      &used, world->out, size_of(step), &world->done);
  record_peer_arrive(world, used);
  check_read(world);
}

FUZZ_UNSEEN static void peek(struct record_world *world,
                             const struct record_script_step *step)
{
  world->result =
      stls_object_peek(world->self, world->out, size_of(step), &world->done);
  for (size_t i = 0; i < world->done; i++)
    fuzz_expect(world->out[i] == record_watch_pattern(world->num_read + i));
  fuzz_expect(world->num_read + world->done <= world->num_sealed);
}

FUZZ_UNSEEN static const uint8_t *own_data(const struct record_world *world,
                                           size_t len)
{
  static uint8_t data[RECORD_WORLD_OUT_MAX];

  for (size_t i = 0; i < len; i++)
    data[i] = record_watch_pattern(world->num_written + i);
  return data;
}

static void write_data(struct record_world *world,
                       const struct record_script_step *step)
{
  const size_t len = size_of(step);
  size_t done = 0;

  world->result =
      stls_object_write(world->self, own_data(world, len), len, &done);
  world->num_written += done;
}

static void write_spans(struct record_world *world,
                        const struct record_script_step *step)
{
  const size_t len = size_of(step);
  const size_t first = len * step->b / 256;
  const size_t second = (len - first) * step->c / 256;
  const uint8_t *data = own_data(world, len);
  const stls_span spans[] = {{data, first},
                             {NULL, 0},
                             {data + first, second},
                             {data + first + second, len - first - second}};
  size_t done = 0;

  world->result = stls_object_writev(world->self, spans, 4, &done);
  world->num_written += done;
}

/* All, or the first bytes, goes past the watch. */
static void take(struct record_world *world,
                 const struct record_script_step *step)
{
  stls_bio *outgoing = stls_object_outgoing(world->self);
  size_t most = step->n == 0 ? SIZE_MAX : step->n;

  while (most > 0) {
    const stls_span span = stls_bio_peek(outgoing);
    const size_t len = span.len < most ? span.len : most;
    if (len == 0) return;
    record_watch_see(&world->own, span.data, len);
    fuzz_expect(stls_bio_consume(outgoing, len, NULL) == STLS_OK);
    most -= len;
  }
}

static void control(struct record_world *world,
                    const struct record_script_step *step)
{
  switch (step->a % 6) {
    case 0:
    case 1:
      world->result = stls_object_key_update(world->self, step->a % 6);
      break;
    case 2:
      world->result = stls_object_cork(world->self);
      break;
    case 3:
      world->result = stls_object_flush(world->self);
      break;
    default:
      stls_object_trim(world->self);
  }
}

static void close_side(struct record_world *world,
                       const struct record_script_step *step)
{
  switch (step->a % 8) {
    case 0:
      world->result = stls_object_close_write(world->self);
      break;
    case 1:
      world->result = stls_object_unwrap(world->self);
      break;
    case 2:
      stls_bio_write_eof(stls_object_outgoing(world->self));
      break;
    default:
      break;
  }
}

/* Nothing but what the peer has sealed, in its order. */
FUZZ_UNSEEN static void check_read(struct record_world *world)
{
  for (size_t i = 0; i < world->done; i++)
    fuzz_expect(world->out[i] == record_watch_pattern(world->num_read++));
  fuzz_expect(world->num_read <= world->num_sealed);
}

FUZZ_UNSEEN static void check_untouched(const struct record_world *world)
{
  for (size_t i = world->done; i < sizeof world->out; i++)
    fuzz_expect(world->out[i] == 0 || world->out[i] == RECORD_WORLD_UNTOUCHED);
}
