/* SPDX-License-Identifier: MIT */
/* setter: checks that a setter may run, and marks the policy as changed. */
#ifndef STLS_LIB_SETTER_H
#define STLS_LIB_SETTER_H

#include "context/context.h"

/* The role for setters that both roles have. */
#define STLS_ANY_ROLE 0

/*
 * Checks whether a setter may run. Every setter calls this first, on the one
 * thread that uses the context. `role` is a stls_role or STLS_ANY_ROLE. Returns
 * STLS_OK, after which the policy counts as changed; or STLS_ERROR_MISUSE for
 * NULL, a sealed context, or a setter of the other role.
 */
stls_result stls_setter_begin(stls_context *context, int role, stls_error *err);

/*
 * Marks the policy of a context that is not sealed as changed: its digest is
 * computed again when it is needed (policy_digest.h). Until then the SSL_CTX
 * has a session-id context that no other has had in this process, so that an
 * SSL that the application makes from it resumes no session of another policy.
 */
void stls_setter_change_policy(stls_context *context);

#endif
