/* SPDX-License-Identifier: MIT */
/* policy_digest: computes a digest of what a context verifies and negotiates. */
#ifndef STLS_LIB_POLICY_DIGEST_H
#define STLS_LIB_POLICY_DIGEST_H

#include "base/sha256.h"
#include "context/context.h"

/*
 * Computes a digest that is equal for contexts whose full handshakes make the
 * same checks and negotiate from the same lists. It covers the role; verify
 * mode, flags, levels, purpose, names, certificate policies and stapling; the
 * contents and settings of the trust; versions, cipher suites, groups and
 * signature algorithms; the look-up
 * for pre-shared keys; and a client's own credentials. Without such a look-up
 * it is the same in every process. It leaves out what a resumed handshake
 * negotiates and checks again, such as ALPN, and a server's own certificates.
 * Returns STLS_OK or STLS_ERROR_MEMORY. The caller guards the error queue.
 */
stls_result stls_policy_digest_compute(const stls_context *context,
                                       unsigned char out[STLS_SHA256_LEN],
                                       stls_error *err);

/*
 * Caches the digest until a setter runs (setter.h), and makes it the session-id
 * context of the SSL_CTX, for an SSL that the application makes from it. Does
 * nothing to a sealed context. Returns STLS_OK or STLS_ERROR_MEMORY, after
 * which the digest is computed each time that it is needed. The caller guards
 * the error queue, and is the only thread while the context is not sealed.
 */
stls_result stls_policy_digest_cache(stls_context *context, stls_error *err);

/*
 * Makes the digest, which it also stores in `out`, the session-id context of
 * the connection (SSL_set_session_id_context): libssl resumes no session with
 * another one, on either side. The caller repeats this where the connection
 * gets another context. Caches the digest as above.
 */
stls_result stls_policy_digest_bind(stls_context *context, SSL *ssl,
                                    unsigned char out[STLS_SHA256_LEN],
                                    stls_error *err);

/* Whether a session was made under the policy with this digest. */
bool stls_policy_digest_matches(const unsigned char policy[STLS_SHA256_LEN],
                                const SSL_SESSION *session);

#endif
