/* SPDX-License-Identifier: MIT */
/* player_driver: does on an object what a script says. */
#ifndef STLS_LIB_PLAYER_DRIVER_H
#define STLS_LIB_PLAYER_DRIVER_H

#include <sanstls/player.h>

#include "replay/player_script.h"
#include "replay/replay_call.h"

/* Starts as zeroes, with what is borrowed set. */
struct stls_player_driver {
  const struct stls_player_script *script;
  stls_object *object;
  /* Where the clock is set; NULL if the script does not set it. */
  struct stls_testing *testing;
  /* Of the program at the other end: set together with the clock, when it has been sent
   * all that was before. NULL if nobody asked for that. */
  struct stls_testing *program;
  /* For calls that a replay does not know. */
  stls_result (*act)(stls_object *object, const stls_transcript_step *step,
                     void *user_data);
  void *user_data;
  /* The action that is next, and its call, if it has begun. */
  size_t at;
  struct stls_replay_call call;
  bool has_begun;
  /* How much plaintext was read. */
  size_t read;
  /* This end's direction of the transport ends behind what it has written; it takes
   * nothing more from the other. */
  bool has_ended;
  bool is_deaf;
  /* The connection may do as it likes. */
  bool is_any;
};

/* Whether the transcript tells what that end did, if it is to be done anew.
 *
 * STLS_OK. STLS_ERROR_UNSUPPORTED: a server chose its context, and the recording is of
 *   the client. */
stls_result stls_player_driver_admit(const stls_transcript *transcript,
                                     stls_role role, stls_error *err);

/* Goes on as far as the records allow that the object has. What it writes is in
 * `outgoing`.
 *
 * STLS_OK: the script is done. STLS_WANT_READ: it waits for the other end.
 * STLS_ERROR_INPUT: something happened that the script does not say
 *   (STLS_REASON_MISMATCH). STLS_ERROR_MEMORY. */
stls_result stls_player_driver_run(struct stls_player_driver *driver,
                                   stls_error *err);

/* Whether the script is done; if not, STLS_ERROR_INPUT says what did not happen. */
stls_result stls_player_driver_finish(const struct stls_player_driver *driver,
                                      stls_error *err);

/* Frees what the driver itself has. */
void stls_player_driver_free(struct stls_player_driver *driver);

#endif
