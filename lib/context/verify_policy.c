/* SPDX-License-Identifier: MIT */
/* verify_policy: sets whether and how peers are verified. */
#include "context/verify_policy.h"

#include <openssl/x509_vfy.h>
#include <sanstls/post_handshake_auth.h>
#include <sanstls/verify.h>

#include "base/error.h"
#include "context/expected_client.h"
#include "context/peer_verify.h"
#include "context/setter.h"

/* The flags with which OpenSSL accepts certificates that it refuses otherwise. */
#define WEAKENING_FLAGS \
  (X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_IGNORE_CRITICAL | \
   X509_V_FLAG_ALLOW_PROXY_CERTS)

/* OpenSSL's depth where none was set. */
#define DEFAULT_DEPTH 100

#define KNOWN_HOSTFLAGS (0x3fU | STLS_HOSTFLAG_ANY_LABEL)

static void set_mode(stls_context *context, stls_verify_mode mode);
static void apply_post_handshake_auth(stls_context *context);
static bool is_strict(unsigned hostflags);

void stls_verify_policy_init(stls_context *context)
{
  context->hostflags = STLS_HOSTFLAGS_DEFAULT;
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context->ssl_ctx),
                              X509_V_FLAG_TRUSTED_FIRST);
  set_mode(context, context->role == STLS_CLIENT ? STLS_VERIFY_REQUIRED
                                                 : STLS_VERIFY_NONE);
}

stls_result stls_verify_policy_set_default_flags(stls_context *context,
                                                 stls_error *err)
{
  return stls_context_set_verify_flags(context,
                                       stls_context_verify_flags(context) |
                                           X509_V_FLAG_PARTIAL_CHAIN |
                                           X509_V_FLAG_X509_STRICT,
                                       err);
}

stls_result stls_context_set_verify_mode(stls_context *context,
                                         stls_verify_mode mode, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  if (mode != STLS_VERIFY_NONE && mode != STLS_VERIFY_OPTIONAL &&
      mode != STLS_VERIFY_REQUIRED)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "mode %d is not a stls_verify_mode", (int)mode);
  if (mode == STLS_VERIFY_NONE && context->role == STLS_CLIENT)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WEAKENS_SECURITY,
                           "mode is STLS_VERIFY_NONE on a client: see "
                           "stls_context_set_insecure_verify_none");
  set_mode(context, mode);
  return STLS_OK;
}

stls_verify_mode stls_context_verify_mode(const stls_context *context)
{
  return context == NULL ? STLS_VERIFY_NONE : context->verify_mode;
}

stls_result stls_context_set_insecure_verify_none(stls_context *context,
                                                  stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_CLIENT, err);

  if (result != STLS_OK) return result;
  set_mode(context, STLS_VERIFY_NONE);
  return STLS_OK;
}

stls_result stls_context_set_check_hostname(stls_context *context,
                                            stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_CLIENT, err);

  if (result != STLS_OK) return result;
  if (context->verify_mode == STLS_VERIFY_NONE)
    set_mode(context, STLS_VERIFY_REQUIRED);
  context->any_hostname = false;
  return STLS_OK;
}

stls_result stls_context_set_insecure_hostname_any(stls_context *context,
                                                   stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_CLIENT, err);

  if (result == STLS_OK) context->any_hostname = true;
  return result;
}

bool stls_context_check_hostname(const stls_context *context)
{
  return context != NULL && context->role == STLS_CLIENT &&
         context->verify_mode != STLS_VERIFY_NONE && !context->any_hostname;
}

stls_result stls_context_set_expected_client(stls_context *context,
                                             const char *const *names,
                                             size_t num_names, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_SERVER, err);
  stls_string_list *list = NULL;

  if (result == STLS_OK)
    result = stls_expected_client_resolve(names, num_names, &list, err);
  if (result != STLS_OK) return result;
  if (list != NULL && context->verify_mode == STLS_VERIFY_NONE)
    set_mode(context, STLS_VERIFY_REQUIRED);
  stls_string_list_free(context->expected_clients);
  context->expected_clients = list;
  return STLS_OK;
}

stls_result stls_context_set_verify_flags(stls_context *context,
                                          unsigned long flags, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  if ((flags & WEAKENING_FLAGS) != 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WEAKENS_SECURITY,
                           "flags 0x%lx weaken security: see "
                           "stls_context_set_insecure_verify_flags",
                           flags & WEAKENING_FLAGS);
  return stls_context_set_insecure_verify_flags(context, flags, err);
}

stls_result stls_context_set_insecure_verify_flags(stls_context *context,
                                                   unsigned long flags,
                                                   stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);
  X509_VERIFY_PARAM *param;

  if (result != STLS_OK) return result;
  param = SSL_CTX_get0_param(context->ssl_ctx);
  X509_VERIFY_PARAM_clear_flags(param,
                                X509_VERIFY_PARAM_get_flags(param) & ~flags);
  X509_VERIFY_PARAM_set_flags(param, flags);
  return STLS_OK;
}

unsigned long stls_context_verify_flags(const stls_context *context)
{
  if (context == NULL) return 0;
  return X509_VERIFY_PARAM_get_flags(SSL_CTX_get0_param(context->ssl_ctx));
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
                                                  bool is_on, stls_error *err)
{
  const unsigned never = STLS_HOSTFLAG_NEVER_CHECK_SUBJECT;
  const unsigned flags = stls_context_hostflags(context);

  return stls_context_set_insecure_hostflags(
      context, is_on ? flags & ~never : flags | never, err);
}

bool stls_context_insecure_common_name(const stls_context *context)
{
  return context != NULL && (stls_context_hostflags(context) &
                             STLS_HOSTFLAG_NEVER_CHECK_SUBJECT) == 0;
}

stls_result stls_context_set_post_handshake_auth(stls_context *context,
                                                 bool is_on, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  context->post_handshake_auth = is_on;
  apply_post_handshake_auth(context);
  return STLS_OK;
}

bool stls_context_post_handshake_auth(const stls_context *context)
{
  return context != NULL && context->post_handshake_auth;
}

static void set_mode(stls_context *context, stls_verify_mode mode)
{
  stls_peer_verify_install(context->ssl_ctx, (int)mode);
  context->verify_mode = mode;
  apply_post_handshake_auth(context);
}

static void apply_post_handshake_auth(stls_context *context)
{
  SSL_CTX *ctx = context->ssl_ctx;
  int mode = SSL_CTX_get_verify_mode(ctx) & ~SSL_VERIFY_POST_HANDSHAKE;
  bool is_on = context->post_handshake_auth;

  if (context->role == STLS_CLIENT)
    SSL_CTX_set_post_handshake_auth(ctx, is_on);
  else if (is_on && (mode & SSL_VERIFY_PEER) != 0)
    mode |= SSL_VERIFY_POST_HANDSHAKE;
  SSL_CTX_set_verify(ctx, mode, SSL_CTX_get_verify_callback(ctx));
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
