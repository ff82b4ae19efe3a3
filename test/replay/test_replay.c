/* SPDX-License-Identifier: MIT */
/* test_replay: objects do again what was recorded, alone or with a live peer. */
#include <sanstls/player.h>
#include <string.h>

#include "replay/program.h"
#include "support/expect.h"

SUITE(replay, .timeout = 600);

static stls_error err;

static stls_result replay(const program_case *setup,
                          const stls_transcript *transcript, uint64_t seed,
                          const stls_replay_options *options)
{
  program self = program_new(setup, setup->role, seed);
  stls_result result;

  err = (stls_error)STLS_ERROR_INIT;
  result = stls_replay(transcript, self.object, options, &err);
  program_free(&self);
  return result;
}

Test(replay, same_in_all_modes_and_pieces)
{
  program_case setup;

  for (size_t nth = 0; program_case_at(nth, true, &setup); nth++) {
    stls_transcript *transcript = program_record(&setup);
    EXPECT_RETURNS(replay(&setup, transcript, setup.role, NULL), STLS_OK);
    for (int mode = 0; mode <= STLS_REPLAY_ANY_RESULT; mode++)
      for (int pieces = 0; pieces <= STLS_PIECES_SEEDED; pieces++) {
        stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
        options.mode = (stls_replay_mode)mode;
        options.pieces = (stls_pieces)pieces;
        options.pieces_seed = nth;
        EXPECT_RESULT(replay(&setup, transcript, setup.role, &options), STLS_OK,
                      expect_label("%s, %d, %d: %s", program_case_name(&setup),
                                   mode, pieces, err.message));
      }
    stls_transcript_free(transcript);
  }
}

/* Only records depend on the seed. */
Test(replay, another_seed)
{
  program_case setup;

  for (size_t nth = 0; program_case_at(nth, false, &setup); nth++) {
    stls_transcript *transcript = program_record(&setup);
    stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
    EXPECT_RETURNS(replay(&setup, transcript, 99, &options), STLS_ERROR_INPUT);
    cr_expect_eq(err.own_reason, STLS_REASON_MISMATCH);
    options.mode = STLS_REPLAY_LIVE;
    EXPECT_RESULT(replay(&setup, transcript, 99, &options), STLS_OK,
                  err.message);
    options.mode = STLS_REPLAY_ANY_RESULT;
    EXPECT_RESULT(replay(&setup, transcript, 99, &options), STLS_OK,
                  err.message);
    stls_transcript_free(transcript);
  }
}

Test(replay, of_the_other_role)
{
  program_case setup;
  stls_transcript *transcript;

  program_case_at(0, false, &setup);
  transcript = program_record(&setup);
  setup.role = STLS_CLIENT;
  EXPECT_RETURNS(replay(&setup, transcript, 1, NULL), STLS_ERROR_MISUSE);
  cr_expect_str_eq(err.message,
                   "the transcript is of a server, the object is a client");
  stls_transcript_free(transcript);
}

Test(replay, of_an_object_that_was_used)
{
  program_case setup;
  stls_transcript *transcript;

  for (size_t nth = 0; program_case_at(nth, false, &setup); nth++) {
    program self = program_new(&setup, setup.role, 1);
    size_t written;
    if (setup.role == STLS_CLIENT)
      program_run(&self);
    else
      EXPECT_RETURNS(stls_bio_write(stls_object_incoming(self.object), "x", 1,
                                    &written, NULL),
                     STLS_OK);
    transcript = program_record(&setup);
    expect_misuse(stls_replay(transcript, self.object, NULL, &err), &err,
                  "the object was used before");
    stls_transcript_free(transcript);
    program_free(&self);
  }
}

Test(replay, arguments)
{
  program_case setup;
  stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
  stls_transcript *transcript;
  program self;

  program_case_at(0, false, &setup);
  transcript = program_record(&setup);
  self = program_new(&setup, setup.role, 1);
  expect_misuse(stls_replay(NULL, self.object, NULL, &err), &err,
                "transcript is NULL");
  expect_misuse(stls_replay(transcript, NULL, NULL, &err), &err,
                "object is NULL");
  options.mode = (stls_replay_mode)3;
  expect_misuse(stls_replay(transcript, self.object, &options, &err), &err,
                "mode 3 is not a stls_replay_mode");
  options.mode = STLS_REPLAY_EXACT;
  options.pieces = (stls_pieces)-1;
  expect_misuse(stls_replay(transcript, self.object, &options, &err), &err,
                "pieces -1 is not a stls_pieces");
  options.size = 0;
  expect_misuse(stls_replay(transcript, self.object, &options, &err), &err,
                "options");
  program_free(&self);
  stls_transcript_free(transcript);
}
