/* SPDX-License-Identifier: MIT */
/* hostname_match: matches the names of a certificate against a reference
 * name. */
#include "verify/hostname_match.h"

#include <openssl/x509v3.h>
#include <sanstls/hostname.h>
#include <string.h>

#include "base/error.h"
#include "util/hostname.h"
#include "util/idna.h"

/* A reference name in the form for comparisons. */
struct prepared_reference {
  struct stls_reference name;
  /* The length of the address; 0 for a DNS name. */
  size_t num_octets;
  uint8_t octets[16];
  bool any_label;
};

static stls_result prepare(const char *reference, bool any_label,
                           struct prepared_reference *out, stls_error *err);
static bool covers_presented(const GENERAL_NAME *presented, const char *name);
static bool covers_text(const char *text, size_t len,
                        const struct prepared_reference *prepared);
static bool covers_alt_name(const stls_general_name *name,
                            const struct prepared_reference *prepared);
static bool presents_dns_name(const stls_certificate *certificate);
static bool covers_common_name(const stls_name *subject,
                               const struct prepared_reference *prepared);

stls_result stls_hostname_match(const char *reference,
                                const stls_certificate *certificate,
                                unsigned flags, bool *out_matches,
                                stls_error *err)
{
  struct prepared_reference prepared;
  const unsigned known = (unsigned)STLS_HOSTNAME_INSECURE_COMMON_NAME |
                         (unsigned)STLS_HOSTNAME_ANY_LABEL;
  const stls_general_name *name;
  stls_result result;
  bool matches = false;

  if (reference == NULL) return stls_error_null(err, "reference");
  if (certificate == NULL) return stls_error_null(err, "certificate");
  if ((flags & ~known) != 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "flags 0x%x: not all are stls_hostname_flag", flags);
  if (out_matches == NULL) return stls_error_null(err, "out_matches");
  result = prepare(reference, (flags & STLS_HOSTNAME_ANY_LABEL) != 0, &prepared,
                   err);
  if (result == STLS_OK) result = stls_certificate_decode(certificate, err);
  if (result != STLS_OK) return result;
  for (size_t i = 0;
       !matches && (name = stls_certificate_alt_name(certificate, i)) != NULL;
       i++)
    matches = covers_alt_name(name, &prepared);
  if (!matches && (flags & STLS_HOSTNAME_INSECURE_COMMON_NAME) != 0 &&
      prepared.num_octets == 0 && !presents_dns_name(certificate))
    matches =
        covers_common_name(stls_certificate_subject(certificate), &prepared);
  *out_matches = matches;
  return STLS_OK;
}

stls_result stls_hostname_match_names(const char *reference,
                                      const char *const *names,
                                      const size_t *name_lens, size_t num_names,
                                      bool *out_matches, stls_error *err)
{
  struct prepared_reference prepared;
  stls_result result;
  bool matches = false;

  if (reference == NULL) return stls_error_null(err, "reference");
  if (names == NULL && num_names > 0) return stls_error_null(err, "names");
  for (size_t i = 0; i < num_names; i++)
    if (names[i] == NULL) return stls_error_null(err, "a name");
  if (out_matches == NULL) return stls_error_null(err, "out_matches");
  result = prepare(reference, false, &prepared, err);
  if (result != STLS_OK) return result;
  for (size_t i = 0; i < num_names && !matches; i++)
    matches = covers_text(names[i],
                          name_lens == NULL ? strlen(names[i]) : name_lens[i],
                          &prepared);
  *out_matches = matches;
  return STLS_OK;
}

bool stls_hostname_match_x509(const X509 *cert, const char *name)
{
  GENERAL_NAMES *names =
      X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
  bool matches = false;

  for (int i = 0; i < sk_GENERAL_NAME_num(names) && !matches; i++)
    matches = covers_presented(sk_GENERAL_NAME_value(names, i), name);
  GENERAL_NAMES_free(names);
  return matches;
}

static stls_result prepare(const char *reference, bool any_label,
                           struct prepared_reference *out, stls_error *err)
{
  stls_result result =
      stls_idna_resolve(reference, "reference", any_label, &out->name, err);

  out->any_label = any_label;
  out->num_octets = 0;
  if (result == STLS_OK && out->name.kind == STLS_HOSTNAME_ADDRESS)
    out->num_octets = stls_hostname_parse_address(out->name.text, out->octets);
  return result;
}

static bool covers_text(const char *text, size_t len,
                        const struct prepared_reference *prepared)
{
  uint8_t octets[16];
  /* Longer than any address. */
  char copy[48];

  if (prepared->num_octets == 0)
    return stls_hostname_covers(text, len, prepared->name.text,
                                prepared->name.len, prepared->any_label);
  if (len >= sizeof copy || memchr(text, '\0', len) != NULL) return false;
  memcpy(copy, text, len);
  copy[len] = '\0';
  return stls_hostname_parse_address(copy, octets) == prepared->num_octets &&
         memcmp(octets, prepared->octets, prepared->num_octets) == 0;
}

static bool covers_alt_name(const stls_general_name *name,
                            const struct prepared_reference *prepared)
{
  size_t len = 0;
  const uint8_t *bytes = stls_general_name_bytes(name, &len);

  if (bytes == NULL) return false;
  switch (stls_general_name_kind_of(name)) {
    case STLS_GENERAL_NAME_DNS:
      return prepared->num_octets == 0 &&
             stls_hostname_covers((const char *)bytes, len, prepared->name.text,
                                  prepared->name.len, prepared->any_label);
    case STLS_GENERAL_NAME_IP:
      return prepared->num_octets > 0 && len == prepared->num_octets &&
             memcmp(bytes, prepared->octets, len) == 0;
    default:
      return false;
  }
}

static bool presents_dns_name(const stls_certificate *certificate)
{
  const stls_general_name *name;
  bool found = stls_certificate_extension(certificate,
                                          STLS_EXTENSION_SUBJECT_ALT_NAME) ==
               STLS_EXTENSION_MALFORMED;

  for (size_t i = 0;
       !found && (name = stls_certificate_alt_name(certificate, i)) != NULL;
       i++)
    found = stls_general_name_kind_of(name) == STLS_GENERAL_NAME_DNS;
  return found;
}

static bool covers_common_name(const stls_name *subject,
                               const struct prepared_reference *prepared)
{
  bool matches = false, is_text = true;

  for (size_t i = 0; is_text && !matches && i < stls_name_rdn_count(subject);
       i++)
    for (size_t j = 0;
         is_text && !matches && j < stls_name_attribute_count(subject, i);
         j++) {
      size_t len = 0;
      const char *oid = stls_name_attribute_oid(subject, i, j);
      const char *value = stls_name_attribute_value(subject, i, j, &len);
      if (oid == NULL || strcmp(oid, "2.5.4.3") != 0) continue;
      is_text = value != NULL && !stls_name_attribute_is_bits(subject, i, j);
      matches = is_text &&
                stls_hostname_covers(value, len, prepared->name.text,
                                     prepared->name.len, prepared->any_label);
    }
  return matches;
}

static bool covers_presented(const GENERAL_NAME *presented, const char *name)
{
  const ASN1_IA5STRING *text = presented->d.dNSName;

  return presented->type == GEN_DNS &&
         stls_hostname_covers((const char *)ASN1_STRING_get0_data(text),
                              (size_t)ASN1_STRING_length(text), name,
                              strlen(name), true);
}
