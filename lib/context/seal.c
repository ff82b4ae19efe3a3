/* SPDX-License-Identifier: MIT */
/* seal: the end of a context's configuration. */
#include "base/error.h"
#include "context/context.h"
#include "context/policy_digest.h"

stls_result stls_context_seal(stls_context *context, stls_error *err)
{
  stls_error_guard guard;

  if (context == NULL) return stls_error_null(err, "context");
  /* Other threads may be at work from the first time on. */
  if (context->sealed) return STLS_OK;
  stls_error_enter(&guard);
  /* Without memory for it there is none, and sealing is not to fail of that. */
  stls_policy_digest_remember(context, NULL);
  stls_error_leave(&guard);
  context->sealed = true;
  return STLS_OK;
}

bool stls_context_is_sealed(const stls_context *context)
{
  return context != NULL && context->sealed;
}
