/* SPDX-License-Identifier: MIT */
/* cause (L5): why an operation of libssl failed. */
#include "cause.h"

#include <openssl/sslerr.h>

#include "error.h"

static stls_result diagnose(struct stls_cause *cause);
static stls_result class_of(unsigned long code);
static stls_reason reason_of(unsigned long code);

stls_result stls_cause_classify(struct stls_cause *cause, const SSL *ssl,
                                int ret)
{
  switch (SSL_get_error(ssl, ret)) {
    case SSL_ERROR_WANT_READ:
      return STLS_WANT_READ;
    case SSL_ERROR_ZERO_RETURN:
      return STLS_CLOSED;
    default:
      return diagnose(cause);
  }
}

stls_result stls_cause_keep(struct stls_cause *cause, stls_result result,
                            stls_reason reason, unsigned long code,
                            const char *text)
{
  if (cause->result == STLS_OK) {
    cause->result = result;
    cause->reason = reason;
    cause->code = code;
    cause->text = text;
  }
  return cause->result;
}

/* The newest entry is the most general; one that has a class of its own says
 * more, wherever it stands. */
static stls_result diagnose(struct stls_cause *cause)
{
  unsigned long code, newest = 0, telling = 0;

  while ((code = stls_error_queue_take()) != 0) {
    newest = code;
    if (telling == 0 && class_of(code) != STLS_ERROR_TLS) telling = code;
  }
  if (telling != 0) newest = telling;
  return stls_cause_keep(cause, class_of(newest), reason_of(newest), newest,
                         NULL);
}

static stls_result class_of(unsigned long code)
{
  int reason = stls_error_code_reason(code);

  if (stls_error_code_is_memory(code)) return STLS_ERROR_MEMORY;
  if (!stls_error_code_is_ssl(code)) return STLS_ERROR_TLS;
  switch (reason) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return STLS_ERROR_CERTIFICATE;
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return STLS_ERROR_TRUNCATED;
    default:
      /* Reasons that all OpenSSL libraries share are numbered above. */
      return reason > SSL_AD_REASON_OFFSET &&
                     reason <= SSL_AD_REASON_OFFSET + UINT8_MAX
                 ? STLS_ERROR_ALERT
                 : STLS_ERROR_TLS;
  }
}

static stls_reason reason_of(unsigned long code)
{
  switch (class_of(code)) {
    case STLS_ERROR_MEMORY:
      return STLS_REASON_OUT_OF_MEMORY;
    case STLS_ERROR_ALERT:
      return STLS_REASON_PEER_ALERT;
    case STLS_ERROR_TRUNCATED:
      return STLS_REASON_TRANSPORT_ENDED;
    case STLS_ERROR_CERTIFICATE:
      return stls_error_code_reason(code) == SSL_R_CERTIFICATE_VERIFY_FAILED
                 ? STLS_REASON_CERTIFICATE_REFUSED
                 : STLS_REASON_NO_PEER_CERTIFICATE;
    default:
      return STLS_REASON_NONE;
  }
}
