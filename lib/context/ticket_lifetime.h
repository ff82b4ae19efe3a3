/* SPDX-License-Identifier: MIT */
/* ticket_lifetime: what a server gave to resume with ends in time. */
#ifndef STLS_LIB_TICKET_LIFETIME_H
#define STLS_LIB_TICKET_LIFETIME_H

#include <openssl/ssl.h>
#include <stdbool.h>

/*
 * Has a server's tickets, and the sessions that its SSL_CTX remembers for clients
 * without, end with what they rest on: the certificates of the client, and the
 * age of the full handshake that they descend from, which tickets carry from one
 * to the next.
 */
void stls_ticket_lifetime_install(SSL_CTX *ctx);

/*
 * Whether a connection of TLS 1.2 has resumed a session that the server remembers:
 * other connections have the same SSL_SESSION, in other threads too, so that
 * nothing may be written to it, and no ticket made of it.
 */
bool stls_ticket_lifetime_is_shared(const SSL *ssl);

#endif
