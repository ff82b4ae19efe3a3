/* SPDX-License-Identifier: MIT */
/* test_player: recorded connections are played to programs. */
#include <sanstls/player.h>
#include <string.h>

#include "replay/program.h"
#include "support/expect.h"

SUITE(player, .timeout = 600);

static stls_error err;

static stls_role other(stls_role role)
{
  return role == STLS_CLIENT ? STLS_SERVER : STLS_CLIENT;
}

/* How a test's transport treats what it moves. */
struct transport {
  size_t most;
  /* What the player was asked and told last. */
  stls_result sent;
  stls_result received;
};

/* Moves everything the program has written to the player. */
static bool to_player(struct transport *transport, program *self,
                      stls_player *player)
{
  stls_bio *outgoing = stls_object_outgoing(self->object);
  bool has_moved = false;

  while (stls_bio_pending(outgoing) > 0 && transport->received == STLS_OK) {
    stls_span span = stls_bio_peek(outgoing);
    size_t len = span.len < transport->most ? span.len : transport->most;
    transport->received = stls_player_receive(player, span.data, len, &err);
    EXPECT_RETURNS(stls_bio_consume(outgoing, len, NULL), STLS_OK);
    has_moved = true;
  }
  return has_moved;
}

/* One piece from the player to the program, or the end. */
static bool to_program(struct transport *transport, program *self,
                       stls_player *player)
{
  unsigned char data[70000];
  size_t room = transport->most < sizeof data ? transport->most : sizeof data;
  size_t len = 0;
  size_t written = 0;

  if (transport->sent == STLS_CLOSED) return false;
  transport->sent = stls_player_send(player, data, room, &len);
  if (transport->sent == STLS_CLOSED)
    stls_bio_write_eof(stls_object_incoming(self->object));
  if (transport->sent != STLS_OK) return transport->sent == STLS_CLOSED;
  cr_assert_gt(len, 0);
  EXPECT_RETURNS(
      stls_bio_set_limit(stls_object_incoming(self->object), SIZE_MAX, NULL),
      STLS_OK);
  EXPECT_RETURNS(stls_bio_write(stls_object_incoming(self->object), data, len,
                                &written, NULL),
                 STLS_OK);
  return true;
}

/* Plays to the program until nothing moves, and judges. */
static stls_result play(program *self, stls_player *player, size_t most)
{
  struct transport transport = {most, STLS_OK, STLS_OK};
  bool has_moved = true;

  err = (stls_error)STLS_ERROR_INIT;
  while (has_moved) {
    program_run(self);
    has_moved = to_player(&transport, self, player);
    has_moved = to_program(&transport, self, player) || has_moved;
  }
  if (program_is_done(self)) stls_player_receive_eof(player);
  return stls_player_finish(player, &err);
}

static stls_player *make(const stls_transcript *transcript,
                         const stls_player_options *options)
{
  stls_player *player = NULL;

  ASSERT_RESULT(
      stls_player_new(transcript, other(stls_transcript_role(transcript)),
                      options, &player, &err),
      STLS_OK, err.message);
  return player;
}

Test(player, plays_to_the_recorded_end)
{
  program_case setup;

  for (size_t nth = 0; program_case_at(nth, true, &setup); nth++) {
    stls_transcript *transcript = program_record(&setup);
    for (int i = 0; i < 2 * (STLS_PIECES_SEEDED + 1); i++) {
      stls_player_options options = STLS_PLAYER_OPTIONS_INIT;
      program self = program_new(&setup, setup.role, setup.role);
      stls_player *player;
      options.pieces = (stls_pieces)(i / 2);
      options.pieces_seed = nth;
      options.is_live = i % 2 == 1;
      player = make(transcript, &options);
      cr_expect_eq(stls_player_is_exact(player), !options.is_live);
      EXPECT_RESULT(play(&self, player, 100000), STLS_OK,
                    expect_label("%s, %d: %s", program_case_name(&setup), i,
                                 err.message));
      EXPECT_RETURNS(self.result, STLS_CLOSED);
      stls_player_free(player);
      program_free(&self);
    }
    stls_transcript_free(transcript);
  }
}

/* A transport that hands over a few bytes at a time. */
Test(player, plays_in_small_reads)
{
  program_case setup;

  for (size_t nth = 0; program_case_at(nth, false, &setup); nth++) {
    stls_transcript *transcript = program_record(&setup);
    for (int i = 0; i < 4; i++) {
      stls_player_options options = STLS_PLAYER_OPTIONS_INIT;
      program self = program_new(&setup, setup.role, setup.role);
      stls_player *player;
      options.is_live = i % 2 == 1;
      player = make(transcript, &options);
      EXPECT_RESULT(play(&self, player, i < 2 ? 1 : 7), STLS_OK,
                    expect_label("%s, %d: %s", program_case_name(&setup), i,
                                 err.message));
      stls_player_free(player);
      program_free(&self);
    }
    stls_transcript_free(transcript);
  }
}

