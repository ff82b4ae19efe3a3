/* SPDX-License-Identifier: MIT */
/* moves: performs the steps of the transport: moves, damages and cuts bytes. */
#include "moves.h"

#include <string.h>

#include "actions.h"
#include "openssl_peer.h"

static size_t arrive(struct world_side *side, const void *bytes, size_t len,
                     uint32_t how);
static size_t arrive_by_reserve(struct world_side *side, const void *bytes,
                                size_t len);
static void pump(struct world_side *side, size_t num_pieces, size_t len);
static void set_limit(struct world_side *side, uint32_t limit, bool is_in);
static void check_spans(struct world_side *side);
static void end(struct world_side *side, uint32_t how);
static void end_out(struct world_side *side);
static void damage(struct world_side *side, uint32_t a, uint32_t b);
static void put_plain_text(struct world_side *side);

void moves_do(struct world_side *side, const struct script_step *step)
{
  switch (step->action) {
    case DO_MOVE:
      moves_carry(side, step->a == 0 ? SIZE_MAX : step->a, step->b);
      break;
    case DO_PUMP:
      pump(side, step->a % 400, step->b < 8 ? 1 : step->b - 6);
      break;
    case DO_SETTLE:
      moves_settle(side->world);
      break;
    case DO_LIMIT:
      set_limit(side, step->a + 1, step->b % 2 == 0);
      break;
    case DO_BIO_TRIM:
      stls_bio_trim(side->in);
      stls_bio_trim(side->out);
      break;
    case DO_SPANS:
      check_spans(side);
      break;
    case DO_END:
      end(side, step->b);
      break;
    case DO_OUT_END:
      end_out(side);
      break;
    case DO_DAMAGE:
      damage(side, step->a, step->b);
      break;
    case DO_PLAIN_TEXT:
      put_plain_text(side);
      break;
    default:
      break;
  }
}

size_t moves_carry(struct world_side *side, size_t len, uint32_t how)
{
  struct world_side *peer = world_peer(side);
  size_t moved = 0, taken = 1;

  side->world->call = "carry";
  while (moved < len && taken > 0 && !side->out_ended) {
    stls_span span = stls_bio_peek(side->out);
    size_t part = span.len < len - moved ? span.len : len - moved;
    uint8_t first = 0;
    if (part == 0) break;
    first = *(const uint8_t *)span.data;
    taken = arrive(peer, span.data, part, how);
    /* The peer's object may have written to its own queue only. */
    if (stls_bio_peek(side->out).data != span.data ||
        *(const uint8_t *)span.data != first)
      world_fault(side->world, "queued bytes have moved");
    world_carry(side, span.data, taken);
    if (stls_bio_consume(side->out, taken, NULL) != STLS_OK)
      world_fault(side->world, "bytes that were pending are gone");
    moved += taken;
  }
  return moved;
}

size_t moves_drain(struct world_side *side)
{
  stls_span span;
  size_t moved = 0, taken = 0;

  side->world->call = "drain";
  while (!side->out_ended && (span = stls_bio_peek(side->out)).len > 0) {
    if (stls_bio_write(side->pipe, span.data, span.len, &taken, NULL) < 0)
      world_fault(side->world, "the pipe takes no bytes");
    world_carry(side, span.data, taken);
    if (stls_bio_consume(side->out, taken, NULL) != STLS_OK)
      world_fault(side->world, "bytes that were pending are gone");
    moved += taken;
  }
  while ((span = stls_bio_peek(side->pipe)).len > 0) {
    taken = arrive(world_peer(side), span.data, span.len, 0);
    if (taken == 0) break;
    if (stls_bio_consume(side->pipe, taken, NULL) != STLS_OK)
      world_fault(side->world, "bytes that were pending are gone");
    moved += taken;
  }
  return moved;
}

void moves_settle(struct world *world)
{
  size_t moved = 1;

  for (int turn = 0; turn < 40000 && moved > 0 && !world_has_fault(world);
       turn++) {
    moved = 0;
    for (unsigned i = 0; i < 2; i++) {
      struct world_side *side = &world->sides[i];
      uint64_t before = side->object ? world_put(side) : 0;
      if (side->object != NULL && !side->established && !world_is_over(side) &&
          actions_handshake(side) == STLS_WANT_CONTEXT)
        actions_answer(side, false);
      if (side->ssl != NULL && !side->established) {
        struct script_step step = {DO_HANDSHAKE, i, 0, 0};
        openssl_peer_do(side, &step);
      }
      moved += moves_carry(side, SIZE_MAX, 0);
      if (side->object != NULL && world_put(side) != before) moved++;
    }
  }
}

void moves_drive(struct world_side *side)
{
  stls_result result;

  openssl_peer_drive(side);
  if (side->object == NULL) return;
  if (!side->established && !world_is_over(side) &&
      actions_handshake(side) == STLS_WANT_CONTEXT)
    actions_answer(side, false);
  if (side->object != NULL && side->established && !world_is_over(side))
    actions_flush(side);
  do {
    if (side->object == NULL || side->abandoned) return;
    result = actions_read(side, WORLD_MAX_DATA, 1);
  } while (result == STLS_OK && !world_has_fault(side->world));
}

