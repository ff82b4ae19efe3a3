/* SPDX-License-Identifier: MIT */
/* test_replay_machine: recorded calls between recorded records, and what differs. */
#include "replay/replay_machine.h"

#include <string.h>

#include "replay/taped.h"
#include "support/expect.h"

SUITE(replay_machine, .timeout = 300);

static taped tape;
static stls_error err;

/* Replays the tape, as it may have been changed, on a new object. */
static stls_result replay(stls_replay_mode mode, stls_pieces pieces)
{
  const program_case *setup = &tape.setup;
  program self = program_new(setup, setup->role, setup->role);
  stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
  stls_result result;

  err = (stls_error)STLS_ERROR_INIT;
  options.mode = mode;
  options.pieces = pieces;
  options.pieces_seed = 7;
  options.testing = self.testing;
  result = stls_replay_machine_run(tape.steps, tape.num, self.object, &options,
                                   &err);
  program_free(&self);
  return result;
}

static void each(bool is_long, void (*test)(void))
{
  program_case setup;

  for (size_t nth = 0; program_case_at(nth, is_long, &setup); nth++) {
    taped_record(&tape, &setup);
    test();
    taped_free(&tape);
  }
}

static void expect_told(const char *quote)
{
  EXPECT_RESULT(replay(STLS_REPLAY_EXACT, STLS_PIECES_RECORDED),
                STLS_ERROR_INPUT, quote);
  cr_expect_eq(err.own_reason, STLS_REASON_MISMATCH);
  cr_expect(expect_matches(quote, err.message), "\"%s\" instead of \"%s\"",
            err.message, quote);
}

/* The same by a part of the message. */
static void expect_told_of(const char *part)
{
  EXPECT_RESULT(replay(STLS_REPLAY_EXACT, STLS_PIECES_RECORDED),
                STLS_ERROR_INPUT, part);
  cr_expect_not_null(strstr(err.message, part), "\"%s\" has no \"%s\"",
                     err.message, part);
}

static void all_pieces(void)
{
  for (int pieces = 0; pieces <= STLS_PIECES_SEEDED; pieces++)
    EXPECT_RESULT(replay(STLS_REPLAY_EXACT, (stls_pieces)pieces), STLS_OK,
                  expect_label("%s, %d: %s", program_case_name(&tape.setup),
                               pieces, err.message));
}

Test(replay_machine, same_in_all_pieces)
{
  each(true, all_pieces);
}

/* --- what differs is told --- */

static void other_result(void)
{
  stls_transcript_step *step =
      taped_find(&tape, STLS_STEP_CALL, "handshake", 0);

  step->result = STLS_OK;
  expect_told_of(expect_label(
      "line %zu: call handshake: expected ok, got want_read", step->line));
}

Test(replay_machine, other_result)
{
  each(false, other_result);
}

static void other_plaintext(void)
{
  stls_transcript_step *step = taped_find(&tape, STLS_STEP_CALL, "read", 0);

  taped_data(step)[3] ^= 1;
  expect_told(expect_label(
      "line %zu: call read: plaintext, offset 3: expected N, got N",
      step->line));
}

Test(replay_machine, other_plaintext)
{
  each(false, other_plaintext);
}

static void less_plaintext(void)
{
  stls_transcript_step *step = taped_find(&tape, STLS_STEP_CALL, "read", 0);

  step->data.len -= 5;
  expect_told(
      expect_label("line %zu: call read: plaintext, offset %zu: expected no "
                   "more, got N",
                   step->line, step->data.len));
}

Test(replay_machine, less_plaintext)
{
  each(true, less_plaintext);
}

static void other_record_out(void)
{
  stls_transcript_step *step = taped_find(&tape, STLS_STEP_RECORDS_OUT, "", 1);

  taped_data(step)[5] ^= 1;
  expect_told(expect_label(
      "line %zu: outgoing record 2 (TEXT), offset 5: expected N, got TEXT",
      step->line));
}

Test(replay_machine, other_record_out)
{
  each(false, other_record_out);
}

static void not_written(void)
{
  stls_transcript_step *step =
      taped_find(&tape, STLS_STEP_CALL, "close_write", 0);
  cr_assert_eq(step[1].kind, STLS_STEP_RECORDS_OUT);
  /* The call has another record behind its own. */
  taped_repeat(&tape, &step[1])->line = 1000;
  expect_told(
      "line 1000: not written: outgoing record N is missing from offset "
      "0 on, and N bytes in all");
}

Test(replay_machine, not_written)
{
  each(false, not_written);
}

static void written_more(void)
{
  stls_transcript_step *step =
      taped_find(&tape, STLS_STEP_CALL, "close_write", 0);

  cr_assert_eq(step[1].kind, STLS_STEP_RECORDS_OUT);
  step[1].kind = STLS_STEP_KEPT;
  step[1].number = 0;
  expect_told(expect_label(
      "line %zu: call close_write: expected no more records, got N",
      step->line));
}

Test(replay_machine, written_more)
{
  each(false, written_more);
}

/* A record that came in otherwise is named by the call that fails with it. */
static void other_record_in(void)
{
  stls_transcript_step *step = NULL;

  for (size_t i = 0; i < tape.num; i++)
    if (tape.steps[i].kind == STLS_STEP_RECORDS_IN &&
        taped_data(&tape.steps[i])[0] == 23)
      step = &tape.steps[i];
  taped_data(step)[step->data.len - 1] ^= 1;
  expect_told_of(expect_label(" of line %zu", step->line));
  expect_told_of(" behind incoming record ");
}

Test(replay_machine, other_record_in)
{
  each(true, other_record_in);
}

/* --- changed transcripts --- */

static void each_record_flipped(void)
{
  for (size_t i = 0; i < tape.num; i++) {
    stls_transcript_step *step = &tape.steps[i];
    if (step->kind != STLS_STEP_RECORDS_IN) continue;
    for (size_t at = 0; at < step->data.len; at += 1 + step->data.len / 3) {
      taped_data(step)[at] ^= 1;
      EXPECT_RESULT(
          replay(STLS_REPLAY_ANY_RESULT, STLS_PIECES_RECORDED), STLS_OK,
          expect_label("line %zu, %zu: %s", step->line, at, err.message));
      taped_data(step)[at] ^= 1;
    }
  }
}

Test(replay_machine, any_result_of_flipped_records)
{
  each(false, each_record_flipped);
}

static void each_record_cut(void)
{
  for (size_t i = 0; i < tape.num; i++) {
    stls_transcript_step *step = &tape.steps[i];
    stls_transcript_step whole = *step;
    if (step->kind != STLS_STEP_RECORDS_IN) continue;
    /* Within the record, and where the transport ends. */
    step->data.len = step->data.len / 2;
    EXPECT_RESULT(replay(STLS_REPLAY_ANY_RESULT, STLS_PIECES_SEEDED), STLS_OK,
                  expect_label("line %zu: %s", whole.line, err.message));
    step->kind = STLS_STEP_EOF_IN;
    EXPECT_RESULT(replay(STLS_REPLAY_ANY_RESULT, STLS_PIECES_RECORDED), STLS_OK,
                  expect_label("line %zu: %s", whole.line, err.message));
    *step = whole;
  }
}

Test(replay_machine, any_result_of_cut_records)
{
  each(false, each_record_cut);
}
