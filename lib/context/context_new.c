/* SPDX-License-Identifier: MIT */
/* context_new: creates contexts, without trust or with the default settings. */
#include <sanstls/context.h>
#include <sanstls/verify.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "base/refs.h"
#include "base/version.h"
#include "context/ciphers.h"
#include "context/client_hello_check.h"
#include "context/context.h"
#include "context/context_clock.h"
#include "context/resumption.h"
#include "context/setter.h"
#include "context/stapling.h"
#include "context/tickets.h"
#include "context/verify_policy.h"

/* The cheapest suite comes first, including the cost of the handshake's hashes:
 * all three are strong. */
#define DEFAULT_CIPHERSUITES \
  "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

/* Before OpenSSL 3.2 these bits have no meaning. */
#define NO_CERTIFICATE_COMPRESSION \
  (STLS_OP_NO_TX_CERTIFICATE_COMPRESSION | \
   STLS_OP_NO_RX_CERTIFICATE_COMPRESSION)

static const size_t default_limits[STLS_NUM_LIMITS] = {
    [STLS_LIMIT_KEY_UPDATES] = 32,    [STLS_LIMIT_EMPTY_RECORDS] = 32,
    [STLS_LIMIT_REPLY_BYTES] = 16384, [STLS_LIMIT_CERTIFICATE_BYTES] = 102400,
    [STLS_LIMIT_RENEGOTIATIONS] = 4,  [STLS_LIMIT_TICKETS] = 256,
};

static stls_result init_context(stls_context *context, stls_role role,
                                OSSL_LIB_CTX *libctx, const char *propq,
                                stls_error *err);
static stls_result init_settings(stls_context *context, stls_error *err);
static stls_result new_and_set(stls_role role, OSSL_LIB_CTX *libctx,
                               const char *propq,
                               stls_result (*set)(stls_context *context,
                                                  stls_error *err),
                               stls_context **out_context, stls_error *err);
static stls_result set_default_trust(stls_context *context, stls_error *err);
static stls_result set_system_trust(stls_context *context, stls_error *err);

stls_result stls_context_new_without_trust(stls_role role, OSSL_LIB_CTX *libctx,
                                           const char *propq,
                                           stls_context **out_context,
                                           stls_error *err)
{
  stls_context *context;
  stls_error_queue_guard guard;
  stls_result result;

  if (out_context == NULL) return stls_error_null(err, "out_context");
  if (role != STLS_CLIENT && role != STLS_SERVER)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "role %d is not a stls_role", (int)role);
  result = stls_version_check_openssl(err);
  if (result != STLS_OK) return result;
  context = stls_mem_zalloc(sizeof *context);
  if (context == NULL) return stls_error_memory(err);
  stls_error_queue_enter(&guard);
  stls_refs_init(&context->refs);
  result = init_context(context, role, libctx, propq, err);
  if (result == STLS_OK)
    *out_context = context;
  else
    stls_context_free(context);
  stls_error_queue_leave(&guard);
  return result;
}

stls_result stls_context_new_client(OSSL_LIB_CTX *libctx, const char *propq,
                                    stls_context **out_context, stls_error *err)
{
  return new_and_set(STLS_CLIENT, libctx, propq, set_default_trust, out_context,
                     err);
}

stls_result stls_context_new_server(OSSL_LIB_CTX *libctx, const char *propq,
                                    stls_context **out_context, stls_error *err)
{
  return new_and_set(STLS_SERVER, libctx, propq, set_default_trust, out_context,
                     err);
}

stls_result stls_context_new_insecure_client(OSSL_LIB_CTX *libctx,
                                             const char *propq,
                                             stls_context **out_context,
                                             stls_error *err)
{
  return new_and_set(STLS_CLIENT, libctx, propq,
                     stls_context_set_insecure_verify_none, out_context, err);
}

static stls_result init_context(stls_context *context, stls_role role,
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
  stls_record_algorithms_fetch(&context->record_algorithms, libctx,
                               context->propq);
  stls_setter_change_policy(context);
  if (role == STLS_CLIENT) {
    stls_resumption_install(context->ssl_ctx);
    stls_client_hello_check_install_client(context->ssl_ctx);
  } else {
    stls_client_hello_check_install_server(context->ssl_ctx);
    stls_stapling_install_server(context->ssl_ctx);
  }
  result = stls_tickets_init(context, err);
  if (result == STLS_OK) result = stls_context_clock_init(context, err);
  return result == STLS_OK ? init_settings(context, err) : result;
}

static stls_result init_settings(stls_context *context, stls_error *err)
{
  SSL_CTX *ssl_ctx = context->ssl_ctx;

  memcpy(context->limits, default_limits, sizeof default_limits);
  SSL_CTX_set_options(
      ssl_ctx, (SSL_OP_ALL & ~SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS) |
                   SSL_OP_NO_SSLv3 | SSL_OP_NO_COMPRESSION |
                   SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                   NO_CERTIFICATE_COMPRESSION);
  SSL_CTX_set_mode(ssl_ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_AUTO_RETRY | SSL_MODE_RELEASE_BUFFERS |
                                SSL_MODE_NO_AUTO_CHAIN);
  context->min_version = STLS_TLS_1_2;
  context->max_version = STLS_TLS_1_3;
  if (SSL_CTX_set_min_proto_version(ssl_ctx, STLS_TLS_1_2) != 1 ||
      SSL_CTX_set_max_proto_version(ssl_ctx, STLS_TLS_1_3) != 1 ||
      SSL_CTX_set_cipher_list(ssl_ctx, STLS_CIPHERS_DEFAULT) != 1 ||
      SSL_CTX_set_ciphersuites(ssl_ctx, DEFAULT_CIPHERSUITES) != 1 ||
      stls_ciphers_set_groups(ssl_ctx, "DEFAULT") != 1)
    return stls_error_fail_openssl(
        err, STLS_ERROR_UNSUPPORTED, STLS_REASON_NOT_SUPPORTED,
        "this library context does not support the default settings");
  context->saved_level = -1;
  stls_verify_policy_init(context);
  return STLS_OK;
}

static stls_result new_and_set(stls_role role, OSSL_LIB_CTX *libctx,
                               const char *propq,
                               stls_result (*set)(stls_context *context,
                                                  stls_error *err),
                               stls_context **out_context, stls_error *err)
{
  stls_context *context = NULL;
  stls_result result;

  if (out_context == NULL) return stls_error_null(err, "out_context");
  result = stls_context_new_without_trust(role, libctx, propq, &context, err);
  if (result == STLS_OK) result = set(context, err);
  if (result == STLS_OK)
    *out_context = context;
  else
    stls_context_free(context);
  return result;
}

static stls_result set_default_trust(stls_context *context, stls_error *err)
{
  stls_result result = stls_verify_policy_set_default_flags(context, err);

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
