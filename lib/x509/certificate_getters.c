/* SPDX-License-Identifier: MIT */
/* certificate_getters: returns the decoded fields and extensions of a
 * certificate. */
#include <sanstls/util.h>

#include "base/error.h"
#include "base/out_buffer.h"
#include "x509/certificate.h"

static const stls_certificate *or_empty(const stls_certificate *certificate);
static const struct stls_extensions *extensions_of(
    const stls_certificate *certificate);
static bool get_time(const struct stls_certificate_time *time,
                     int64_t *out_seconds);
static const uint8_t *bytes_of(const struct stls_extension_bytes *bytes,
                               size_t *out_len);
static const char *text_at(const struct stls_extension_texts *texts,
                           size_t index, size_t *out_len);
static const stls_general_name *name_at(const struct stls_general_names *names,
                                        size_t index);

X509 *stls_certificate_x509(const stls_certificate *certificate)
{
  return or_empty(certificate)->x509;
}

const uint8_t *stls_certificate_der(const stls_certificate *certificate,
                                    size_t *out_len)
{
  if (out_len != NULL) *out_len = or_empty(certificate)->der_len;
  return or_empty(certificate)->der;
}

stls_result stls_certificate_to_pem(const stls_certificate *certificate,
                                    char *out, size_t out_cap, size_t *out_len,
                                    stls_error *err)
{
  stls_result result = stls_out_buffer_check(out, out_cap, out_len, err);

  if (result != STLS_OK) return result;
  if (certificate == NULL) return stls_error_null(err, "certificate");
  return stls_pem_encode_certificate(certificate->der, certificate->der_len,
                                     out, out_cap, out_len, err);
}

const uint8_t *stls_certificate_sha1(const stls_certificate *certificate)
{
  return or_empty(certificate)->fields.sha1;
}

const uint8_t *stls_certificate_sha256(const stls_certificate *certificate)
{
  return or_empty(certificate)->fields.sha256;
}

int stls_certificate_version(const stls_certificate *certificate)
{
  return or_empty(certificate)->fields.version;
}

const char *stls_certificate_serial(const stls_certificate *certificate)
{
  return or_empty(certificate)->fields.serial;
}

const stls_name *stls_certificate_subject(const stls_certificate *certificate)
{
  return or_empty(certificate)->fields.subject;
}

const stls_name *stls_certificate_issuer(const stls_certificate *certificate)
{
  return or_empty(certificate)->fields.issuer;
}

unsigned long stls_certificate_subject_hash(const stls_certificate *certificate)
{
  return or_empty(certificate)->fields.subject_hash;
}

const char *stls_certificate_not_before_text(
    const stls_certificate *certificate)
{
  return or_empty(certificate)->fields.not_before.text;
}

const char *stls_certificate_not_after_text(const stls_certificate *certificate)
{
  return or_empty(certificate)->fields.not_after.text;
}

bool stls_certificate_not_before(const stls_certificate *certificate,
                                 int64_t *out_seconds)
{
  return get_time(&or_empty(certificate)->fields.not_before, out_seconds);
}

bool stls_certificate_not_after(const stls_certificate *certificate,
                                int64_t *out_seconds)
{
  return get_time(&or_empty(certificate)->fields.not_after, out_seconds);
}

const char *stls_certificate_signature_algorithm(
    const stls_certificate *certificate)
{
  return or_empty(certificate)->fields.signature_algorithm;
}

const char *stls_certificate_key_type(const stls_certificate *certificate)
{
  return or_empty(certificate)->fields.key_type;
}

const char *stls_certificate_key_curve(const stls_certificate *certificate)
{
  return or_empty(certificate)->fields.key_curve;
}

int stls_certificate_key_bits(const stls_certificate *certificate)
{
  return or_empty(certificate)->fields.key_bits;
}

int stls_certificate_key_security_bits(const stls_certificate *certificate)
{
  return or_empty(certificate)->fields.key_security_bits;
}

const uint8_t *stls_certificate_spki(const stls_certificate *certificate,
                                     size_t *out_len)
{
  if (out_len != NULL) *out_len = or_empty(certificate)->fields.spki_len;
  return or_empty(certificate)->fields.spki;
}

stls_extension_state stls_certificate_extension(
    const stls_certificate *certificate, stls_extension extension)
{
  size_t i = (size_t)extension;

  return i < STLS_EXTENSIONS_NUM ? extensions_of(certificate)->states[i]
                                 : STLS_EXTENSION_ABSENT;
}

const stls_general_name *stls_certificate_alt_name(
    const stls_certificate *certificate, size_t index)
{
  return name_at(&extensions_of(certificate)->values.alt_names, index);
}

const char *stls_certificate_ocsp_uri(const stls_certificate *certificate,
                                      size_t index, size_t *out_len)
{
  return text_at(&extensions_of(certificate)->values.ocsp_uris, index, out_len);
}

const char *stls_certificate_ca_issuers_uri(const stls_certificate *certificate,
                                            size_t index, size_t *out_len)
{
  return text_at(&extensions_of(certificate)->values.ca_issuers_uris, index,
                 out_len);
}

const char *stls_certificate_crl_uri(const stls_certificate *certificate,
                                     size_t index, size_t *out_len)
{
  return text_at(&extensions_of(certificate)->values.crl_uris, index, out_len);
}

