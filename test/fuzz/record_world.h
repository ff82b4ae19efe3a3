/* SPDX-License-Identifier: MIT */
/* record_world: a connection of which one side is fuzzed, and the other forged. */
#ifndef STLS_TEST_RECORD_WORLD_H
#define STLS_TEST_RECORD_WORLD_H

#include "io/record_sealer.h"
#include "record_watch.h"

enum {
  RECORD_WORLD_OUT_MAX = 33000,
  RECORD_WORLD_WIRE_MAX = 150000,
  RECORD_WORLD_SUITES = 3,
  /* Behind the data that a read stores, the caller's buffer has these, or
   * zeroes. */
  RECORD_WORLD_UNTOUCHED = 0xa5
};

/* What both worlds of an input have in common. */
struct record_world_setting {
  bool is_tls_1_3;
  /* The side that is fuzzed. */
  bool is_server;
  unsigned suite;
  bool keeps_buffers;
  bool is_traced;
  /* Of the server. */
  size_t num_tickets;
  /* Of the queues; 0 for the default. */
  size_t limit_in;
  size_t limit_out;
};

/* The trace events of a flow: how many, and sums of all, and of all but the
 * last. */
struct record_world_events {
  size_t num;
  uint64_t sum;
  uint64_t sum_before;
  bool ends_in_header;
};

struct record_world {
  stls_object *self;
  /* Has shaken hands, and then the sealer takes its place. */
  stls_object *peer;
  struct record_sealer sealer;
  struct record_watch own;
  struct record_world_events events[2];
  /* What the peer has sent and self has not taken, and the last record of it. */
  uint8_t wire[RECORD_WORLD_WIRE_MAX];
  size_t wire_len;
  uint8_t last[RECORD_SEALER_RECORD_MAX];
  size_t last_len;
  /* Bytes of data: that the peer has sealed lawfully, that self has read, and that
   * self has written. */
  size_t num_sealed;
  size_t num_read;
  size_t num_written;
  /* The last call: its result, and what it stored. */
  stls_result result;
  size_t done;
  uint8_t out[RECORD_WORLD_OUT_MAX];
};

/* Connects: with libssl's records in world 0, and the library's own in world 1. */
void record_world_open(struct record_world *world, int number,
                       const struct record_world_setting *setting);
void record_world_close(struct record_world *world);

/* Stops the program unless both are the same to whoever looks at them. */
void record_world_compare(const struct record_world *one,
                          const struct record_world *two);

#endif
