/* SPDX-License-Identifier: MIT */
/* session_check: checks whether a context may resume a session. */
#ifndef STLS_LIB_SESSION_CHECK_H
#define STLS_LIB_SESSION_CHECK_H

#include "context/context.h"
#include "session/session.h"

/* Whether a connection of `context` to `name`, in its resolved form or NULL,
 * may offer the session. Results as stls_session_check. The caller guards the
 * error queue. */
stls_result stls_session_check_compatible(const stls_session *session,
                                          const stls_context *context,
                                          const char *name, stls_error *err);

#endif
