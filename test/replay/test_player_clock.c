/* SPDX-License-Identifier: MIT */
/* test_player_clock: a player sets the clock of the program that it plays to. */
#include <sanstls/player.h>
#include <string.h>

#include "replay/program.h"
#include "support/expect.h"

SUITE(player_clock);

enum {
  MAX_BYTES = 8192
};

/* What the clock showed at each byte, by direction. */
struct times {
  int64_t at[2][MAX_BYTES];
  size_t len[2];
};

static stls_error err;

static void read_times(const stls_transcript *transcript, struct times *out)
{
  int64_t now = PROGRAM_TIME;

  memset(out, 0, sizeof *out);
  for (size_t i = 0; i < stls_transcript_step_count(transcript); i++) {
    stls_transcript_step step = STLS_TRANSCRIPT_STEP_INIT;
    ASSERT_RETURNS(stls_transcript_step_at(transcript, i, &step, NULL),
                   STLS_OK);
    if (step.kind == STLS_STEP_TIME) now = step.number;
    if (step.kind != STLS_STEP_RECORDS_IN && step.kind != STLS_STEP_RECORDS_OUT)
      continue;
    const int way = step.kind == STLS_STEP_RECORDS_OUT;
    for (size_t j = 0; j < step.data.len; j++) {
      cr_assert_lt(out->len[way], (size_t)MAX_BYTES);
      out->at[way][out->len[way]++] = now;
    }
  }
}

static void to_player(program *self, stls_player *player)
{
  stls_bio *outgoing = stls_object_outgoing(self->object);

  while (stls_bio_pending(outgoing) > 0) {
    const stls_span span = stls_bio_peek(outgoing);
    ASSERT_RESULT(stls_player_receive(player, span.data, span.len, &err),
                  STLS_OK, err.message);
    ASSERT_RETURNS(stls_bio_consume(outgoing, span.len, NULL), STLS_OK);
  }
}

/* Plays to the program to its end, and tells what it saw. */
static void play(const stls_transcript *transcript, program *self,
                 stls_player_options *options, struct times *out)
{
  const stls_role peer = self->role == STLS_CLIENT ? STLS_SERVER : STLS_CLIENT;
  stls_transcript_options recording = STLS_TRANSCRIPT_OPTIONS_INIT;
  stls_transcript *again = NULL;
  stls_player *player = NULL;
  stls_result sent = STLS_OK;

  recording.testing = self->testing;
  ASSERT_RETURNS(stls_transcript_record(self->object, &recording, &again, NULL),
                 STLS_OK);
  ASSERT_RESULT(stls_player_new(transcript, peer, options, &player, &err),
                STLS_OK, err.message);
  while (sent == STLS_OK && !program_is_done(self)) {
    char piece[1024];
    size_t len = 0, written = 0;
    program_run(self);
    to_player(self, player);
    sent = stls_player_send(player, piece, sizeof piece, &len);
    if (sent == STLS_CLOSED)
      stls_bio_write_eof(stls_object_incoming(self->object));
    if (len > 0)
      ASSERT_RETURNS(stls_bio_write(stls_object_incoming(self->object), piece,
                                    len, &written, NULL),
                     STLS_OK);
  }
  program_run(self);
  to_player(self, player);
  stls_player_receive_eof(player);
  EXPECT_RESULT(stls_player_finish(player, &err), STLS_OK, err.message);
  stls_player_free(player);
  read_times(again, out);
  stls_transcript_free(again);
}

static void expect_plays(const program_case *setup, bool is_live)
{
  static struct times want, got;
  stls_transcript *transcript = program_record(setup);

  read_times(transcript, &want);
  cr_assert_geq(want.at[1][want.len[1] - 1], PROGRAM_TIME + 120);
  for (int pieces = 0; pieces <= STLS_PIECES_SEEDED; pieces++) {
    program self = program_new(setup, setup->role, setup->role);
    stls_player_options options = STLS_PLAYER_OPTIONS_INIT;
    options.pieces = (stls_pieces)pieces;
    options.is_live = is_live;
    options.testing = self.testing;
    play(transcript, &self, &options, &got);
    if (is_live)
      cr_expect_eq(got.at[1][got.len[1] - 1], want.at[1][want.len[1] - 1],
                   "%s, live, pieces %d", program_case_name(setup), pieces);
    else
      cr_expect(memcmp(&want, &got, sizeof want) == 0, "%s, pieces %d",
                program_case_name(setup), pieces);
    program_free(&self);
  }
  stls_transcript_free(transcript);
}

Test(player_clock, shows_the_program_what_was_recorded)
{
  program_case setup;

  for (size_t nth = 0; program_case_at(nth, false, &setup); nth++) {
    setup.is_slow = true;
    expect_plays(&setup, false);
  }
}

Test(player_clock, goes_on_between_what_a_live_peer_does)
{
  program_case setup;

  for (size_t nth = 0; program_case_at(nth, false, &setup); nth++) {
    setup.is_slow = true;
    expect_plays(&setup, true);
  }
}

/* Then its tickets have another time in them, and it cannot send what was recorded. */
Test(player_clock, stays_with_a_program_that_names_no_world)
{
  static struct times got;
  stls_player_options options = STLS_PLAYER_OPTIONS_INIT;
  stls_transcript *transcript;
  program_case setup;
  program self;

  program_case_at(0, false, &setup);
  setup.is_slow = true;
  transcript = program_record(&setup);
  self = program_new(&setup, setup.role, setup.role);
  options.is_live = true;
  play(transcript, &self, &options, &got);
  cr_expect_eq(stls_testing_time(self.testing), PROGRAM_TIME);
  program_free(&self);
  stls_transcript_free(transcript);
}