static size_t arrive(struct world_side *side, const void *bytes, size_t len,
                     uint32_t how)
{
  size_t taken = 0;

  /* A transport that has ended swallows what is sent. */
  if (side->ended) return len;
  if (how % 4 == 1) return arrive_by_reserve(side, bytes, len);
  if (how % 4 == 2 && side->object != NULL && !side->abandoned) {
    actions_read_from(side, bytes, len, 1 + how * 1500, &taken);
    return taken;
  }
  if (stls_bio_write(side->in, bytes, len, &taken, NULL) < 0)
    world_fault(side->world, "incoming takes no bytes");
  world_deliver(side, bytes, taken);
  return taken;
}

static size_t arrive_by_reserve(struct world_side *side, const void *bytes,
                                size_t len)
{
  size_t pending = stls_bio_pending(side->in), room_len = 0;
  void *room = NULL;
  stls_result result = stls_bio_reserve(side->in, len, &room, &room_len, NULL);

  if (result != STLS_OK && result != STLS_WANT_WRITE)
    world_fault(side->world, "reserve: %s", stls_result_name(result));
  if ((result == STLS_WANT_WRITE) != (pending >= stls_bio_limit(side->in)))
    world_fault(side->world, "reserve: %s, %zu pending",
                stls_result_name(result), pending);
  if (result != STLS_OK) return 0;
  if (len > room_len) len = room_len;
  memcpy(room, bytes, len);
  if (stls_bio_commit(side->in, len, NULL) != STLS_OK)
    world_fault(side->world, "what was reserved cannot be committed");
  world_deliver(side, bytes, len);
  return len;
}

/* Moves bytes piece by piece; the peer reads after each. */
static void pump(struct world_side *side, size_t num_pieces, size_t len)
{
  struct world_side *peer = world_peer(side);

  for (size_t i = 0; i < num_pieces && !world_has_fault(side->world); i++) {
    if (moves_carry(side, len, 0) == 0) return;
    if (peer->object == NULL) continue;
    if (!peer->established && !world_is_over(peer))
      actions_handshake(peer);
    else
      actions_read(peer, 1000, 1);
  }
}

static void set_limit(struct world_side *side, uint32_t limit, bool is_in)
{
  if (side->object == NULL) return;
  if (stls_bio_set_limit(is_in ? side->in : side->out, limit, NULL) != STLS_OK)
    world_fault(side->world, "set_limit");
}

static void check_spans(struct world_side *side)
{
  stls_span spans[64];
  size_t num = stls_bio_peekv(side->out, spans, 64), len = 0;

  side->world->call = "spans";
  for (size_t i = 0; i < num; i++) len += spans[i].len;
  if (num < 64 && len != stls_bio_pending(side->out))
    world_fault(side->world, "%zu bytes to peek at, %zu pending", len,
                stls_bio_pending(side->out));
  if (num > 0 && (spans[0].data != stls_bio_peek(side->out).data ||
                  spans[0].len != stls_bio_peek(side->out).len))
    world_fault(side->world, "peek and peekv differ");
}

/* The transport ends: at one side, or in the middle. */
static void end(struct world_side *side, uint32_t how)
{
  if (world_setting(side->world, SET_CUT) == 0) return;
  world_end(side);
  if (how % 2 == 0) world_end(world_peer(side));
}

/* Bytes that wait there are lost. */
static void end_out(struct world_side *side)
{
  if (world_setting(side->world, SET_CUT) == 0 || side->object == NULL) return;
  stls_bio_write_eof(side->out);
  side->out_ended = true;
}

static void damage(struct world_side *side, uint32_t a, uint32_t b)
{
  uint8_t garbage[64];
  size_t len = 1 + a % sizeof garbage, done = 0;

  if (world_setting(side->world, SET_DAMAGE) == 0 || side->object == NULL ||
      side->ended)
    return;
  side->damaged = true;
  if (b % 2 == 0) {
    if (stls_bio_read(side->in, garbage, len, &done, NULL) < 0)
      world_fault(side->world, "incoming cannot be read");
    side->delivered.total -= done;
    return;
  }
  for (size_t i = 0; i < len; i++)
    garbage[i] = (uint8_t)rng_next(&side->world->random);
  if (stls_bio_write(side->in, garbage, len, &done, NULL) < 0)
    world_fault(side->world, "incoming cannot be written");
  side->delivered.total += done;
}

static void put_plain_text(struct world_side *side)
{
  struct world_side *peer = world_peer(side);
  size_t done = 0;

  if (side->object == NULL || peer->object == NULL || !side->close_sent ||
      side->out_ended)
    return;
  if (stls_bio_write(side->out, "220 plain text\r\n", 16, &done, NULL) < 0)
    world_fault(side->world, "outgoing takes no plain text");
  side->plain_out += done;
  peer->damaged = true;
}
