/* SPDX-License-Identifier: MIT */
/* test_sized_options: structs of libsanstls-testing that begin with their size. */
#include <sanstls/testing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/program.h"
#include "support/check.h"
#include "support/expect.h"
#include "support/sized_rows.h"

static void set_up(void);
static void tear_down(void);

TestSuite(sized_options, .init = set_up, .fini = tear_down, .timeout = 120);

static const program_case setup = {STLS_TLS_1_3, STLS_CLIENT, 10, 10,
                                   false};

/* A recorded client; one of a server, which needs a world and somebody who acts; and
 * a client that is only described. */
static stls_transcript *recorded, *acting;
static program peer;

static void set_up(void)
{
  static const char text[] =
      "sanstls-transcript 1\nopenssl: any\nrole: server\n\n"
      "time 1900000060\ncall set_context ok\nend\n";

  recorded = program_record(&setup);
  peer = program_new(&setup, STLS_CLIENT, 7);
  ASSERT_RETURNS(
      stls_transcript_parse(text, sizeof text - 1, NULL, &acting, NULL),
      STLS_OK);
}

static void tear_down(void)
{
  program_free(&peer);
  stls_transcript_free(recorded);
  stls_transcript_free(acting);
  check_leaks();
}

/* --- options of a recording --- */

static void set_transcript(void *whole)
{
  stls_transcript_options *options = whole;

  options->testing = peer.testing;
  options->peer = peer.object;
  options->peer_testing = peer.testing;
}

static const char *value_of(const stls_transcript *transcript, const char *name)
{
  const char *value = stls_transcript_header(transcript, name);

  return value == NULL ? "none" : value;
}

static void call_transcript(const void *given, sized_outcome *out)
{
  program self = program_new(&setup, STLS_SERVER, 3);
  stls_transcript *transcript = NULL;
  stls_error err = STLS_ERROR_INIT;

  sized_rows_tell(
      out, stls_transcript_record(self.object, given, &transcript, &err), &err);
  if (out->result == STLS_OK)
    snprintf(out->text, sizeof out->text, "%s, %s, %s",
             value_of(transcript, "seed"), value_of(transcript, "peer.seed"),
             value_of(transcript, "peer.config.server-name"));
  stls_transcript_free(transcript);
  program_free(&self);
}

/* --- options of a player --- */

static void set_player(void *whole)
{
  stls_player_options *options = whole;

  options->pieces = STLS_PIECES_SEEDED;
  options->pieces_seed = 5;
  options->end = STLS_END_EOF;
  options->cut_at = 40;
  options->is_half_close = false;
}

static void set_player_live(void *whole)
{
  stls_player_options *options = whole;

  options->is_live = true;
}

/* The lengths of what it sends, and whether it takes a byte behind that. */
static void call_player(const void *given, sized_outcome *out)
{
  stls_player *player = NULL;
  stls_error err = STLS_ERROR_INIT;
  char bytes[4096];
  size_t len = 0, at;

  sized_rows_tell(
      out, stls_player_new(recorded, STLS_CLIENT, given, &player, &err), &err);
  if (out->result != STLS_OK) return;
  at = (size_t)snprintf(out->text, sizeof out->text,
                        "%d:", stls_player_is_exact(player));
  while (stls_player_send(player, bytes, sizeof bytes, &len) == STLS_OK &&
         at < 400)
    at += (size_t)snprintf(out->text + at, sizeof out->text - at, " %zu", len);
  snprintf(out->text + at, sizeof out->text - at, ", %d",
           stls_player_receive(player, "\x16", 1, NULL) == STLS_OK);
  stls_player_free(player);
}

/* --- options of a replay --- */

static stls_result act(stls_object *object, const stls_transcript_step *step,
                       void *user_data)
{
  size_t *num = user_data;

  (void)object;
  if (num != NULL) ++*num;
  return step->result;
}

static size_t num_acts;

