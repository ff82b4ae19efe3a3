/* SPDX-License-Identifier: MIT */
/* player_flow: the bytes of a recorded connection, each way, and what they wait for. */
#include "replay/player_flow.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "replay/player_pieces.h"
#include "wire/record_header.h"

/* Where the steps have come to while they are read. */
struct position {
  size_t moved[2];
  /* What the object has written and the application left there. */
  size_t kept;
  /* What had come in when the last call was made. */
  size_t seen;
  /* What has to come in before the next byte is written. */
  size_t need;
};

static bool is_flow(const stls_transcript_step *step, stls_flow *out_flow);
static bool alloc_streams(struct stls_player_flow *flow,
                          const stls_transcript_step *steps, size_t num_steps);
static bool add_parts(struct stls_player_flow *flow,
                      const stls_transcript_step *steps, size_t num_steps);
static bool add_part(struct stls_player_flow *flow, stls_flow way,
                     const stls_transcript_step *step,
                     const struct position *at);
static void add_end(struct stls_player_flow *flow, stls_flow way,
                    const stls_transcript_step *step,
                    const struct position *at);
static void add_time(struct stls_player_flow *flow,
                     const stls_transcript_step *step,
                     const struct position *at);
static size_t moved_out(const struct position *at);
static bool add_records(struct stls_player_stream *stream);
static size_t record_end(const struct stls_player_stream *stream,
                         const struct stls_player_part *part, size_t begin);
static void add_needs(struct stls_player_flow *flow,
                      const stls_transcript_step *steps, size_t num_steps);

stls_result stls_player_flow_init(struct stls_player_flow *flow,
                                  const stls_transcript_step *steps,
                                  size_t num_steps, stls_error *err)
{
  memset(flow, 0, sizeof *flow);
  if (!alloc_streams(flow, steps, num_steps) ||
      !add_parts(flow, steps, num_steps) ||
      !add_records(&flow->streams[STLS_RECORDS_IN]) ||
      !add_records(&flow->streams[STLS_RECORDS_OUT])) {
    stls_player_flow_free(flow);
    return stls_error_memory(err);
  }
  add_needs(flow, steps, num_steps);
  return STLS_OK;
}

void stls_player_flow_free(struct stls_player_flow *flow)
{
  for (size_t i = 0; i < 2; i++) {
    struct stls_player_stream *stream = &flow->streams[i];
    stls_mem_free_clear(stream->data, stream->len);
    stls_mem_free(stream->parts);
    stls_mem_free(stream->records);
  }
  stls_mem_free(flow->times);
  stls_arena_free(&flow->arena);
  memset(flow, 0, sizeof *flow);
}

const struct stls_player_record *stls_player_flow_record_at(
    const struct stls_player_stream *stream, size_t offset)
{
  size_t low = 0;
  size_t high = stream->num_records;

  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (stream->records[middle].end <= offset)
      low = middle + 1;
    else
      high = middle;
  }
  return low < stream->num_records ? &stream->records[low] : NULL;
}

const struct stls_player_part *stls_player_flow_part_at(
    const struct stls_player_stream *stream, size_t offset)
{
  size_t low = 0;
  size_t high = stream->num_parts;

  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (stream->parts[middle].end <= offset)
      low = middle + 1;
    else
      high = middle;
  }
  return low < stream->num_parts ? &stream->parts[low] : NULL;
}

size_t stls_player_flow_due(const struct stls_player_stream *stream,
                            size_t from, size_t moved)
{
  const struct stls_player_part *part = stls_player_flow_part_at(stream, from);
  size_t due = from;

  if (part == NULL) return from;
  for (; part < stream->parts + stream->num_parts && part->gate <= moved;
       part++)
    due = part->end;
  return due;
}

