/* SPDX-License-Identifier: MIT */
/* ssl_owner: finds the connection that an SSL belongs to, and its parts. */
#ifndef STLS_LIB_SSL_OWNER_H
#define STLS_LIB_SSL_OWNER_H

#include <openssl/ssl.h>
#include <sanstls/context.h>
#include <stdbool.h>

struct stls_client_hello_check;
struct stls_psk_callbacks;
struct stls_resumption;
struct stls_peer_verify;
struct stls_record_secrets;
struct stls_stapling_state;

/*
 * What libssl's callbacks need of a connection: the only ex_data that the
 * library sets on an SSL. A callback includes the headers of the parts that it
 * uses, and not the object's.
 */
struct stls_ssl_owner {
  struct stls_object *object;
  /* The object's members: its present context, and the name by which a client
   * refers to its server, in its resolved form, NULL for none. */
  stls_context *const *context;
  char *const *server_name;
  struct stls_peer_verify *peer_verify;
  struct stls_resumption *resumption;
  struct stls_psk_callbacks *psk_callbacks;
  struct stls_client_hello_check *hello_check;
  struct stls_stapling_state *stapling;
  /* The object's member, which is NULL until a secret is told. */
  struct stls_record_secrets **record_secrets;
};

/* Sets the owner of an SSL, which must outlive the SSL. Returns false when
 * memory is short. */
bool stls_ssl_owner_attach(struct stls_ssl_owner *owner, SSL *ssl);

/* Returns NULL for an SSL that the application made from stls_context_ssl_ctx. */
struct stls_ssl_owner *stls_ssl_owner_of(const SSL *ssl);

#endif
