/* SPDX-License-Identifier: MIT */
/* record_input: selects the input bytes that libssl reads next. */
#include "io/record_input.h"

#include <limits.h>
#include <string.h>

/* From this size on, part of a record is passed to libssl directly: a call
 * that needs more bytes costs less than copying the part. */
#define DIRECT_MIN ((size_t)8192)

static size_t available(const struct stls_record_input *input);
static bool is_ended(const struct stls_record_input *input);
static bool must_not_wait(const struct stls_record_input *input);
static stls_record_header_status scan_header(
    const struct stls_record_input *input, size_t *out_need);
static const uint8_t *peek_header(const struct stls_record_input *input,
                                  uint8_t *room, size_t *out_len);
static bool move_to_queue(struct stls_record_input *input, size_t need);
static void show(struct stls_record_input *input, size_t max, bool many);
static size_t whole_records(const uint8_t *bytes, size_t len);
static void follow_many(struct stls_record_input *input, size_t len);
static void follow_header(struct stls_record_input *input, size_t len);
static void become_raw(struct stls_record_input *input);
static void follow_raw(struct stls_record_input *input, size_t len);

stls_record_input_step stls_record_input_next(struct stls_record_input *input,
                                              bool many, stls_span *out_shown)
{
  size_t need = 0;
  stls_record_header_status found;

  input->awaited = 0;
  /* The application may have removed a record that libssl has not begun to
   * read. */
  if (input->taken == 0) input->to_end = 0;
  if (available(input) == 0)
    return is_ended(input) ? STLS_RECORD_INPUT_ENDED
                           : STLS_RECORD_INPUT_STARVED;
  found = scan_header(input, &need);
  if (found == STLS_RECORD_HEADER_INVALID) become_raw(input);
  if (available(input) >= need || must_not_wait(input)) {
    if (found == STLS_RECORD_HEADER_VALID) input->to_end = need;
    show(input, input->is_raw ? INT_MAX : need, many);
    *out_shown = input->shown;
    return STLS_RECORD_INPUT_BYTES;
  }
  if (!move_to_queue(input, need)) return STLS_RECORD_INPUT_NO_MEMORY;
  /* One more byte of a header may show that it is invalid. */
  if (found == STLS_RECORD_HEADER_INCOMPLETE) input->awaited = 0;
  return STLS_RECORD_INPUT_STARVED;
}

void stls_record_input_join(struct stls_record_input *input,
                            stls_span *in_out_shown)
{
  struct stls_chunk_queue *queue = &input->incoming->queue;
  const size_t missing = input->to_end - input->shown.len;

  if (input->shown_direct || input->is_raw || input->taken > 0 ||
      queue->len != input->shown.len || queue->len >= input->incoming->limit ||
      missing == 0 || missing > input->direct.len ||
      missing > STLS_RECORD_INPUT_JOIN_MAX ||
      missing > input->incoming->limit - queue->len ||
      !stls_chunk_queue_append_inside(queue, input->direct.data, missing))
    return;
  input->direct.data = (const uint8_t *)input->direct.data + missing;
  input->direct.len -= missing;
  input->shown.len += missing;
  *in_out_shown = input->shown;
}

bool stls_record_input_pieces(const struct stls_record_input *input,
                              stls_span *out_pieces, size_t max)
{
  size_t left = input->to_end, num;

  if (input->is_raw || left == 0) return false;
  num = stls_chunk_queue_runs(&input->incoming->queue, out_pieces, max);
  if (num < max && input->direct.len > 0) out_pieces[num++] = input->direct;
  for (size_t i = 0; i < num; i++) {
    if (out_pieces[i].len >= left) return true;
    left -= out_pieces[i].len;
  }
  return false;
}

