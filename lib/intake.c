/* SPDX-License-Identifier: MIT */
/* intake (L5): records in: which bytes libssl is shown next. */
#include "intake.h"

#include <limits.h>
#include <string.h>

/* From this size on, a piece of a record is shown where it lies: a call of
 * libssl that stays hungry costs less than copying the piece. */
#define DIRECT_MIN ((size_t)1024)

static size_t available(const struct stls_intake *intake);
static bool is_ended(const struct stls_intake *intake);
static bool must_not_wait(const struct stls_intake *intake);
static stls_record_scan scan(const struct stls_intake *intake,
                             size_t *out_need);
static const uint8_t *look(const struct stls_intake *intake, uint8_t *room,
                           size_t *out_len);
static void show(struct stls_intake *intake, size_t max);
static void follow_header(struct stls_intake *intake, size_t len);

stls_intake_step stls_intake_next(struct stls_intake *intake,
                                  stls_span *out_shown)
{
  size_t need = 0;
  stls_record_scan found;

  if (available(intake) == 0)
    return is_ended(intake) ? STLS_INTAKE_ENDED : STLS_INTAKE_STARVED;
  found = scan(intake, &need);
  if (found == STLS_RECORD_ALIEN) intake->alien = true;
  if (available(intake) >= need || must_not_wait(intake)) {
    if (found == STLS_RECORD_FRAMED) intake->to_end = need;
    show(intake, intake->alien ? INT_MAX : need);
    *out_shown = intake->shown;
    return STLS_INTAKE_BYTES;
  }
  if (!stls_buffer_append(&intake->incoming->buffer, intake->direct.data,
                          intake->direct.len))
    return STLS_INTAKE_NO_MEMORY;
  intake->direct.len = 0;
  return STLS_INTAKE_STARVED;
}

void stls_intake_take(struct stls_intake *intake, size_t len)
{
  /* What libssl has not begun may be taken away by the application. */
  if (len == 0 && intake->taken == 0) intake->to_end = 0;
  if (len == 0) return;
  if (intake->to_end > 0) {
    intake->to_end -= len;
    intake->taken = intake->to_end > 0 ? intake->taken + len : 0;
  } else if (!intake->alien) {
    follow_header(intake, len);
  }
  if (intake->shown_direct) {
    intake->direct.data = (const uint8_t *)intake->direct.data + len;
    intake->direct.len -= len;
  } else {
    stls_buffer_consume(&intake->incoming->buffer, len);
  }
}

bool stls_intake_is_empty(const struct stls_intake *intake)
{
  return available(intake) == 0;
}

bool stls_intake_is_ready(const struct stls_intake *intake)
{
  size_t need = 0;

  if (available(intake) == 0) return is_ended(intake);
  scan(intake, &need);
  return available(intake) >= need || must_not_wait(intake);
}

bool stls_intake_is_between_records(const struct stls_intake *intake)
{
  return intake->taken == 0;
}

static size_t available(const struct stls_intake *intake)
{
  return intake->incoming->buffer.len + intake->direct.len;
}

static bool is_ended(const struct stls_intake *intake)
{
  return intake->incoming->eof_written && intake->direct.len == 0;
}

/* An incomplete record is shown when the rest will never come, when the queue
 * has no room for the rest, and when it would be dearer to keep it. */
static bool must_not_wait(const struct stls_intake *intake)
{
  size_t queued = intake->incoming->buffer.len;

  if (is_ended(intake)) return true;
  if (queued >= intake->incoming->limit) return true;
  if (intake->direct.len >= intake->incoming->limit - queued) return true;
  return queued == 0 && intake->direct.len >= DIRECT_MIN;
}

/* How many bytes the record at hand, or its header, lacks for libssl; none where
 * there is no such thing as a record. */
static stls_record_scan scan(const struct stls_intake *intake, size_t *out_need)
{
  uint8_t room[STLS_RECORD_HEADER_LEN];
  size_t record_len = STLS_RECORD_HEADER_LEN, header_len;
  const uint8_t *header;
  stls_record_scan found;

  *out_need = intake->to_end;
  if (intake->alien) return STLS_RECORD_ALIEN;
  if (intake->to_end > 0) return STLS_RECORD_FRAMED;
  header = look(intake, room, &header_len);
  found = stls_record_scan_header(header, header_len, &record_len);
  *out_need = found == STLS_RECORD_ALIEN ? 0 : record_len - intake->taken;
  return found;
}

/* The header as far as it is here: what libssl has, the queue, the rest. */
static const uint8_t *look(const struct stls_intake *intake, uint8_t *room,
                           size_t *out_len)
{
  const struct stls_buffer *queue = &intake->incoming->buffer;
  stls_span front = queue->len == 0 ? intake->direct : stls_buffer_front(queue);
  size_t len = intake->taken;
  size_t more;

  *out_len = STLS_RECORD_HEADER_LEN;
  if (len == 0 && front.len >= STLS_RECORD_HEADER_LEN) return front.data;
  memcpy(room, intake->header, len);
  len += stls_buffer_copy(queue, room + len, STLS_RECORD_HEADER_LEN - len);
  more = STLS_RECORD_HEADER_LEN - len;
  if (more > intake->direct.len) more = intake->direct.len;
  if (more > 0) memcpy(room + len, intake->direct.data, more);
  *out_len = len + more;
  return room;
}

static void show(struct stls_intake *intake, size_t max)
{
  intake->shown_direct = intake->incoming->buffer.len == 0;
  intake->shown = intake->shown_direct
                      ? intake->direct
                      : stls_buffer_front(&intake->incoming->buffer);
  if (intake->shown.len > max) intake->shown.len = max;
}

/* libssl stopped in the middle of a header, or at its end. */
static void follow_header(struct stls_intake *intake, size_t len)
{
  size_t record_len = 0;

  memcpy(intake->header + intake->taken, intake->shown.data, len);
  intake->taken += len;
  if (intake->taken < STLS_RECORD_HEADER_LEN) return;
  if (stls_record_scan_header(intake->header, STLS_RECORD_HEADER_LEN,
                              &record_len) != STLS_RECORD_FRAMED) {
    intake->alien = true;
    return;
  }
  intake->to_end = record_len - STLS_RECORD_HEADER_LEN;
  if (intake->to_end == 0) intake->taken = 0;
}
