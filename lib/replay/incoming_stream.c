/* SPDX-License-Identifier: MIT */
/* incoming_stream: the bytes that arrived in a transcript, and their records. */
#include "replay/incoming_stream.h"

#include <sanstls/trace.h>
#include <string.h>

#include "base/growing_array.h"
#include "base/mem.h"
#include "testing/record_cursor.h"

static bool find_records(struct stls_incoming_stream *stream);

bool stls_incoming_stream_read(struct stls_incoming_stream *stream,
                               const stls_transcript *transcript)
{
  size_t at = 0;

  for (size_t i = 0; i < transcript->num_steps; i++)
    if (transcript->steps[i].kind == STLS_STEP_RECORDS_IN)
      stream->len += transcript->steps[i].data.len;
  stream->bytes = stls_mem_alloc(stream->len);
  if (stream->bytes == NULL) return false;
  for (size_t i = 0; i < transcript->num_steps; i++) {
    const stls_transcript_step *step = &transcript->steps[i];
    if (step->kind != STLS_STEP_RECORDS_IN) continue;
    memcpy(stream->bytes + at, step->data.data, step->data.len);
    at += step->data.len;
  }
  return find_records(stream);
}

void stls_incoming_stream_free(struct stls_incoming_stream *stream)
{
  if (stream->bytes != NULL) stls_mem_free_clear(stream->bytes, stream->len);
  stls_mem_free(stream->records);
  *stream = (struct stls_incoming_stream){0};
}

/* In TLS 1.2 what follows a change_cipher_spec is protected; in TLS 1.3 that has
 * another type. */
static bool find_records(struct stls_incoming_stream *stream)
{
  struct stls_record_cursor cursor = {0};
  bool is_plain = true, is_end;

  for (size_t start = 0, at = 0; at < stream->len;) {
    struct stls_incoming_record record = {start, 0, false};
    at += stls_record_cursor_take(&cursor, stream->bytes + at, stream->len - at,
                                  &is_end);
    if (!is_end) break;
    if (cursor.header[0] == STLS_CONTENT_CHANGE_CIPHER_SPEC) is_plain = false;
    record.end = at;
    record.is_plain = is_plain && cursor.header[0] == STLS_CONTENT_HANDSHAKE;
    if (!stls_growing_array_reserve(&stream->records, stream->num_records,
                                    &stream->cap_records, sizeof record))
      return false;
    stream->records[stream->num_records++] = record;
    start = at;
  }
  return true;
}
