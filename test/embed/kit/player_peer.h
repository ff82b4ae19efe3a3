/* SPDX-License-Identifier: MIT */
/* player_peer: a recorded connection as the peer of a kit. */
#ifndef PLAYER_PEER_H
#define PLAYER_PEER_H

#include <sanstls/testing.h>

#include "fake_peer.h"

/* Valid as long as the player. What does not fit is told by stls_player_finish. */
fake_peer player_peer(stls_player *player);

/*
 * Loads a transcript and makes the live player of one of its ends: a connection that does
 * what that end did, whatever the random bytes of the program are. NULL, and *err:
 * there is no such file, or it does not describe that end. Else the caller's, to be
 * released with stls_player_free.
 */
stls_player *player_load(const char *path, stls_role role, stls_error *err);

#endif
