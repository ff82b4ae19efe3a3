/* SPDX-License-Identifier: MIT */
/* context_new: how a context begins: empty of trust, or with the defaults. */
#include <sanstls/context.h>
#include <sanstls/verify.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/version.h"
#include "context/client_hello_check.h"
#include "context/context.h"
#include "context/defaults.h"
#include "context/resumption.h"
#include "context/setter.h"
#include "context/tickets.h"

static stls_result open_context(stls_context *context, stls_role role,
                                OSSL_LIB_CTX *libctx, const char *propq,
                                stls_error *err);
static stls_result new_with_defaults(stls_role role, OSSL_LIB_CTX *libctx,
                                     const char *propq,
                                     stls_context **out_context,
                                     stls_error *err);
static stls_result add_defaults(stls_context *context, stls_error *err);
static stls_result set_system_trust(stls_context *context, stls_error *err);

stls_result stls_context_new_without_trust(stls_role role, OSSL_LIB_CTX *libctx,
                                           const char *propq,
                                           stls_context **out_context,
                                           stls_error *err)
{
  stls_context *context;
  stls_error_guard guard;
  stls_result result;

  if (out_context == NULL) return stls_error_null(err, "out_context");
  if (role != STLS_CLIENT && role != STLS_SERVER)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "role %d is not a stls_role", (int)role);
  result = stls_version_check_openssl(err);
  if (result != STLS_OK) return result;
  context = stls_mem_zalloc(sizeof *context);
  if (context == NULL) return stls_error_memory(err);
  stls_error_enter(&guard);
  stls_refs_init(&context->refs);
  result = open_context(context, role, libctx, propq, err);
  if (result == STLS_OK)
    *out_context = context;
  else
    stls_context_free(context);
  stls_error_leave(&guard);
  return result;
}

stls_result stls_context_new_client(OSSL_LIB_CTX *libctx, const char *propq,
                                    stls_context **out_context, stls_error *err)
{
  return new_with_defaults(STLS_CLIENT, libctx, propq, out_context, err);
}

stls_result stls_context_new_server(OSSL_LIB_CTX *libctx, const char *propq,
                                    stls_context **out_context, stls_error *err)
{
  return new_with_defaults(STLS_SERVER, libctx, propq, out_context, err);
}

stls_result stls_context_new_insecure_client(OSSL_LIB_CTX *libctx,
                                             const char *propq,
                                             stls_context **out_context,
                                             stls_error *err)
{
  stls_context *context = NULL;
  stls_result result;

  if (out_context == NULL) return stls_error_null(err, "out_context");
  result =
      stls_context_new_without_trust(STLS_CLIENT, libctx, propq, &context, err);
  if (result == STLS_OK)
    result = stls_context_set_insecure_verify_none(context, err);
  if (result == STLS_OK)
    *out_context = context;
  else
    stls_context_free(context);
  return result;
}

static stls_result open_context(stls_context *context, stls_role role,
                                OSSL_LIB_CTX *libctx, const char *propq,
                                stls_error *err)
{
  const SSL_METHOD *method =
      role == STLS_CLIENT ? TLS_client_method() : TLS_server_method();
  stls_result result;

  context->role = role;
  context->libctx = libctx;
  if (propq != NULL && (context->propq = stls_mem_strdup(propq)) == NULL)
    return stls_error_memory(err);
  context->ssl_ctx = SSL_CTX_new_ex(libctx, propq, method);
  if (context->ssl_ctx == NULL)
    return stls_error_fail_openssl(err, STLS_ERROR_UNSUPPORTED,
                                   STLS_REASON_NOT_SUPPORTED,
                                   "no TLS in this library context");
  context->sha256 = EVP_MD_fetch(libctx, "SHA256", propq);
  if (context->sha256 == NULL)
    return stls_error_fail_openssl(err, STLS_ERROR_UNSUPPORTED,
                                   STLS_REASON_NOT_SUPPORTED,
                                   "no SHA-256 in this library context");
  stls_setter_change_policy(context);
  if (role == STLS_CLIENT) {
    stls_resumption_install(context->ssl_ctx);
    stls_client_hello_check_install_client(context->ssl_ctx);
  } else {
    stls_client_hello_check_install(context->ssl_ctx);
  }
  result = stls_tickets_init(context, err);
  return result == STLS_OK ? stls_defaults_set(context, err) : result;
}

static stls_result new_with_defaults(stls_role role, OSSL_LIB_CTX *libctx,
                                     const char *propq,
                                     stls_context **out_context,
                                     stls_error *err)
{
  stls_context *context = NULL;
  stls_result result;

  if (out_context == NULL) return stls_error_null(err, "out_context");
  result = stls_context_new_without_trust(role, libctx, propq, &context, err);
  if (result == STLS_OK) result = add_defaults(context, err);
  if (result == STLS_OK)
    *out_context = context;
  else
    stls_context_free(context);
  return result;
}

static stls_result add_defaults(stls_context *context, stls_error *err)
{
  const unsigned long flags = stls_context_verify_flags(context) |
                              X509_V_FLAG_PARTIAL_CHAIN |
                              X509_V_FLAG_X509_STRICT;
  stls_result result = stls_context_set_verify_flags(context, flags, err);

  if (result == STLS_OK && context->role == STLS_CLIENT)
    result = set_system_trust(context, err);
  return result;
}

static stls_result set_system_trust(stls_context *context, stls_error *err)
{
  stls_trust *trust = NULL;
  stls_result result =
      stls_trust_new(context->libctx, context->propq, &trust, err);

  if (result == STLS_OK) result = stls_trust_add_system(trust, err);
  if (result == STLS_OK) result = stls_context_set_trust(context, trust, err);
  stls_trust_free(trust);
  return result;
}
