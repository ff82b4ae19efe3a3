/* SPDX-License-Identifier: MIT */
/* actions: performs the steps that call an object, and has each call judged. */
#include "actions.h"

#include <sanstls/client_hello.h>
#include <sanstls/conninfo.h>

#include "judge.h"
#include "looks.h"

enum {
  /* Fewer than any limit. */
  MAX_UPDATES = 10
};

static void reject(struct world_side *side);
static void peek(struct world_side *side, size_t len);
static void check_data(struct world_side *side, const uint8_t *data,
                       size_t len);
static void write_some(struct world_side *side, size_t len, unsigned spans);
static void simple(struct world_side *side, judge_call call, const char *name,
                   stls_result (*call_object)(stls_object *));
static void update_keys(struct world_side *side, bool asks_peer);
static void ask_client(struct world_side *side);
static void trim(struct world_side *side);
static void release(struct world_side *side);

static uint8_t buffer[WORLD_MAX_DATA];

void actions_do(struct world_side *side, const struct script_step *step)
{
  if (side->object == NULL) return;
  switch (step->action) {
    case DO_HANDSHAKE:
      actions_handshake(side);
      break;
    case DO_READ:
      actions_read(side, step->a, 1);
      break;
    case DO_READV:
      actions_read(side, step->a, 2 + step->b % 2);
      break;
    case DO_PEEK:
      peek(side, step->a);
      break;
    case DO_WRITE:
      write_some(side, step->a, 1);
      break;
    case DO_WRITEV:
      write_some(side, step->a, 2 + step->b % 2);
      break;
    case DO_CORK:
      simple(side, CALL_CORK, "cork", stls_object_cork);
      break;
    case DO_FLUSH:
      actions_flush(side);
      break;
    case DO_CLOSE_WRITE:
      actions_close_write(side);
      break;
    case DO_UNWRAP:
      actions_unwrap(side);
      break;
    case DO_KEY_UPDATE:
      update_keys(side, step->b % 2 == 0);
      break;
    case DO_VERIFY_CLIENT:
      ask_client(side);
      break;
    case DO_TRIM:
      trim(side);
      break;
    case DO_ANSWER:
      actions_answer(side, step->b == 0);
      break;
    case DO_FREE:
      release(side);
      break;
    default:
      looks_do(side, step);
      break;
  }
}

stls_result actions_handshake(struct world_side *side)
{
  struct judge judge;
  stls_result result;

  judge_begin(&judge, side, CALL_HANDSHAKE, "handshake", 0);
  result = stls_object_handshake(side->object);
  judge_end(&judge, result, 0);
  return result;
}

stls_result actions_read(struct world_side *side, size_t len, unsigned rooms)
{
  struct judge judge;
  size_t got = 0, part;
  stls_writable_span room[3];
  stls_result result;

  if (len > sizeof buffer) len = sizeof buffer;
  part = len / rooms;
  for (unsigned i = 0; i < rooms; i++) {
    room[i].data = buffer + i * part;
    room[i].len = i + 1 < rooms ? part : len - i * part;
  }
  judge_begin(&judge, side, CALL_READ, rooms > 1 ? "readv" : "read", len);
  result = rooms > 1 ? stls_object_readv(side->object, room, rooms, &got)
                     : stls_object_read(side->object, buffer, len, &got);
  check_data(side, buffer, got);
  side->received += got;
  judge_end(&judge, result, got);
  return result;
}

stls_result actions_read_from(struct world_side *side, const void *in,
                              size_t in_len, size_t len, size_t *out_used)
{
  struct judge judge;
  size_t got = 0, used = 0;
  stls_result result;

  if (len > sizeof buffer) len = sizeof buffer;
  judge_begin(&judge, side, CALL_READ, "read_from", len);
  judge.feeds = in_len > 0;
  result =
      stls_object_read_from(side->object, in, in_len, &used, buffer, len, &got);
  if (used > in_len) world_fault(side->world, "more is used than was given");
  world_deliver(side, in, used);
  check_data(side, buffer, got);
  side->received += got;
  judge_end(&judge, result, got);
  *out_used = used;
  return result;
}

stls_result actions_flush(struct world_side *side)
{
  struct judge judge;
  stls_result result;

  judge_begin(&judge, side, CALL_FLUSH, "flush", 0);
  result = stls_object_flush(side->object);
  judge_end(&judge, result, 0);
  return result;
}

stls_result actions_close_write(struct world_side *side)
{
  struct judge judge;
  stls_result result;

  judge_begin(&judge, side, CALL_CLOSE_WRITE, "close_write", 0);
  result = stls_object_close_write(side->object);
  if (!side->established && side->failed == STLS_OK && result == STLS_OK) {
    side->abandoned = true;
    side->world->may_fail = true;
  }
  judge_end(&judge, result, 0);
  return result;
}

