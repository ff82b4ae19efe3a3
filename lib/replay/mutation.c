/* SPDX-License-Identifier: MIT */
/* mutation: changes in one place what arrives in a transcript. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "replay/incoming_stream.h"
#include "testing/message_check.h"
#include "testing/record_cursor.h"

#define HEADER_LEN STLS_RECORD_HEADER_LEN

/* The bytes from `start` to `end` are replaced by these; or the stream ends at
 * `start`. */
struct change {
  struct stls_incoming_stream stream;
  uint64_t random;
  size_t start;
  size_t end;
  uint8_t *bytes;
  size_t len;
  bool is_cut;
};

/* A transcript that is made from another one. */
struct copy {
  const struct change *change;
  stls_transcript *to;
  struct stls_record_cursor cursor;
  /* How much of the stream was passed. */
  size_t at;
  bool is_cut_off;
};

static stls_result choose(struct change *change, stls_mutation mutation,
                          stls_error *err);
static size_t draw(struct change *change, size_t limit);
static bool choose_record(struct change *change, stls_mutation mutation,
                          size_t *out_index);
static bool fits(const struct change *change, stls_mutation mutation,
                 size_t index);
static bool make_bytes(struct change *change, stls_mutation mutation,
                       size_t index);
static void split(struct change *change,
                  const struct stls_incoming_record *record);
static void join(struct change *change,
                 const struct stls_incoming_record *record);
static bool copy_all(const stls_transcript *from, struct copy *copy);
static bool copy_arrival(struct copy *copy, const stls_transcript_step *step);
static bool put_changed(struct copy *copy, const stls_transcript_step *step,
                        size_t start);
static bool copy_piece(struct copy *copy, const stls_transcript_step *step);
static void end_arrivals(stls_transcript *to);
static bool put_arrival(struct copy *copy, const uint8_t *bytes, size_t len,
                        bool has_more);
static bool name_mutation(stls_transcript *to, stls_mutation mutation,
                          uint64_t seed);

static const char *const names[] = {[STLS_MUTATION_CUT] = "cut",
                                    [STLS_MUTATION_FLIP] = "flip",
                                    [STLS_MUTATION_DUPLICATE] = "duplicate",
                                    [STLS_MUTATION_REORDER] = "reorder",
                                    [STLS_MUTATION_REFRAGMENT] = "refragment",
                                    [STLS_MUTATION_COALESCE] = "coalesce"};

stls_result stls_transcript_mutate(const stls_transcript *transcript,
                                   uint64_t seed, stls_mutation mutation,
                                   stls_transcript **out_transcript,
                                   stls_error *err)
{
  struct change change = {.random = seed};
  struct copy copy = {.change = &change};
  stls_result result;

  if (transcript == NULL) return stls_error_null(err, "transcript");
  if (out_transcript == NULL) return stls_error_null(err, "out_transcript");
  if (mutation < STLS_MUTATION_CUT || mutation > STLS_MUTATION_COALESCE)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "mutation %d is not an stls_mutation",
                           (int)mutation);
  if (!stls_incoming_stream_read(&change.stream, transcript))
    result = stls_error_memory(err);
  else
    result = choose(&change, mutation, err);
  if (result == STLS_OK) {
    copy.to = stls_transcript_make();
    if (copy.to == NULL || !copy_all(transcript, &copy) ||
        !name_mutation(copy.to, mutation, seed)) {
      stls_transcript_free(copy.to);
      result = stls_error_memory(err);
    } else {
      *out_transcript = copy.to;
    }
  }
  if (change.bytes != NULL) stls_mem_free_clear(change.bytes, change.len);
  stls_incoming_stream_free(&change.stream);
  return result;
}

static stls_result choose(struct change *change, stls_mutation mutation,
                          stls_error *err)
{
  size_t index = 0;

  change->is_cut = mutation == STLS_MUTATION_CUT;
  if (change->stream.len == 0 ||
      (mutation != STLS_MUTATION_CUT && mutation != STLS_MUTATION_FLIP &&
       !choose_record(change, mutation, &index)))
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_EMPTY,
                           "nothing arrives that mutation %s can change",
                           names[mutation]);
  if (mutation == STLS_MUTATION_CUT) {
    change->start = change->end = draw(change, change->stream.len);
    return STLS_OK;
  }
  return make_bytes(change, mutation, index) ? STLS_OK : stls_error_memory(err);
}

/* A number below the limit, which is not 0: SplitMix64 (Steele, Lea, Flood 2014). */
static size_t draw(struct change *change, size_t limit)
{
  uint64_t mixed = change->random += UINT64_C(0x9e3779b97f4a7c15);

  mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
  return (size_t)((mixed ^ mixed >> 31) % limit);
}

