/* SPDX-License-Identifier: MIT */
/* security_level: the security level. */
#include <sanstls/ciphers.h>
#include <sanstls/verify.h>

#include "base/error.h"
#include "context/setter.h"

#define LEVEL_MAX 5

static stls_result check_level(stls_context *context, int level,
                               stls_error *err);

stls_result stls_context_set_security_level(stls_context *context, int level,
                                            stls_error *err)
{
  stls_result result = check_level(context, level, err);

  if (result != STLS_OK) return result;
  if (level < stls_context_security_level(context))
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WEAKENS_SECURITY,
                           "level %d is below the present %d: see "
                           "stls_context_set_insecure_security_level",
                           level, stls_context_security_level(context));
  return stls_context_set_insecure_security_level(context, level, err);
}

stls_result stls_context_set_insecure_security_level(stls_context *context,
                                                     int level, stls_error *err)
{
  stls_result result = check_level(context, level, err);

  if (result != STLS_OK) return result;
  SSL_CTX_set_security_level(context->ssl_ctx, level);
  return STLS_OK;
}

int stls_context_security_level(const stls_context *context)
{
  return context == NULL ? -1 : SSL_CTX_get_security_level(context->ssl_ctx);
}

static stls_result check_level(stls_context *context, int level,
                               stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result == STLS_OK && (level < 0 || level > LEVEL_MAX))
    result = stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                             "level %d is not 0 to %d", level, LEVEL_MAX);
  return result;
}
