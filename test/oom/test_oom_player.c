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
  bool live;
  stls_replay_mode mode;
};

/* What the player sends meets an object that says nothing, so that it waits soon. */
static bool try_player(const void *data, size_t nth)
{
  const struct subject *subject = data;
  stls_player_options options = STLS_PLAYER_OPTIONS_INIT;
  stls_player *player = NULL;
  stls_error err = STLS_ERROR_INIT;
  unsigned char out[256];
  size_t len = 0;
  stls_result result;
  bool refused;

  options.live = subject->live;
  oom_sweep_begin(nth);
  result = stls_player_new(subject->transcript, STLS_CLIENT, &options, &player,
                           &err);
  if (result == STLS_OK)
    result = stls_player_send(player, out, sizeof out, &len);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, "player", nth);
  cr_expect(result == STLS_OK || len == 0);
  stls_player_free(player);
  return refused;
}

Test(oom_player, player)
{
  for (int live = 0; live < 2; live++) {
    struct subject subject = {.live = live};
    size_t step = live && check_quick() ? 53 : live ? 5 : 1;
    program_case_at(0, false, &subject.setup);
    subject.transcript = program_record(&subject.setup);
    for (size_t nth = 1; oom_sweep_try(try_player, &subject, nth, "player");
         nth += step)
      continue;
    stls_transcript_free(subject.transcript);
  }
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
  for (int mode = STLS_REPLAY_EXACT; mode <= STLS_REPLAY_ANY_RESULT; mode++) {
    struct subject subject = {.mode = (stls_replay_mode)mode};
    const size_t step = check_quick() ? 211 : 29;
    program_case_at(0, false, &subject.setup);
    subject.transcript = program_record(&subject.setup);
    for (size_t nth = 1; oom_sweep_try(try_replay, &subject, nth, "replay");
         nth += nth < 30 ? 1 : step)
      continue;
    stls_transcript_free(subject.transcript);
  }
}