static bool choose_record(struct change *change, stls_mutation mutation,
                          size_t *out_index)
{
  size_t num = 0, chosen;

  for (size_t i = 0; i < change->stream.num_records; i++)
    num += fits(change, mutation, i);
  if (num == 0) return false;
  chosen = draw(change, num);
  for (size_t i = 0; i < change->stream.num_records; i++) {
    if (!fits(change, mutation, i)) continue;
    *out_index = i;
    if (chosen-- == 0) return true;
  }
  return false;
}

/* Whether the record, or it and the next one, can be changed so. */
static bool fits(const struct change *change, stls_mutation mutation,
                 size_t index)
{
  const struct stls_incoming_stream *stream = &change->stream;
  const struct stls_incoming_record *record = &stream->records[index];
  const size_t len = record->end - record->start;
  const bool has_next = index + 1 < stream->num_records;
  const size_t next_len = has_next ? record[1].end - record[1].start : 0;

  switch (mutation) {
    case STLS_MUTATION_DUPLICATE:
      return true;
    case STLS_MUTATION_REORDER:
      return has_next &&
             (len != next_len || memcmp(stream->bytes + record->start,
                                        stream->bytes + record->end, len) != 0);
    case STLS_MUTATION_REFRAGMENT:
      return record->is_plain && len >= HEADER_LEN + 2;
    default:
      return has_next && record->is_plain && record[1].is_plain &&
             len + next_len - 2 * HEADER_LEN <=
                 STLS_RECORD_HEADER_PLAINTEXT_MAX;
  }
}

static bool make_bytes(struct change *change, stls_mutation mutation,
                       size_t index)
{
  const struct stls_incoming_stream *stream = &change->stream;
  /* There may be none. */
  const struct stls_incoming_record *record =
      mutation == STLS_MUTATION_FLIP ? NULL : &stream->records[index];
  size_t len, next_len;

  if (mutation == STLS_MUTATION_FLIP) {
    change->start = draw(change, stream->len);
    change->end = change->start + 1;
  } else {
    change->start = record->start;
    change->end =
        mutation == STLS_MUTATION_REORDER || mutation == STLS_MUTATION_COALESCE
            ? record[1].end
            : record->end;
  }
  len = change->end - change->start;
  change->bytes = stls_mem_alloc(2 * len + HEADER_LEN);
  if (change->bytes == NULL) return false;
  change->len = len;
  memcpy(change->bytes, stream->bytes + change->start, len);
  switch (mutation) {
    case STLS_MUTATION_FLIP:
      change->bytes[0] ^= (uint8_t)(1 << draw(change, 8));
      break;
    case STLS_MUTATION_DUPLICATE:
      memcpy(change->bytes + len, change->bytes, len);
      change->len = 2 * len;
      break;
    case STLS_MUTATION_REORDER:
      next_len = record[1].end - record[1].start;
      memcpy(change->bytes, stream->bytes + record->end, next_len);
      memcpy(change->bytes + next_len, stream->bytes + record->start,
             len - next_len);
      break;
    case STLS_MUTATION_REFRAGMENT:
      split(change, record);
      break;
    default:
      join(change, record);
      break;
  }
  return true;
}

static void split(struct change *change,
                  const struct stls_incoming_record *record)
{
  const uint8_t *from = change->stream.bytes + record->start;
  const size_t len = record->end - record->start - HEADER_LEN;
  const size_t first = 1 + draw(change, len - 1), second = len - first;
  uint8_t *to = change->bytes;

  to[3] = (uint8_t)(first >> 8);
  to[4] = (uint8_t)first;
  to += HEADER_LEN + first;
  memcpy(to, from, HEADER_LEN);
  to[3] = (uint8_t)(second >> 8);
  to[4] = (uint8_t)second;
  memcpy(to + HEADER_LEN, from + HEADER_LEN + first, second);
  change->len += HEADER_LEN;
}

static void join(struct change *change,
                 const struct stls_incoming_record *record)
{
  const uint8_t *from = change->stream.bytes;
  const size_t first = record->end - record->start;
  const size_t second = record[1].end - record[1].start - HEADER_LEN;
  const size_t len = first - HEADER_LEN + second;

  memcpy(change->bytes + first, from + record[1].start + HEADER_LEN, second);
  change->bytes[3] = (uint8_t)(len >> 8);
  change->bytes[4] = (uint8_t)len;
  change->len -= HEADER_LEN;
}

