/* SPDX-License-Identifier: MIT */
/* player: plays recorded connections to the code under test (libsanstls-testing). */
#ifndef SANSTLS_PLAYER_H
#define SANSTLS_PLAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/sanstls.h>
#include <sanstls/transcript.h>

STLS_BEGIN_DECLS

struct stls_testing;

/* --- a peer for an event loop --- */

/*
 * Plays one end of a recorded connection to a program under test, without a socket. The
 * program's transport asks it for bytes (stls_player_send) and hands it bytes
 * (stls_player_receive). One thread at a time.
 */
typedef struct stls_player stls_player;

/* How what the player sends is cut into pieces. */
typedef enum stls_pieces {
  /* As it was recorded; a live player sends all it has at once. */
  STLS_PIECES_RECORDED = 0,
  /* All that is due at once; by records; byte by byte; lengths by a seed. */
  STLS_PIECES_WHOLE = 1,
  STLS_PIECES_RECORDS = 2,
  STLS_PIECES_BYTES = 3,
  STLS_PIECES_SEEDED = 4
} stls_pieces;

/* How the player's direction ends. */
typedef enum stls_player_end {
  /* As it was recorded; if no end was, the transport ends when all is said and heard. */
  STLS_END_RECORDED = 0,
  /* The transport ends, is reset, or falls silent, at cut_at, or behind all bytes. */
  STLS_END_EOF = 1,
  STLS_END_RESET = 2,
  STLS_END_STALL = 3
} stls_player_end;

/*
 * How a player plays. A program that saw the connection end early ends it in its own way:
 * what was begun to be sent before is compared, and records that it begins behind an end
 * at cut_at, a reset or silence may be any.
 */
typedef struct stls_player_options {
  size_t size;
  stls_pieces pieces;
  /* STLS_PIECES_SEEDED. */
  uint64_t pieces_seed;
  /* After how many bytes of the player's direction it ends, and how: the number is
   * ignored with STLS_END_RECORDED. */
  stls_player_end end;
  uint64_t cut_at;
  /* After its end, the player still takes what the program sends: only its own direction
   * has ended. Else more bytes from the program after the end are an error. */
  bool is_half_close;
  /* Be a live connection also where recorded bytes could be played: for a program whose
   * randomness cannot be seeded, or which writes what it read as it came, so that its
   * records depend on the pieces. */
  bool live;
} stls_player_options;

#define STLS_PLAYER_OPTIONS_INIT \
  { \
    sizeof(stls_player_options), STLS_PIECES_RECORDED, 0, STLS_END_RECORDED, \
        0, true, false \
  }

STLS_END_DECLS

#endif
