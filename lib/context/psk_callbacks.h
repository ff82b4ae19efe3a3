/* SPDX-License-Identifier: MIT */
/* psk_callbacks: connects libssl's PSK callbacks with the application's look-ups. */
#ifndef STLS_LIB_PSK_CALLBACKS_H
#define STLS_LIB_PSK_CALLBACKS_H

#include <openssl/ssl.h>
#include <sanstls/psk.h>

#include "context/context.h"

/* The look-ups of one connection. Zeroes are the initial state. */
struct stls_psk_callbacks {
  /* The result and the reason why a look-up's answer cannot be used; STLS_OK if
   * it can. Static text. */
  stls_result result;
  const char *problem;
  /* The identity of the last key that was found; owned. */
  uint8_t *identity;
  size_t identity_len;
  /* TLS 1.3: the mark of the session that a client offers, 0 for none
   * (psk_session.h); whether a server's look-up has found a key. */
  size_t offered_mark;
  bool found;
  /* When the session that a client offers beside keys was made, by the context's
   * clock; 0 for none. */
  int64_t session_time;
  bool is_finished;
  bool used;
};

/* Makes an SSL call the context's look-up, if there is one. The SSL has an
 * owner. Returns false when memory is short. */
bool stls_psk_callbacks_install(SSL *ssl, const stls_context *context);

/* Called when the handshake has succeeded: stores whether the key was used. */
void stls_psk_callbacks_finish(struct stls_psk_callbacks *callbacks, SSL *ssl);

/* Whether the key is used: the result of stls_psk_callbacks_finish, known once
 * a ServerHello has been sent or received. */
bool stls_psk_callbacks_is_used(const struct stls_psk_callbacks *callbacks,
                                SSL *ssl);

/* Whether the key alone authenticates the peer. Called after
 * stls_psk_callbacks_finish. */
bool stls_psk_callbacks_authenticates(
    const struct stls_psk_callbacks *callbacks, const SSL *ssl);

void stls_psk_callbacks_clear(struct stls_psk_callbacks *callbacks);

#endif
