/* SPDX-License-Identifier: MIT */
/* player_exact: sends the recorded bytes of one end, and compares those of the other. */
#include "replay/player_exact.h"

#include <sanstls/testing.h>
#include <string.h>

#include "replay/player_mismatch.h"

static const struct stls_player_stream *said(
    const struct stls_player_exact *exact);
static const struct stls_player_stream *hearing(
    const struct stls_player_exact *exact);
static stls_flow other_way(const struct stls_player_exact *exact);
static size_t set_time(struct stls_player_exact *exact);
static stls_result send_end(struct stls_player_exact *exact);
static stls_result compare(struct stls_player_exact *exact, const uint8_t *data,
                           size_t len, stls_error *err);
static bool may_differ(const struct stls_player_exact *exact, size_t at);
static bool is_close_notify(const struct stls_player_stream *stream, size_t at);

stls_result stls_player_exact_init(struct stls_player_exact *exact,
                                   const stls_transcript_step *steps,
                                   size_t num_steps, stls_flow way,
                                   const stls_player_options *options,
                                   stls_error *err)
{
  memset(exact, 0, sizeof *exact);
  exact->way = way;
  exact->end.options = *options;
  return stls_player_flow_init(&exact->flow, steps, num_steps, err);
}

void stls_player_exact_free(struct stls_player_exact *exact)
{
  stls_player_flow_free(&exact->flow);
}

size_t stls_player_exact_total(const struct stls_player_exact *exact)
{
  return said(exact)->taken;
}

stls_result stls_player_exact_send(struct stls_player_exact *exact, void *out,
                                   size_t out_cap, size_t *out_len)
{
  const struct stls_player_stream *stream = said(exact);
  const stls_player_options *options = &exact->end.options;
  const size_t limit =
      (size_t)stls_player_ending_limit(&exact->end, stream->taken);
  const size_t next_time = set_time(exact);
  size_t len;

  if (exact->sent == limit) return send_end(exact);
  if (exact->piece_end <= exact->sent) {
    const size_t due = stls_player_flow_due(stream, exact->sent, exact->heard);
    if (due == exact->sent) return STLS_WANT_READ;
    exact->piece_end = stls_player_flow_piece(
        stream, options->pieces, options->pieces_seed, exact->sent);
    if (exact->piece_end > due) exact->piece_end = due;
    if (exact->piece_end > limit) exact->piece_end = limit;
    if (exact->piece_end > next_time) exact->piece_end = next_time;
  }
  len = exact->piece_end - exact->sent;
  if (len > out_cap) len = out_cap;
  memcpy(out, stream->data + exact->sent, len);
  exact->sent += len;
  *out_len = len;
  return STLS_OK;
}

stls_result stls_player_exact_receive(struct stls_player_exact *exact,
                                      const uint8_t *data, size_t len,
                                      stls_error *err)
{
  const struct stls_player_stream *stream = hearing(exact);
  stls_result result = stls_player_ending_admit(&exact->end, len, err);

  if (result != STLS_OK || exact->is_unbound) return result;
  /* Where the recorded transport took no more, this one does not either. */
  if (stream->end_line == 0 || len <= stream->taken - exact->heard)
    return compare(exact, data, len, err);
  result = compare(exact, data, stream->taken - exact->heard, err);
  return result == STLS_OK ? STLS_CLOSED : result;
}

stls_result stls_player_exact_receive_eof(struct stls_player_exact *exact,
                                          stls_error *err)
{
  const struct stls_player_stream *stream = hearing(exact);

  if (exact->heard >= stream->taken || exact->end.is_cut) return STLS_OK;
  return stls_player_mismatch_missing(stream, other_way(exact), exact->heard,
                                      "the program closed too early", err);
}

