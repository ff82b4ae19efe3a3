/* SPDX-License-Identifier: MIT */
/* wire_watch: opens the records of one direction as an eavesdropper with keys. */
#ifndef STLS_TEST_WIRE_WATCH_H
#define STLS_TEST_WIRE_WATCH_H

#include "support/pair.h"
#include "wire_keys.h"

/*
 * Follows the bytes that a side puts on the wire after the handshake. Each record
 * must open under the next sequence number of the present key, so that no number
 * is used twice, and the explicit nonces of TLS 1.2 must go up one by one: a
 * record that libssl sealed for another number fails the test.
 */
struct wire_watch {
  struct wire_keys keys;
  struct stls_record_protect protect;
  /* The number of the next record is known. */
  bool has_seq;
  bool has_nonce;
  uint64_t nonce;
  uint8_t record[20000];
  size_t record_len;
  /* What was seen. */
  size_t num_records;
  size_t num_messages;
  size_t num_alerts;
  size_t num_key_updates;
};

/* Watches what this side sends, after its handshake; its context collects secrets
 * for wire_keys. */
void wire_watch_open(struct wire_watch *watch, stls_object *sender);
void wire_watch_close(struct wire_watch *watch);

/* Moves everything from one side to the other, in the pair's pieces, past the
 * watch, which may be NULL. Returns how many bytes. */
size_t wire_watch_move(struct wire_watch *watch, test_pair *pair,
                       stls_object *from, stls_object *to);

/* Takes everything that a side has to send past the watch. Returns how many
 * bytes. */
size_t wire_watch_take(struct wire_watch *watch, stls_object *from);

#endif
