/* SPDX-License-Identifier: MIT */
/* stapling: sends OCSP responses as a server, and judges them as a client. */
#include "context/stapling.h"

#include <openssl/tls1.h>
#include <openssl/x509_vfy.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/growing_array.h"
#include "base/mem.h"
#include "context/peer_verify.h"
#include "context/setter.h"
#include "context/ssl_owner.h"
#include "verify/ocsp_check.h"
#include "x509/credential.h"
#include "x509/extension_values.h"

static int on_status_request(SSL *ssl, void *arg);
static stls_ocsp_response *response_of(const stls_context *context,
                                       const X509 *leaf);
static int send_response(SSL *ssl, struct stls_stapling_state *state,
                         stls_ocsp_response *response);
static int on_response(SSL *ssl, void *arg);
static bool is_needless(SSL *ssl);
static stls_result take_response(const struct stls_ssl_owner *owner, SSL *ssl);
static stls_result run_check(const struct stls_ssl_owner *owner, SSL *ssl);
static bool is_acceptable(const struct stls_ssl_owner *owner, SSL *ssl,
                          bool *out_must_staple);
static bool must_staple(const X509 *cert);
static int fail(struct stls_stapling_state *state, stls_result result,
                const char *problem);
static const char *problem_of(stls_ocsp_verdict verdict, bool must_staple);
static int code_of(stls_ocsp_verdict verdict);

stls_result stls_context_set_stapling(stls_context *context,
                                      stls_stapling stapling, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_CLIENT, err);
  const bool is_on = stapling != STLS_STAPLING_OFF;
  /* OpenSSL's macro puts a cast in front of what it is given. */
  int (*callback)(SSL *, void *) = is_on ? on_response : NULL;

  if (result != STLS_OK) return result;
  if (stapling != STLS_STAPLING_OFF && stapling != STLS_STAPLING_ASK &&
      stapling != STLS_STAPLING_REQUIRE)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "stapling %d is not an stls_stapling",
                           (int)stapling);
  /* Neither can fail. */
  SSL_CTX_set_tlsext_status_type(context->ssl_ctx,
                                 is_on ? TLSEXT_STATUSTYPE_ocsp : -1);
  SSL_CTX_set_tlsext_status_cb(context->ssl_ctx, callback);
  context->stapling.mode = stapling;
  return STLS_OK;
}

stls_stapling stls_context_stapling(const stls_context *context)
{
  return context == NULL ? STLS_STAPLING_OFF : context->stapling.mode;
}

bool stls_context_has_ocsp_response(const stls_context *context)
{
  bool has_one = false;

  for (size_t i = 0; context != NULL && i < context->stapling.num; i++)
    has_one = has_one || stls_credential_ocsp_next_update(
                             context->stapling.credentials[i]) >= 0;
  return has_one;
}

void stls_stapling_install_server(SSL_CTX *ctx)
{
  SSL_CTX_set_tlsext_status_cb(ctx, on_status_request);
}

void stls_stapling_clear(struct stls_stapling_state *state)
{
  stls_ocsp_response_free(state->response);
  state->response = NULL;
}

bool stls_stapling_reserve(stls_context *context)
{
  return context->role == STLS_CLIENT ||
         stls_growing_array_reserve(
             &context->stapling.credentials, context->stapling.num,
             &context->stapling.cap, sizeof(stls_credential *));
}

void stls_stapling_keep(stls_context *context, stls_credential *credential)
{
  size_t at = 0;

  if (context->role == STLS_CLIENT) return;
  while (at < context->stapling.num &&
         !stls_credential_is_of_type(context->stapling.credentials[at],
                                     credential))
    at++;
  stls_credential_up_ref(credential);
  if (at < context->stapling.num)
    stls_credential_free(context->stapling.credentials[at]);
  else
    context->stapling.num++;
  context->stapling.credentials[at] = credential;
}

void stls_stapling_forget(stls_context *context)
{
  for (size_t i = 0; i < context->stapling.num; i++)
    stls_credential_free(context->stapling.credentials[i]);
  stls_mem_free(context->stapling.credentials);
}

