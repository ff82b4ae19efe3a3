/* SPDX-License-Identifier: MIT */
/* replay_machine: makes recorded calls on an object, between recorded records. */
#ifndef STLS_LIB_REPLAY_MACHINE_H
#define STLS_LIB_REPLAY_MACHINE_H

#include <sanstls/player.h>

#include "replay/player_flow.h"

/* An object that is replayed alone: STLS_REPLAY_EXACT and STLS_REPLAY_ANY_RESULT. */
struct stls_replay_machine {
  stls_object *object;
  stls_replay_options options;
  struct stls_player_flow flow;
  /* Bytes of records that have come in, by the steps so far, and that the object was
   * given; and whether its transport has ended, and it knows. */
  size_t due;
  size_t fed;
  bool is_end_due;
  bool is_end_fed;
  /* Bytes of records out by the steps so far, and those that were compared; of these,
   * what is still in `outgoing`, and what the application left there. */
  size_t out_due;
  size_t written;
  size_t pending;
  size_t kept;
  /* The last call. */
  const stls_transcript_step *last;
  /* The first failure of the connection; STLS_OK if there is none. */
  stls_result failure;
};

/* Replays the steps.
 *
 * STLS_OK, STLS_ERROR_INPUT, STLS_ERROR_MEMORY: as stls_replay. */
stls_result stls_replay_machine_run(const stls_transcript_step *steps,
                                    size_t num_steps, stls_object *object,
                                    const stls_replay_options *options,
                                    stls_error *err);

#endif
