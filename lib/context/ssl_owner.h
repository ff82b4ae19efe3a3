/* SPDX-License-Identifier: MIT */
/* ssl_owner: the connection that an SSL belongs to, and its parts. */
#ifndef STLS_LIB_SSL_OWNER_H
#define STLS_LIB_SSL_OWNER_H

#include <openssl/ssl.h>
#include <sanstls/context.h>
#include <stdbool.h>

struct stls_client_hello_check;
struct stls_psk_callbacks;
struct stls_resumption;
struct stls_peer_verify;

/*
 * What callbacks of libssl need of a connection: the one thing that the library
 * ties to an SSL. A callback includes the headers of the parts that it uses, and
 * none of the object.
 */
struct stls_ssl_owner {
  struct stls_object *object;
  /* Where the object has its context, whichever that is by now, and the name that
   * a client refers to its server by: resolved, NULL for none. */
  stls_context *const *context;
  char *const *server_name;
  struct stls_peer_verify *peer_verify;
  struct stls_resumption *resumption;
  struct stls_psk_callbacks *psk_callbacks;
  struct stls_client_hello_check *hello_check;
};

/* Ties an SSL to its owner, which must outlive it. false: no memory. */
bool stls_ssl_owner_attach(struct stls_ssl_owner *owner, SSL *ssl);

/* NULL for an SSL that is not ours, made by whoever uses the escape hatch. */
struct stls_ssl_owner *stls_ssl_owner_of(const SSL *ssl);

#endif
