/* SPDX-License-Identifier: MIT */
/* replay_verdict: judges what a call did in a replay. */
#include "replay/replay_verdict.h"

#include <sanstls/object.h>

#include "base/error.h"
#include "base/mem.h"
#include "replay/player_mismatch.h"

static stls_result compare_plaintext(const stls_transcript_step *step,
                                     const uint8_t *got, size_t len,
                                     const char *place, stls_error *err);
static size_t compare_spans(const struct stls_player_stream *stream,
                            size_t begin, size_t end, const stls_span *spans,
                            size_t num_spans, size_t skip,
                            stls_span *out_other);
static bool is_known(stls_replay_call_kind kind, stls_result result);
static bool is_final(stls_result result);

stls_result stls_replay_verdict_compare(const stls_object *object,
                                        const stls_transcript_step *step,
                                        const struct stls_replay_call *made,
                                        stls_result got, const char *place,
                                        stls_error *err)
{
  const stls_replay_call_kind kind = stls_replay_call_kind_of(step);

  if (got != step->result)
    return stls_replay_verdict_result(object, step, step->result, got, place,
                                      err);
  if (kind == STLS_REPLAY_CALL_READ || kind == STLS_REPLAY_CALL_PEEK)
    return compare_plaintext(step, made->data, made->done, place, err);
  if (kind == STLS_REPLAY_CALL_WRITE && made->done != step->data.len)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
                           "line %zu: call %.32s: expected %zu bytes to be "
                           "taken, got %zu",
                           step->line, step->call, step->data.len, made->done);
  return STLS_OK;
}

stls_result stls_replay_verdict_records(const struct stls_player_stream *stream,
                                        size_t begin, size_t end,
                                        const stls_bio *outgoing, size_t skip,
                                        const stls_transcript_step *step,
                                        const char *place, stls_error *err)
{
  const size_t num_spans = stls_bio_peekv(outgoing, NULL, 0);
  stls_span *spans = stls_mem_alloc(num_spans * sizeof *spans);
  stls_span other;
  size_t at;

  if (spans == NULL) return stls_error_memory(err);
  stls_bio_peekv(outgoing, spans, num_spans);
  at = compare_spans(stream, begin, end, spans, num_spans, skip, &other);
  stls_mem_free(spans);
  if (at < end && other.len > 0)
    return stls_player_mismatch_bytes(stream, STLS_RECORDS_OUT, at, other.data,
                                      other.len, err);
  if (at < end)
    return stls_player_mismatch_missing(stream, STLS_RECORDS_OUT, at,
                                        "not written", err);
  if (other.len > 0)
    return stls_error_fail(
        err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
        "line %zu: call %.32s: expected no more records, got %s%s%s",
        step->line, step->call,
        stls_player_mismatch_hex(other.data, other.len).text,
        *place != '\0' ? " behind " : "", place);
  return STLS_OK;
}

stls_result stls_replay_verdict_admit(const stls_transcript_step *step,
                                      stls_result got,
                                      stls_result *in_out_failure,
                                      stls_error *err)
{
  const stls_replay_call_kind kind = stls_replay_call_kind_of(step);
  const stls_result failure = *in_out_failure;
  /* These do nothing then. */
  const bool is_exempt =
      kind == STLS_REPLAY_CALL_OTHER || kind == STLS_REPLAY_CALL_CLOSE_WRITE ||
      got == STLS_ERROR_MISUSE || (step->asked == 0 && got == STLS_OK);

  if (!is_known(kind, got))
    return stls_error_fail(
        err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
        "line %zu: call %.32s: its contract does not know %s", step->line,
        step->call, stls_replay_call_result_name(got).text);
  if (failure != STLS_OK && got != failure && !is_exempt)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
                           "line %zu: call %.32s: the connection had failed "
                           "with %s, got %s",
                           step->line, step->call,
                           stls_replay_call_result_name(failure).text,
                           stls_replay_call_result_name(got).text);
  if (failure == STLS_OK && is_final(got)) *in_out_failure = got;
  return STLS_OK;
}

