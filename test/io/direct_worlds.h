/* SPDX-License-Identifier: MIT */
/* direct_worlds: two connections, one with libssl's records and one without. */
#ifndef STLS_TEST_DIRECT_WORLDS_H
#define STLS_TEST_DIRECT_WORLDS_H

#include <stdint.h>

#include "support/pair.h"

enum {
  DIRECT_WORLD_DATA = 40000
};

/* The sides of world 1 that the library protects the data of. */
enum direct_worlds_sides {
  DIRECT_BOTH_SIDES,
  DIRECT_SERVER_ONLY,
  DIRECT_CLIENT_ONLY
};

/*
 * In world 0 libssl protects the application data of both sides, in world 1 the
 * library does, of both or of one. Both are put to the same calls, and everything that can be seen
 * has to be the same after each of them.
 */
struct direct_world {
  test_pair pair;
  /* What the last call stored, and its result. */
  unsigned char out[DIRECT_WORLD_DATA];
  size_t done;
  stls_result result;
};

struct direct_worlds_setting {
  /* STLS_BUFFERS_KEEP. */
  bool keeps;
  /* For the queues on the way from the client to the server, and for those on
   * the way back; 0 for the default. */
  size_t limit;
  size_t limit_back;
  /* NULL for the default. */
  const char *suite;
  /* STLS_LIMIT_EMPTY_RECORDS; 0 for the default. */
  size_t empty_records;
  enum direct_worlds_sides sides;
};

/* Opens one world, whose trace events are noted from here on. The certificate is
 * RSA's, whose signatures are all of one length. */
void direct_worlds_open(struct direct_world *worlds, int world,
                        pair_options *options,
                        const struct direct_worlds_setting *setting);
void direct_worlds_close(struct direct_world *worlds);

/* Has trace events noted for this world: called before its calls. */
void direct_worlds_enter(int world);

/* 0 is the server, 1 the client. */
stls_object *direct_worlds_side(struct direct_world *world, int side);

/* The number of the next record that a side seals, after its handshake. */
uint64_t direct_worlds_next_seq(const stls_object *side);

/* Compares results, plaintext, errors, alerts, counters, lengths and trace
 * events. */
void direct_worlds_compare(struct direct_world *worlds, const char *label);

#endif