void stls_record_input_take_rest(struct stls_record_input *input, size_t len)
{
  struct stls_chunk_queue *queue = &input->incoming->queue;
  const size_t queued = len < queue->len ? len : queue->len;

  input->awaited = input->to_end = input->taken = 0;
  queue->expected = 0;
  if (queued > 0) stls_chunk_queue_consume(queue, queued);
  /* There may be no `direct`, whose data is NULL then. */
  if (len == queued) return;
  input->direct.data = (const uint8_t *)input->direct.data + (len - queued);
  input->direct.len -= len - queued;
}

void stls_record_input_take(struct stls_record_input *input, size_t len)
{
  const size_t total = input->passed + len;

  if (total == 0) return;
  input->passed = 0;
  if (len == 0) {
    input->to_end = 0;
  } else if (input->shows_many) {
    follow_many(input, len);
  } else if (input->to_end > 0) {
    input->to_end -= len;
    input->taken = input->to_end > 0 ? input->taken + len : 0;
  } else if (!input->is_raw) {
    follow_header(input, len);
  } else {
    follow_raw(input, len);
  }
  if (input->shown_direct) {
    input->direct.data = (const uint8_t *)input->direct.data + total;
    input->direct.len -= total;
  } else {
    stls_chunk_queue_consume(&input->incoming->queue, total);
  }
}

size_t stls_record_input_raw_bytes(const struct stls_record_input *input,
                                   uint8_t *out, size_t cap)
{
  const stls_span *direct = &input->direct;
  size_t len = input->num_raw < cap ? input->num_raw : cap;
  size_t more;

  memcpy(out, input->header, len);
  len += stls_chunk_queue_copy(&input->incoming->queue, out + len, cap - len);
  more = direct->len < cap - len ? direct->len : cap - len;
  if (more > 0) memcpy(out + len, direct->data, more);
  return len + more;
}

bool stls_record_input_is_ready(const struct stls_record_input *input)
{
  size_t need = 0;

  if (available(input) == 0) return is_ended(input);
  scan_header(input, &need);
  return available(input) >= need || must_not_wait(input);
}

static size_t available(const struct stls_record_input *input)
{
  return input->incoming->queue.len + input->direct.len;
}

static bool is_ended(const struct stls_record_input *input)
{
  return input->incoming->eof_written && input->direct.len == 0;
}

/* An incomplete record is passed on when the rest will never come, when the
 * queue has no room for the rest, or when copying would cost more. */
static bool must_not_wait(const struct stls_record_input *input)
{
  size_t queued = input->incoming->queue.len;

  if (is_ended(input)) return true;
  if (queued >= input->incoming->limit) return true;
  if (input->direct.len >= input->incoming->limit - queued) return true;
  return queued == 0 && input->direct.len >= DIRECT_MIN;
}

/* Sets *out_need to how many bytes of the current record, or of its header,
 * libssl still needs; 0 when the input is not records. */
static stls_record_header_status scan_header(
    const struct stls_record_input *input, size_t *out_need)
{
  uint8_t room[STLS_RECORD_HEADER_LEN];
  size_t record_len = STLS_RECORD_HEADER_LEN, header_len;
  const uint8_t *header;
  stls_record_header_status found;

  *out_need = input->to_end;
  if (input->is_raw) return STLS_RECORD_HEADER_INVALID;
  if (input->to_end > 0) return STLS_RECORD_HEADER_VALID;
  header = peek_header(input, room, &header_len);
  found = stls_record_header_parse(header, header_len, &record_len);
  *out_need =
      found == STLS_RECORD_HEADER_INVALID ? 0 : record_len - input->taken;
  return found;
}

/* The available part of the header: bytes that libssl has read, the queue,
 * then `direct`. */
