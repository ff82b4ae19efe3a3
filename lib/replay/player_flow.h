/* SPDX-License-Identifier: MIT */
/* player_flow: the bytes of a recorded connection, each way, and what they wait for. */
#ifndef STLS_LIB_PLAYER_FLOW_H
#define STLS_LIB_PLAYER_FLOW_H

#include <sanstls/player.h>
#include <sanstls/trace.h>

#include "base/arena.h"

/* A TLS record; where no header is valid, what one step has. Offsets count the bytes of
 * the direction. */
struct stls_player_record {
  size_t begin;
  size_t end;
  /* Of the step that it begins in. */
  size_t line;
  /* Such as "handshake finished", or "". */
  const char *message;
};

/* What one step of the transcript adds to a direction. */
struct stls_player_part {
  size_t begin;
  size_t end;
  size_t line;
  const char *message;
  /* How many bytes of the other direction had moved by then: who plays this direction
   * waits for them. */
  size_t gate;
  /* How many bytes of the other direction have to move first in any case, however they
   * are cut. 0 for what comes in. */
  size_t need;
  bool ends_piece;
};

struct stls_player_stream {
  uint8_t *data;
  size_t len;
  struct stls_player_part *parts;
  size_t num_parts;
  struct stls_player_record *records;
  size_t num_records;
  /* The bytes that the transport is known to have taken. The rest, if any, was left in
   * the object. */
  size_t taken;
  /* The end of the direction; line is 0 if none was recorded. */
  size_t end_line;
  size_t end_gate;
};

/* Where the clock showed another second: so many bytes of each direction had moved. */
struct stls_player_time {
  size_t moved[2];
  int64_t time;
};

/* Both directions as the recorded endpoint saw them, by stls_flow. */
struct stls_player_flow {
  struct stls_player_stream streams[2];
  struct stls_player_time *times;
  size_t num_times;
  struct stls_arena arena;
};

/* Copies what the flow needs of the steps. `flow` is free or zeroes before, and is the
 * caller's to free after STLS_OK only.
 *
 * STLS_OK. STLS_ERROR_MEMORY. */
stls_result stls_player_flow_init(struct stls_player_flow *flow,
                                  const stls_transcript_step *steps,
                                  size_t num_steps, stls_error *err);

/* Wipes. */
void stls_player_flow_free(struct stls_player_flow *flow);

/* The record, or the step's part, that has the byte at `offset`; NULL past the end. */
const struct stls_player_record *stls_player_flow_record_at(
    const struct stls_player_stream *stream, size_t offset);
const struct stls_player_part *stls_player_flow_part_at(
    const struct stls_player_stream *stream, size_t offset);

/* Up to which offset the stream may be sent, from `from` on, when `moved` bytes of the
 * other direction have. */
size_t stls_player_flow_due(const struct stls_player_stream *stream,
                            size_t from, size_t moved);

/* Where the piece ends that begins at `from`, which is not the end. */
size_t stls_player_flow_piece(const struct stls_player_stream *stream,
                              stls_pieces pieces, uint64_t seed, size_t from);

/* The first byte in `begin`..`end` of the stream that has moved too early: fewer than
 * its need had moved the other way. `end` if there is none. */
size_t stls_player_flow_early(const struct stls_player_stream *stream,
                              size_t begin, size_t end, size_t moved);

#endif
