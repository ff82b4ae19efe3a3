/* SPDX-License-Identifier: MIT */
/* session_binding: a server's sessions belong to what their client asked for. */
#ifndef STLS_LIB_SESSION_BINDING_H
#define STLS_LIB_SESSION_BINDING_H

#include <openssl/ssl.h>

#include "context/context.h"

/*
 * For a ClientHello at hand, which asks for `server_name` (as server_name.h
 * spells it, or NULL), on a connection that is bound to `policy`
 * (policy_digest.h): narrows its session-id context to the sessions of that name
 * (RFC 6066, 3) and, where no TLS 1.3 will come of it, of the groups that the
 * client offers, of which TLS 1.2 looks at none when it resumes. Any other session
 * libssl takes for none. false when memory is short. The caller guards the error
 * queue.
 */
bool stls_session_binding_apply(const stls_context *context, SSL *ssl,
                                const unsigned char policy[STLS_SHA256_LEN],
                                const char *server_name);

/* Whether this ClientHello leads to TLS 1.3, if the server can. */
bool stls_session_binding_expects_tls_1_3(const stls_context *context,
                                          SSL *ssl);

#endif