size_t stls_player_flow_piece(const struct stls_player_stream *stream,
                              stls_pieces pieces, uint64_t seed, size_t from)
{
  const struct stls_player_part *part;
  size_t len;

  switch (pieces) {
    case STLS_PIECES_WHOLE:
      return stream->len;
    case STLS_PIECES_RECORDS:
      return stls_player_flow_record_at(stream, from)->end;
    case STLS_PIECES_BYTES:
      return from + 1;
    case STLS_PIECES_SEEDED:
      len = stls_player_pieces_seeded(seed, from);
      return len < stream->len - from ? from + len : stream->len;
    case STLS_PIECES_RECORDED:
    default:
      part = stls_player_flow_part_at(stream, from);
      while (!part->ends_piece) part++;
      return part->end;
  }
}

size_t stls_player_flow_early(const struct stls_player_stream *stream,
                              size_t begin, size_t end, size_t moved)
{
  const struct stls_player_part *part = stls_player_flow_part_at(stream, begin);

  if (part == NULL) return end;
  for (; part < stream->parts + stream->num_parts && part->begin < end; part++)
    if (part->need > moved) return part->begin > begin ? part->begin : begin;
  return end;
}

static bool is_flow(const stls_transcript_step *step, stls_flow *out_flow)
{
  *out_flow =
      step->kind == STLS_STEP_RECORDS_IN ? STLS_RECORDS_IN : STLS_RECORDS_OUT;
  return (step->kind == STLS_STEP_RECORDS_IN ||
          step->kind == STLS_STEP_RECORDS_OUT) &&
         step->data.len > 0;
}

static bool alloc_streams(struct stls_player_flow *flow,
                          const stls_transcript_step *steps, size_t num_steps)
{
  size_t len[2] = {0, 0};
  size_t num[2] = {0, 0};
  size_t num_times = 0;
  stls_flow way;

  for (size_t i = 0; i < num_steps; i++) {
    if (steps[i].kind == STLS_STEP_TIME) num_times++;
    if (!is_flow(&steps[i], &way)) continue;
    len[way] += steps[i].data.len;
    num[way]++;
  }
  for (size_t i = 0; i < 2; i++) {
    struct stls_player_stream *stream = &flow->streams[i];
    stream->data = stls_mem_alloc(len[i]);
    stream->parts = stls_mem_zalloc(num[i] * sizeof *stream->parts);
    if (stream->data == NULL || stream->parts == NULL) return false;
  }
  flow->times = stls_mem_zalloc(num_times * sizeof *flow->times);
  return flow->times != NULL;
}

static bool add_parts(struct stls_player_flow *flow,
                      const stls_transcript_step *steps, size_t num_steps)
{
  struct position at = {{0, 0}, 0, 0, 0};
  stls_flow way;

  for (size_t i = 0; i < num_steps; i++) {
    if (is_flow(&steps[i], &way)) {
      if (!add_part(flow, way, &steps[i], &at)) return false;
      at.moved[way] += steps[i].data.len;
      if (way == STLS_RECORDS_OUT) at.kept = 0;
    } else if (steps[i].kind == STLS_STEP_KEPT) {
      at.kept = (size_t)steps[i].number;
    } else if (steps[i].kind == STLS_STEP_TIME) {
      add_time(flow, &steps[i], &at);
    } else if (steps[i].kind == STLS_STEP_EOF_IN) {
      add_end(flow, STLS_RECORDS_IN, &steps[i], &at);
    } else if (steps[i].kind == STLS_STEP_EOF_OUT) {
      add_end(flow, STLS_RECORDS_OUT, &steps[i], &at);
    }
    if (flow->streams[STLS_RECORDS_OUT].end_line == 0)
      flow->streams[STLS_RECORDS_OUT].taken = moved_out(&at);
  }
  flow->streams[STLS_RECORDS_IN].taken = at.moved[STLS_RECORDS_IN];
  for (size_t i = 0; i < 2; i++) {
    struct stls_player_stream *stream = &flow->streams[i];
    if (stream->num_parts > 0)
      stream->parts[stream->num_parts - 1].ends_piece = true;
  }
  return true;
}

