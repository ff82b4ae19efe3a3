/* SPDX-License-Identifier: MIT */
/* psk_callbacks: external pre-shared keys, from look-up to libssl. */
#ifndef STLS_LIB_PSK_CALLBACKS_H
#define STLS_LIB_PSK_CALLBACKS_H

#include <openssl/ssl.h>
#include <sanstls/psk.h>

#include "context/context.h"

/* One connection's look-ups. */
struct stls_psk_callbacks {
  /* Why a look-up's answer cannot be used, and the class of that: STLS_OK for
   * nothing of the kind. Static text. */
  stls_result result;
  const char *problem;
  /* Of the last key that was found; owned. */
  uint8_t *identity;
  size_t identity_len;
  /* TLS 1.3: the mark of what a client offers, 0 for nothing; whether a server
   * took what was found. */
  size_t offered_mark;
  bool found;
  bool is_finished;
  bool used;
};

/* Makes an SSL ask the context's look-up, if it has one; the SSL's owner is
 * attached. False: no memory. */
bool stls_psk_callbacks_install(SSL *ssl, const stls_context *context);

/* To be called when the handshake has succeeded: what became of the key. */
void stls_psk_callbacks_finish(struct stls_psk_callbacks *callbacks, SSL *ssl);

/* What `settle` will find, once a ServerHello has been sent or received. */
bool stls_psk_callbacks_is_used(const struct stls_psk_callbacks *callbacks,
                                SSL *ssl);

/* Whether the key is all that authenticates the peer; after `settle`. */
bool stls_psk_callbacks_authenticates(
    const struct stls_psk_callbacks *callbacks, const SSL *ssl);

void stls_psk_callbacks_clear(struct stls_psk_callbacks *callbacks);

#endif