static bool copy_all(const stls_transcript *from, struct copy *copy)
{
  stls_transcript *to = copy->to;

  to->role = from->role;
  to->seed = from->seed;
  to->time = from->time;
  to->is_secret = from->is_secret;
  for (size_t i = 0; i < from->num_headers; i++) {
    const struct stls_transcript_header *header = &from->headers[i];
    if (!stls_transcript_add_header(to, header->name, strlen(header->name),
                                    header->value, strlen(header->value)))
      return false;
  }
  for (size_t i = 0; i < from->num_steps; i++) {
    const stls_transcript_step *step = &from->steps[i];
    if (step->kind == STLS_STEP_RECORDS_IN) {
      if (!copy_arrival(copy, step)) return false;
    } else if (step->kind != STLS_STEP_EOF_IN || !copy->is_cut_off) {
      if (stls_transcript_add_step(to, step) == NULL) return false;
    }
  }
  end_arrivals(to);
  return true;
}

/* What replaces bytes arrives with the piece that had the first of them. */
static bool copy_arrival(struct copy *copy, const stls_transcript_step *step)
{
  const struct change *change = copy->change;
  const size_t start = copy->at, end = copy->at + step->data.len;
  const bool has_start = change->start >= start && change->start < end;
  stls_transcript_step eof = STLS_TRANSCRIPT_STEP_INIT;

  copy->at = end;
  if (copy->is_cut_off) return true;
  if (!has_start && (change->end <= start || change->start >= end))
    return copy_piece(copy, step);
  if (!put_changed(copy, step, start)) return false;
  if (!change->is_cut) return true;
  copy->is_cut_off = true;
  eof.kind = STLS_STEP_EOF_IN;
  return stls_transcript_add_step(copy->to, &eof) != NULL;
}

/* What is before the change in a piece, the new bytes, and what is behind. */
static bool put_changed(struct copy *copy, const stls_transcript_step *step,
                        size_t start)
{
  const struct change *change = copy->change;
  const uint8_t *bytes = step->data.data;
  const size_t end = start + step->data.len;
  const size_t before = change->start < start ? 0 : change->start - start;
  const size_t added = change->start < start ? 0 : change->len;
  const size_t behind =
      change->is_cut || change->end >= end ? 0 : end - change->end;
  uint8_t *all =
      stls_arena_alloc(&copy->to->arena, before + added + behind + 1);

  if (all == NULL) return false;
  if (before > 0) memcpy(all, bytes, before);
  if (added > 0) memcpy(all + before, change->bytes, added);
  if (behind > 0)
    memcpy(all + before + added, bytes + step->data.len - behind, behind);
  return put_arrival(copy, all, before + added + behind, step->has_more);
}

/* Behind a change in a header the records are others: a message that was named may
 * not be in them. */
static bool copy_piece(struct copy *copy, const stls_transcript_step *step)
{
  stls_transcript_step *added = stls_transcript_add_step(copy->to, step);

  if (added == NULL) return false;
  if (stls_message_check_next(&copy->cursor, step) != NULL) added->message = "";
  return true;
}

/* What arrived together with a piece may be gone. */
static void end_arrivals(stls_transcript *to)
{
  for (size_t i = 0; i < to->num_steps; i++)
    if (i + 1 == to->num_steps || to->steps[i + 1].kind != STLS_STEP_RECORDS_IN)
      to->steps[i].has_more = false;
}

/* Bytes in the arena: a record a line, as ever. */
static bool put_arrival(struct copy *copy, const uint8_t *bytes, size_t len,
                        bool has_more)
{
  while (len > 0) {
    stls_transcript_step step = STLS_TRANSCRIPT_STEP_INIT;
    bool is_end;
    step.kind = STLS_STEP_RECORDS_IN;
    step.data.data = bytes;
    step.data.len = stls_record_cursor_take(&copy->cursor, bytes, len, &is_end);
    bytes += step.data.len;
    len -= step.data.len;
    step.has_more = len > 0 || has_more;
    if (stls_transcript_append(copy->to, &step) == NULL) return false;
  }
  return true;
}

/* A line of the header says what was done; it replaces that of a mutation before. */
static bool name_mutation(stls_transcript *to, stls_mutation mutation,
                          uint64_t seed)
{
  static const char name[] = "mutation";
  char value[64];
  const char *text;

  snprintf(value, sizeof value, "%s %llu", names[mutation],
           (unsigned long long)seed);
  for (size_t i = 0; i < to->num_headers; i++) {
    if (strcmp(to->headers[i].name, name) != 0) continue;
    text = stls_transcript_text(to, value, strlen(value));
    if (text != NULL) to->headers[i].value = text;
    return text != NULL;
  }
  return stls_transcript_add_header(to, name, strlen(name), value,
                                    strlen(value));
}
