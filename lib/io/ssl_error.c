/* SPDX-License-Identifier: MIT */
/* ssl_error: maps SSL_get_error and the error queue to a result. */
#include "io/ssl_error.h"

#include <openssl/sslerr.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "base/openssl_code.h"
#include "util/quote.h"
#include "x509/x509_check.h"

/* SSL_R_RECORD_LAYER_FAILURE of OpenSSL 3.2 and newer, which follows the entry
 * with the reason. */
#define RECORD_LAYER_FAILURE 313

/* What the entries of the error queue say, apart from lack of memory. */
struct queue_summary {
  unsigned long newest;
  /* The first entry with a result of its own. */
  unsigned long specific;
  /* The first entry, and whether it comes from a library below libssl. */
  unsigned long root;
  bool is_from_below;
  /* The first entry that says memory was short. */
  unsigned long lacked_memory;
};

static stls_result classify_failure(struct stls_ssl_error *error,
                                    const SSL *ssl, bool took_certificate);
static struct queue_summary summarize_queue(void);
static bool was_short_of_memory(const struct queue_summary *queue_summary,
                                const SSL *ssl);
static stls_result result_of(unsigned long code);
static stls_reason reason_of(unsigned long code);
static stls_reason reason_of_tls(unsigned long code);

stls_result stls_ssl_error_classify(struct stls_ssl_error *error,
                                    const SSL *ssl, int ret,
                                    bool took_certificate)
{
  switch (SSL_get_error(ssl, ret)) {
    case SSL_ERROR_WANT_READ:
      return STLS_WANT_READ;
    case SSL_ERROR_ZERO_RETURN:
      return STLS_CLOSED;
    default:
      return classify_failure(error, ssl, took_certificate);
  }
}

stls_result stls_ssl_error_keep(struct stls_ssl_error *error,
                                stls_result result, stls_reason reason,
                                unsigned long code, const char *text)
{
  if (error->result == STLS_OK) {
    error->result = result;
    error->reason = reason;
    error->code = code;
    error->text = text;
  }
  return error->result;
}

void stls_ssl_error_quote_bytes(struct stls_ssl_error *error, const void *bytes,
                                size_t len)
{
  char quoted[STLS_QUOTE_SIZE];

  error->reason = STLS_REASON_PEER_NOT_TLS;
  error->text = "the peer speaks no TLS";
  stls_quote(bytes, len, quoted);
  error->detail = stls_mem_strdup(quoted);
  if (error->detail != NULL)
    error->text = "the peer speaks no TLS; its first bytes are ";
}

void stls_ssl_error_clear(struct stls_ssl_error *error)
{
  stls_mem_free(error->detail);
  error->detail = NULL;
}

/* The newest entry is the most general. An entry with a result of its own says
 * more, wherever it stands; an entry that only passes a failure on, such as
 * "ASN1 lib", says less than the first one. */
static stls_result classify_failure(struct stls_ssl_error *error,
                                    const SSL *ssl, bool took_certificate)
{
  const struct queue_summary queue_summary = summarize_queue();
  unsigned long code = queue_summary.newest;
  const char *text = NULL;
  stls_result result;
  stls_reason reason;

  if (was_short_of_memory(&queue_summary, ssl))
    return stls_ssl_error_keep(error, STLS_ERROR_MEMORY,
                               STLS_REASON_OUT_OF_MEMORY,
                               queue_summary.lacked_memory, NULL);
  if (queue_summary.specific != 0)
    code = queue_summary.specific;
  else if (stls_openssl_code_is_general(code))
    code = queue_summary.root;
  result = result_of(code);
  reason = reason_of(code);
  if (queue_summary.specific == 0 && queue_summary.is_from_below &&
      took_certificate) {
    reason = STLS_REASON_CERTIFICATE_BROKEN;
    text = "the peer's certificate cannot be read";
  }
  /* It says so of the 33rd empty record in a row, and nowhere else. */
  if (reason == STLS_REASON_LIMIT_REACHED) {
    text = "too many empty records";
    code = 0;
  }
  return stls_ssl_error_keep(error, result, reason, code, text);
}

static struct queue_summary summarize_queue(void)
{
  struct queue_summary queue_summary = {0, 0, 0, false, 0};
  unsigned long code;

  while ((code = stls_error_queue_take()) != 0) {
    if (stls_openssl_code_is_memory(code)) {
      if (queue_summary.lacked_memory == 0) queue_summary.lacked_memory = code;
      continue;
    }
    if (queue_summary.newest != 0 && stls_openssl_code_is_ssl(code) &&
        stls_openssl_code_reason(code) == RECORD_LAYER_FAILURE)
      continue;
    queue_summary.newest = code;
    if (queue_summary.specific == 0 && result_of(code) != STLS_ERROR_TLS)
      queue_summary.specific = code;
    if (queue_summary.root != 0) continue;
    queue_summary.root = code;
    queue_summary.is_from_below = !stls_openssl_code_is_ssl(code);
  }
  return queue_summary;
}

/* OpenSSL 3.0 reports lack of memory for a key of size 0, for which it
 * allocates nothing. */
static bool was_short_of_memory(const struct queue_summary *queue_summary,
                                const SSL *ssl)
{
  bool is_short =
      queue_summary->lacked_memory != 0 &&
      (queue_summary->newest == 0 ||
       !stls_x509_check_has_empty_key(SSL_get0_peer_certificate(ssl)));

  stls_error_queue_clear();
  return is_short;
}

static stls_result result_of(unsigned long code)
{
  int reason = stls_openssl_code_reason(code);

  if (!stls_openssl_code_is_ssl(code)) return STLS_ERROR_TLS;
  switch (reason) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return STLS_ERROR_CERTIFICATE;
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return STLS_ERROR_TRUNCATED;
    default:
      /* Reasons common to all OpenSSL libraries have higher numbers. */
      return reason >= SSL_AD_REASON_OFFSET &&
                     reason <= SSL_AD_REASON_OFFSET + UINT8_MAX
                 ? STLS_ERROR_ALERT
                 : STLS_ERROR_TLS;
  }
}

static stls_reason reason_of(unsigned long code)
{
  switch (result_of(code)) {
    case STLS_ERROR_TLS:
      return stls_openssl_code_is_ssl(code) ? reason_of_tls(code)
                                            : STLS_REASON_NONE;
    case STLS_ERROR_ALERT:
      return STLS_REASON_PEER_ALERT;
    case STLS_ERROR_TRUNCATED:
      return STLS_REASON_TRANSPORT_ENDED;
    case STLS_ERROR_CERTIFICATE:
      return stls_openssl_code_reason(code) == SSL_R_CERTIFICATE_VERIFY_FAILED
                 ? STLS_REASON_CERTIFICATE_REFUSED
                 : STLS_REASON_NO_PEER_CERTIFICATE;
    default:
      return STLS_REASON_NONE;
  }
}

static stls_reason reason_of_tls(unsigned long code)
{
  switch (stls_openssl_code_reason(code)) {
    case SSL_R_NO_SHARED_CIPHER:
      return STLS_REASON_NO_SHARED_CIPHER;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_VERSION_TOO_HIGH:
      return STLS_REASON_NO_SHARED_VERSION;
    case SSL_R_RECORD_TOO_SMALL:
      return STLS_REASON_LIMIT_REACHED;
    case SSL_R_NO_APPLICATION_PROTOCOL:
      return STLS_REASON_NO_SHARED_PROTOCOL;
    default:
      return STLS_REASON_NONE;
  }
}
