/* SPDX-License-Identifier: MIT */
/* session_binding: binds a server's sessions to the client's server name and groups. */
#ifndef STLS_LIB_SESSION_BINDING_H
#define STLS_LIB_SESSION_BINDING_H

#include <openssl/ssl.h>

#include "context/context.h"

/*
 * Narrows the session-id context of a server's connection while it has a
 * ClientHello. `server_name` is the requested name in the form of
 * server_name.h, or NULL; `policy` is the digest that the connection is bound
 * to (policy_digest.h). libssl then resumes only sessions of that name (RFC
 * 6066, 3) and, unless TLS 1.3 is negotiated, of the groups that the client
 * offers, because TLS 1.2 does not check them when it resumes. Returns false
 * when memory is short. The caller guards the error queue.
 */
bool stls_session_binding_apply(const stls_context *context, SSL *ssl,
                                const unsigned char policy[STLS_SHA256_LEN],
                                const char *server_name);

/* Whether this ClientHello leads to TLS 1.3, if the server supports it. */
bool stls_session_binding_expects_tls_1_3(const stls_context *context,
                                          SSL *ssl);

#endif
