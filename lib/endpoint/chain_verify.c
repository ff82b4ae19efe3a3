/* SPDX-License-Identifier: MIT */
/* chain_verify: verifies a chain without a handshake, as a handshake would. */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>
#include <sanstls/clock.h>
#include <sanstls/verify.h>

#include "base/error_queue.h"
#include "base/sized_struct.h"
#include "endpoint/diagnosis.h"
#include "endpoint/object.h"
#include "verify/trust.h"
#include "x509/certificate.h"

/* What is verified, and where the answer goes. */
struct trial {
  stls_certificate *const *chain;
  size_t num_certificates;
  stls_certificate_list **out_path;
  stls_certificate **out_failed;
};

STLS_SIZED_STRUCT(options_layout, stls_trust_verify_options,
                  STLS_SIZED_END(stls_trust_verify_options, server_name),
                  STLS_SIZED_END(stls_trust_verify_options, purpose),
                  STLS_SIZED_END(stls_trust_verify_options, verify_depth),
                  STLS_SIZED_END(stls_trust_verify_options, verify_flags),
                  STLS_SIZED_END(stls_trust_verify_options, time));

static stls_result check_trial(const struct trial *trial, stls_error *err);
static stls_result judge(stls_object *object, const struct trial *trial,
                         stls_error *err);
static bool prepare(const stls_object *object, X509_STORE_CTX *store);
static STACK_OF(X509) * stack_of(const struct trial *trial);
static stls_result refuse(stls_object *object, const struct trial *trial,
                          stls_error *err);
static stls_result check_purpose(const stls_trust_verify_options *options,
                                 stls_error *err);
static stls_result configure(stls_context *context, stls_trust *trust,
                             stls_trust_verify_options *options,
                             stls_error *err);
static int64_t show_time(void *user_data);

stls_result stls_context_verify(stls_context *context,
                                stls_certificate *const *chain,
                                size_t num_certificates,
                                const char *server_name,
                                stls_certificate_list **out_path,
                                stls_certificate **out_failed, stls_error *err)
{
  const struct trial trial = {chain, num_certificates, out_path, out_failed};
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_result result = check_trial(&trial, err);
  stls_object *object = NULL;
  stls_error_queue_guard guard;

  options.server_name = server_name;
  if (result == STLS_OK)
    result = stls_object_new(context, NULL, NULL, &options, &object, err);
  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  result = judge(object, &trial, err);
  stls_error_queue_leave(&guard);
  stls_object_free(object);
  return result;
}

stls_result stls_trust_verify(stls_trust *trust, stls_certificate *const *chain,
                              size_t num_certificates,
                              const stls_trust_verify_options *options,
                              stls_certificate_list **out_path,
                              stls_certificate **out_failed, stls_error *err)
{
  stls_trust_verify_options own = STLS_TRUST_VERIFY_OPTIONS_INIT;
  stls_context *context = NULL;
  stls_result result = STLS_OK;

  if (trust == NULL) return stls_error_null(err, "trust");
  if (options != NULL)
    result =
        stls_sized_struct_read(&options_layout, options, "options", &own, err);
  if (result == STLS_OK) result = check_purpose(&own, err);
  if (result != STLS_OK) return result;
  result = stls_context_new_without_trust(
      own.purpose == STLS_PURPOSE_SERVER_AUTH ? STLS_CLIENT : STLS_SERVER,
      trust->scope.libctx, trust->propq, &context, err);
  if (result == STLS_OK) result = configure(context, trust, &own, err);
  if (result == STLS_OK)
    result = stls_context_verify(context, chain, num_certificates,
                                 own.server_name, out_path, out_failed, err);
  stls_context_free(context);
  return result;
}

static stls_result check_trial(const struct trial *trial, stls_error *err)
{
  if (trial->chain == NULL) return stls_error_null(err, "chain");
  if (trial->num_certificates == 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                           "num_certificates is 0");
  for (size_t i = 0; i < trial->num_certificates; i++)
    if (trial->chain[i] == NULL)
      return stls_error_null(err, "a certificate of the chain");
  return STLS_OK;
}