static const uint8_t *peek_header(const struct stls_record_input *input,
                                  uint8_t *room, size_t *out_len)
{
  const struct stls_chunk_queue *queue = &input->incoming->queue;
  stls_span front =
      queue->len == 0 ? input->direct : stls_chunk_queue_front(queue);
  size_t len = input->taken;
  size_t more;

  *out_len = STLS_RECORD_HEADER_LEN;
  if (len == 0 && front.len >= STLS_RECORD_HEADER_LEN) return front.data;
  memcpy(room, input->header, len);
  len += stls_chunk_queue_copy(queue, room + len, STLS_RECORD_HEADER_LEN - len);
  more = STLS_RECORD_HEADER_LEN - len;
  if (more > input->direct.len) more = input->direct.len;
  if (more > 0) memcpy(room + len, input->direct.data, more);
  *out_len = len + more;
  return room;
}

/* Moves `direct` to the queue, into one chunk with room for `need` bytes. */
static bool move_to_queue(struct stls_record_input *input, size_t need)
{
  struct stls_chunk_queue *queue = &input->incoming->queue;

  queue->expected = need - queue->len;
  if (!stls_chunk_queue_append(queue, input->direct.data, input->direct.len))
    return false;
  input->direct.len = 0;
  queue->expected = need - queue->len;
  input->awaited = need;
  input->consumed = queue->consumed;
  return true;
}

static void show(struct stls_record_input *input, size_t max, bool many)
{
  stls_span here;

  input->incoming->queue.expected = 0;
  input->shown_direct = input->incoming->queue.len == 0;
  here = input->shown_direct ? input->direct
                             : stls_chunk_queue_front(&input->incoming->queue);
  input->shown = here;
  if (here.len > max) input->shown.len = max;
  input->behind = input->is_raw || input->taken > 0 || here.len < max
                      ? 0
                      : here.len - input->shown.len;
  input->shows_many = many && !input->is_raw && input->taken == 0 &&
                      whole_records(here.data, here.len) > max;
  if (!input->shows_many) return;
  input->shown.len = whole_records(here.data, here.len);
  input->to_end = input->shown.len;
}

/* The total length of the complete records at the start of `bytes`. */
static size_t whole_records(const uint8_t *bytes, size_t len)
{
  size_t at = 0, record_len = 0;

  while (len - at >= STLS_RECORD_HEADER_LEN &&
         stls_record_header_parse(bytes + at, STLS_RECORD_HEADER_LEN,
                                  &record_len) == STLS_RECORD_HEADER_VALID &&
         record_len <= len - at)
    at += record_len;
  return at;
}

/* libssl read some of several records, and perhaps part of the next one. */
static void follow_many(struct stls_record_input *input, size_t len)
{
  const uint8_t *bytes = input->shown.data;
  size_t whole = whole_records(bytes, len);
  size_t record_len = 0;

  input->taken = len - whole;
  input->to_end = 0;
  if (input->taken == 0) return;
  stls_record_header_parse(bytes + whole, STLS_RECORD_HEADER_LEN, &record_len);
  input->to_end = record_len - input->taken;
}

/* libssl stopped within a header or at its end. */
static void follow_header(struct stls_record_input *input, size_t len)
{
  size_t record_len = 0;

  memcpy(input->header + input->taken, input->shown.data, len);
  input->taken += len;
  if (input->taken < STLS_RECORD_HEADER_LEN) return;
  if (stls_record_header_parse(input->header, STLS_RECORD_HEADER_LEN,
                               &record_len) != STLS_RECORD_HEADER_VALID) {
    become_raw(input);
    return;
  }
  input->to_end = record_len - STLS_RECORD_HEADER_LEN;
  if (input->to_end == 0) input->taken = 0;
}

static void become_raw(struct stls_record_input *input)
{
  if (!input->is_raw) input->num_raw = (uint8_t)input->taken;
  input->is_raw = true;
}

static void follow_raw(struct stls_record_input *input, size_t len)
{
  size_t room = sizeof input->header - input->num_raw;

  if (len > room) len = room;
  memcpy(input->header + input->num_raw, input->shown.data, len);
  input->num_raw = (uint8_t)(input->num_raw + len);
}
