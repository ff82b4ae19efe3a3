/* SPDX-License-Identifier: MIT */
/* policy (L4): security level, verification depth, host flags, master secret. */
#include <sanstls/policy.h>

#include "error.h"
#include "setter.h"

#define LEVEL_MAX 5

/* What OpenSSL takes where no depth was set. */
#define DEFAULT_DEPTH 100

#define KNOWN_HOSTFLAGS (0x3fU | STLS_HOSTFLAG_ANY_LABEL)

static stls_result check_level(stls_context *context, int level,
                               stls_error *err);
static bool is_strict(unsigned hostflags);

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

stls_result stls_context_set_verify_depth(stls_context *context, int depth,
                                          stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  if (depth < 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                           "depth %d is negative", depth);
  SSL_CTX_set_verify_depth(context->ssl_ctx, depth);
  return STLS_OK;
}

int stls_context_verify_depth(const stls_context *context)
{
  int depth;

  if (context == NULL) return -1;
  depth = SSL_CTX_get_verify_depth(context->ssl_ctx);
  return depth < 0 ? DEFAULT_DEPTH : depth;
}

stls_result stls_context_set_hostflags(stls_context *context,
                                       unsigned hostflags, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_CLIENT, err);

  if (result != STLS_OK) return result;
  if (!is_strict(hostflags))
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WEAKENS_SECURITY,
                           "hostflags 0x%x weaken security: see "
                           "stls_context_set_insecure_hostflags",
                           hostflags);
  return stls_context_set_insecure_hostflags(context, hostflags, err);
}

stls_result stls_context_set_insecure_hostflags(stls_context *context,
                                                unsigned hostflags,
                                                stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_CLIENT, err);

  if (result != STLS_OK) return result;
  if ((hostflags & ~KNOWN_HOSTFLAGS) != 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "hostflags 0x%x are not stls_hostflag",
                           hostflags & ~KNOWN_HOSTFLAGS);
  context->hostflags = hostflags;
  return STLS_OK;
}

unsigned stls_context_hostflags(const stls_context *context)
{
  return context == NULL ? 0 : context->hostflags;
}

stls_result stls_context_set_insecure_common_name(stls_context *context,
                                                  stls_error *err)
{
  return stls_context_set_insecure_hostflags(
      context,
      stls_context_hostflags(context) &
          ~(unsigned)STLS_HOSTFLAG_NEVER_CHECK_SUBJECT,
      err);
}

stls_result stls_context_set_require_extended_master_secret(
    stls_context *context, bool require, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result == STLS_OK) context->requires_extended_master_secret = require;
  return result;
}

bool stls_context_require_extended_master_secret(const stls_context *context)
{
  return context != NULL && context->requires_extended_master_secret;
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

static bool is_strict(unsigned hostflags)
{
  const unsigned loose =
      STLS_HOSTFLAG_ALWAYS_CHECK_SUBJECT | STLS_HOSTFLAG_MULTI_LABEL_WILDCARDS;
  const unsigned whole_labels =
      STLS_HOSTFLAG_NO_PARTIAL_WILDCARDS | STLS_HOSTFLAG_NO_WILDCARDS;

  return (hostflags & loose) == 0 && (hostflags & whole_labels) != 0 &&
         (hostflags & STLS_HOSTFLAG_NEVER_CHECK_SUBJECT) != 0;
}
