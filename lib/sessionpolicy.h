/* SPDX-License-Identifier: MIT */
/* sessionpolicy (L4): what a context checks and chooses, as one short value. */
#ifndef STLS_SESSIONPOLICY_H
#define STLS_SESSIONPOLICY_H

#include "context.h"
#include "digest.h"

/*
 * A value that contexts have in common whose full handshakes would check the same
 * and choose from the same: role; mode, flags, levels, purpose, names, what is in
 * the trust, with its settings; versions, cipher suites, groups, signature
 * algorithms; and, for a client, the certificate that it shows itself. The same
 * in every process. Left out is what a resumed handshake negotiates and checks
 * anew, such as ALPN, and a server's own certificates. STLS_ERROR_MEMORY. The
 * caller guards the error queue.
 */
stls_result stls_sessionpolicy_digest(const stls_context *context,
                                      unsigned char out[STLS_DIGEST_LEN],
                                      stls_error *err);

/* Remembers the value of a context that will not change any more; where there is
 * no memory, it is made each time. The caller guards the error queue, and is the
 * only thread. */
void stls_sessionpolicy_seal(stls_context *context);

/*
 * Makes the policy, which it gives out, that of the connection's sessions: libssl
 * resumes none with another session-id context, on either side
 * (SSL_set_session_id_context). To be called again where the connection gets
 * another context.
 */
stls_result stls_sessionpolicy_bind(const stls_context *context, SSL *ssl,
                                    unsigned char out[STLS_DIGEST_LEN],
                                    stls_error *err);

/* Whether a session was made under this policy. */
bool stls_sessionpolicy_is_of(const unsigned char policy[STLS_DIGEST_LEN],
                              const SSL_SESSION *session);

#endif