/* As libssl does with a peer's chain. */
static stls_result judge(stls_object *object, const struct trial *trial,
                         stls_error *err)
{
  const stls_context *context = object->context;
  X509_STORE_CTX *store =
      X509_STORE_CTX_new_ex(context->libctx, context->propq);
  STACK_OF(X509) *sent = stack_of(trial);
  stls_result result;

  if (store == NULL || sent == NULL ||
      X509_STORE_CTX_init(store, SSL_CTX_get_cert_store(context->ssl_ctx),
                          sk_X509_value(sent, 0), sent) != 1 ||
      !prepare(object, store)) {
    result = stls_error_memory(err);
  } else if (stls_peer_verify_run(store, NULL) == 1 &&
             stls_peer_verify_is_complete(&object->verify, object->io.ssl)) {
    result = trial->out_path == NULL
                 ? STLS_OK
                 : stls_certificate_list_wrap(X509_STORE_CTX_get0_chain(store),
                                              trial->out_path, err);
  } else {
    result = refuse(object, trial, err);
  }
  X509_STORE_CTX_free(store);
  sk_X509_free(sent);
  return result;
}

/* What libssl sets before it calls stls_peer_verify_run. */
static bool prepare(const stls_object *object, X509_STORE_CTX *store)
{
  const stls_context *context = object->context;
  X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(store);
  SSL *ssl = object->io.ssl;
  const bool is_server = context->role == STLS_SERVER;

  X509_VERIFY_PARAM_set_auth_level(param, SSL_get_security_level(ssl));
  X509_STORE_CTX_set_flags(store, (unsigned long)context->suite_b);
  if (X509_STORE_CTX_set_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx(),
                                 ssl) != 1 ||
      X509_STORE_CTX_set_default(
          store, is_server ? "ssl_client" : "ssl_server") != 1 ||
      X509_VERIFY_PARAM_set1(param, SSL_get0_param(ssl)) != 1)
    return false;
  X509_STORE_CTX_set_verify_cb(store, SSL_get_verify_callback(ssl));
  return true;
}

/* The list borrows the certificates. NULL when memory is short. */
static STACK_OF(X509) * stack_of(const struct trial *trial)
{
  STACK_OF(X509) *sent = sk_X509_new_null();

  for (size_t i = 0; sent != NULL && i < trial->num_certificates; i++)
    if (sk_X509_push(sent, trial->chain[i]->x509) <= 0) {
      sk_X509_free(sent);
      sent = NULL;
    }
  return sent;
}

static stls_result refuse(stls_object *object, const struct trial *trial,
                          stls_error *err)
{
  const unsigned long code =
      ERR_PACK(ERR_LIB_SSL, 0, SSL_R_CERTIFICATE_VERIFY_FAILED);
  const bool is_incomplete = object->verify.code == X509_V_OK;
  stls_error failure = STLS_ERROR_INIT;
  stls_certificate *failed = NULL;

  if (object->verify.code == X509_V_ERR_OUT_OF_MEM)
    return stls_error_memory(err);
  stls_ssl_error_keep(&object->io.error, STLS_ERROR_CERTIFICATE,
                      is_incomplete ? STLS_REASON_NOT_VERIFIED
                                    : STLS_REASON_CERTIFICATE_REFUSED,
                      code, NULL);
  stls_diagnosis_write(object, &failure);
  /* A certificate that cannot be decoded is not told. */
  if (trial->out_failed != NULL && object->verify.failed != NULL &&
      stls_certificate_wrap(object->verify.failed, &failed, err) ==
          STLS_ERROR_MEMORY)
    return STLS_ERROR_MEMORY;
  if (trial->out_failed != NULL) *trial->out_failed = failed;
  stls_error_store(err, &failure);
  return STLS_ERROR_CERTIFICATE;
}

static stls_result check_purpose(const stls_trust_verify_options *options,
                                 stls_error *err)
{
  if (options->purpose == STLS_PURPOSE_SERVER_AUTH ||
      options->purpose == STLS_PURPOSE_CLIENT_AUTH)
    return STLS_OK;
  return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                         "purpose %d is not a stls_purpose",
                         (int)options->purpose);
}

static stls_result configure(stls_context *context, stls_trust *trust,
                             stls_trust_verify_options *options,
                             stls_error *err)
{
  stls_result result = stls_context_set_trust(context, trust, err);

  if (result == STLS_OK)
    result = stls_context_set_verify_mode(context, STLS_VERIFY_REQUIRED, err);
  if (result == STLS_OK)
    result = stls_context_set_verify_flags(context, options->verify_flags, err);
  if (result == STLS_OK && options->verify_depth >= 0)
    result = stls_context_set_verify_depth(context, options->verify_depth, err);
  if (result == STLS_OK && options->time != 0)
    result = stls_context_set_clock(context, show_time, &options->time, err);
  if (result == STLS_OK && options->server_name == NULL &&
      context->role == STLS_CLIENT)
    result = stls_context_set_insecure_hostname_any(context, err);
  return result;
}

static int64_t show_time(void *user_data)
{
  const int64_t *seconds = user_data;

  return *seconds;
}
