/* SPDX-License-Identifier: MIT */
/* player_pieces: the lengths of pieces that were not recorded. */
#ifndef STLS_LIB_PLAYER_PIECES_H
#define STLS_LIB_PLAYER_PIECES_H

#include <sanstls/player.h>

/* The length that the seed gives a piece that begins behind `offset` bytes of its
 * direction: 1 to 4096, often short. */
size_t stls_player_pieces_seeded(uint64_t seed, uint64_t offset);

/* The length of the next piece of what a live connection has written, of which `pending`
 * bytes, at least one, are in the queue behind `offset` that were sent. */
size_t stls_player_pieces_next(stls_pieces pieces, uint64_t seed,
                               uint64_t offset, const stls_bio *outgoing,
                               size_t pending);

#endif
