/* SPDX-License-Identifier: MIT */
/* player_live: plays one end of a recorded connection as a connection of its own. */
#ifndef STLS_LIB_PLAYER_LIVE_H
#define STLS_LIB_PLAYER_LIVE_H

#include "replay/player_ending.h"

struct stls_player_live;

/* As the functions of player.h, for arguments that were checked. After a failure they
 * are not called again. */
stls_result stls_player_live_new(const stls_transcript *transcript,
                                 stls_role role,
                                 const stls_player_options *options,
                                 struct stls_player_live **out_live,
                                 stls_error *err);
void stls_player_live_free(struct stls_player_live *live);
stls_result stls_player_live_send(struct stls_player_live *live, void *out,
                                  size_t out_cap, size_t *out_len,
                                  stls_error *err);
stls_result stls_player_live_receive(struct stls_player_live *live,
                                     const void *data, size_t len,
                                     stls_error *err);
stls_result stls_player_live_receive_eof(struct stls_player_live *live,
                                         stls_error *err);
stls_result stls_player_live_finish(const struct stls_player_live *live,
                                    bool has_program_closed, stls_error *err);

const struct stls_player_ending *stls_player_live_ending(
    const struct stls_player_live *live);

#endif
