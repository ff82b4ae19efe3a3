/* SPDX-License-Identifier: MIT */
/* fake_poll: gives programs on poll(2) a socketpair for each socket, and a clock that
 * takes no time. */
#ifndef FAKE_POLL_H
#define FAKE_POLL_H

#include <stddef.h>
#include <stdint.h>

#include "fake_peer.h"

/*
 * Compile the program with -include fake_poll_names.h, and link it with
 * fake_poll.c and fake_peer.c; its sources stay as they are. Its sockets are then
 * one end of a socketpair, whose other end is played by a peer; every name has the
 * address 127.0.0.1; poll() and clock_gettime() go by the kit's clock. Other
 * descriptors, such as stdin, are the system's. One thread; sockets do not block.
 *
 *   fake_poll_start();
 *   fake_poll_connect(&peer, NULL);
 *   program_main(...);
 *   const char *fault = fake_poll_end();   NULL: the program did all right
 *
 * A signal interrupts poll(), which is then -1 with EINTR.
 */

/* Forgets what was before. */
void fake_poll_start(void);

/* Adds a connection: the next one that the program makes with connect(). `faults` may
 * be NULL. Both are copied. At most FAKE_POLL_MAX. */
enum {
  FAKE_POLL_MAX = 64
};
void fake_poll_connect(const fake_peer *peer, const fake_faults *faults);

/*
 * Ends the run. NULL, or a text on the first fault, valid until the next start:
 *
 * - a socket was not closed; a connection was not made;
 * - poll() waits without a timeout while nothing can happen any more; the program went
 *   on for more than a day of its clock, or without waiting;
 * - a peer failed.
 */
const char *fake_poll_end(void);

/* The time of the clock, from 0 at the start. */
uint64_t fake_poll_now_ms(void);

/* A connection by the order in which they were added, until the next start; NULL: no
 * such one. */
const fake_line *fake_poll_line(size_t index);

#endif
