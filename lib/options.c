/* SPDX-License-Identifier: MIT */
/* options (L4): protocol range, verification and limits. */
#include "options.h"

#include <openssl/x509_vfy.h>
#include <sanstls/policy.h>
#include <string.h>

#include "ciphers.h"
#include "error.h"
#include "feature.h"
#include "postpolicy.h"
#include "setter.h"
#include "verify.h"

/* TLS 1.2: ephemeral keys on curves, and authenticated encryption (RFC 9325,
 * 4.2). */
#define DEFAULT_CIPHERS \
  "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:!aNULL:!eNULL:!aDSS"

/* The one of TLS 1.3 that costs least, hashes of the handshake included, first;
 * all three are beyond reach. */
#define DEFAULT_CIPHERSUITES \
  "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

/* TLS 1.0 and 1.1 know nothing but SHA-1. */
#define INSECURE_CIPHERS \
  "@SECLEVEL=0:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:RSA+AES:!aNULL:" \
  "!eNULL:!aDSS:!AESCCM"

/* Older ones than OpenSSL 3.2 give these no meaning. */
#define NO_CERTIFICATE_COMPRESSION \
  (STLS_OP_NO_TX_CERTIFICATE_COMPRESSION | \
   STLS_OP_NO_RX_CERTIFICATE_COMPRESSION)

/* What lets certificates pass that a strict reading refuses. */
#define WEAKENING_FLAGS \
  (X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_IGNORE_CRITICAL | \
   X509_V_FLAG_ALLOW_PROXY_CERTS)

static const size_t default_limits[STLS_NUM_LIMITS] = {
    [STLS_LIMIT_KEY_UPDATES] = 32,    [STLS_LIMIT_EMPTY_RECORDS] = 32,
    [STLS_LIMIT_REPLY_BYTES] = 16384, [STLS_LIMIT_CERTIFICATE_BYTES] = 102400,
    [STLS_LIMIT_RENEGOTIATIONS] = 4,  [STLS_LIMIT_TICKETS] = 256,
};

static stls_result check_versions(stls_context *context, stls_version floor,
                                  stls_version min, stls_version max,
                                  stls_error *err);
static stls_result set_versions(stls_context *context, stls_version floor,
                                stls_version min, stls_version max,
                                stls_error *err);
static stls_result adapt_level(stls_context *context, stls_version min,
                               stls_error *err);
static bool is_version(stls_version version);
static void set_verify(stls_context *context, stls_verify_mode mode);

stls_result stls_options_init(stls_context *context, stls_error *err)
{
  SSL_CTX *ssl_ctx = context->ssl_ctx;
  bool is_client = context->role == STLS_CLIENT;

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
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ssl_ctx),
                              X509_V_FLAG_TRUSTED_FIRST);
  context->min_version = STLS_TLS_1_2;
  context->max_version = STLS_TLS_1_3;
  if (SSL_CTX_set_min_proto_version(ssl_ctx, STLS_TLS_1_2) != 1 ||
      SSL_CTX_set_max_proto_version(ssl_ctx, STLS_TLS_1_3) != 1 ||
      SSL_CTX_set_cipher_list(ssl_ctx, DEFAULT_CIPHERS) != 1 ||
      SSL_CTX_set_ciphersuites(ssl_ctx, DEFAULT_CIPHERSUITES) != 1 ||
      stls_ciphers_set_groups(ssl_ctx, "DEFAULT") != 1)
    return stls_error_fail_openssl(err, STLS_ERROR_UNSUPPORTED,
                                   STLS_REASON_NOT_SUPPORTED,
                                   "defaults in this library context");
  context->proper_level = -1;
  context->hostflags = STLS_HOSTFLAGS_DEFAULT;
  set_verify(context, is_client ? STLS_VERIFY_REQUIRED : STLS_VERIFY_NONE);
  return STLS_OK;
}

stls_result stls_context_set_versions(stls_context *context, stls_version min,
                                      stls_version max, stls_error *err)
{
  return set_versions(context, STLS_TLS_1_2, min, max, err);
}

stls_result stls_context_set_insecure_versions(stls_context *context,
                                               stls_version min,
                                               stls_version max,
                                               stls_error *err)
{
  return set_versions(context, STLS_TLS_1_0, min, max, err);
}

stls_version stls_context_min_version(const stls_context *context)
{
  return context == NULL ? (stls_version)0 : context->min_version;
}

stls_version stls_context_max_version(const stls_context *context)
{
  return context == NULL ? (stls_version)0 : context->max_version;
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
  set_verify(context, mode);
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
  set_verify(context, STLS_VERIFY_NONE);
  return STLS_OK;
}

stls_result stls_context_set_check_hostname(stls_context *context,
                                            stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_CLIENT, err);

  if (result != STLS_OK) return result;
  if (context->verify_mode == STLS_VERIFY_NONE)
    set_verify(context, STLS_VERIFY_REQUIRED);
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

