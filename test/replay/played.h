/* SPDX-License-Identifier: MIT */
/* played: a recorded server, and an exact player of its client. */
#ifndef STLS_TEST_PLAYED_H
#define STLS_TEST_PLAYED_H

#include "replay/player_exact.h"
#include "replay/steps.h"

enum {
  HELLO = 50,
  FLIGHT = 70,
  FINISHED = 20,
  REQUEST = 25,
  REPLY = 35,
  LAST = 24,
  ALL_IN = HELLO + FINISHED + REQUEST + LAST,
  ALL_OUT = FLIGHT + REPLY + LAST
};

/* The player, its last error, and what it has sent. */
extern struct stls_player_exact played;
extern stls_error played_err;
extern unsigned char played_got[1024];
extern size_t played_num_got;

/* A server that is asked once: hello, flight of two records; Finished and a request
 * together, reply; close_notify both ways. */
test_steps played_server(void);

/* Makes the player; `options` may be NULL. */
void played_new(const test_steps *steps, stls_flow way,
                const stls_player_options *options);

/* Takes what the player sends, by at most `cap` bytes, up to its last result. */
stls_result played_take(size_t cap);

/* Takes one piece, and returns its length. */
size_t played_piece(void);

/* Says what was recorded, from one offset to another, byte by byte. */
stls_result played_say(size_t begin, size_t end);
stls_result played_say_bytes(const void *data, size_t len);

/* The result is a mismatch with this message. Frees the player. */
void played_expect_told(stls_result result, const char *message);

#endif
