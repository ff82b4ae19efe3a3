/* SPDX-License-Identifier: MIT */
/* fake_uv: stands in for libuv, with connections to fake peers and a clock that
 * takes no time. */
#ifndef FAKE_UV_H
#define FAKE_UV_H

#include <stddef.h>
#include <stdint.h>

#include "fake_peer.h"

/*
 * Link a program with fake_uv.c and fake_peer.c instead of libuv; its sources stay
 * as they are. It has the functions that servers and clients on TCP call: the
 * linker names what is missing. One loop, one thread.
 *
 *   fake_uv_start();
 *   fake_uv_connect(&peer, NULL);
 *   program_main(...);                     it calls uv_run() as ever
 *   const char *fault = fake_uv_end();     NULL: the program used libuv as it must
 *
 * uv_run() returns when nothing is active any more, as libuv does. When nothing can
 * happen any more and the program listens on, it gets SIGTERM; without a
 * handle for that, uv_run() returns.
 */

/* Forgets what was before. */
void fake_uv_start(void);

/* Adds a connection: the next one that a listener of the program gets, or that it
 * makes with uv_tcp_connect. `faults` may be NULL. Both are copied. At most
 * FAKE_UV_MAX. */
enum {
  FAKE_UV_MAX = 64
};
void fake_uv_connect(const fake_peer *peer, const fake_faults *faults);

/* libuv calls the close callbacks of one turn in reverse, and does not promise it:
 * in this run they come in order. */
void fake_uv_close_in_order(void);

/*
 * Ends the run. NULL, or a text on the first fault, valid until the next start:
 *
 * - bytes changed while a write was under way; a handle was closed twice, or not
 *   at all, or used before it was initialized or after it was closed;
 * - a connection was not accepted, not made, or is open while nothing can happen any
 *   more; the program went on for more than a day of its clock;
 * - a peer failed.
 */
const char *fake_uv_end(void);

/* The time of the clock, from 0 at the start. */
uint64_t fake_uv_now_ms(void);

/* A connection by the order in which they were added, until the next start; NULL: no
 * such one. */
const fake_line *fake_uv_line(size_t index);

#endif