stls_result stls_player_exact_finish(const struct stls_player_exact *exact,
                                     bool has_program_closed, stls_error *err)
{
  const struct stls_player_stream *stream = said(exact);
  const size_t limit =
      (size_t)stls_player_ending_limit(&exact->end, stream->taken);

  if (exact->end.is_cut) return STLS_OK;
  if (exact->heard < hearing(exact)->taken)
    return stls_player_mismatch_missing(hearing(exact), other_way(exact),
                                        exact->heard, "not received", err);
  if (exact->sent == limit) return STLS_OK;
  if (has_program_closed && is_close_notify(stream, exact->sent))
    return STLS_OK;
  return stls_player_mismatch_missing(
      stream, exact->way, exact->sent,
      has_program_closed ? "not sent before the program closed" : "not sent",
      err);
}

static const struct stls_player_stream *said(
    const struct stls_player_exact *exact)
{
  return &exact->flow.streams[exact->way];
}

static const struct stls_player_stream *hearing(
    const struct stls_player_exact *exact)
{
  return &exact->flow.streams[other_way(exact)];
}

static stls_flow other_way(const struct stls_player_exact *exact)
{
  return exact->way == STLS_RECORDS_IN ? STLS_RECORDS_OUT : STLS_RECORDS_IN;
}

/* Sets the program's clock, if all was sent and heard that came before, and says where
 * the next piece has to end for the clock's sake. */
static size_t set_time(struct stls_player_exact *exact)
{
  const struct stls_player_flow *flow = &exact->flow;

  if (exact->end.options.testing == NULL) return SIZE_MAX;
  for (; exact->num_times < flow->num_times; exact->num_times++) {
    const struct stls_player_time *next = &flow->times[exact->num_times];
    if (exact->sent < next->moved[exact->way]) return next->moved[exact->way];
    if (exact->heard < next->moved[other_way(exact)]) return SIZE_MAX;
    stls_testing_set_time(exact->end.options.testing, next->time);
  }
  return SIZE_MAX;
}

static stls_result send_end(struct stls_player_exact *exact)
{
  const struct stls_player_stream *stream = said(exact);
  const size_t gate =
      stream->end_line > 0 ? stream->end_gate : hearing(exact)->taken;

  const bool is_early = exact->sent < stream->taken;

  if (!exact->end.has_come) {
    if (!is_early && exact->heard < gate) return STLS_WANT_READ;
    exact->heard_at_cut = exact->heard;
  }
  return stls_player_ending_come(&exact->end, is_early);
}

static stls_result compare(struct stls_player_exact *exact, const uint8_t *data,
                           size_t len, stls_error *err)
{
  const struct stls_player_stream *stream = hearing(exact);
  const size_t left = stream->len - exact->heard;
  const size_t same = stls_player_mismatch_common(
      stream->data + exact->heard, data, len < left ? len : left);
  const size_t at = exact->heard + same;
  const size_t early =
      stls_player_flow_early(stream, exact->heard, at, exact->sent);

  /* Its own end may begin with bytes as recorded. */
  exact->is_unbound = (early < at && may_differ(exact, early)) ||
                      (same < len && may_differ(exact, at));
  if (exact->is_unbound) return STLS_OK;
  if (early < at)
    return stls_player_mismatch_early(stream, other_way(exact), early,
                                      said(exact), exact->sent, err);
  exact->heard = at;
  if (same == len) return STLS_OK;
  return stls_player_mismatch_bytes(stream, other_way(exact), at, data + same,
                                    len - same, err);
}

/* A program that has seen a cut ends its connection in its own way, but not within a
 * record that it had begun before. */
static bool may_differ(const struct stls_player_exact *exact, size_t at)
{
  const struct stls_player_record *record =
      stls_player_flow_record_at(hearing(exact), at);

  if (!exact->end.is_cut) return false;
  return record == NULL || record->begin >= exact->heard_at_cut;
}

/* Who closes first need not wait for the other's close_notify (RFC 8446, 6.1). */
static bool is_close_notify(const struct stls_player_stream *stream, size_t at)
{
  const struct stls_player_record *record =
      stls_player_flow_record_at(stream, at);

  return strstr(record->message, "close_notify") != NULL &&
         record->end == stream->len;
}
