/* SPDX-License-Identifier: MIT */
/* diagnosis: what a failed connection failed of, for its owner to read. */
#include "endpoint/diagnosis.h"

#include <openssl/ssl.h>
#include <openssl/sslerr.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/conninfo.h>

#include "verify/trust.h"

static void add_verification(const stls_object *object, stls_error *record);
static bool lacks_anchor(long verify_code);
static const char *lack_of_trust(stls_reason reason);
static bool lacks_credential(const stls_object *object);
static void word(const stls_object *object, stls_error *record);
static void word_certificate(const stls_object *object, stls_error *record);
static void word_text(const stls_object *object, stls_error *record);
static void append_code(stls_error *record);

void stls_diagnosis_write(const stls_object *object, stls_error *record)
{
  const struct stls_ssl_error *cause = &object->drive.cause;

  record->result = cause->result;
  record->own_reason = cause->reason;
  stls_error_describe_code(record, cause->code);
  if (cause->result == STLS_ERROR_CERTIFICATE) add_verification(object, record);
  if (lacks_credential(object)) record->own_reason = STLS_REASON_NO_CREDENTIAL;
  word(object, record);
}

static void add_verification(const stls_object *object, stls_error *record)
{
  stls_reason lack = stls_trust_lack(object->context->trust);

  record->verify_code = object->verify.code;
  record->verify_depth = object->verify.depth;
  if (record->verify_code == X509_V_OK) return;
  snprintf(record->verify_text, sizeof record->verify_text, "%s",
           X509_verify_cert_error_string(record->verify_code));
  if (lack != STLS_REASON_NONE && lacks_anchor(record->verify_code))
    record->own_reason = lack;
}

/* What OpenSSL says where it finds nothing that the chain may end in. */
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

static const char *lack_of_trust(stls_reason reason)
{
  switch (reason) {
    case STLS_REASON_NO_TRUST:
      return "; no certificate to trust was loaded";
    case STLS_REASON_SYSTEM_TRUST_EMPTY:
      return "; the system has no certificate to trust "
             "(see stls_trust_default_paths)";
    default:
      return "";
  }
}

/* Each version of TLS has its own complaint about that: without a certificate
 * TLS 1.3 is none that libssl supports. */
static bool lacks_credential(const stls_object *object)
{
  const struct stls_ssl_error *cause = &object->drive.cause;
  const SSL *ssl = object->drive.ssl;

  if (object->context->role != STLS_SERVER || ssl == NULL) return false;
  if (cause->result != STLS_ERROR_TLS || !stls_error_code_is_ssl(cause->code) ||
      SSL_get_certificate(ssl) != NULL)
    return false;
  switch (stls_error_code_reason(cause->code)) {
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
    case SSL_R_UNSUPPORTED_PROTOCOL:
      return true;
    default:
      return false;
  }
}

static void word(const stls_object *object, stls_error *record)
{
  int alert = object->drive.watch.alert_received;
  char *out = record->message;
  const size_t size = sizeof record->message;

  if (record->result == STLS_ERROR_CERTIFICATE && record->verify_depth >= 0)
    word_certificate(object, record);
  else if (record->result == STLS_ERROR_ALERT)
    snprintf(out, size, "the peer sent the alert %s (%d)",
             stls_alert_name(alert), alert);
  else if (record->own_reason == STLS_REASON_REJECTED)
    snprintf(out, size, "the application answered with the alert %s (%d)",
             stls_alert_name(object->drive.watch.alert_sent),
             object->drive.watch.alert_sent);
  else
    word_text(object, record);
}

static void word_certificate(const stls_object *object, stls_error *record)
{
  snprintf(record->message, sizeof record->message,
           "certificate verify failed: %s (depth %d, %.100s)%s",
           record->verify_text, record->verify_depth,
           object->server_name ? object->server_name : "peer",
           lack_of_trust(record->own_reason));
}

static void word_text(const stls_object *object, stls_error *record)
{
  const struct stls_ssl_error *cause = &object->drive.cause;
  const char *text = cause->text;

  if (record->own_reason == STLS_REASON_NO_CREDENTIAL)
    text = "the server has no certificate to show";
  if (text == NULL && record->result == STLS_ERROR_TRUNCATED)
    text = stls_conninfo_established(object->info)
               ? "the transport ended without close_notify"
               : "the transport ended before the handshake was done";
  snprintf(record->message, sizeof record->message, "%s%s", text ? text : "",
           cause->detail ? cause->detail : "");
  /* Of the other classes, the text is all there is to say. */
  if (text == NULL || record->result == STLS_ERROR_TLS) append_code(record);
  if (record->message[0] == '\0')
    snprintf(record->message, sizeof record->message, "%s",
             record->result == STLS_ERROR_MEMORY ? "out of memory"
                                                 : "OpenSSL gave no reason");
}

static void append_code(stls_error *record)
{
  size_t used = strlen(record->message);

  if (record->reason_name[0] != '\0')
    snprintf(record->message + used, sizeof record->message - used, "%s%s (%s)",
             used > 0 ? ": " : "", record->reason_name, record->lib_name);
}
