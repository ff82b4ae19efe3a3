/* SPDX-License-Identifier: MIT */
/* setting_custom: tells of what was set that no text can say. */
#include "testing/setting_custom.h"

#include <openssl/srtp.h>
#include <openssl/ssl.h>
#include <sanstls/clock.h>
#include <sanstls/stapling.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"

/* What a setting of the library changes has a row of its own. */
#define MODES_OF_SETTINGS \
  ((int64_t)(SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN))

/* A thing that can be read of an SSL. */
struct trait {
  const char *name;
  int64_t (*value)(SSL *ssl);
};

static void put_traits(const struct trait *traits, size_t num, SSL *own,
                       SSL *usual, struct stls_string_buffer *out);

/* --- of the library --- */

stls_result stls_setting_custom_clock_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  (void)err;
  if (stls_context_has_clock(source->context))
    stls_string_buffer_puts(out, "custom");
  return STLS_OK;
}

stls_result stls_setting_custom_dh_params_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  (void)err;
  if (stls_context_has_dh_params(source->context))
    stls_string_buffer_puts(out, "custom");
  return STLS_OK;
}

stls_result stls_setting_custom_ocsp_response_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  (void)err;
  if (stls_context_has_ocsp_response(source->context))
    stls_string_buffer_puts(out, "custom");
  return STLS_OK;
}

stls_result stls_setting_custom_set(struct stls_setting_target *target,
                                    const char *value, stls_error *err)
{
  (void)target;
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                         "\"%.100s\" is no value", value);
}

/* --- behind it --- */

/* libssl calls that of the SSL, or else that of its SSL_CTX. */
static int64_t info_callback(SSL *ssl)
{
  const int64_t own = (int64_t)(intptr_t)SSL_get_info_callback(ssl);

  return own != 0 ? own
                  : (int64_t)(intptr_t)SSL_CTX_get_info_callback(
                        SSL_get_SSL_CTX(ssl));
}

static int64_t verify_callback(SSL *ssl)
{
  return (int64_t)(intptr_t)SSL_get_verify_callback(ssl);
}

static int64_t client_cert_cb(SSL *ssl)
{
  return (int64_t)(intptr_t)SSL_CTX_get_client_cert_cb(SSL_get_SSL_CTX(ssl));
}

static int64_t modes(SSL *ssl)
{
  return (int64_t)SSL_get_mode(ssl) & ~MODES_OF_SETTINGS;
}

static int64_t read_ahead(SSL *ssl)
{
  return SSL_get_read_ahead(ssl);
}

static int64_t quiet_shutdown(SSL *ssl)
{
  return SSL_get_quiet_shutdown(ssl);
}

static int64_t early_data(SSL *ssl)
{
  return (int64_t)SSL_get_max_early_data(ssl);
}

static int64_t recv_early_data(SSL *ssl)
{
  return (int64_t)SSL_get_recv_max_early_data(ssl);
}

static int64_t status_type(SSL *ssl)
{
  return SSL_get_tlsext_status_type(ssl);
}

static int64_t ct(SSL *ssl)
{
#ifdef OPENSSL_NO_CT
  (void)ssl;
  return 0;
#else
  return SSL_ct_is_enabled(ssl);
#endif
}

static int64_t srtp(SSL *ssl)
{
#ifdef OPENSSL_NO_SRTP
  (void)ssl;
  return 0;
#else
  return SSL_get_srtp_profiles(ssl) != NULL;
#endif
}

/* Suite B, which a list of ciphers turns on. */
static int64_t cert_flags(SSL *ssl)
{
  return SSL_set_cert_flags(ssl, 0);
}

static int64_t extensions(SSL *ssl)
{
  const SSL_CTX *ctx = SSL_get_SSL_CTX(ssl);
  int64_t sum = 0;

  for (unsigned type = 0; type <= 0xffff; type++)
    if (SSL_CTX_has_client_custom_ext(ctx, type)) sum += type + 1;
  return sum;
}

static int64_t options(SSL *ssl)
{
  return (int64_t)SSL_get_options(ssl);
}

static int64_t min_version(SSL *ssl)
{
  return SSL_get_min_proto_version(ssl);
}

static int64_t max_version(SSL *ssl)
{
  return SSL_get_max_proto_version(ssl);
}

static int64_t security_level(SSL *ssl)
{
  return SSL_get_security_level(ssl);
}

static int64_t verify_mode(SSL *ssl)
{
  return SSL_get_verify_mode(ssl);
}

/* Of no setting of the library. */
static const struct trait foreign[] = {
    {"info-callback", info_callback},
    {"verify-callback", verify_callback},
    {"client-cert-callback", client_cert_cb},
    {"mode", modes},
    {"read-ahead", read_ahead},
    {"quiet-shutdown", quiet_shutdown},
    {"early-data", early_data},
    {"early-data-received", recv_early_data},
    {"status-type", status_type},
    {"certificate-transparency", ct},
    {"srtp", srtp},
    {"certificate-flags", cert_flags},
    {"extensions", extensions},
};

/* Settings of a context that the library leaves as they are in an object. */
static const struct trait inherited[] = {
    {"options", options},         {"min-version", min_version},
    {"max-version", max_version}, {"security-level", security_level},
    {"verify-mode", verify_mode},
};

stls_result stls_setting_custom_openssl_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  SSL *own = source->object == NULL ? NULL : stls_object_ssl(source->object);
  SSL *fresh = NULL, *usual = NULL;
  stls_error_queue_guard guard;

  if (source->usual == NULL) return STLS_OK;
  stls_error_queue_enter(&guard);
  fresh = SSL_new(stls_context_ssl_ctx(source->context));
  usual = SSL_new(stls_context_ssl_ctx(source->usual));
  if (fresh != NULL && usual != NULL) {
    if (own == NULL) own = fresh;
    /* As the setting does, which has a row of its own. */
    if (stls_context_stapling(source->context) != STLS_STAPLING_OFF)
      SSL_set_tlsext_status_type(usual, TLSEXT_STATUSTYPE_ocsp);
    put_traits(foreign, sizeof foreign / sizeof foreign[0], own, usual, out);
    put_traits(inherited, sizeof inherited / sizeof inherited[0], own, fresh,
               out);
  }
  SSL_free(usual);
  SSL_free(fresh);
  stls_error_queue_leave(&guard);
  return fresh == NULL || usual == NULL ? stls_error_memory(err) : STLS_OK;
}

static void put_traits(const struct trait *traits, size_t num, SSL *own,
                       SSL *usual, struct stls_string_buffer *out)
{
  for (size_t i = 0; i < num; i++) {
    if (traits[i].value(own) == traits[i].value(usual)) continue;
    if (out->len == 0) stls_string_buffer_puts(out, "custom");
    stls_string_buffer_puts(out, " ");
    stls_string_buffer_puts(out, traits[i].name);
  }
}
