/* SPDX-License-Identifier: MIT */
/* fleet: runs many connections over loopback, between two processes. */
#ifndef STLS_BENCH_FLEET_H
#define STLS_BENCH_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pair.h"

/* What each end sends to the other, the client first. */
#define FLEET_MESSAGE_LEN ((size_t)16384)

/* Connections that come before the first measurement, and stay: what a process
 * takes once is no connection's. */
#define FLEET_NUM_FIRST ((size_t)16)

struct fleet_plan {
  struct pair_config config;
  size_t num_connections;
  /* The server trims a connection when its message has gone. */
  bool trims;
  unsigned max_seconds;
};

/* All in bytes. */
struct fleet_report {
  /* Memory of the server that is not a file's (RssAnon): with the first
   * connections only, with all of them, and after malloc_trim. */
  size_t resident_first;
  size_t resident_all;
  size_t resident_swept;
  /* What the server itself and libuv keep for each connection. */
  size_t own;
};

/* How many connections a process may have open, up to `wanted`: raises the limit of
 * open files as far as it goes. */
size_t fleet_allowed(size_t wanted);

/* Serves in a process of its own, with the clients in another one. Ends the
 * program when that fails or takes too long. Nothing of OpenSSL may have been used
 * before in this process. */
struct fleet_report fleet_run(const struct fleet_plan *plan);

/* The two ends of the control channel. The client says that it is done with the
 * first connections, and later with all, and is told to go on; it lets go of its
 * connections when the channel is closed. `listener` is listening. */
struct fleet_report fleet_serve(const struct fleet_plan *plan, int listener,
                                int control);
void fleet_visit(const struct fleet_plan *plan, uint16_t port, int control);

#endif
