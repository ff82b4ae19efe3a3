/* SPDX-License-Identifier: MIT */
/* wire_watch: opens the records of one direction as an eavesdropper with keys. */
#ifndef STLS_TEST_WIRE_WATCH_H
#define STLS_TEST_WIRE_WATCH_H

#include <sanstls/context.h>

#include "lib/records/record_protect.h"
#include "lib/records/record_secrets.h"
#include "support/pair.h"

/*
 * Follows the bytes that a side puts on the wire after the handshake. Each record
 * must open under the next sequence number of the present key, so that no number
 * is used twice, and the explicit nonces of TLS 1.2 must go up one by one: a
 * record that libssl sealed for another number fails the test.
 */
struct wire_watch {
  struct stls_record_algorithms algorithms;
  struct stls_record_suite suite;
  struct stls_record_key key;
  struct stls_record_protect protect;
  uint8_t secret[STLS_RECORD_SECRET_MAX];
  bool has_seq;
  uint64_t seq;
  bool has_nonce;
  uint64_t nonce;
  /* Of the handshake message that has begun. */
  uint8_t header[4];
  size_t header_len;
  size_t left;
  uint8_t record[20000];
  size_t record_len;
  /* What was seen. */
  size_t num_records;
  size_t num_messages;
  size_t num_alerts;
  size_t num_key_updates;
};

/* For tune functions: collects the secrets of the connections of a context. Those
 * of the newest connection count. */
void wire_watch_collect(stls_context *context);

/* Watches what this side sends, after its handshake. */
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