stls_result actions_unwrap(struct world_side *side)
{
  struct judge judge;
  stls_result result;

  judge_begin(&judge, side, CALL_UNWRAP, "unwrap", 0);
  result = stls_object_unwrap(side->object);
  judge_end(&judge, result, 0);
  return result;
}

void actions_answer(struct world_side *side, bool rejects)
{
  struct judge judge;
  stls_result result;
  bool is_awaited;

  if (rejects && world_setting(side->world, SET_CUT) != 0) {
    reject(side);
    return;
  }
  judge_begin(&judge, side, CALL_ANSWER, "answer", 0);
  is_awaited = judge.before.awaits_context;
  result = stls_object_set_context(side->object, side->chosen);
  judge_end(&judge, result, 0);
  if (is_awaited != (result == STLS_OK))
    world_fault(side->world, "a context is %s, and the answer says %s",
                is_awaited ? "awaited" : "not awaited",
                stls_result_name(result));
}

/* Instead of the choice of a context, or of an established connection with direct
 * records. */
static void reject(struct world_side *side)
{
  struct judge judge;
  stls_result result;
  bool is_awaited, is_direct;

  judge_begin(&judge, side, CALL_REJECT, "reject", 0);
  is_awaited = judge.before.awaits_context;
  is_direct = stls_conninfo_direct_records(stls_object_conninfo(side->object));
  result = stls_object_reject(side->object, 112);
  judge_end(&judge, result, 0);
  if ((is_awaited && result != STLS_OK) ||
      (!is_awaited && !is_direct && result == STLS_OK))
    world_fault(side->world, "a context is %s, and the refusal says %s",
                is_awaited ? "awaited" : "not awaited",
                stls_result_name(result));
}

static void peek(struct world_side *side, size_t len)
{
  struct judge judge;
  size_t got = 0;
  stls_result result;

  if (len > sizeof buffer) len = sizeof buffer;
  judge_begin(&judge, side, CALL_PEEK, "peek", len);
  result = stls_object_peek(side->object, buffer, len, &got);
  check_data(side, buffer, got);
  judge_end(&judge, result, got);
}

static void check_data(struct world_side *side, const uint8_t *data, size_t len)
{
  if (len > world_peer(side)->sent - side->received)
    world_fault(side->world, "%zu bytes read, but only %ju were sent", len,
                (uintmax_t)(world_peer(side)->sent - side->received));
  if (!stream_is(1 - side->index, side->received, data, len))
    world_fault(side->world, "other data than was sent, in %zu bytes at %ju",
                len, (uintmax_t)side->received);
}

static void write_some(struct world_side *side, size_t len, unsigned spans)
{
  struct judge judge;
  size_t done = 0, part;
  stls_span span[3];
  stls_result result;

  if (len > sizeof buffer) len = sizeof buffer;
  part = len / spans;
  stream_fill(side->index, side->sent, buffer, len);
  for (unsigned i = 0; i < spans; i++) {
    span[i].data = buffer + i * part;
    span[i].len = i + 1 < spans ? part : len - i * part;
  }
  judge_begin(&judge, side, CALL_WRITE, spans > 1 ? "writev" : "write", len);
  result = spans > 1 ? stls_object_writev(side->object, span, spans, &done)
                     : stls_object_write(side->object, buffer, len, &done);
  side->sent += done;
  judge_end(&judge, result, done);
  if (done > 0 && judge.after.corked == 0) side->updates = 0;
}

static void simple(struct world_side *side, judge_call call, const char *name,
                   stls_result (*call_object)(stls_object *))
{
  struct judge judge;
  stls_result result;

  judge_begin(&judge, side, call, name, 0);
  result = call_object(side->object);
  judge_end(&judge, result, 0);
}

static void update_keys(struct world_side *side, bool asks_peer)
{
  struct world_side *peer = world_peer(side);
  struct judge judge;
  stls_result result;

  if (side->updates >= MAX_UPDATES || peer->updates >= MAX_UPDATES) return;
  judge_begin(&judge, side, CALL_KEY_UPDATE, "key_update", 0);
  result = stls_object_key_update(side->object, asks_peer);
  judge_end(&judge, result, 0);
  if (result != STLS_OK) return;
  side->updates++;
  if (asks_peer) peer->updates++;
}

static void ask_client(struct world_side *side)
{
  if (side->updates >= MAX_UPDATES) return;
  side->updates++;
  simple(side, CALL_VERIFY_CLIENT, "verify_client", stls_object_verify_client);
}

static void trim(struct world_side *side)
{
  struct judge judge;

  judge_begin(&judge, side, CALL_LOOK, "trim", 0);
  stls_object_trim(side->object);
  judge_end(&judge, STLS_OK, 0);
}

static void release(struct world_side *side)
{
  if (world_setting(side->world, SET_CUT) == 0) return;
  side->world->call = "free";
  judge_plant(side->world);
  stls_object_free(side->object);
  judge_queue(side->world);
  side->object = NULL;
}