static bool add_part(struct stls_player_flow *flow, stls_flow way,
                     const stls_transcript_step *step,
                     const struct position *at)
{
  struct stls_player_stream *stream = &flow->streams[way];
  struct stls_player_part *part = &stream->parts[stream->num_parts];
  const char *message = step->message != NULL ? step->message : "";

  part->message = stls_arena_strdup(&flow->arena, message);
  if (part->message == NULL) return false;
  part->begin = stream->len;
  part->end = stream->len + step->data.len;
  part->line = step->line;
  part->gate =
      way == STLS_RECORDS_IN ? moved_out(at) : at->moved[STLS_RECORDS_IN];
  part->ends_piece = way == STLS_RECORDS_IN && !step->has_more;
  /* What one call wrote left the object together. */
  if (way == STLS_RECORDS_OUT && stream->num_parts > 0)
    part[-1].ends_piece = part[-1].gate < part->gate;
  memcpy(stream->data + stream->len, step->data.data, step->data.len);
  stream->len = part->end;
  stream->num_parts++;
  return true;
}

static void add_end(struct stls_player_flow *flow, stls_flow way,
                    const stls_transcript_step *step, const struct position *at)
{
  struct stls_player_stream *stream = &flow->streams[way];

  if (stream->end_line > 0) return;
  stream->end_line = step->line;
  stream->end_gate =
      way == STLS_RECORDS_IN ? moved_out(at) : at->moved[STLS_RECORDS_IN];
  if (way == STLS_RECORDS_OUT) stream->taken = moved_out(at);
}

static void add_time(struct stls_player_flow *flow,
                     const stls_transcript_step *step,
                     const struct position *at)
{
  struct stls_player_time *added = &flow->times[flow->num_times++];

  added->moved[STLS_RECORDS_IN] = at->moved[STLS_RECORDS_IN];
  added->moved[STLS_RECORDS_OUT] = moved_out(at);
  added->time = step->number;
}

static size_t moved_out(const struct position *at)
{
  const size_t written = at->moved[STLS_RECORDS_OUT];

  return written - (at->kept < written ? at->kept : written);
}

static bool add_records(struct stls_player_stream *stream)
{
  const struct stls_player_part *part = stream->parts;
  size_t num = 0;

  for (size_t at = 0; at < stream->len; num++) {
    while (part->end <= at) part++;
    at = record_end(stream, part, at);
  }
  stream->records = stls_mem_zalloc(num * sizeof *stream->records);
  if (stream->records == NULL) return false;
  part = stream->parts;
  for (size_t at = 0; at < stream->len; stream->num_records++) {
    struct stls_player_record *record = &stream->records[stream->num_records];
    while (part->end <= at) part++;
    record->begin = at;
    record->end = at = record_end(stream, part, at);
    record->line = part->line;
    record->message = part->message;
    /* The message may be known only when the whole record is there. */
    for (const struct stls_player_part *more = part;
         *record->message == '\0' && more->end < at; more++)
      record->message = more[1].message;
  }
  return true;
}

static size_t record_end(const struct stls_player_stream *stream,
                         const struct stls_player_part *part, size_t begin)
{
  const size_t left = stream->len - begin;
  size_t len;

  if (left < STLS_RECORD_HEADER_LEN) return stream->len;
  len = stls_record_header_record_len(stream->data + begin);
  if (len == 0) return part->end;
  return len < left ? begin + len : stream->len;
}

/* Of several records that came in before a call, another cut may show the object only
 * the first one, whose reply is the least that the call wrote. */
static void add_needs(struct stls_player_flow *flow,
                      const stls_transcript_step *steps, size_t num_steps)
{
  const struct stls_player_stream *in = &flow->streams[STLS_RECORDS_IN];
  struct stls_player_part *part = flow->streams[STLS_RECORDS_OUT].parts;
  struct position at = {{0, 0}, 0, 0, 0};
  stls_flow way;

  for (size_t i = 0; i < num_steps; i++) {
    if (is_flow(&steps[i], &way)) {
      at.moved[way] += steps[i].data.len;
      if (way == STLS_RECORDS_OUT) (part++)->need = at.need;
    } else if (steps[i].kind == STLS_STEP_CALL) {
      const struct stls_player_record *record =
          stls_player_flow_record_at(in, at.seen);
      if (record != NULL && record->end <= at.moved[STLS_RECORDS_IN])
        at.need = record->end;
      at.seen = at.moved[STLS_RECORDS_IN];
    }
  }
}
