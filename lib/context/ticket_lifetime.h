/* SPDX-License-Identifier: MIT */
/* ticket_lifetime: limits the lifetime of a server's tickets and sessions. */
#ifndef STLS_LIB_TICKET_LIFETIME_H
#define STLS_LIB_TICKET_LIFETIME_H

#include <openssl/ssl.h>
#include <stdbool.h>

/*
 * Makes a server's tickets, and the sessions in its SSL_CTX's cache, expire
 * with the client's certificates and with the maximal age of the full
 * handshake, which tickets carry from one to the next.
 */
void stls_ticket_lifetime_install(SSL_CTX *ctx);

/*
 * Whether a connection of TLS 1.2 has resumed a session from the server's
 * cache. Other connections have the same SSL_SESSION, also in other threads, so
 * nothing may be written to it, and no ticket made from it.
 */
bool stls_ticket_lifetime_is_shared(const SSL *ssl);

#endif
