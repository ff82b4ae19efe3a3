/* SPDX-License-Identifier: MIT */
/* setter: what all setters of a context begin with. */
#ifndef STLS_LIB_SETTER_H
#define STLS_LIB_SETTER_H

#include "context/context.h"

/* Any role, for stls_setter_begin. */
#define STLS_ANY_ROLE 0

/*
 * Says whether a setter may run: STLS_OK, or STLS_ERROR_MISUSE for NULL, a sealed
 * context, or a setter of the other role. Every setter calls this before anything
 * else, on the context's one thread; with STLS_OK the policy counts as changed.
 */
stls_result stls_setter_begin(stls_context *context, int role, stls_error *err);

/*
 * The policy of a context that is not sealed has changed: its digest is computed
 * again when it is needed next (policy_digest.h). Until then the SSL_CTX has a
 * session-id context that no other has had in this process, so that an SSL that
 * the application makes from it resumes no session of another policy.
 */
void stls_setter_change_policy(stls_context *context);

#endif