/* --- server --- */

/* libssl's callback, when it has chosen the certificate. */
static int on_status_request(SSL *ssl, void *arg)
{
  const struct stls_ssl_owner *owner = stls_ssl_owner_of(ssl);
  stls_ocsp_response *response;

  (void)arg;
  /* The application may have made this SSL from stls_context_ssl_ctx. */
  if (owner == NULL) return SSL_TLSEXT_ERR_NOACK;
  stls_stapling_clear(owner->stapling);
  response = response_of(*owner->context, SSL_get_certificate(ssl));
  return response == NULL ? SSL_TLSEXT_ERR_NOACK
                          : send_response(ssl, owner->stapling, response);
}

/* Clients would take one that has expired for worse than none. */
static stls_ocsp_response *response_of(const stls_context *context,
                                       const X509 *leaf)
{
  stls_ocsp_response *response = NULL;

  for (size_t i = 0; i < context->stapling.num && response == NULL; i++)
    if (stls_credential_has_leaf(context->stapling.credentials[i], leaf))
      response =
          stls_credential_ocsp_response(context->stapling.credentials[i]);
  if (response == NULL || response->next_update == INT64_MAX ||
      stls_clock_now(&context->clock) <= response->next_update)
    return response;
  stls_ocsp_response_free(response);
  return NULL;
}

static int send_response(SSL *ssl, struct stls_stapling_state *state,
                         stls_ocsp_response *response)
{
  unsigned char *copy = stls_mem_dup(response->data, response->len);

  if (copy == NULL) {
    stls_ocsp_response_free(response);
    (void)fail(state, STLS_ERROR_MEMORY, "no memory for the OCSP response");
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  /* Cannot fail; libssl owns the copy. */
  SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)response->len);
  state->response = response;
  return SSL_TLSEXT_ERR_OK;
}

/* --- client --- */

/* libssl's callback, at the end of the server's first flight. Returns 1 to go on, 0
 * to send bad_certificate_status_response, -1 to send internal_error. */
static int on_response(SSL *ssl, void *arg)
{
  const struct stls_ssl_owner *owner = stls_ssl_owner_of(ssl);
  struct stls_stapling_state *state;
  stls_error_queue_guard guard;
  stls_result result = STLS_OK;
  bool is_required;

  (void)arg;
  if (owner == NULL) return 1;
  state = owner->stapling;
  stls_stapling_clear(state);
  state->verdict = STLS_OCSP_NONE;
  if (is_needless(ssl)) return 1;
  /* libssl would take an entry that is left for its own failure. */
  stls_error_queue_enter(&guard);
  result = take_response(owner, ssl);
  if (result == STLS_OK && state->response != NULL)
    result = run_check(owner, ssl);
  stls_error_queue_leave(&guard);
  if (result != STLS_OK)
    return fail(state, result, "no memory to verify the OCSP response");
  if (is_acceptable(owner, ssl, &is_required)) return 1;
  owner->peer_verify->code = code_of(state->verdict);
  return fail(state, STLS_ERROR_CERTIFICATE,
              problem_of(state->verdict, is_required));
}

/* Whether the server is known by a session or a key, and showed no certificate. */
static bool is_needless(SSL *ssl)
{
  /* The current one is not set yet. */
  const SSL_CIPHER *cipher = SSL_get_pending_cipher(ssl);

  return SSL_session_reused(ssl) == 1 ||
         (cipher != NULL && SSL_CIPHER_get_auth_nid(cipher) == NID_auth_psk);
}

static stls_result take_response(const struct stls_ssl_owner *owner, SSL *ssl)
{
  const unsigned char *data = NULL;
  const long len = SSL_get_tlsext_status_ocsp_resp(ssl, &data);

  if (len <= 0 || data == NULL) return STLS_OK;
  owner->stapling->response = stls_ocsp_response_new(data, (size_t)len);
  return owner->stapling->response == NULL ? STLS_ERROR_MEMORY : STLS_OK;
}

