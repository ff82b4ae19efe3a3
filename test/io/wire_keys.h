/* SPDX-License-Identifier: MIT */
/* wire_keys: the keys of what one side of a connection puts on the wire. */
#ifndef STLS_TEST_WIRE_KEYS_H
#define STLS_TEST_WIRE_KEYS_H

#include <sanstls/context.h>
#include <sanstls/object.h>
#include <stdlib.h>

#include "lib/records/record_protect.h"
#include "lib/records/record_secrets.h"

/* Needs no test framework: a failure ends the program. */

struct wire_keys {
  struct stls_record_algorithms algorithms;
  struct stls_record_suite suite;
  struct stls_record_key key;
  uint8_t secret[STLS_RECORD_SECRET_MAX];
  /* Of the next record. */
  uint64_t seq;
  /* Of the message that is followed: its header, and what is to come of it. */
  uint8_t header[4];
  size_t header_len, left;
};

/* Before the context is sealed: collects the secrets of its connections. Those of
 * the newest connection of all such contexts count. */
void wire_keys_collect(stls_context *context);

/* The first keys of application data of a side whose handshake is done. */
void wire_keys_open(struct wire_keys *keys, stls_object *sender);
void wire_keys_close(struct wire_keys *keys);

/* Goes on to the key behind a KeyUpdate. */
void wire_keys_update(struct wire_keys *keys);

/* Takes the content of a record of handshake messages, which may take several
 * records or share one (RFC 8446, 5.1), and goes on to the next key where it ends
 * a KeyUpdate. Returns whether it does. */
bool wire_keys_follow(struct wire_keys *keys, const uint8_t *content,
                      size_t len);

static inline void wire_keys_must(bool holds)
{
  if (!holds) abort();
}

#endif
