/* SPDX-License-Identifier: MIT */
/* forged_peer: a peer that keeps and breaks the rules, by numbers. */
#ifndef STLS_TEST_FORGED_PEER_H
#define STLS_TEST_FORGED_PEER_H

#include "record_sealer.h"

enum {
  FORGED_PEER_MAX = 400000
};

/* It takes the place of a side after its handshake. */
struct forged_peer {
  struct record_sealer sealer;
  /* TLS 1.3. */
  bool is_new;
  /* What is on its way to the other side. */
  uint8_t bytes[FORGED_PEER_MAX];
  size_t len;
  /* The record that was sealed last. */
  uint8_t last[RECORD_SEALER_RECORD_MAX];
  size_t last_len;
};

/* Its next record has the number `seq`. */
void forged_peer_open(struct forged_peer *peer, stls_object *side,
                      uint64_t seq);
void forged_peer_close(struct forged_peer *peer);

/* Sends data or a KeyUpdate; or what nobody may send, or what happens on the way
 * to what is sent: replays, losses, changes. */
void forged_peer_send_lawful(struct forged_peer *peer, unsigned number);
void forged_peer_send_unlawful(struct forged_peer *peer, unsigned number);

/* Removes the first bytes. */
void forged_peer_take(struct forged_peer *peer, size_t len);

#endif
