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
static bool still_needs(const struct stls_intake *intake, size_t *out_len);
static size_t look(const struct stls_intake *intake, uint8_t *header);
static void show(struct stls_intake *intake, size_t max);
static void follow(struct stls_intake *intake, const uint8_t *bytes,
                   size_t len);

stls_intake_step stls_intake_next(struct stls_intake *intake,
                                  stls_span *out_shown)
{
  size_t need = 0;
  bool is_framed = still_needs(intake, &need);

  if (!is_framed) intake->alien = true;
  if (available(intake) == 0)
    return is_ended(intake) ? STLS_INTAKE_ENDED : STLS_INTAKE_STARVED;
  if (!is_framed || available(intake) >= need || must_not_wait(intake)) {
    show(intake, is_framed ? need : INT_MAX);
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
  if (len == 0) return;
  follow(intake, intake->shown.data, len);
  if (intake->shown_direct) {
    intake->direct.data = (const uint8_t *)intake->direct.data + len;
    intake->direct.len -= len;
  } else {
    stls_buffer_consume(&intake->incoming->buffer, len);
  }
}

bool stls_intake_is_ready(const struct stls_intake *intake)
{
  size_t need = 0;
  bool is_framed = still_needs(intake, &need);

  if (available(intake) == 0) return is_ended(intake);
  return !is_framed || available(intake) >= need || must_not_wait(intake);
}

bool stls_intake_is_between_records(const struct stls_intake *intake)
{
  return intake->header_len == 0 && intake->body_left == 0;
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

/* How many bytes the record at hand lacks, as far as its header is known; false
 * when there is no such thing as a record. */
static bool still_needs(const struct stls_intake *intake, size_t *out_len)
{
  uint8_t header[STLS_RECORD_HEADER_LEN];
  size_t record_len = STLS_RECORD_HEADER_LEN;
  size_t header_len;

  if (intake->alien) return false;
  *out_len = intake->body_left;
  if (intake->body_left > 0) return true;
  header_len = look(intake, header);
  if (stls_record_scan_header(header, header_len, &record_len) ==
      STLS_RECORD_ALIEN)
    return false;
  *out_len = record_len - intake->header_len;
  return true;
}

/* The header as far as it is here: what libssl has, the queue, the rest. */
static size_t look(const struct stls_intake *intake, uint8_t *header)
{
  size_t len = intake->header_len;
  size_t more;

  memcpy(header, intake->header, len);
  len += stls_buffer_copy(&intake->incoming->buffer, header + len,
                          STLS_RECORD_HEADER_LEN - len);
  more = STLS_RECORD_HEADER_LEN - len;
  if (more > intake->direct.len) more = intake->direct.len;
  if (more > 0) memcpy(header + len, intake->direct.data, more);
  return len + more;
}

static void show(struct stls_intake *intake, size_t max)
{
  intake->shown_direct = intake->incoming->buffer.len == 0;
  intake->shown = intake->shown_direct
                      ? intake->direct
                      : stls_buffer_front(&intake->incoming->buffer);
  if (intake->shown.len > max) intake->shown.len = max;
}

/* Keeps the place in the record, also when libssl stops in the middle. */
static void follow(struct stls_intake *intake, const uint8_t *bytes, size_t len)
{
  size_t record_len = 0;

  while (len > 0 && !intake->alien) {
    size_t room = intake->body_left > 0
                      ? intake->body_left
                      : STLS_RECORD_HEADER_LEN - intake->header_len;
    size_t part = len < room ? len : room;
    if (intake->body_left > 0) {
      intake->body_left -= part;
    } else {
      memcpy(intake->header + intake->header_len, bytes, part);
      intake->header_len += part;
    }
    bytes += part;
    len -= part;
    if (intake->header_len < STLS_RECORD_HEADER_LEN) continue;
    intake->header_len = 0;
    if (stls_record_scan_header(intake->header, STLS_RECORD_HEADER_LEN,
                                &record_len) == STLS_RECORD_FRAMED)
      intake->body_left = record_len - STLS_RECORD_HEADER_LEN;
    else
      intake->alien = true;
  }
}
