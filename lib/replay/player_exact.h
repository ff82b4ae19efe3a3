/* SPDX-License-Identifier: MIT */
/* player_exact: sends the recorded bytes of one end, and compares those of the other. */
#ifndef STLS_LIB_PLAYER_EXACT_H
#define STLS_LIB_PLAYER_EXACT_H

#include "replay/player_ending.h"
#include "replay/player_flow.h"

struct stls_player_exact {
  struct stls_player_flow flow;
  /* The direction that the player sends; it hears the other one. */
  stls_flow way;
  struct stls_player_ending end;
  size_t sent;
  /* Where the piece ends that is being sent. */
  size_t piece_end;
  size_t heard;
  /* What had been heard when a cut ended the player's direction, if it has: what the
   * program begins to say behind that may be anything. */
  size_t heard_at_cut;
  bool is_unbound;
  /* How many of the flow's times have come. */
  size_t num_times;
};

/* As stls_player_new for the role whose records go `way` in the transcript.
 *
 * STLS_OK: `exact` is to be freed. STLS_ERROR_MEMORY. */
stls_result stls_player_exact_init(struct stls_player_exact *exact,
                                   const stls_transcript_step *steps,
                                   size_t num_steps, stls_flow way,
                                   const stls_player_options *options,
                                   stls_error *err);
void stls_player_exact_free(struct stls_player_exact *exact);

/* As the functions of player.h, for arguments that were checked. After a failure they
 * are not called again. */
stls_result stls_player_exact_send(struct stls_player_exact *exact, void *out,
                                   size_t out_cap, size_t *out_len);
stls_result stls_player_exact_receive(struct stls_player_exact *exact,
                                      const uint8_t *data, size_t len,
                                      stls_error *err);
stls_result stls_player_exact_receive_eof(struct stls_player_exact *exact,
                                          stls_error *err);
stls_result stls_player_exact_finish(const struct stls_player_exact *exact,
                                     bool has_program_closed, stls_error *err);

/* How many bytes it sends without a cut. */
size_t stls_player_exact_total(const struct stls_player_exact *exact);

#endif