/* The recorded end itself is played to a program that is its peer. */
Test(player, plays_the_recorded_end)
{
  program_case setup;

  for (size_t nth = 0; program_case_at(nth, true, &setup); nth++) {
    stls_transcript *transcript = program_record(&setup);
    for (int live = 0; live < 2; live++) {
      stls_player_options options = STLS_PLAYER_OPTIONS_INIT;
      program self = program_new(&setup, other(setup.role), other(setup.role));
      stls_player *player = NULL;
      options.is_live = live;
      ASSERT_RETURNS(
          stls_player_new(transcript, setup.role, &options, &player, NULL),
          STLS_OK);
      EXPECT_RESULT(play(&self, player, 100000), STLS_OK,
                    expect_label("%s, %d: %s", program_case_name(&setup), live,
                                 err.message));
      EXPECT_RETURNS(self.result, STLS_CLOSED);
      stls_player_free(player);
      program_free(&self);
    }
    stls_transcript_free(transcript);
  }
}

/* A program with another seed says other bytes: only a live player is content. */
Test(player, needs_the_seed)
{
  program_case setup;

  for (size_t nth = 0; program_case_at(nth, false, &setup); nth++) {
    stls_transcript *transcript = program_record(&setup);
    for (int live = 0; live < 2; live++) {
      stls_player_options options = STLS_PLAYER_OPTIONS_INIT;
      program self = program_new(&setup, setup.role, 77);
      stls_player *player;
      options.is_live = live;
      player = make(transcript, &options);
      EXPECT_RETURNS(play(&self, player, 100000),
                     live ? STLS_OK : STLS_ERROR_INPUT);
      stls_player_free(player);
      program_free(&self);
    }
    stls_transcript_free(transcript);
  }
}

/* --- programs that do something else --- */

static void expect_fault(program_fault fault, stls_role role, bool live,
                         const char *part)
{
  program_case setup;

  for (size_t nth = 0; program_case_at(nth, false, &setup); nth++) {
    stls_transcript *transcript;
    stls_player_options options = STLS_PLAYER_OPTIONS_INIT;
    program self;
    stls_player *player;
    if (setup.role != role) continue;
    transcript = program_record(&setup);
    self = program_new(&setup, setup.role, setup.role);
    self.fault = fault;
    options.is_live = live;
    player = make(transcript, &options);
    EXPECT_RESULT(play(&self, player, 100000), STLS_ERROR_INPUT, part);
    cr_expect_eq(err.own_reason, STLS_REASON_MISMATCH);
    cr_expect_not_null(strstr(err.message, part),
                       "%s, %d: \"%s\" has no \"%s\"",
                       program_case_name(&setup), live, err.message, part);
    stls_player_free(player);
    program_free(&self);
    stls_transcript_free(transcript);
  }
}

Test(player, program_says_other_bytes)
{
  for (int role = STLS_CLIENT; role <= STLS_SERVER; role++) {
    expect_fault(PROGRAM_SAYS_OTHER, (stls_role)role, false, ": expected ");
    expect_fault(PROGRAM_SAYS_OTHER, (stls_role)role, true,
                 ": plaintext, offset 0: expected ");
  }
}

Test(player, program_says_more)
{
  for (int role = STLS_CLIENT; role <= STLS_SERVER; role++) {
    expect_fault(PROGRAM_SAYS_MORE, (stls_role)role, false, ": expected ");
    expect_fault(PROGRAM_SAYS_MORE, (stls_role)role, true, ": plaintext, ");
  }
}

Test(player, program_says_too_early)
{
  expect_fault(PROGRAM_SAYS_EARLY, STLS_SERVER, false,
               " came too early: before ");
}

Test(player, program_says_less)
{
  for (int role = STLS_CLIENT; role <= STLS_SERVER; role++) {
    expect_fault(PROGRAM_SAYS_LESS, (stls_role)role, false, ": expected ");
    expect_fault(PROGRAM_SAYS_LESS, (stls_role)role, true,
                 ": expected ok, got closed");
  }
}

Test(player, program_closes_early)
{
  for (int role = STLS_CLIENT; role <= STLS_SERVER; role++) {
    expect_fault(PROGRAM_CLOSES_EARLY, (stls_role)role, false, ": expected ");
    expect_fault(PROGRAM_CLOSES_EARLY, (stls_role)role, true,
                 ": expected ok, got closed");
  }
}

/* --- cuts --- */

