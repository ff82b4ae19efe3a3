/* SPDX-License-Identifier: MIT */
/* diagnosis: fills in the error that a failed connection reports. */
#include "endpoint/diagnosis.h"

#include <openssl/ssl.h>
#include <openssl/sslerr.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/conninfo.h>

#include "base/openssl_code.h"
#include "endpoint/failure_hint.h"
#include "verify/trust.h"

static void add_verification(const stls_object *object, stls_error *err);
static bool lacks_anchor(long verify_code);
static const char *trust_hint(stls_reason reason);
static bool lacks_credential(const stls_object *object);
static void set_message(const stls_object *object, stls_error *err);
static void set_certificate_message(const stls_object *object, stls_error *err);
static void set_text_message(const stls_object *object, stls_error *err);
static const char *text_of(stls_reason reason);
static const char *text_of_code(unsigned long code);
static void append_code(stls_error *err);

void stls_diagnosis_write(const stls_object *object, stls_error *err)
{
  const struct stls_ssl_error *error = &object->io.error;

  err->result = error->result;
  err->own_reason = error->reason;
  stls_error_describe_code(err, error->code);
  if (error->result == STLS_ERROR_CERTIFICATE) add_verification(object, err);
  if (lacks_credential(object)) err->own_reason = STLS_REASON_NO_CREDENTIAL;
  set_message(object, err);
}

static void add_verification(const stls_object *object, stls_error *err)
{
  stls_reason lack = stls_trust_empty_reason(object->context->trust);

  err->verify_code = object->verify.code;
  err->verify_depth = object->verify.depth;
  if (err->verify_code == X509_V_OK) return;
  snprintf(err->verify_text, sizeof err->verify_text, "%s",
           X509_verify_cert_error_string(err->verify_code));
  if (lack != STLS_REASON_NONE && lacks_anchor(err->verify_code))
    err->own_reason = lack;
}

/* The codes of OpenSSL for a chain that ends in no trusted certificate. */
static bool lacks_anchor(long verify_code)
{
  switch (verify_code) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return true;
    default:
      return false;
  }
}

static const char *trust_hint(stls_reason reason)
{
  switch (reason) {
    case STLS_REASON_NO_TRUST:
      return "; no certificate to trust was loaded "
             "(see stls_context_set_trust)";
    case STLS_REASON_SYSTEM_TRUST_EMPTY:
      return "; the system has no certificate to trust "
             "(see stls_trust_default_paths)";
    default:
      return "";
  }
}

/* libssl reports a missing certificate differently in each version of TLS:
 * without one it does not count TLS 1.3 as supported. */
static bool lacks_credential(const stls_object *object)
{
  const struct stls_ssl_error *error = &object->io.error;
  const SSL *ssl = object->io.ssl;

  if (object->context->role != STLS_SERVER || ssl == NULL) return false;
  if (error->result != STLS_ERROR_TLS ||
      !stls_openssl_code_is_ssl(error->code) ||
      SSL_get_certificate(ssl) != NULL)
    return false;
  switch (stls_openssl_code_reason(error->code)) {
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
    case SSL_R_UNSUPPORTED_PROTOCOL:
      return true;
    default:
      return false;
  }
}

static void set_message(const stls_object *object, stls_error *err)
{
  int alert = object->io.monitor.alert_received;
  char *out = err->message;
  const size_t size = sizeof err->message;

  if (err->result == STLS_ERROR_CERTIFICATE && err->verify_depth >= 0)
    set_certificate_message(object, err);
  else if (err->result == STLS_ERROR_ALERT)
    snprintf(out, size, "the peer sent the alert %s (%d)%s",
             stls_alert_name(alert), alert, stls_failure_hint_alert(alert));
  else if (err->own_reason == STLS_REASON_REJECTED &&
           object->io.error.text == NULL)
    snprintf(out, size, "the application answered with the alert %s (%d)",
             stls_alert_name(object->io.monitor.alert_sent),
             object->io.monitor.alert_sent);
  else
    set_text_message(object, err);
}

static void set_certificate_message(const stls_object *object, stls_error *err)
{
  const char *hint = trust_hint(err->own_reason);
  char own_hint[STLS_FAILURE_HINT_SIZE];
  size_t used;

  if (hint[0] == '\0') {
    stls_failure_hint_certificate(&object->verify, own_hint);
    hint = own_hint;
  }
  snprintf(err->message, sizeof err->message,
           "certificate verify failed: %s (depth %d, %.100s)", err->verify_text,
           err->verify_depth,
           object->server_name ? object->server_name : "peer");
  used = strlen(err->message);
  snprintf(err->message + used, sizeof err->message - used, "%s", hint);
}

static void set_text_message(const stls_object *object, stls_error *err)
{
  const struct stls_ssl_error *error = &object->io.error;
  const char *text = error->text;

  if (text == NULL) text = text_of(err->own_reason);
  if (text == NULL) text = text_of_code(error->code);
  if (text == NULL && err->result == STLS_ERROR_TRUNCATED)
    text = stls_conninfo_established(object->info)
               ? "the transport ended without close_notify"
               : "the transport ended before the handshake was done";
  snprintf(err->message, sizeof err->message, "%s%s", text ? text : "",
           error->detail ? error->detail : "");
  /* The other classes need no more than the text. */
  if (text == NULL || err->result == STLS_ERROR_TLS ||
      err->own_reason == STLS_REASON_NO_PEER_CERTIFICATE)
    append_code(err);
  if (err->message[0] == '\0')
    snprintf(err->message, sizeof err->message, "%s",
             err->result == STLS_ERROR_MEMORY ? "out of memory"
                                              : "OpenSSL gave no reason");
}

/* Words for reasons of libssl that do not say whose fault it is. */
static const char *text_of(stls_reason reason)
{
  switch (reason) {
    case STLS_REASON_NO_CREDENTIAL:
      return "the server has no certificate to show";
    case STLS_REASON_NO_SHARED_CIPHER:
      return "the client offers no cipher suite that the server can use";
    case STLS_REASON_NO_SHARED_VERSION:
      return "the two sides have no version of TLS in common";
    case STLS_REASON_NO_SHARED_PROTOCOL:
      return "the client offers none of the server's ALPN protocols";
    case STLS_REASON_NO_PEER_CERTIFICATE:
      return "the client sent no certificate";
    default:
      return NULL;
  }
}

static const char *text_of_code(unsigned long code)
{
  if (!stls_openssl_code_is_ssl(code)) return NULL;
  switch (stls_openssl_code_reason(code)) {
    case SSL_R_NO_SUITABLE_GROUPS:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
      return "the two sides have no group in common";
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
      return "the two sides have no signature algorithm in common";
    case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
      return "a record is not as the peer sent it";
    default:
      return NULL;
  }
}

static void append_code(stls_error *err)
{
  size_t used = strlen(err->message);

  if (err->reason_name[0] != '\0')
    snprintf(err->message + used, sizeof err->message - used, "%s%s (%s)",
             used > 0 ? ": " : "", err->reason_name, err->lib_name);
}