static stls_result run_check(const struct stls_ssl_owner *owner, SSL *ssl)
{
  const stls_context *context = *owner->context;
  struct stls_stapling_state *state = owner->stapling;
  X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
  const unsigned long flags = X509_VERIFY_PARAM_get_flags(param);
  const bool has_own_time = (flags & X509_V_FLAG_USE_CHECK_TIME) != 0;
  const struct stls_ocsp_check check = {
      .chain = SSL_get0_verified_chain(ssl),
      .scope = {context->libctx, context->propq},
      .now = has_own_time ? (int64_t)X509_VERIFY_PARAM_get_time(param)
                          : stls_clock_now(&context->clock),
      .ignores_time = !has_own_time && (flags & X509_V_FLAG_NO_CHECK_TIME) != 0,
      .level = SSL_get_security_level(ssl)};

  state->verdict = STLS_OCSP_UNVERIFIABLE;
  if (check.chain == NULL || SSL_get_verify_result(ssl) != X509_V_OK)
    return STLS_OK;
  return stls_ocsp_check_run(&check, state->response->data,
                             state->response->len, &state->verdict);
}

static bool is_acceptable(const struct stls_ssl_owner *owner, SSL *ssl,
                          bool *out_must_staple)
{
  const stls_context *context = *owner->context;
  const stls_ocsp_verdict verdict = owner->stapling->verdict;

  *out_must_staple = false;
  if (verdict == STLS_OCSP_GOOD) return true;
  if (context->stapling.mode != STLS_STAPLING_REQUIRE &&
      (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) == 0)
    return true;
  *out_must_staple = must_staple(SSL_get0_peer_certificate(ssl));
  return context->stapling.mode != STLS_STAPLING_REQUIRE && !*out_must_staple &&
         verdict != STLS_OCSP_REVOKED;
}

/* An extension that cannot be read may say so. */
static bool must_staple(const X509 *cert)
{
  const int at =
      cert == NULL ? -1 : X509_get_ext_by_NID(cert, NID_tlsfeature, -1);
  const ASN1_OCTET_STRING *value =
      at < 0 ? NULL : X509_EXTENSION_get_data(X509_get_ext(cert, at));
  struct stls_extension_values values = {.must_staple = false};
  struct stls_extension_bytes der;

  if (value == NULL) return false;
  der.data = (const char *)ASN1_STRING_get0_data(value);
  der.len = (size_t)ASN1_STRING_length(value);
  return stls_extension_values_tls_features(NULL, &der, &values) != STLS_OK ||
         values.must_staple;
}

static int fail(struct stls_stapling_state *state, stls_result result,
                const char *problem)
{
  state->result = result;
  state->problem = problem;
  return result == STLS_ERROR_MEMORY ? -1 : 0;
}

static const char *problem_of(stls_ocsp_verdict verdict, bool must_staple)
{
  switch (verdict) {
    case STLS_OCSP_REVOKED:
      return "the server's certificate is revoked, says its OCSP response";
    case STLS_OCSP_UNKNOWN:
      return "the responder does not know the server's certificate, says its "
             "OCSP response";
    case STLS_OCSP_UNVERIFIABLE:
      return "the server's OCSP response cannot be verified";
    case STLS_OCSP_TOO_OLD:
      return "the server's OCSP response is too old";
    default:
      return must_staple ? "the server sent no OCSP response, which its "
                           "certificate requires"
                         : "the server sent no OCSP response, which the "
                           "context requires";
  }
}

static int code_of(stls_ocsp_verdict verdict)
{
  switch (verdict) {
    case STLS_OCSP_REVOKED:
      return X509_V_ERR_CERT_REVOKED;
    case STLS_OCSP_UNKNOWN:
      return X509_V_ERR_OCSP_CERT_UNKNOWN;
    case STLS_OCSP_NONE:
      return X509_V_ERR_OCSP_VERIFY_NEEDED;
    default:
      return X509_V_ERR_OCSP_VERIFY_FAILED;
  }
}
