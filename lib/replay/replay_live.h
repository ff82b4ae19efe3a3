/* SPDX-License-Identifier: MIT */
/* replay_live: replays what an object did against a live peer. */
#ifndef STLS_LIB_REPLAY_LIVE_H
#define STLS_LIB_REPLAY_LIVE_H

#include <sanstls/player.h>

/* STLS_REPLAY_LIVE; results as stls_replay. */
stls_result stls_replay_live_run(const stls_transcript *transcript,
                                 const stls_transcript_step *steps,
                                 size_t num_steps, stls_object *object,
                                 const stls_replay_options *options,
                                 stls_error *err);

#endif
