/* SPDX-License-Identifier: MIT */
/* client_hello_check: checks hello messages before libssl acts on them. */
#ifndef STLS_LIB_CLIENT_HELLO_CHECK_H
#define STLS_LIB_CLIENT_HELLO_CHECK_H

#include <openssl/ssl.h>
#include <sanstls/reason.h>
#include <sanstls/trace.h>

#include "context/client_hello_digest.h"
#include "context/context.h"

/* The state of one connection. Zeroes are the initial state. */
struct stls_client_hello_check {
  /* The digest of the context's policy when the SSL was made, by which peers
   * are verified. */
  unsigned char policy[STLS_SHA256_LEN];
  /* The server name that the present ClientHello asks for, in the form of
   * server_name.h; owned, NULL for none. For callbacks of a server's libssl
   * that run after the check: those for sessions, tickets, keys and
   * certificates. */
  char *server_name;
  /* Why a ClientHello, or on a client a ServerHello, was refused, and the
   * result: STLS_OK if it was not. Static text. */
  stls_result result;
  stls_reason reason;
  const char *problem;
  /* The client supports post-handshake authentication. */
  bool offers_post_handshake_auth;
  /* The client offers an extended master secret, and the server accepts it:
   * with TLS 1.2 the connection has one (RFC 7627). */
  bool has_extended_master_secret;
  /* The ClientHello came in a form for which no context is chosen: every
   * ClientHello is refused. */
  bool has_no_choice;
  /* Memory was short for the next two members. */
  bool is_incomplete;
  /* The ClientHello's bytes, until the server answers; owned. */
  uint8_t *message;
  size_t message_len;
  /* The digest of the first ClientHello, after a HelloRetryRequest; owned. */
  struct stls_client_hello_digest *first_digest;
  /* Whether the last ServerHello has a key share. */
  bool has_key_share;
};

/* Makes the SSLs of a server's SSL_CTX check each ClientHello, if they have an
 * owner (ssl_owner.h). */
void stls_client_hello_check_install_server(SSL_CTX *ctx);

/* Makes the SSLs of a client's SSL_CTX refuse a ServerHello that
 * stls_client_hello_check_observe has found wrong, if they have an owner. */
void stls_client_hello_check_install_client(SSL_CTX *ctx);

/* Observes one handshake message of any type, on a server or a client. */
void stls_client_hello_check_observe(struct stls_client_hello_check *check,
                                     const stls_context *context,
                                     stls_flow flow, const void *message,
                                     size_t len);

void stls_client_hello_check_clear(struct stls_client_hello_check *check);

#endif
