/* SPDX-License-Identifier: MIT */
/* options (L4): protocol range, ciphers, groups, verification and limits. */
#include "options.h"

#include <openssl/evp.h>
#include <openssl/x509_vfy.h>
#include <string.h>

#include "context.h"
#include "error.h"
#include "verify.h"

#define DEFAULT_CIPHERS                                                     \
  "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:" \
  "!aDSS:!SHA1:!AESCCM"

/* TLS 1.0 and 1.1 know nothing but SHA-1. */
#define INSECURE_CIPHERS                                                    \
  "@SECLEVEL=0:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:RSA+AES:!aNULL:" \
  "!eNULL:!aDSS:!AESCCM"

#define DEFAULT_GROUPS "X25519:P-256:P-384"

/* For a library context without X25519, such as an older FIPS provider's. */
#define NIST_GROUPS "P-256:P-384"

static const size_t default_limits[STLS_NUM_LIMITS] = {
    [STLS_LIMIT_KEY_UPDATES] = 32,
    [STLS_LIMIT_EMPTY_RECORDS] = 32,
    [STLS_LIMIT_REPLY_BYTES] = 16384,
    [STLS_LIMIT_CERTIFICATE_BYTES] = 102400,
    [STLS_LIMIT_RENEGOTIATIONS] = 4,
};

static stls_result set_versions(stls_context *context, stls_version floor,
                                stls_version min, stls_version max,
                                stls_error *err);
static bool is_version(stls_version version);
static stls_result set_list(stls_context *context, const char *list,
                            const char *what, int (*set)(SSL_CTX *,
                                                         const char *),
                            stls_error *err);
static int set_cipher_list(SSL_CTX *ssl_ctx, const char *list);
static int set_groups_list(SSL_CTX *ssl_ctx, const char *list);
static stls_result set_verify(stls_context *context, stls_verify_mode mode,
                              stls_error *err);
static stls_result derive_session_id_context(stls_context *context,
                                             stls_error *err);

stls_result stls_options_init(stls_context *context, stls_error *err)
{
  SSL_CTX *ssl_ctx = context->ssl_ctx;
  bool is_client = context->role == STLS_CLIENT;

  memcpy(context->limits, default_limits, sizeof default_limits);
  SSL_CTX_set_options(
      ssl_ctx, (SSL_OP_ALL & ~SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS) |
                   SSL_OP_NO_SSLv3 | SSL_OP_NO_COMPRESSION |
                   SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
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
      (set_groups_list(ssl_ctx, DEFAULT_GROUPS) != 1 &&
       set_groups_list(ssl_ctx, NIST_GROUPS) != 1))
    return stls_error_set_openssl(err, STLS_ERROR_UNSUPPORTED,
                                  "defaults in this library context");
  context->check_hostname = is_client;
  return set_verify(context, is_client ? STLS_VERIFY_REQUIRED : STLS_VERIFY_NONE,
                    err);
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
  stls_result result = set_versions(context, STLS_TLS_1_0, min, max, err);
  stls_error_guard guard;

  if (result != STLS_OK || min >= STLS_TLS_1_2) return result;
  stls_error_enter(&guard);
  SSL_CTX_set_security_level(context->ssl_ctx, 0);
  if (!context->ciphers_were_set &&
      SSL_CTX_set_cipher_list(context->ssl_ctx, INSECURE_CIPHERS) != 1)
    result = stls_error_set_openssl(err, STLS_ERROR_UNSUPPORTED,
                                    "cipher list for TLS 1.0");
  stls_error_leave(&guard);
  return result;
}

stls_version stls_context_min_version(const stls_context *context)
{
  return context == NULL ? (stls_version)0 : context->min_version;
}

stls_version stls_context_max_version(const stls_context *context)
{
  return context == NULL ? (stls_version)0 : context->max_version;
}

stls_result stls_context_set_ciphers(stls_context *context, const char *ciphers,
                                     stls_error *err)
{
  stls_result result =
      set_list(context, ciphers, "ciphers", set_cipher_list, err);

  if (result == STLS_OK) context->ciphers_were_set = true;
  return result;
}