static void set_replay(void *whole)
{
  stls_replay_options *options = whole;

  options->mode = STLS_REPLAY_ANY_RESULT;
  options->pieces = STLS_PIECES_BYTES;
  options->pieces_seed = 1;
  options->act = act;
  options->user_data = &num_acts;
  options->testing = peer.testing;
}

static void set_replay_pieces(void *whole)
{
  stls_replay_options *options = whole;

  options->mode = STLS_REPLAY_ANY_RESULT;
  options->pieces = (stls_pieces)9;
}

static void call_replay(const void *given, sized_outcome *out)
{
  program self = program_new(&setup, STLS_SERVER, 3);
  stls_error err = STLS_ERROR_INIT;

  num_acts = 0;
  sized_rows_tell(out, stls_replay(acting, self.object, given, &err), &err);
  if (out->result == STLS_OK)
    snprintf(out->text, sizeof out->text, "%zu acts", num_acts);
  program_free(&self);
}

static const stls_transcript_options transcript_init =
    STLS_TRANSCRIPT_OPTIONS_INIT;
static const stls_player_options player_init = STLS_PLAYER_OPTIONS_INIT;
static const stls_replay_options replay_init = STLS_REPLAY_OPTIONS_INIT;

static const sized_row rows[] = {
    {"recording", &struct_layout_transcript_options, &transcript_init,
     set_transcript, call_transcript},
    {"player", &struct_layout_player_options, &player_init, set_player,
     call_player},
    {"live player", &struct_layout_player_options, &player_init,
     set_player_live, call_player},
    {"replay", &struct_layout_replay_options, &replay_init, set_replay,
     call_replay},
    {"replay, pieces", &struct_layout_replay_options, &replay_init,
     set_replay_pieces, call_replay},
};

#define NUM_ROWS (sizeof rows / sizeof rows[0])

Test(sized_options, what_is_not_there_is_as_by_default)
{
  sized_rows_expect_defaults(rows, NUM_ROWS);
}

Test(sized_options, rows_depend_on_their_members)
{
  sized_rows_expect_members(rows, NUM_ROWS);
}

Test(sized_options, what_only_a_newer_library_knows_is_refused)
{
  sized_rows_expect_newer(rows, NUM_ROWS);
}

Test(sized_options, a_size_that_is_none_is_refused)
{
  sized_rows_expect_sizes(rows, NUM_ROWS);
}

/* --- a step, which goes out --- */

static void expect_step(size_t size)
{
  const struct_layout *layout = &struct_layout_transcript_step;
  stls_transcript_step whole = STLS_TRANSCRIPT_STEP_INIT;
  unsigned char *given;
  stls_error err = STLS_ERROR_INIT;
  const size_t known = size < sizeof whole ? size : sizeof whole;

  ASSERT_RETURNS(stls_transcript_step_at(recorded, 1, &whole, NULL), STLS_OK);
  given = struct_layout_copy(layout, &whole, size, 0xaa);
  memset(given + sizeof size, 0x55, known - sizeof size);
  EXPECT_RESULT(stls_transcript_step_at(
                    recorded, 1, (stls_transcript_step *)(void *)given, &err),
                STLS_OK, expect_label("%zu: %s", size, err.message));
  for (size_t i = 0; i < layout->num_members; i++) {
    const struct_layout_member *member = &layout->members[i];
    if (struct_layout_has(member, known))
      cr_expect_eq(
          memcmp(given + member->offset,
                 (unsigned char *)&whole + member->offset, member->len),
          0, "%zu: %s", size, member->name);
  }
  for (size_t i = sizeof whole; i < size; i++)
    cr_assert(given[i] == 0 || given[i] == 0xaa, "%zu: byte %zu", size, i);
  free(given);
}

Test(sized_options, a_step_is_written_as_far_as_it_goes)
{
  const struct_layout *layout = &struct_layout_transcript_step;

  struct_layout_check(layout);
  for (size_t size = sizeof size; size != 0;
       size = struct_layout_next_size(layout, size))
    expect_step(size);
}
