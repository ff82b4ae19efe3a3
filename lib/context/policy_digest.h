/* SPDX-License-Identifier: MIT */
/* policy_digest: what a context checks and chooses, as one short value. */
#ifndef STLS_LIB_POLICY_DIGEST_H
#define STLS_LIB_POLICY_DIGEST_H

#include "base/sha256.h"
#include "context/context.h"

/*
 * A value that contexts have in common whose full handshakes would check the same
 * and choose from the same: role; mode, flags, levels, purpose, names, what is in
 * the trust, with its settings; versions, cipher suites, groups, signature
 * algorithms; and, for a client, the certificate that it shows itself. The same
 * in every process. Left out is what a resumed handshake negotiates and checks
 * anew, such as ALPN, and a server's own certificates. STLS_ERROR_MEMORY. The
 * caller guards the error queue.
 */
stls_result stls_policy_digest_compute(const stls_context *context,
                                       unsigned char out[STLS_SHA256_LEN],
                                       stls_error *err);

/*
 * Remembers the value, until a setter runs (setter.h), and makes it the
 * session-id context of the SSL_CTX, for an SSL that the application makes from
 * it. Changes nothing of a sealed context. STLS_ERROR_MEMORY: the value is
 * computed each time that it is needed. The caller guards the error queue, and is
 * the only thread as long as the context is not sealed.
 */
stls_result stls_policy_digest_cache(stls_context *context, stls_error *err);

/*
 * Makes the policy, which it gives out, that of the connection's sessions: libssl
 * resumes none with another session-id context, on either side
 * (SSL_set_session_id_context). To be called again where the connection gets
 * another context. Remembers it, as above.
 */
stls_result stls_policy_digest_bind(stls_context *context, SSL *ssl,
                                    unsigned char out[STLS_SHA256_LEN],
                                    stls_error *err);

/* Whether a session was made under this policy. */
bool stls_policy_digest_matches(const unsigned char policy[STLS_SHA256_LEN],
                                const SSL_SESSION *session);

#endif
