/* SPDX-License-Identifier: MIT */
/* loopback: sockets on one port of the loopback, one for each family. */
#ifndef EMBED_LOOPBACK_H
#define EMBED_LOOPBACK_H

#include <stddef.h>
#include <stdint.h>

enum {
  LOOPBACK_MAX = 2
};

/*
 * Binds sockets to 127.0.0.1 and ::1, or to the only one that the machine has.
 * Port 0 lets the system choose one that is free for both. The sockets are the
 * caller's to listen on and to close; they do not block.
 *
 * 0: out_fds has *out_num sockets, and *out_port is where they are.
 * An errno: there are none.
 */
int loopback_bind(uint16_t port, int out_fds[LOOPBACK_MAX], size_t *out_num,
                  uint16_t *out_port);

#endif
