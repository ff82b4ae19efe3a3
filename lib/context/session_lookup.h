/* SPDX-License-Identifier: MIT */
/* session_lookup: connects libssl with a server's own store of sessions. */
#ifndef STLS_LIB_SESSION_LOOKUP_H
#define STLS_LIB_SESSION_LOOKUP_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "context/context.h"
#include "context/ssl_owner.h"

/* Makes libssl look up a server's sessions in the context's store, or, without
 * a store, in the cache of the SSL_CTX. */
void stls_session_lookup_install(stls_context *context);

/* Stores a new session in the context's store, if there is one and the session
 * is in no ticket. */
void stls_session_lookup_store(const struct stls_ssl_owner *owner,
                               const SSL *ssl, const SSL_SESSION *session);

/* Called when a connection has failed with `cause`: drops its session from the
 * store, as libssl drops it from its cache after an alert (RFC 5246, 7.2.2). */
void stls_session_lookup_forget(const stls_context *context, const SSL *ssl,
                                stls_result cause);

#endif
