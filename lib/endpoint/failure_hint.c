/* SPDX-License-Identifier: MIT */
/* failure_hint: says what a refused certificate or a received alert is about. */
#include "endpoint/failure_hint.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/name.h>

#include "base/error_queue.h"
#include "x509/certificate.h"

/* What is behind the names that there is no room for. */
#define ELLIPSIS ", ..."

typedef void hint_writer(const stls_certificate *certificate,
                         char out[STLS_FAILURE_HINT_SIZE]);

static hint_writer *writer_of(int code);
static hint_writer write_issuer, write_untrusted, write_expired, write_early,
    write_names, write_strict;
static bool append_name(const stls_general_name *name,
                        char out[STLS_FAILURE_HINT_SIZE], bool is_first);

void stls_failure_hint_certificate(const struct stls_peer_verify *verify,
                                   char out[STLS_FAILURE_HINT_SIZE])
{
  hint_writer *write = writer_of(verify->code);
  stls_certificate *certificate = NULL;
  stls_error_queue_guard guard;

  out[0] = '\0';
  if (write == NULL || verify->failed == NULL) return;
  stls_error_queue_enter(&guard);
  if (stls_certificate_wrap(verify->failed, &certificate, NULL) == STLS_OK &&
      stls_certificate_decode(certificate, NULL) == STLS_OK)
    write(certificate, out);
  stls_certificate_free(certificate);
  stls_error_queue_leave(&guard);
}

const char *stls_failure_hint_alert(int alert)
{
  switch (alert) {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_UNKNOWN:
      return ": it refuses our certificate";
    case SSL_AD_CERTIFICATE_EXPIRED:
      return ": it takes our certificate for expired";
    case SSL_AD_UNKNOWN_CA:
      return ": it does not trust the issuer of our certificate";
    case SSL_AD_HANDSHAKE_FAILURE:
      return ": it accepts none of our settings, or wants a certificate";
    case SSL_AD_PROTOCOL_VERSION:
      return ": it accepts none of our versions of TLS";
    case SSL_AD_UNRECOGNIZED_NAME:
      return ": it does not serve the name that we sent";
    case SSL_AD_CERTIFICATE_REQUIRED:
      return ": it requires a certificate of the client";
    case SSL_AD_NO_APPLICATION_PROTOCOL:
      return ": it has none of our ALPN protocols";
    default:
      return "";
  }
}

static hint_writer *writer_of(int code)
{
  switch (code) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return write_issuer;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return write_untrusted;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return write_expired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return write_early;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return write_names;
    case X509_V_ERR_CA_BCONS_NOT_CRITICAL:
    case X509_V_ERR_CA_CERT_MISSING_KEY_USAGE:
    case X509_V_ERR_KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA:
    case X509_V_ERR_PATHLEN_INVALID_FOR_NON_CA:
    case X509_V_ERR_PATHLEN_WITHOUT_KU_KEY_CERT_SIGN:
    case X509_V_ERR_AUTHORITY_KEY_IDENTIFIER_CRITICAL:
    case X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER:
    case X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER:
    case X509_V_ERR_SUBJECT_KEY_IDENTIFIER_CRITICAL:
      return write_strict;
    default:
      return NULL;
  }
}

static void write_issuer(const stls_certificate *certificate,
                         char out[STLS_FAILURE_HINT_SIZE])
{
  snprintf(out, STLS_FAILURE_HINT_SIZE, "; its issuer \"%.100s\" was not found",
           stls_name_text(stls_certificate_issuer(certificate)));
}

static void write_untrusted(const stls_certificate *certificate,
                            char out[STLS_FAILURE_HINT_SIZE])
{
  snprintf(out, STLS_FAILURE_HINT_SIZE, "; \"%.100s\" is not trusted",
           stls_name_text(stls_certificate_subject(certificate)));
}

static void write_expired(const stls_certificate *certificate,
                          char out[STLS_FAILURE_HINT_SIZE])
{
  const char *text = stls_certificate_not_after_text(certificate);

  if (text != NULL)
    snprintf(out, STLS_FAILURE_HINT_SIZE, "; it was valid until %s", text);
}

static void write_early(const stls_certificate *certificate,
                        char out[STLS_FAILURE_HINT_SIZE])
{
  const char *text = stls_certificate_not_before_text(certificate);

  if (text != NULL)
    snprintf(out, STLS_FAILURE_HINT_SIZE, "; it will be valid from %s", text);
}

static void write_names(const stls_certificate *certificate,
                        char out[STLS_FAILURE_HINT_SIZE])
{
  size_t count = stls_certificate_alt_name_count(certificate);
  bool is_first = true;

  for (size_t i = 0; i < count; i++) {
    const stls_general_name *name = stls_certificate_alt_name(certificate, i);
    stls_general_name_kind kind = stls_general_name_kind_of(name);
    if (kind != STLS_GENERAL_NAME_DNS && kind != STLS_GENERAL_NAME_IP) continue;
    if (!append_name(name, out, is_first)) {
      strcat(out, ELLIPSIS);
      return;
    }
    is_first = false;
  }
  if (is_first)
    snprintf(out, STLS_FAILURE_HINT_SIZE,
             "; it names no host in subjectAltName");
}

/* Of what X509_V_FLAG_X509_STRICT checks this is what a private CA gets wrong. */
static void write_strict(const stls_certificate *certificate,
                         char out[STLS_FAILURE_HINT_SIZE])
{
  snprintf(out, STLS_FAILURE_HINT_SIZE,
           "; X509_V_FLAG_X509_STRICT refuses \"%.100s\"",
           stls_name_text(stls_certificate_subject(certificate)));
}

/* False where the name, with an ellipsis, has no room. A name can be any bytes,
 * and a message is one printable line. */
static bool append_name(const stls_general_name *name,
                        char out[STLS_FAILURE_HINT_SIZE], bool is_first)
{
  size_t used, len;
  const char *text = stls_general_name_text(name, &len);

  if (is_first) strcpy(out, "; it is for ");
  used = strlen(out);
  if (len + 2 + sizeof ELLIPSIS > STLS_FAILURE_HINT_SIZE - used) {
    if (is_first) strcpy(out, "; it is for long names");
    return false;
  }
  if (!is_first) {
    memcpy(out + used, ", ", 2);
    used += 2;
  }
  for (size_t i = 0; i < len; i++)
    out[used + i] = text[i] > 0x20 && text[i] < 0x7f ? text[i] : '?';
  out[used + len] = '\0';
  return true;
}
