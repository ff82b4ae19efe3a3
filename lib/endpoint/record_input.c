/* SPDX-License-Identifier: MIT */
/* record_input: records in: which bytes libssl is shown next. */
#include "endpoint/record_input.h"

#include <limits.h>
#include <string.h>

/* From this size on, a piece of a record is shown where it lies: a call of
 * libssl that stays hungry costs less than copying the piece. */
#define DIRECT_MIN ((size_t)8192)

static size_t available(const struct stls_record_input *intake);
static bool is_ended(const struct stls_record_input *intake);
static bool must_not_wait(const struct stls_record_input *intake);
static stls_record_header_scan scan(const struct stls_record_input *intake,
                                    size_t *out_need);
static const uint8_t *look(const struct stls_record_input *intake,
                           uint8_t *room, size_t *out_len);
static bool stage(struct stls_record_input *intake, size_t need);
static void show(struct stls_record_input *intake, size_t max, bool many);
static size_t whole_records(const uint8_t *bytes, size_t len);
static void follow_many(struct stls_record_input *intake, size_t len);
static void follow_header(struct stls_record_input *intake, size_t len);
static void become_alien(struct stls_record_input *intake);
static void follow_alien(struct stls_record_input *intake, size_t len);

stls_record_input_step stls_record_input_next(struct stls_record_input *intake,
                                              bool many, stls_span *out_shown)
{
  size_t need = 0;
  stls_record_header_scan found;

  intake->awaited = 0;
  /* What libssl has not begun, whatever came of showing it, may have been taken
   * away by the application. */
  if (intake->taken == 0) intake->to_end = 0;
  if (available(intake) == 0)
    return is_ended(intake) ? STLS_RECORD_INPUT_ENDED
                            : STLS_RECORD_INPUT_STARVED;
  found = scan(intake, &need);
  if (found == STLS_RECORD_HEADER_ALIEN) become_alien(intake);
  if (available(intake) >= need || must_not_wait(intake)) {
    if (found == STLS_RECORD_HEADER_FRAMED) intake->to_end = need;
    show(intake, intake->alien ? INT_MAX : need, many);
    *out_shown = intake->shown;
    return STLS_RECORD_INPUT_BYTES;
  }
  if (!stage(intake, need)) return STLS_RECORD_INPUT_NO_MEMORY;
  /* One more byte of a header may show that it is none. */
  if (found == STLS_RECORD_HEADER_INCOMPLETE) intake->awaited = 0;
  return STLS_RECORD_INPUT_STARVED;
}

void stls_record_input_take(struct stls_record_input *intake, size_t len)
{
  if (len == 0) return;
  if (intake->shows_many) {
    follow_many(intake, len);
  } else if (intake->to_end > 0) {
    intake->to_end -= len;
    intake->taken = intake->to_end > 0 ? intake->taken + len : 0;
  } else if (!intake->alien) {
    follow_header(intake, len);
  } else {
    follow_alien(intake, len);
  }
  if (intake->shown_direct) {
    intake->direct.data = (const uint8_t *)intake->direct.data + len;
    intake->direct.len -= len;
  } else {
    stls_chunk_queue_consume(&intake->incoming->buffer, len);
  }
}

size_t stls_record_input_alien_bytes(const struct stls_record_input *intake,
                                     uint8_t *out, size_t cap)
{
  const stls_span *direct = &intake->direct;
  size_t len = intake->num_alien < cap ? intake->num_alien : cap;
  size_t more;

  memcpy(out, intake->header, len);
  len += stls_chunk_queue_copy(&intake->incoming->buffer, out + len, cap - len);
  more = direct->len < cap - len ? direct->len : cap - len;
  if (more > 0) memcpy(out + len, direct->data, more);
  return len + more;
}

bool stls_record_input_is_empty(const struct stls_record_input *intake)
{
  return available(intake) == 0;
}

bool stls_record_input_is_ready(const struct stls_record_input *intake)
{
  size_t need = 0;

  if (available(intake) == 0) return is_ended(intake);
  scan(intake, &need);
  return available(intake) >= need || must_not_wait(intake);
}

bool stls_record_input_is_between_records(
    const struct stls_record_input *intake)
{
  return intake->taken == 0;
}

static size_t available(const struct stls_record_input *intake)
{
  return intake->incoming->buffer.len + intake->direct.len;
}

static bool is_ended(const struct stls_record_input *intake)
{
  return intake->incoming->eof_written && intake->direct.len == 0;
}

/* An incomplete record is shown when the rest will never come, when the queue
 * has no room for the rest, and when it would be dearer to keep it. */
static bool must_not_wait(const struct stls_record_input *intake)
{
  size_t queued = intake->incoming->buffer.len;

  if (is_ended(intake)) return true;
  if (queued >= intake->incoming->limit) return true;
  if (intake->direct.len >= intake->incoming->limit - queued) return true;
  return queued == 0 && intake->direct.len >= DIRECT_MIN;
}

/* How many bytes the record at hand, or its header, lacks for libssl; none where
 * there is no such thing as a record. */