bool stls_certificate_key_usage(const stls_certificate *certificate,
                                unsigned *out_bits)
{
  const struct stls_extensions *extensions = extensions_of(certificate);
  stls_extension_state state = extensions->states[STLS_EXTENSION_KEY_USAGE];

  if (state != STLS_EXTENSION_PRESENT && state != STLS_EXTENSION_CRITICAL)
    return false;
  if (out_bits != NULL) *out_bits = extensions->values.key_usage;
  return true;
}

const char *stls_certificate_key_purpose(const stls_certificate *certificate,
                                         size_t index)
{
  return text_at(&extensions_of(certificate)->values.key_purposes, index, NULL);
}

bool stls_certificate_is_ca(const stls_certificate *certificate)
{
  return extensions_of(certificate)->values.is_ca;
}

long stls_certificate_path_length(const stls_certificate *certificate)
{
  return extensions_of(certificate)->values.path_length;
}

const uint8_t *stls_certificate_subject_key_id(
    const stls_certificate *certificate, size_t *out_len)
{
  return bytes_of(&extensions_of(certificate)->values.subject_key_id, out_len);
}

const uint8_t *stls_certificate_authority_key_id(
    const stls_certificate *certificate, size_t *out_len)
{
  return bytes_of(&extensions_of(certificate)->values.authority_key_id,
                  out_len);
}

const stls_general_name *stls_certificate_authority_name(
    const stls_certificate *certificate, size_t index)
{
  return name_at(&extensions_of(certificate)->values.authority_names, index);
}

const char *stls_certificate_authority_serial(
    const stls_certificate *certificate)
{
  return extensions_of(certificate)->values.authority_serial;
}

const char *stls_certificate_policy(const stls_certificate *certificate,
                                    size_t index)
{
  return text_at(&extensions_of(certificate)->values.policies, index, NULL);
}

const stls_general_name *stls_certificate_permitted_name(
    const stls_certificate *certificate, size_t index)
{
  return name_at(&extensions_of(certificate)->values.permitted_names, index);
}

const stls_general_name *stls_certificate_excluded_name(
    const stls_certificate *certificate, size_t index)
{
  return name_at(&extensions_of(certificate)->values.excluded_names, index);
}

bool stls_certificate_must_staple(const stls_certificate *certificate)
{
  return extensions_of(certificate)->values.must_staple;
}

const stls_sct *stls_certificate_sct(const stls_certificate *certificate,
                                     size_t index)
{
  return stls_sct_at(&extensions_of(certificate)->values.scts, index);
}

/* The getters return the values of an empty certificate for NULL. */
static const stls_certificate *or_empty(const stls_certificate *certificate)
{
  static const stls_certificate empty;

  return certificate != NULL ? certificate : &empty;
}

static const struct stls_extensions *extensions_of(
    const stls_certificate *certificate)
{
  static const struct stls_extensions none = {.values.path_length = -1};

  if (certificate == NULL) return &none;
  return stls_extensions_get(certificate->extensions, certificate->x509);
}

static bool get_time(const struct stls_certificate_time *time,
                     int64_t *out_seconds)
{
  if (time->text == NULL) return false;
  if (out_seconds != NULL) *out_seconds = time->seconds;
  return true;
}

static const uint8_t *bytes_of(const struct stls_extension_bytes *bytes,
                               size_t *out_len)
{
  if (out_len != NULL) *out_len = bytes->len;
  return (const uint8_t *)bytes->data;
}

size_t stls_certificate_alt_name_count(const stls_certificate *certificate)
{
  return extensions_of(certificate)->values.alt_names.count;
}

size_t stls_certificate_ocsp_uri_count(const stls_certificate *certificate)
{
  return extensions_of(certificate)->values.ocsp_uris.count;
}

size_t stls_certificate_ca_issuers_uri_count(
    const stls_certificate *certificate)
{
  return extensions_of(certificate)->values.ca_issuers_uris.count;
}

size_t stls_certificate_crl_uri_count(const stls_certificate *certificate)
{
  return extensions_of(certificate)->values.crl_uris.count;
}

size_t stls_certificate_key_purpose_count(const stls_certificate *certificate)
{
  return extensions_of(certificate)->values.key_purposes.count;
}

size_t stls_certificate_authority_name_count(
    const stls_certificate *certificate)
{
  return extensions_of(certificate)->values.authority_names.count;
}

size_t stls_certificate_policy_count(const stls_certificate *certificate)
{
  return extensions_of(certificate)->values.policies.count;
}

size_t stls_certificate_permitted_name_count(
    const stls_certificate *certificate)
{
  return extensions_of(certificate)->values.permitted_names.count;
}

size_t stls_certificate_excluded_name_count(const stls_certificate *certificate)
{
  return extensions_of(certificate)->values.excluded_names.count;
}

size_t stls_certificate_sct_count(const stls_certificate *certificate)
{
  return extensions_of(certificate)->values.scts.count;
}

static const char *text_at(const struct stls_extension_texts *texts,
                           size_t index, size_t *out_len)
{
  static const struct stls_extension_bytes none = {NULL, 0};
  const struct stls_extension_bytes *text =
      index < texts->count ? &texts->at[index] : &none;

  if (out_len != NULL) *out_len = text->len;
  return text->data;
}

static const stls_general_name *name_at(const struct stls_general_names *names,
                                        size_t index)
{
  return index < names->count ? names->at[index] : NULL;
}
