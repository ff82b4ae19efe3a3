/* SPDX-License-Identifier: MIT */
/* fake_event: gives programs on libevent a bufferevent_pair for a socket, and a clock
 * that takes no time. */
#ifndef FAKE_EVENT_H
#define FAKE_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "fake_peer.h"

/*
 * Compile the program with -include fake_event_names.h, and link it with
 * fake_event.c, fake_peer.c and libevent; its sources stay as they are. Its
 * bufferevents are then one end of a pair, whose other end is played by a peer;
 * its timers go by the kit's clock; its listeners get connections from here. All
 * else is libevent's own. One base, one thread.
 *
 *   fake_event_start();
 *   fake_event_connect(&peer, NULL);
 *   program_main(...);              it calls event_base_dispatch() as ever
 *   const char *fault = fake_event_end();   NULL: the program did all right
 *
 * When nothing can happen any more and the program goes on, it gets SIGTERM; without
 * an event for that, its loop ends.
 */

/* Forgets what was before. */
void fake_event_start(void);

/* Adds a connection: the next one that a listener of the program gets, or that it
 * makes with bufferevent_socket_connect. `faults` may be NULL. Both are copied. At
 * most FAKE_EVENT_MAX. */
enum {
  FAKE_EVENT_MAX = 64
};
void fake_event_connect(const fake_peer *peer, const fake_faults *faults);

/*
 * Ends the run. NULL, or a text on the first fault, valid until the next start:
 *
 * - bytes changed while the output buffer referred to them; a bufferevent or a timer
 *   was not freed, or freed twice;
 * - a connection was not made, or is open while nothing can happen any more; the
 *   program went on for more than a day of its clock;
 * - a peer failed.
 */
const char *fake_event_end(void);

/* The time of the clock, from 0 at the start. */
uint64_t fake_event_now_ms(void);

/* A connection by the order in which they were added, until the next start; NULL: no
 * such one. */
const fake_line *fake_event_line(size_t index);

#endif
