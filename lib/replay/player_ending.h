/* SPDX-License-Identifier: MIT */
/* player_ending: how a player's direction ends, and where. */
#ifndef STLS_LIB_PLAYER_ENDING_H
#define STLS_LIB_PLAYER_ENDING_H

#include <sanstls/player.h>

struct stls_player_ending {
  stls_player_options options;
  /* The program was told. */
  bool has_come;
  /* It came before all was sent, or in another way: the program cannot do all that was
   * recorded. */
  bool is_cut;
};

/* How many of `total` bytes are sent. */
uint64_t stls_player_ending_limit(const struct stls_player_ending *end,
                                  uint64_t total);

/* Notes that the end has come, before all was sent if `is_early`, and returns what
 * stls_player_send does then. */
stls_result stls_player_ending_come(struct stls_player_ending *end,
                                    bool is_early);

/* Whether the program may still send `len` bytes.
 *
 * STLS_OK. STLS_ERROR_INPUT: the end closed both directions. */
stls_result stls_player_ending_admit(const struct stls_player_ending *end,
                                     size_t len, stls_error *err);

#endif