stls_result stls_replay_verdict_result(const stls_object *object,
                                       const stls_transcript_step *step,
                                       stls_result want, stls_result got,
                                       const char *place, stls_error *err)
{
  stls_error why = STLS_ERROR_INIT;
  const bool has_why =
      got < STLS_OK && stls_object_error(object, &why) < STLS_OK;

  return stls_error_fail(
      err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
      "line %zu: call %.32s: expected %s, got %s%s%s%s%.120s", step->line,
      step->call, stls_replay_call_result_name(want).text,
      stls_replay_call_result_name(got).text, *place != '\0' ? " behind " : "",
      place, has_why ? ": " : "", why.message);
}

static stls_result compare_plaintext(const stls_transcript_step *step,
                                     const uint8_t *got, size_t len,
                                     const char *place, stls_error *err)
{
  const uint8_t *want = step->data.data;
  const size_t shorter = len < step->data.len ? len : step->data.len;
  const size_t same = stls_player_mismatch_common(want, got, shorter);
  struct stls_player_hex want_hex;

  if (same == len && len == step->data.len) return STLS_OK;
  want_hex = stls_player_mismatch_hex(want + same, step->data.len - same);
  if (same == len)
    return stls_error_fail(
        err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
        "line %zu: call %.32s: plaintext, offset %zu: expected %s, got no "
        "more%s%s",
        step->line, step->call, same, want_hex.text,
        *place != '\0' ? " behind " : "", place);
  return stls_error_fail(
      err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
      "line %zu: call %.32s: plaintext, offset %zu: expected %s, got %s",
      step->line, step->call, same,
      same < step->data.len ? want_hex.text : "no more",
      stls_player_mismatch_hex(got + same, len - same).text);
}

/* Up to which offset the stream is equal to the spans behind their first `skip` bytes.
 * *out_other is what follows there in the spans, as far as it lies in one. */
static size_t compare_spans(const struct stls_player_stream *stream,
                            size_t begin, size_t end, const stls_span *spans,
                            size_t num_spans, size_t skip, stls_span *out_other)
{
  for (size_t i = 0; i < num_spans; i++) {
    const uint8_t *data = spans[i].data;
    size_t len = spans[i].len;
    size_t most;
    size_t same;
    if (skip >= len) {
      skip -= len;
      continue;
    }
    data += skip;
    len -= skip;
    skip = 0;
    most = len < end - begin ? len : end - begin;
    same = stls_player_mismatch_common(stream->data + begin, data, most);
    begin += same;
    *out_other = (stls_span){data + same, len - same};
    if (same < len) return begin;
  }
  *out_other = (stls_span){NULL, 0};
  return begin;
}

static bool is_known(stls_replay_call_kind kind, stls_result result)
{
  if (kind == STLS_REPLAY_CALL_OTHER || kind == STLS_REPLAY_CALL_PLAIN)
    return true;
  switch (result) {
    case STLS_OK:
    case STLS_WANT_READ:
    case STLS_WANT_WRITE:
    case STLS_ERROR_TRUNCATED:
    case STLS_ERROR_TLS:
    case STLS_ERROR_CERTIFICATE:
    case STLS_ERROR_ALERT:
    case STLS_ERROR_MISUSE:
    case STLS_ERROR_MEMORY:
      return true;
    case STLS_CLOSED:
      return kind != STLS_REPLAY_CALL_HANDSHAKE;
    case STLS_WANT_CONTEXT:
      return kind == STLS_REPLAY_CALL_HANDSHAKE ||
             kind == STLS_REPLAY_CALL_READ || kind == STLS_REPLAY_CALL_PEEK ||
             kind == STLS_REPLAY_CALL_WRITE;
    case STLS_ERROR_INPUT:
    case STLS_ERROR_UNSUPPORTED:
    default:
      return false;
  }
}

/* Memory that is short need not be the end of a connection. */
static bool is_final(stls_result result)
{
  return result < STLS_OK && result != STLS_ERROR_MISUSE &&
         result != STLS_ERROR_UNSUPPORTED && result != STLS_ERROR_MEMORY;
}