stls_result stls_context_set_limit(stls_context *context, stls_limit limit,
                                   size_t value, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  if ((unsigned)limit >= STLS_NUM_LIMITS)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "limit %d is not a stls_limit", (int)limit);
  if (value == 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                           "value is 0");
  context->limits[limit] = value;
  if (limit == STLS_LIMIT_CERTIFICATE_BYTES)
    SSL_CTX_set_max_cert_list(context->ssl_ctx,
                              value > INT32_MAX ? INT32_MAX : (long)value);
  return STLS_OK;
}

stls_result stls_context_set_buffers(stls_context *context,
                                     stls_buffers buffers, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  if (buffers != STLS_BUFFERS_RELEASE && buffers != STLS_BUFFERS_KEEP)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "buffers %d is not a stls_buffers", (int)buffers);
  if (buffers == STLS_BUFFERS_KEEP)
    SSL_CTX_clear_mode(context->ssl_ctx, SSL_MODE_RELEASE_BUFFERS);
  else
    SSL_CTX_set_mode(context->ssl_ctx, SSL_MODE_RELEASE_BUFFERS);
  context->buffers = buffers;
  return STLS_OK;
}

stls_buffers stls_context_buffers(const stls_context *context)
{
  return context == NULL ? STLS_BUFFERS_RELEASE : context->buffers;
}

size_t stls_context_limit(const stls_context *context, stls_limit limit)
{
  if (context == NULL || (unsigned)limit >= STLS_NUM_LIMITS) return 0;
  return context->limits[limit];
}

static stls_result check_versions(stls_context *context, stls_version floor,
                                  stls_version min, stls_version max,
                                  stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  if (!is_version(min) || !is_version(max))
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "versions 0x%x to 0x%x: not both are a stls_version",
                           (unsigned)min, (unsigned)max);
  if (min > max)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                           "min is above max");
  if (min < floor)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WEAKENS_SECURITY,
                           "min is below TLS 1.2: see "
                           "stls_context_set_insecure_versions");
  return STLS_OK;
}

static stls_result set_versions(stls_context *context, stls_version floor,
                                stls_version min, stls_version max,
                                stls_error *err)
{
  stls_result result;

  if (min == STLS_TLS_MINIMUM_SUPPORTED) min = stls_feature_oldest(floor);
  if (max == STLS_TLS_MINIMUM_SUPPORTED) max = stls_feature_oldest(floor);
  if (min == STLS_TLS_MAXIMUM_SUPPORTED) min = STLS_TLS_1_3;
  if (max == STLS_TLS_MAXIMUM_SUPPORTED) max = STLS_TLS_1_3;
  result = check_versions(context, floor, min, max, err);
  if (result == STLS_OK) result = stls_feature_check_versions(min, max, err);
  if (result == STLS_OK) result = adapt_level(context, min, err);
  if (result != STLS_OK) return result;
  /* Neither can fail for what OpenSSL has, and the methods of a context. */
  SSL_CTX_set_min_proto_version(context->ssl_ctx, (int)min);
  SSL_CTX_set_max_proto_version(context->ssl_ctx, (int)max);
  context->min_version = min;
  context->max_version = max;
  return STLS_OK;
}

/* Versions before TLS 1.2 need what is otherwise refused; when they are given up
 * again, so is that. */
static stls_result adapt_level(stls_context *context, stls_version min,
                               stls_error *err)
{
  bool lower = min < STLS_TLS_1_2;
  int level = SSL_CTX_get_security_level(context->ssl_ctx);
  stls_result result = STLS_OK;
  stls_error_guard guard;

  if (lower == (context->proper_level >= 0)) return STLS_OK;
  stls_error_enter(&guard);
  if (!context->ciphers_were_set &&
      stls_ciphers_replace(context->ssl_ctx,
                           lower ? INSECURE_CIPHERS : DEFAULT_CIPHERS) != 1)
    result = stls_error_fail_openssl(err, STLS_ERROR_UNSUPPORTED,
                                     STLS_REASON_NOT_SUPPORTED,
                                     "ciphers for these versions");
  stls_error_leave(&guard);
  if (result != STLS_OK) return result;
  /* The lists above have set one, too. */
  if (lower)
    SSL_CTX_set_security_level(context->ssl_ctx, 0);
  else
    SSL_CTX_set_security_level(context->ssl_ctx, level < context->proper_level
                                                     ? context->proper_level
                                                     : level);
  context->proper_level = lower ? level : -1;
  return STLS_OK;
}

static bool is_version(stls_version version)
{
  return version >= STLS_TLS_1_0 && version <= STLS_TLS_1_3;
}

static void set_verify(stls_context *context, stls_verify_mode mode)
{
  stls_verify_install(context->ssl_ctx, (int)mode);
  context->verify_mode = mode;
  stls_postpolicy_apply(context);
}
