/* SPDX-License-Identifier: MIT */
/* live_peer: a connection of this process that plays the peer of a program. */
#ifndef LIVE_PEER_H
#define LIVE_PEER_H

#include <sanstls/sanstls.h>
#include <stdbool.h>
#include <stddef.h>

#include "fake_peer.h"

/* What the peer does once the handshake is done. */
typedef struct live_script {
  const char *text; /* What it sends. */
  const char *cue; /* It waits until it has received this; NULL: it does not. */
  size_t enough;   /* It has said all, and leaves when it has received so many
                       * bytes; SIZE_MAX: when the program has ended. */
  bool is_rude;    /* It leaves without close_notify. */
  bool is_hasty;   /* It leaves without waiting for the program's. */
} live_script;

typedef struct live_peer live_peer;

/* Contexts that go with test/data: the caller's. */
stls_context *live_context(stls_role role);

/* The end of a test: frees its context of peers and what its program left, and checks for
 * leaks. */
void live_tear_down(stls_context **context);

/* A peer of a program; the script has to live as long. Tests fail where there is no
 * memory. */
live_peer *live_peer_new(stls_context *context, const live_script *script);
void live_peer_free(live_peer *peer);

/* The same for a kit: valid as long as the peer. */
fake_peer live_peer_as_fake(live_peer *peer);

/* What it has received, terminated, and how long that is; how its last call ended. */
const char *live_peer_text(const live_peer *peer);
size_t live_peer_text_len(const live_peer *peer);
stls_result live_peer_result(const live_peer *peer);

/* Where to cut what it has sent, one after another from 0, at the end SIZE_MAX: at
 * every byte, or with check_quick() at the ends of its records and beside them. */
size_t live_peer_next_cut(const live_peer *peer, size_t at);

#endif
