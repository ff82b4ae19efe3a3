/* SPDX-License-Identifier: MIT */
/* test_oom_player: players and replays under allocation failure. */
#include <sanstls/player.h>

#include "replay/program.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"

SUITE(oom_player, .timeout = 600);

struct subject {
  program_case setup;
  stls_transcript *transcript;
  stls_replay_mode mode;
};

/* Making one that plays recorded bytes, and its first bytes. */
static bool try_exact(const void *data, size_t nth)
{
  const struct subject *subject = data;
  stls_player *player = NULL;
  stls_error err = STLS_ERROR_INIT;
  unsigned char out[256];
  size_t len = 0;
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result =
      stls_player_new(subject->transcript, STLS_CLIENT, NULL, &player, &err);
  if (result == STLS_OK)
    result = stls_player_send(player, out, sizeof out, &len);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, "player", nth);
  cr_expect(result == STLS_OK || len == 0);
  stls_player_free(player);
  return refused;
}

/* The first bytes of a live one. Its library context is there: OpenSSL leaves memory
 * behind when it cannot make one. */
static bool try_live(const void *data, size_t nth)
{
  const struct subject *subject = data;
  stls_player_options options = STLS_PLAYER_OPTIONS_INIT;
  stls_player *player = NULL;
  unsigned char out[256];
  size_t len = 0;
  stls_result result;
  bool refused;

  options.is_live = true;
  ASSERT_RETURNS(stls_player_new(subject->transcript, STLS_CLIENT, &options,
                                 &player, NULL),
                 STLS_OK);
  oom_sweep_begin(nth);
  result = stls_player_send(player, out, sizeof out, &len);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, "live player", nth);
  stls_player_free(player);
  return refused;
}

static void sweep(bool (*try)(const void *data, size_t nth), const char *name,
                  stls_replay_mode mode, size_t stride)
{
  struct subject subject = {.mode = mode};

  program_case_at(0, false, &subject.setup);
  subject.transcript = program_record(&subject.setup);
  for (size_t nth = 1; oom_sweep_try(try, &subject, nth, name);
       nth += nth < 30 ? 1 : stride)
    continue;
  stls_transcript_free(subject.transcript);
}

Test(oom_player, exact)
{
  sweep(try_exact, "player", STLS_REPLAY_EXACT, 1);
}

Test(oom_player, live)
{
  sweep(try_live, "live player", STLS_REPLAY_LIVE, check_quick() ? 211 : 29);
}

static bool try_replay(const void *data, size_t nth)
{
  const struct subject *subject = data;
  stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
  program self = program_new(&subject->setup, subject->setup.role, 1);
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  options.mode = subject->mode;
  oom_sweep_begin(nth);
  result = stls_replay(subject->transcript, self.object, &options, &err);
  refused = oom_sweep_end();
  oom_sweep_expect(
      refused, result,
      subject->mode == STLS_REPLAY_EXACT ? STLS_ERROR_INPUT : STLS_OK, "replay",
      nth);
  program_free(&self);
  return refused;
}

/* By the wrong seed, so that an exact replay ends early. */
Test(oom_player, replay)
{
  sweep(try_replay, "exact replay", STLS_REPLAY_EXACT,
        check_quick() ? 211 : 29);
}

Test(oom_player, replay_of_changed_records)
{
  sweep(try_replay, "replay of any result", STLS_REPLAY_ANY_RESULT,
        check_quick() ? 211 : 29);
}
