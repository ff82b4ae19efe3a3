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
  bool is_live;
  /* The world of the program under test, which lives longer than the player: its clock is
   * set where the transcript has a `time`, as soon as the player is asked for bytes and
   * all before was sent and received. A live player, which does not know when each record
   * was, does so between what its end did. NULL: the clock stays with the program. */
  struct stls_testing *testing;
} stls_player_options;

#define STLS_PLAYER_OPTIONS_INIT \
  { \
    sizeof(stls_player_options), STLS_PIECES_RECORDED, 0, STLS_END_RECORDED, \
        0, true, false, STLS_NULL \
  }

/*
 * Makes a player of one end of the transcript. `role` is the player's own: the peer of a
 * server under test is STLS_CLIENT. `options` may be NULL.
 *
 * With the OpenSSL that recorded it (stls_player_is_exact), the player sends recorded
 * bytes, and what it receives has to be equal to the recorded bytes. The program under
 * test then needs the recorded endpoint's seed and time (stls_transcript_world), and makes
 * its context and its objects in the same order. With another one the player is a
 * live connection, made from the transcript's description of that end: it does what was
 * recorded, compares plaintext, results and the order of closing, and not bytes.
 *
 * STLS_OK: *out_player is the caller's. The transcript may be freed before it.
 * STLS_ERROR_UNSUPPORTED: the player has to be live, and the transcript does not describe
 *   that end, or has a call that a player cannot make, or does not tell which context a
 *   server chose.
 * STLS_ERROR_MISUSE: a NULL or meaningless argument. STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_player_new(const stls_transcript *transcript, stls_role role,
                const stls_player_options *options, stls_player **out_player,
                stls_error *err);

/* Frees the player. NULL is fine. */
STLS_EXPORT void stls_player_free(stls_player *player);

/*
 * Gives the next piece that the player sends, at most out_len bytes: the rest of a piece
 * comes with the next call. What had been received when the piece was recorded has to be
 * received first.
 *
 * STLS_OK: *out_sent bytes, at least one.
 * STLS_WANT_READ: it waits for bytes of the program; or it has fallen silent
 *   (stls_player_is_stalled).
 * STLS_CLOSED: its direction has ended: by a reset if stls_player_is_reset, else cleanly.
 * STLS_ERROR_MISUSE: a NULL argument, or out_len is 0.
 * STLS_ERROR_INPUT, STLS_ERROR_MEMORY: what was received did not fit; the first failure
 *   again, whose error stls_player_finish has.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_player_send(stls_player *player,
                                                      void *out, size_t out_len,
                                                      size_t *out_sent);

/*
 * Takes bytes that the program sent, and compares them at once. A failure is final.
 *
 * STLS_OK: they are as recorded.
 * STLS_CLOSED: so were some, and the rest was not taken, because the recorded transport
 *   took no more here: the program's write fails.
 * STLS_ERROR_INPUT: they are not, or came before what they reply to
 *   (STLS_REASON_MISMATCH): the message has the line of the transcript, the flow, the
 *   record and the offset in it, the message's name, and the bytes that were expected and
 *   got. Of a live player: the line, the call and the offset of plaintext.
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_player_receive(stls_player *player,
                                                         const void *data,
                                                         size_t len,
                                                         stls_error *err);

/* Tells the player that the program has closed its direction, or the connection. NULL is
 * fine. */
STLS_EXPORT void stls_player_receive_eof(stls_player *player);

/*
 * Judges at the end of a test whether everything was said and heard. If the program has
 * closed, the player's close_notify need not have been sent (RFC 8446, 6.1).
 *
 * STLS_OK: yes; or, with a cut, all that could be.
 * STLS_ERROR_INPUT: no; the message says what is missing, or what the first failure was.
 * STLS_ERROR_MEMORY: the first failure was that.
 * STLS_ERROR_MISUSE: player is NULL.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_player_finish(stls_player *player,
                                                        stls_error *err);

/* Whether the player plays recorded bytes, or is a live peer; whether it has fallen
 * silent for good; whether its end is a reset; how many bytes its direction has in all
 * without a cut, for a loop over cut_at (0 for a live player). false and 0 for NULL. */
STLS_EXPORT bool stls_player_is_exact(const stls_player *player);
STLS_EXPORT bool stls_player_is_stalled(const stls_player *player);
STLS_EXPORT bool stls_player_is_reset(const stls_player *player);
STLS_EXPORT uint64_t stls_player_total(const stls_player *player);

/* --- the machine alone --- */

/* What a replay compares. */
typedef enum stls_replay_mode {
  /* Results, plaintext and records. */
  STLS_REPLAY_EXACT = 0,
  /* Results and plaintext, for another OpenSSL: the recorded records do not fit, so a live
   * peer makes others. */
  STLS_REPLAY_LIVE = 1,
  /* Nothing; each call must end in a result that its contract knows, and the first failure
   * must be final; behind the last call the transport ends, and reads have to come to an
   * end: for mutations. */
  STLS_REPLAY_ANY_RESULT = 2
} stls_replay_mode;

typedef struct stls_replay_options {
  size_t size;
  stls_replay_mode mode;
  stls_pieces pieces;
  uint64_t pieces_seed;
  /* What chooses a context (STLS_WANT_CONTEXT), and what makes other calls that were
   * recorded and that a replay does not know. It returns the call's result, which is
   * compared. NULL: such a transcript is refused. */
  stls_result (*act)(stls_object *object, const stls_transcript_step *step,
                     void *user_data);
  void *user_data;
  /* The world of the object, whose clock is set as it was recorded. NULL: a transcript
   * whose clock was set, or went on, is refused. */
  struct stls_testing *testing;
} stls_replay_options;

#define STLS_REPLAY_OPTIONS_INIT \
  { \
    sizeof(stls_replay_options), STLS_REPLAY_EXACT, STLS_PIECES_RECORDED, 0, \
        STLS_NULL, STLS_NULL, STLS_NULL \
  }

/*
 * Makes the recorded calls on `object`, feeds it the recorded records in between, and
 * compares results, plaintext, and the records that it writes. The object was just made,
 * as the recorded one was: in a world with the same seed and time. With other pieces than
 * the recorded ones, calls that waited for records are repeated, and the results between
 * are not compared. `options` may be NULL.
 *
 * STLS_OK: all as recorded.
 * STLS_ERROR_INPUT: not (STLS_REASON_MISMATCH): the message says where, as that of
 *   stls_player_receive.
 * STLS_ERROR_UNSUPPORTED: exact replay of another OpenSSL's transcript; a call that a
 *   replay does not know; live, and the transcript does not describe the peer.
 * STLS_ERROR_MISUSE: a NULL or meaningless argument, or the object was used before, or
 *   is of the other role.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_replay(const stls_transcript *transcript, stls_object *object,
            const stls_replay_options *options, stls_error *err);

STLS_END_DECLS

#endif
