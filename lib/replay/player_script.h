/* SPDX-License-Identifier: MIT */
/* player_script: what an end of a recorded connection did, without its bytes. */
#ifndef STLS_LIB_PLAYER_SCRIPT_H
#define STLS_LIB_PLAYER_SCRIPT_H

#include <sanstls/transcript.h>
#include <stdbool.h>

#include "base/arena.h"

typedef enum stls_player_action_kind {
  /* The call `step` is made until it ends with its result. */
  STLS_PLAYER_ACTION_CALL,
  /* The call is made once; what it returns is not known. */
  STLS_PLAYER_ACTION_TRY,
  /* Plaintext is read, up to `end` of the script's. */
  STLS_PLAYER_ACTION_READ,
  /* The data of the step is written. */
  STLS_PLAYER_ACTION_WRITE,
  /* A read returns `result`, and no plaintext before. */
  STLS_PLAYER_ACTION_END,
  /* The connection comes to an end, or goes on, as it likes: the other end has
   * failed. */
  STLS_PLAYER_ACTION_ANY,
  /* This end ends its direction of the transport, or takes no more from the other. */
  STLS_PLAYER_ACTION_EOF,
  STLS_PLAYER_ACTION_DEAF,
  /* The clock is set to the step's number. */
  STLS_PLAYER_ACTION_TIME
} stls_player_action_kind;

struct stls_player_action {
  stls_player_action_kind kind;
  stls_transcript_step step;
  stls_result result;
  size_t end;
};

/* Actions in their order; all they point to is the script's own. What differs between the
 * steps' results and these, such as waits, is left out. */
struct stls_player_script {
  struct stls_player_action *actions;
  size_t num;
  /* All plaintext that is read. */
  uint8_t *plaintext;
  size_t plaintext_len;
  bool is_peer;
  struct stls_arena arena;
};

/* Writes the script of the recorded end, or of its peer, as it follows from what the
 * recorded end saw. `script` is free or zeroes before.
 *
 * STLS_OK: to be freed. STLS_ERROR_MEMORY.
 * STLS_ERROR_UNSUPPORTED: the recorded end made a call that a script does not know,
 *   unless `keeps_other`: then it is an action CALL. */
stls_result stls_player_script_init(struct stls_player_script *script,
                                    const stls_transcript_step *steps,
                                    size_t num_steps, bool is_peer,
                                    bool keeps_other, stls_error *err);
void stls_player_script_free(struct stls_player_script *script);

#endif
