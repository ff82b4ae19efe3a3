/* SPDX-License-Identifier: MIT */
/* peer: one work for all TLS stacks: messages, handshakes, a wire in memory. */
#ifndef STLS_BENCH_PEER_H
#define STLS_BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  PEER_MAX_MESSAGE = 16384
};

/* One direction between the two ends of a connection. */
struct wire {
  uint8_t *bytes;
  size_t len;
  /* What has been taken off, and the end of what has arrived. */
  size_t taken;
  size_t arrived;
  /* Whatever is sent is gone, as with a send() that costs nothing. */
  bool is_dropping;
};

/* There is one connection at a time. */
extern struct wire peer_to_server;
extern struct wire peer_to_client;

/* Takes `len` bytes from the sender. Copies only what will be read. */
void wire_put(struct wire *wire, const void *data, size_t len);

/* Copies as much as has arrived, at most `len`, as recv() does. 0: nothing. */
size_t wire_take(struct wire *wire, void *out, size_t len);

/* What has arrived, in place: the first byte, and through `out_len` how many. */
const uint8_t *wire_peek(const struct wire *wire, size_t *out_len);
void wire_skip(struct wire *wire, size_t len);

/* One stack, or one way to use it. */
struct peer {
  /* "gnutls", as it stands in each line of output. */
  const char *name;
  /* "1.3" or "1.2". */
  const char *version;
  /* A new connection after a full handshake, with contexts that live on: X25519,
   * AES-128-GCM, ECDSA P-256 without tickets, and the client has verified
   * the server for "localhost". */
  void *(*open)(void);
  void (*close)(void *pair);
  /* The client writes a message as one record, and the wire takes it. */
  void (*write)(void *pair, const uint8_t *data, size_t len);
  /* The server reads one message that has arrived; returns its length. NULL where
   * writing cannot be told apart: `write` is both then, and checks. */
  size_t (*read)(void *pair, uint8_t *out, size_t len);
};

/* Tells which stack it is: "# GnuTLS 3.7.9". */
void peer_is(const char *stack, const char *version);

/* Measures and prints "scenario,variant,value,unit" for each. */
void peer_run(const struct peer *peer);

/* DATA_DIR/name; the memory is the program's to its end. */
const char *peer_file(const char *name);
/* The whole file with a zero behind it, for those who parse it themselves. */
uint8_t *peer_load(const char *name, size_t *out_len);

/* Reads `PROGRAM DATA_DIR`. */
void peer_begin(int argc, char **argv);

/* Ends the program when what must work did not. */
void peer_need(bool is_true, const char *what);

#endif
