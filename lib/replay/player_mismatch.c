/* SPDX-License-Identifier: MIT */
/* player_mismatch: says where bytes are not as recorded, and how they differ. */
#include "replay/player_mismatch.h"

#include <sanstls/constants.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "wire/record_header.h"

enum {
  /* A header, and the first two bytes of what it announces. */
  HEAD_LEN = STLS_RECORD_HEADER_LEN + 2,
  ALERT_LEN = 2
};

/* "record 3 (handshake finished)". */
struct place {
  char text[88];
  size_t line;
};

/* What kind of record came: " (alert, unknown_ca)". */
struct kind {
  char text[64];
};

static const char *flow_name(stls_flow way);
static struct place place_of(const struct stls_player_stream *stream,
                             stls_flow way, size_t offset);
static struct kind kind_of(const struct stls_player_stream *stream,
                           const struct stls_player_record *record,
                           size_t offset, const uint8_t *got, size_t got_len);

stls_result stls_player_mismatch_bytes(const struct stls_player_stream *stream,
                                       stls_flow way, size_t offset,
                                       const uint8_t *got, size_t got_len,
                                       stls_error *err)
{
  const struct stls_player_record *record =
      stls_player_flow_record_at(stream, offset);
  const struct stls_player_hex was = stls_player_mismatch_hex(got, got_len);
  const struct kind kind = kind_of(stream, record, offset, got, got_len);
  struct stls_player_hex want;

  if (stream->len == 0)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
                           "expected no %s records, got %s%s", flow_name(way),
                           was.text, kind.text);
  if (record == NULL) {
    const struct place last = place_of(stream, way, stream->len - 1);
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
                           "line %zu: behind %s, the last one: expected "
                           "nothing, got %s%s",
                           last.line, last.text, was.text, kind.text);
  }
  want = stls_player_mismatch_hex(stream->data + offset, record->end - offset);
  const struct place place = place_of(stream, way, offset);
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
                         "line %zu: %s, offset %zu: expected %s, got %s%s",
                         place.line, place.text, offset - record->begin,
                         want.text, was.text, kind.text);
}

stls_result stls_player_mismatch_early(const struct stls_player_stream *stream,
                                       stls_flow way, size_t offset,
                                       const struct stls_player_stream *other,
                                       size_t moved, stls_error *err)
{
  const struct place place = place_of(stream, way, offset);
  const struct place wait = place_of(
      other, way == STLS_RECORDS_OUT ? STLS_RECORDS_IN : STLS_RECORDS_OUT,
      moved);

  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
                         "line %zu: %s came too early: before %s of line %zu "
                         "was sent",
                         place.line, place.text, wait.text, wait.line);
}

stls_result stls_player_mismatch_missing(
    const struct stls_player_stream *stream, stls_flow way, size_t offset,
    const char *why, stls_error *err)
{
  const struct place place = place_of(stream, way, offset);
  const struct stls_player_record *record =
      stls_player_flow_record_at(stream, offset);

  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
                         "line %zu: %s: %s is missing from offset %zu on, and "
                         "%zu bytes in all",
                         place.line, why, place.text, offset - record->begin,
                         stream->len - offset);
}

struct stls_player_place stls_player_mismatch_place(
    const struct stls_player_stream *stream, stls_flow way, size_t offset)
{
  const struct stls_player_record *record =
      stls_player_flow_record_at(stream, offset);
  const struct stls_player_part *last;
  struct stls_player_place place = {""};

  if (record == NULL) return place;
  last = stls_player_flow_part_at(stream, record->end - 1);
  if (last->line == record->line)
    snprintf(place.text, sizeof place.text, "%s of line %zu",
             place_of(stream, way, offset).text, last->line);
  else
    snprintf(place.text, sizeof place.text, "%s of lines %zu to %zu",
             place_of(stream, way, offset).text, record->line, last->line);
  return place;
}

size_t stls_player_mismatch_common(const uint8_t *a, const uint8_t *b,
                                   size_t len)
{
  size_t same = 0;

  while (same < len && a[same] == b[same]) same++;
  return same;
}

struct stls_player_hex stls_player_mismatch_hex(const void *data, size_t len)
{
  static const char digits[] = "0123456789abcdef";
  const uint8_t *bytes = data;
  struct stls_player_hex hex = {""};
  char *out = hex.text;

  for (size_t i = 0; i < len && i < 8; i++) {
    *out++ = digits[bytes[i] >> 4];
    *out++ = digits[bytes[i] & 15];
  }
  if (len > 8) memcpy(out, "..", 2);
  return hex;
}

static const char *flow_name(stls_flow way)
{
  return way == STLS_RECORDS_IN ? "incoming" : "outgoing";
}

/* Of an offset that is not the end. */
static struct place place_of(const struct stls_player_stream *stream,
                             stls_flow way, size_t offset)
{
  const struct stls_player_record *record =
      stls_player_flow_record_at(stream, offset);
  const struct stls_player_part *part =
      stls_player_flow_part_at(stream, offset);
  const size_t number = (size_t)(record - stream->records) + 1;
  const char *flow = flow_name(way);
  struct place place = {"", 0};

  place.line = part->line;
  if (*record->message == '\0')
    snprintf(place.text, sizeof place.text, "%s record %zu", flow, number);
  else
    snprintf(place.text, sizeof place.text, "%s record %zu (%.48s)", flow,
             number, record->message);
  return place;
}

/* Says what came in place of a record, where its header came, too. Of what is behind a
 * header only an alert is surely no ciphertext, by its length; and a handshake message
 * in a record where one was expected in the clear. */
static struct kind kind_of(const struct stls_player_stream *stream,
                           const struct stls_player_record *record,
                           size_t offset, const uint8_t *got, size_t got_len)
{
  const size_t begin = record != NULL ? record->begin : offset;
  const size_t before = offset - begin;
  const uint8_t *want = stream->data + begin;
  uint8_t head[HEAD_LEN] = {0};
  struct kind kind = {""};
  const char *what = NULL;
  size_t len;

  if (before >= HEAD_LEN) return kind;
  len = got_len < HEAD_LEN - before ? before + got_len : HEAD_LEN;
  memcpy(head, want, before);
  memcpy(head + before, got, len - before);
  if (len > STLS_RECORD_HEADER_LEN && head[0] == STLS_CONTENT_HANDSHAKE &&
      record != NULL && record->end - begin >= HEAD_LEN && want[0] == head[0] &&
      strstr(record->message,
             stls_message_type_name(want[STLS_RECORD_HEADER_LEN])) != NULL)
    what = stls_message_type_name(head[STLS_RECORD_HEADER_LEN]);
  if (len == HEAD_LEN && head[0] == STLS_CONTENT_ALERT && head[3] == 0 &&
      head[4] == ALERT_LEN)
    what = stls_alert_name(head[HEAD_LEN - 1]);
  snprintf(kind.text, sizeof kind.text, " (%s%s%s)",
           stls_content_type_name(head[0]), what != NULL ? " " : "",
           what != NULL ? what : "");
  return kind;
}
