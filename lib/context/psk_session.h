/* SPDX-License-Identifier: MIT */
/* psk_session: makes the TLS 1.3 session that carries an external pre-shared key. */
#ifndef STLS_LIB_PSK_SESSION_H
#define STLS_LIB_PSK_SESSION_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

#include "context/psk.h"

/*
 * Returns a new session with the key and digest of `psk`, for libssl to offer or
 * accept (SSL_psk_use_session_cb_func). On a client it also stores a mark that no
 * other session has, never 0, in `out_mark`; on a server `out_mark` is left alone.
 * NULL: no memory. The caller guards the error queue.
 */
SSL_SESSION *stls_psk_session_new(SSL *ssl, const stls_psk *psk,
                                  size_t *out_mark);

/* Whether the session, or the one that libssl copied it from, has this mark. */
bool stls_psk_session_has_mark(const SSL_SESSION *session, size_t mark);

#endif
