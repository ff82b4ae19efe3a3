/* SPDX-License-Identifier: MIT */
/* setter: checks that a setter may run, and marks the policy as changed. */
#include "context/setter.h"

#include <stdatomic.h>

#include "base/error.h"

static atomic_ullong last_policy;

stls_result stls_setter_begin(stls_context *context, int role, stls_error *err)
{
  if (context == NULL) return stls_error_null(err, "context");
  if (context->sealed)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_SEALED,
                           "context is sealed: no setting changes any more");
  if (role != STLS_ANY_ROLE && role != (int)context->role)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WRONG_ROLE, "%s",
                           role == STLS_CLIENT ? "context is not a client's"
                                               : "context is not a server's");
  stls_setter_change_policy(context);
  return STLS_OK;
}

void stls_setter_change_policy(stls_context *context)
{
  const unsigned long long number = atomic_fetch_add(&last_policy, 1) + 1;

  context->policy.is_known = false;
  /* Cannot fail: SSL_MAX_SID_CTX_LENGTH is 32. */
  SSL_CTX_set_session_id_context(context->ssl_ctx,
                                 (const unsigned char *)&number, sizeof number);
}
