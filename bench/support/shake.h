/* SPDX-License-Identifier: MIT */
/* shake: repeats handshakes from the same contexts. */
#ifndef STLS_BENCH_SHAKE_H
#define STLS_BENCH_SHAKE_H

#include "pair.h"

enum shake_flags {
  /* The client offers a session, and every handshake must resume it. */
  SHAKE_RESUMED = 1,
  /* The server gives no tickets (TLS 1.3). */
  SHAKE_NO_TICKETS = 2,
  /* Behind the handshake the server writes one byte and the client reads it, and
   * with it the tickets that end the handshake. */
  SHAKE_AND_BYTE = 4,

  /* For shake_library only. Both contexts have STLS_RECORDS_DIRECT. */
  SHAKE_DIRECT = 64,

  /* For shake_openssl only. The server's context has the CA in its store, as
   * after a set-up that it shares with clients: libssl then builds a chain from
   * there in each handshake. */
  SHAKE_SERVER_HAS_CA = 8,
  /* Contexts are set as the library sets its own: what that alone gives. */
  SHAKE_LIKE_LIBRARY = 16,
  /* A BIO_METHOD of one's own instead of BIO_s_mem. */
  SHAKE_CUSTOM_BIO = 32
};

/* One who shakes hands: contexts, and the session where one is resumed. */
struct shake_kind {
  /* The config's cipher is PAIR_DEFAULTS. Ends the program on failure. */
  void *(*open)(const struct pair_config *config, unsigned flags);
  /* Makes a client, which verifies, and a server, lets them shake hands,
   * checks what came of it, and frees both. Returns the thread's CPU time from
   * the making until both are established, in nanoseconds. Any thread. */
  double (*once)(const void *shaker);
  void (*close)(void *shaker);
};

extern const struct shake_kind shake_library;
extern const struct shake_kind shake_openssl;

#endif