stls_result stls_context_set_ciphersuites(stls_context *context,
                                          const char *ciphersuites,
                                          stls_error *err)
{
  return set_list(context, ciphersuites, "ciphersuites",
                  SSL_CTX_set_ciphersuites, err);
}

stls_result stls_context_set_groups(stls_context *context, const char *groups,
                                    stls_error *err)
{
  return set_list(context, groups, "groups", set_groups_list, err);
}

stls_result stls_context_set_verify_mode(stls_context *context,
                                         stls_verify_mode mode, stls_error *err)
{
  stls_result result = stls_context_check_setter(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  if (mode != STLS_VERIFY_NONE && mode != STLS_VERIFY_OPTIONAL &&
      mode != STLS_VERIFY_REQUIRED)
    return stls_error_set(err, STLS_ERROR_MISUSE,
                          "mode %d is not a stls_verify_mode", (int)mode);
  if (mode == STLS_VERIFY_NONE && context->role == STLS_CLIENT)
    return stls_error_misuse(err,
                             "mode is STLS_VERIFY_NONE on a client: see "
                             "stls_context_set_insecure_verify_none");
  return set_verify(context, mode, err);
}

stls_verify_mode stls_context_verify_mode(const stls_context *context)
{
  return context == NULL ? STLS_VERIFY_NONE : context->verify_mode;
}

stls_result stls_context_set_insecure_verify_none(stls_context *context,
                                                  stls_error *err)
{
  stls_result result = stls_context_check_setter(context, STLS_CLIENT, err);

  if (result == STLS_OK) result = set_verify(context, STLS_VERIFY_NONE, err);
  if (result == STLS_OK) context->check_hostname = false;
  return result;
}

stls_result stls_context_set_check_hostname(stls_context *context,
                                            stls_error *err)
{
  stls_result result = stls_context_check_setter(context, STLS_CLIENT, err);

  if (result == STLS_OK && context->verify_mode == STLS_VERIFY_NONE)
    result = set_verify(context, STLS_VERIFY_REQUIRED, err);
  if (result == STLS_OK) context->check_hostname = true;
  return result;
}

stls_result stls_context_set_insecure_hostname_any(stls_context *context,
                                                   stls_error *err)
{
  stls_result result = stls_context_check_setter(context, STLS_CLIENT, err);

  if (result == STLS_OK) context->check_hostname = false;
  return result;
}

bool stls_context_check_hostname(const stls_context *context)
{
  return context != NULL && context->check_hostname;
}

stls_result stls_context_set_verify_flags(stls_context *context,
                                          unsigned long flags, stls_error *err)
{
  stls_result result = stls_context_check_setter(context, STLS_ANY_ROLE, err);
  X509_VERIFY_PARAM *param;

  if (result != STLS_OK) return result;
  param = SSL_CTX_get0_param(context->ssl_ctx);
  X509_VERIFY_PARAM_clear_flags(param,
                                X509_VERIFY_PARAM_get_flags(param) & ~flags);
  X509_VERIFY_PARAM_set_flags(param, flags);
  return derive_session_id_context(context, err);
}

unsigned long stls_context_verify_flags(const stls_context *context)
{
  if (context == NULL) return 0;
  return X509_VERIFY_PARAM_get_flags(SSL_CTX_get0_param(context->ssl_ctx));
}

stls_result stls_context_set_limit(stls_context *context, stls_limit limit,
                                   size_t value, stls_error *err)
{
  stls_result result = stls_context_check_setter(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  if ((unsigned)limit >= STLS_NUM_LIMITS)
    return stls_error_set(err, STLS_ERROR_MISUSE, "limit %d is not a stls_limit",
                          (int)limit);
  if (value == 0) return stls_error_misuse(err, "value is 0");
  context->limits[limit] = value;
  if (limit == STLS_LIMIT_CERTIFICATE_BYTES)
    SSL_CTX_set_max_cert_list(context->ssl_ctx,
                              value > INT32_MAX ? INT32_MAX : (long)value);
  return STLS_OK;
}

size_t stls_context_limit(const stls_context *context, stls_limit limit)
{
  if (context == NULL || (unsigned)limit >= STLS_NUM_LIMITS) return 0;
  return context->limits[limit];
}

static stls_result set_versions(stls_context *context, stls_version floor,
                                stls_version min, stls_version max,
                                stls_error *err)
{
  stls_result result = stls_context_check_setter(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  if (!is_version(min) || !is_version(max))
    return stls_error_set(err, STLS_ERROR_MISUSE,
                          "versions 0x%x to 0x%x: not both are a stls_version",
                          (unsigned)min, (unsigned)max);
  if (min > max) return stls_error_misuse(err, "min is above max");
  if (min < floor)
    return stls_error_misuse(err,
                             "min is below TLS 1.2: see "
                             "stls_context_set_insecure_versions");
  /* Neither can fail for these numbers and the methods a context is made of. */
  SSL_CTX_set_min_proto_version(context->ssl_ctx, (int)min);
  SSL_CTX_set_max_proto_version(context->ssl_ctx, (int)max);
  context->min_version = min;
  context->max_version = max;
  return STLS_OK;
}

static bool is_version(stls_version version)
{
  return version >= STLS_TLS_1_0 && version <= STLS_TLS_1_3;
}

static stls_result set_list(stls_context *context, const char *list,
                            const char *what, int (*set)(SSL_CTX *,
                                                         const char *),
                            stls_error *err)
{
  stls_result result = stls_context_check_setter(context, STLS_ANY_ROLE, err);
  stls_error_guard guard;

  if (result != STLS_OK) return result;
  if (list == NULL)
    return stls_error_set(err, STLS_ERROR_MISUSE, "%s is NULL", what);
  stls_error_enter(&guard);
  if (set(context->ssl_ctx, list) != 1)
    result = stls_error_set_openssl(err, STLS_ERROR_INPUT, "%s \"%s\"", what,
                                    list);
  stls_error_leave(&guard);
  return result;
}

/* SSL_CTX_set_cipher_list replaces the list before it finds that no cipher is
 * left, so a connection that is never used has to try it first. */
static int set_cipher_list(SSL_CTX *ssl_ctx, const char *list)
{
  SSL *trial = SSL_new(ssl_ctx);
  int usable = trial != NULL && SSL_set_cipher_list(trial, list) == 1;

  SSL_free(trial);
  return usable ? SSL_CTX_set_cipher_list(ssl_ctx, list) : 0;
}

/* SSL_CTX_set1_groups_list is a macro. */
static int set_groups_list(SSL_CTX *ssl_ctx, const char *list)
{
  return (int)SSL_CTX_set1_groups_list(ssl_ctx, list);
}

static stls_result set_verify(stls_context *context, stls_verify_mode mode,
                              stls_error *err)
{
  SSL_CTX_set_verify(context->ssl_ctx, stls_verify_ssl_mode((int)mode),
                     stls_verify_note);
  context->verify_mode = mode;
  return derive_session_id_context(context, err);
}

/* A session made under one verification policy must not resume under another:
 * servers look sessions up by this value (SSL_CTX_set_session_id_context). */
static stls_result derive_session_id_context(stls_context *context,
                                             stls_error *err)
{
  const unsigned long policy[] = {(unsigned long)context->verify_mode,
                                  stls_context_verify_flags(context)};
  unsigned char digest[EVP_MAX_MD_SIZE];
  stls_result result = STLS_OK;
  stls_error_guard guard;
  size_t digest_len = 0;

  stls_error_enter(&guard);
  if (EVP_Q_digest(context->libctx, "SHA256", context->propq, policy,
                   sizeof policy, digest, &digest_len) != 1 ||
      SSL_CTX_set_session_id_context(context->ssl_ctx, digest,
                                     (unsigned)digest_len) != 1)
    result = stls_error_set_openssl(err, STLS_ERROR_UNSUPPORTED,
                                    "session-id context");
  stls_error_leave(&guard);
  return result;
}
