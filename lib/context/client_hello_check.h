/* SPDX-License-Identifier: MIT */
/* client_hello_check: the ClientHello that a server's libssl has at hand. */
#ifndef STLS_LIB_CLIENT_HELLO_CHECK_H
#define STLS_LIB_CLIENT_HELLO_CHECK_H

#include <openssl/ssl.h>
#include <sanstls/reason.h>
#include <sanstls/trace.h>

#include "context/client_hello_digest.h"
#include "context/context.h"

/* One connection's. Zero-initialised is one that has seen nothing. */
struct stls_client_hello_check {
  /* The context's when the SSL was made, by which peers are verified. */
  unsigned char policy[STLS_SHA256_LEN];
  /* What the client asks for, as server_name.h spells it; owned, NULL for none. Of
   * the ClientHello at hand, for callbacks of a server's libssl that run once it
   * has been checked: those of sessions, tickets, keys and certificates. */
  char *server_name;
  /* Why a ClientHello, or a client's ServerHello, was refused, and the class of
   * that: STLS_OK for not. Static text. */
  stls_result result;
  stls_reason reason;
  const char *problem;
  /* The client can be asked for its certificate after the handshake. */
  bool offers_post_handshake_auth;
  /* The client offers one, and the server takes it: then TLS 1.2 has one (RFC
   * 7627). */
  bool has_extended_master_secret;
  /* Nobody was asked for a context: no ClientHello is taken. */
  bool has_no_choice;
  /* There was no memory for the next two. */
  bool is_incomplete;
  /* The message as it came, until it is answered; owned. */
  uint8_t *message;
  size_t message_len;
  /* Of the first one, after a HelloRetryRequest; owned. */
  struct stls_client_hello_digest *first_digest;
  /* Whether the last ServerHello brings a key share. */
  bool has_key_share;
};

/* Makes a server's SSLs check each ClientHello, if they have an owner. */
void stls_client_hello_check_install_server(SSL_CTX *ctx);

/* Makes a client's SSLs refuse a ServerHello that the next function found fault
 * with, if they have an owner. */
void stls_client_hello_check_install_client(SSL_CTX *ctx);

/* Takes note of a message of the handshake, whichever it is; on a client, too. */
void stls_client_hello_check_observe(struct stls_client_hello_check *check,
                                     const stls_context *context,
                                     stls_flow flow, const void *message,
                                     size_t len);

void stls_client_hello_check_clear(struct stls_client_hello_check *check);

#endif