static void cut(const program_case *setup, const stls_transcript *transcript,
                const stls_player_options *options)
{
  program self = program_new(setup, setup->role, setup->role);
  stls_player *player = make(transcript, options);
  const char *label =
      expect_label("%s, %d at %zu: %s", program_case_name(setup), options->end,
                   (size_t)options->cut_at, err.message);

  EXPECT_RESULT(play(&self, player, 100000), STLS_OK, label);
  cr_expect_eq(stls_player_is_reset(player), options->end == STLS_END_RESET);
  cr_expect_eq(stls_player_is_stalled(player), options->end == STLS_END_STALL);
  /* A live player may have said all before. */
  if (options->end == STLS_END_STALL && !options->is_live)
    EXPECT_RESULT(self.result, STLS_WANT_READ, label);
  else
    cr_expect(self.result == STLS_ERROR_TRUNCATED ||
                  self.result == STLS_CLOSED || options->end == STLS_END_STALL,
              "%s: %s", label, stls_result_name(self.result));
  stls_player_free(player);
  program_free(&self);
}

/* Each cut that a stride comes to, which all three ends take turns at. */
Test(player, cuts)
{
  program_case setup;
  const size_t stride = check_quick() ? 211 : 17;

  for (size_t nth = 0; program_case_at(nth, false, &setup); nth++) {
    stls_transcript *transcript = program_record(&setup);
    stls_player *whole = make(transcript, NULL);
    const uint64_t total = stls_player_total(whole);
    stls_player_free(whole);
    cr_assert_gt(total, 300);
    for (uint64_t at = 0; at < total; at += stride) {
      stls_player_options options = STLS_PLAYER_OPTIONS_INIT;
      options.cut_at = at;
      options.end = (stls_player_end)(STLS_END_EOF + at % 3);
      cut(&setup, transcript, &options);
      options.is_live = true;
      if (at % 5 == 0) cut(&setup, transcript, &options);
    }
    stls_transcript_free(transcript);
  }
}

/* --- arguments --- */

Test(player, first_failure_stays)
{
  program_case setup;
  stls_transcript *transcript;
  stls_player *player;
  unsigned char byte;
  size_t len;

  program_case_at(0, false, &setup);
  transcript = program_record(&setup);
  player = make(transcript, NULL);
  EXPECT_RETURNS(stls_player_receive(player, "x", 1, &err), STLS_ERROR_INPUT);
  for (int i = 0; i < 2; i++) {
    stls_error again = STLS_ERROR_INIT;
    stls_result result = i == 0 ? stls_player_receive(player, "", 0, &again)
                                : stls_player_finish(player, &again);
    EXPECT_RETURNS(result, STLS_ERROR_INPUT);
    cr_expect_str_eq(again.message, err.message);
    EXPECT_RETURNS(stls_player_send(player, &byte, 1, &len), STLS_ERROR_INPUT);
    stls_player_receive_eof(player);
  }
  stls_player_free(player);
  stls_transcript_free(transcript);
}

Test(player, arguments)
{
  program_case setup;
  stls_player_options options = STLS_PLAYER_OPTIONS_INIT;
  stls_transcript *transcript;
  stls_player *player = NULL;
  unsigned char byte;
  size_t len = 5;

  program_case_at(0, false, &setup);
  transcript = program_record(&setup);
  expect_misuse(stls_player_new(NULL, STLS_CLIENT, NULL, &player, &err), &err,
                "transcript is NULL");
  expect_misuse(stls_player_new(transcript, STLS_CLIENT, NULL, NULL, &err),
                &err, "out_player is NULL");
  expect_misuse(stls_player_new(transcript, (stls_role)3, NULL, &player, &err),
                &err, "role 3 is not a stls_role");
  options.pieces = (stls_pieces)5;
  expect_misuse(
      stls_player_new(transcript, STLS_CLIENT, &options, &player, &err), &err,
      "pieces 5 is not a stls_pieces");
  options.pieces = STLS_PIECES_BYTES;
  options.end = (stls_player_end)4;
  expect_misuse(
      stls_player_new(transcript, STLS_CLIENT, &options, &player, &err), &err,
      "end 4 is not a stls_player_end");
  options.size = 0;
  expect_misuse(
      stls_player_new(transcript, STLS_CLIENT, &options, &player, &err), &err,
      "options");
  cr_expect_null(player);
  player = make(transcript, NULL);
  EXPECT_RETURNS(stls_player_send(NULL, &byte, 1, &len), STLS_ERROR_MISUSE);
  cr_expect_eq(len, 0);
  EXPECT_RETURNS(stls_player_send(player, NULL, 1, &len), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_player_send(player, &byte, 0, &len), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_player_send(player, &byte, 1, NULL), STLS_ERROR_MISUSE);
  expect_misuse(stls_player_receive(NULL, &byte, 1, &err), &err,
                "player is NULL");
  expect_misuse(stls_player_receive(player, NULL, 1, &err), &err,
                "data is NULL");
  expect_misuse(stls_player_finish(NULL, &err), &err, "player is NULL");
  stls_player_receive_eof(NULL);
  stls_player_free(NULL);
  cr_expect_not(stls_player_is_exact(NULL));
  cr_expect_not(stls_player_is_stalled(NULL));
  cr_expect_not(stls_player_is_reset(NULL));
  cr_expect_eq(stls_player_total(NULL), 0);
  stls_player_free(player);
  stls_transcript_free(transcript);
}
