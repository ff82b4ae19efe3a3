/* SPDX-License-Identifier: MIT */
/* psk_mark: a mark on a session that libssl's copies of it have, too. */
#ifndef STLS_LIB_PSK_MARK_H
#define STLS_LIB_PSK_MARK_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

/* Gives the session a mark that no other has, not 0; 0: no memory. */
size_t stls_psk_mark_set(SSL_SESSION *session);

/* Whether the session, or what it is a copy of, was given this mark. */
bool stls_psk_mark_is(const SSL_SESSION *session, size_t mark);

#endif