static stls_record_header_scan scan(const struct stls_record_input *intake,
                                    size_t *out_need)
{
  uint8_t room[STLS_RECORD_HEADER_LEN];
  size_t record_len = STLS_RECORD_HEADER_LEN, header_len;
  const uint8_t *header;
  stls_record_header_scan found;

  *out_need = intake->to_end;
  if (intake->alien) return STLS_RECORD_HEADER_ALIEN;
  if (intake->to_end > 0) return STLS_RECORD_HEADER_FRAMED;
  header = look(intake, room, &header_len);
  found = stls_record_header_scan_header(header, header_len, &record_len);
  *out_need =
      found == STLS_RECORD_HEADER_ALIEN ? 0 : record_len - intake->taken;
  return found;
}

/* The header as far as it is here: what libssl has, the queue, the rest. */
static const uint8_t *look(const struct stls_record_input *intake,
                           uint8_t *room, size_t *out_len)
{
  const struct stls_chunk_queue *queue = &intake->incoming->buffer;
  stls_span front =
      queue->len == 0 ? intake->direct : stls_chunk_queue_front(queue);
  size_t len = intake->taken;
  size_t more;

  *out_len = STLS_RECORD_HEADER_LEN;
  if (len == 0 && front.len >= STLS_RECORD_HEADER_LEN) return front.data;
  memcpy(room, intake->header, len);
  len += stls_chunk_queue_copy(queue, room + len, STLS_RECORD_HEADER_LEN - len);
  more = STLS_RECORD_HEADER_LEN - len;
  if (more > intake->direct.len) more = intake->direct.len;
  if (more > 0) memcpy(room + len, intake->direct.data, more);
  *out_len = len + more;
  return room;
}

/* Keeps what is here of `need` bytes in the queue, in one piece if it can. */
static bool stage(struct stls_record_input *intake, size_t need)
{
  struct stls_chunk_queue *queue = &intake->incoming->buffer;

  queue->expected = need - queue->len;
  if (!stls_chunk_queue_append(queue, intake->direct.data, intake->direct.len))
    return false;
  intake->direct.len = 0;
  queue->expected = need - queue->len;
  intake->awaited = need;
  intake->consumed = queue->consumed;
  return true;
}

static void show(struct stls_record_input *intake, size_t max, bool many)
{
  stls_span here;

  intake->incoming->buffer.expected = 0;
  intake->shown_direct = intake->incoming->buffer.len == 0;
  here = intake->shown_direct
             ? intake->direct
             : stls_chunk_queue_front(&intake->incoming->buffer);
  intake->shown = here;
  if (here.len > max) intake->shown.len = max;
  intake->shows_many = many && !intake->alien && intake->taken == 0 &&
                       whole_records(here.data, here.len) > max;
  if (!intake->shows_many) return;
  intake->shown.len = whole_records(here.data, here.len);
  intake->to_end = intake->shown.len;
}

/* The length of the records that lie there whole, one behind the other. */
static size_t whole_records(const uint8_t *bytes, size_t len)
{
  size_t at = 0, record_len = 0;

  while (len - at >= STLS_RECORD_HEADER_LEN &&
         stls_record_header_scan_header(bytes + at, STLS_RECORD_HEADER_LEN,
                                        &record_len) ==
             STLS_RECORD_HEADER_FRAMED &&
         record_len <= len - at)
    at += record_len;
  return at;
}

/* libssl took some of several records, and perhaps a part of the next. */
static void follow_many(struct stls_record_input *intake, size_t len)
{
  const uint8_t *bytes = intake->shown.data;
  size_t whole = whole_records(bytes, len);
  size_t record_len = 0;

  intake->taken = len - whole;
  intake->to_end = 0;
  if (intake->taken == 0) return;
  stls_record_header_scan_header(bytes + whole, STLS_RECORD_HEADER_LEN,
                                 &record_len);
  intake->to_end = record_len - intake->taken;
}

/* libssl stopped in the middle of a header, or at its end. */
static void follow_header(struct stls_record_input *intake, size_t len)
{
  size_t record_len = 0;

  memcpy(intake->header + intake->taken, intake->shown.data, len);
  intake->taken += len;
  if (intake->taken < STLS_RECORD_HEADER_LEN) return;
  if (stls_record_header_scan_header(intake->header, STLS_RECORD_HEADER_LEN,
                                     &record_len) !=
      STLS_RECORD_HEADER_FRAMED) {
    become_alien(intake);
    return;
  }
  intake->to_end = record_len - STLS_RECORD_HEADER_LEN;
  if (intake->to_end == 0) intake->taken = 0;
}

static void become_alien(struct stls_record_input *intake)
{
  if (!intake->alien) intake->num_alien = (uint8_t)intake->taken;
  intake->alien = true;
}

static void follow_alien(struct stls_record_input *intake, size_t len)
{
  size_t room = sizeof intake->header - intake->num_alien;

  if (len > room) len = room;
  memcpy(intake->header + intake->num_alien, intake->shown.data, len);
  intake->num_alien = (uint8_t)(intake->num_alien + len);
}
