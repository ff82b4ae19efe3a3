/* SPDX-License-Identifier: MIT */
/* protocol: sets protocol versions, security level, limits and records. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <sanstls/ciphers.h>
#include <sanstls/verify.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/feature.h"
#include "context/ciphers.h"
#include "context/keylog.h"
#include "context/setter.h"

#define LEVEL_MAX 5

static stls_result check_versions(stls_context *context, stls_protocol floor,
                                  stls_protocol min, stls_protocol max,
                                  stls_error *err);
static stls_result set_versions(stls_context *context, stls_protocol floor,
                                stls_protocol min, stls_protocol max,
                                stls_error *err);
static stls_result adapt_level(stls_context *context, stls_protocol min,
                               stls_error *err);
static bool is_version(stls_protocol version);
static stls_result check_level(stls_context *context, int level,
                               stls_error *err);

stls_result stls_context_set_versions(stls_context *context, stls_protocol min,
                                      stls_protocol max, stls_error *err)
{
  return set_versions(context, STLS_TLS_1_2, min, max, err);
}

stls_result stls_context_set_insecure_versions(stls_context *context,
                                               stls_protocol min,
                                               stls_protocol max,
                                               stls_error *err)
{
  return set_versions(context, STLS_TLS_1_0, min, max, err);
}

stls_protocol stls_context_min_version(const stls_context *context)
{
  return context == NULL ? (stls_protocol)0 : context->min_version;
}

stls_protocol stls_context_max_version(const stls_context *context)
{
  return context == NULL ? (stls_protocol)0 : context->max_version;
}

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

stls_result stls_context_set_records(stls_context *context,
                                     stls_records records, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  if (records != STLS_RECORDS_AUTO && records != STLS_RECORDS_LIBSSL &&
      records != STLS_RECORDS_DIRECT)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "records %d is not a stls_records", (int)records);
#ifdef STLS_NO_DIRECT_RECORDS
  if (records == STLS_RECORDS_DIRECT)
    return stls_error_fail(err, STLS_ERROR_UNSUPPORTED,
                           STLS_REASON_NOT_SUPPORTED,
                           "direct records: the library was built without");
#endif
  context->records = records;
  stls_keylog_install(context);
  return STLS_OK;
}

stls_records stls_context_records(const stls_context *context)
{
  return context == NULL ? STLS_RECORDS_AUTO : context->records;
}

size_t stls_context_limit(const stls_context *context, stls_limit limit)
{
  if (context == NULL || (unsigned)limit >= STLS_NUM_LIMITS) return 0;
  return context->limits[limit];
}

stls_result stls_context_set_require_extended_master_secret(
    stls_context *context, bool is_on, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result == STLS_OK) context->requires_extended_master_secret = is_on;
  return result;
}

bool stls_context_require_extended_master_secret(const stls_context *context)
{
  return context != NULL && context->requires_extended_master_secret;
}

static stls_result check_versions(stls_context *context, stls_protocol floor,
                                  stls_protocol min, stls_protocol max,
                                  stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  if (!is_version(min) || !is_version(max))
    return stls_error_fail(
        err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
        "versions 0x%x to 0x%x: not both are a stls_protocol", (unsigned)min,
        (unsigned)max);
  if (min > max)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                           "min is above max");
  if (min < floor)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WEAKENS_SECURITY,
                           "min is below TLS 1.2: see "
                           "stls_context_set_insecure_versions");
  return STLS_OK;
}

static stls_result set_versions(stls_context *context, stls_protocol floor,
                                stls_protocol min, stls_protocol max,
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
  /* Neither can fail for versions that OpenSSL supports, with the methods of a
   * context. */
  SSL_CTX_set_min_proto_version(context->ssl_ctx, (int)min);
  SSL_CTX_set_max_proto_version(context->ssl_ctx, (int)max);
  context->min_version = min;
  context->max_version = max;
  stls_keylog_install(context);
  return STLS_OK;
}

/* Versions before TLS 1.2 need security level 0 and weaker ciphers. Both are
 * undone when the versions are set back. */
static stls_result adapt_level(stls_context *context, stls_protocol min,
                               stls_error *err)
{
  bool lower = min < STLS_TLS_1_2;
  int level = SSL_CTX_get_security_level(context->ssl_ctx);
  stls_result result = STLS_OK;
  stls_error_queue_guard guard;

  if (lower == (context->saved_level >= 0)) return STLS_OK;
  stls_error_queue_enter(&guard);
  if (!context->ciphers_were_set &&
      stls_ciphers_replace(context->ssl_ctx, lower ? STLS_CIPHERS_INSECURE
                                                   : STLS_CIPHERS_DEFAULT) != 1)
    result = stls_error_fail_openssl(
        err, STLS_ERROR_UNSUPPORTED, STLS_REASON_NOT_SUPPORTED,
        "this library context has no cipher suites for these versions");
  stls_error_queue_leave(&guard);
  if (result != STLS_OK) return result;
  /* The cipher list above has set a level, too. */
  if (lower)
    SSL_CTX_set_security_level(context->ssl_ctx, 0);
  else
    SSL_CTX_set_security_level(context->ssl_ctx, level < context->saved_level
                                                     ? context->saved_level
                                                     : level);
  context->saved_level = lower ? level : -1;
  return STLS_OK;
}

static bool is_version(stls_protocol version)
{
  return version >= STLS_TLS_1_0 && version <= STLS_TLS_1_3;
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
