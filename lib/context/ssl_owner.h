/* SPDX-License-Identifier: MIT */
/* ssl_owner: the connection that an SSL belongs to, and its parts. */
#ifndef STLS_LIB_SSL_OWNER_H
#define STLS_LIB_SSL_OWNER_H

#include <openssl/ssl.h>
#include <sanstls/context.h>
#include <stdbool.h>

struct stls_hellocheck;
struct stls_psk_run;
struct stls_sessions;
struct stls_verify;

/*
 * What callbacks of libssl need of a connection: the one thing that the library
 * ties to an SSL. A callback includes the headers of the parts that it uses, and
 * none of the object.
 */
struct stls_owner {
  struct stls_object *object;
  /* Where the object has its context, whichever that is by now, and the name that
   * a client refers to its server by: resolved, NULL for none. */
  stls_context *const *context;
  char *const *server_name;
  struct stls_verify *verify;
  struct stls_sessions *sessions;
  struct stls_psk_run *psk;
  struct stls_hellocheck *hello;
};

/* Ties an SSL to its owner, which must outlive it. false: no memory. */
bool stls_owner_attach(struct stls_owner *owner, SSL *ssl);

/* NULL for an SSL that is not ours, made by whoever uses the escape hatch. */
struct stls_owner *stls_owner_of(const SSL *ssl);

#endif
