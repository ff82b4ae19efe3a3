/* SPDX-License-Identifier: MIT */
/* hostname_match: whether presented names stand for a reference. */
#include <sanstls/hostname.h>
#include <string.h>

#include "base/error.h"
#include "util/idna.h"

/* A reference, prepared for many comparisons. */
struct wanted {
  struct stls_reference name;
  /* Of an address; 0 for a DNS name. */
  size_t num_octets;
  uint8_t octets[16];
  bool any_label;
};

static stls_result prepare(const char *reference, bool any_label,
                           struct wanted *out, stls_error *err);
static bool covers_text(const char *text, size_t len,
                        const struct wanted *wanted);
static bool covers_alt_name(const stls_general_name *name,
                            const struct wanted *wanted);
static bool presents_dns_name(const stls_certificate *certificate);
static bool covers_common_name(const stls_name *subject,
                               const struct wanted *wanted);

stls_result stls_hostname_match(const char *reference,
                                const stls_certificate *certificate,
                                unsigned flags, bool *out_matches,
                                stls_error *err)
{
  struct wanted wanted;
  const unsigned known = (unsigned)STLS_HOSTNAME_INSECURE_COMMON_NAME |
                         (unsigned)STLS_HOSTNAME_ANY_LABEL;
  const stls_general_name *name;
  stls_result result;
  bool matches = false;

  if (reference == NULL) return stls_error_null(err, "reference");
  if (certificate == NULL) return stls_error_null(err, "certificate");
  if ((flags & ~known) != 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "flags has an unknown one");
  if (out_matches == NULL) return stls_error_null(err, "out_matches");
  result =
      prepare(reference, (flags & STLS_HOSTNAME_ANY_LABEL) != 0, &wanted, err);
  if (result == STLS_OK) result = stls_certificate_decode(certificate, err);
  if (result != STLS_OK) return result;
  for (size_t i = 0;
       !matches && (name = stls_certificate_alt_name(certificate, i)) != NULL;
       i++)
    matches = covers_alt_name(name, &wanted);
  if (!matches && (flags & STLS_HOSTNAME_INSECURE_COMMON_NAME) != 0 &&
      wanted.num_octets == 0 && !presents_dns_name(certificate))
    matches =
        covers_common_name(stls_certificate_subject(certificate), &wanted);
  *out_matches = matches;
  return STLS_OK;
}

stls_result stls_hostname_match_names(const char *reference,
                                      const char *const *names,
                                      const size_t *name_lens, size_t num_names,
                                      bool *out_matches, stls_error *err)
{
  struct wanted wanted;
  stls_result result;
  bool matches = false;

  if (reference == NULL) return stls_error_null(err, "reference");
  if (names == NULL && num_names > 0) return stls_error_null(err, "names");
  for (size_t i = 0; i < num_names; i++)
    if (names[i] == NULL) return stls_error_null(err, "a name");
  if (out_matches == NULL) return stls_error_null(err, "out_matches");
  result = prepare(reference, false, &wanted, err);
  if (result != STLS_OK) return result;
  for (size_t i = 0; i < num_names && !matches; i++)
    matches = covers_text(
        names[i], name_lens == NULL ? strlen(names[i]) : name_lens[i], &wanted);
  *out_matches = matches;
  return STLS_OK;
}

static stls_result prepare(const char *reference, bool any_label,
                           struct wanted *out, stls_error *err)
{
  stls_result result =
      stls_idna_resolve(reference, "reference", any_label, &out->name, err);

  out->any_label = any_label;
  out->num_octets = 0;
  if (result == STLS_OK && out->name.kind == STLS_HOSTNAME_ADDRESS)
    out->num_octets = stls_hostname_octets(out->name.text, out->octets);
  return result;
}

static bool covers_text(const char *text, size_t len,
                        const struct wanted *wanted)
{
  uint8_t octets[16];
  /* Room for the longest address. */
  char copy[48];

  if (wanted->num_octets == 0)
    return stls_hostname_covers(text, len, wanted->name.text, wanted->name.len,
                                wanted->any_label);
  if (len >= sizeof copy || memchr(text, '\0', len) != NULL) return false;
  memcpy(copy, text, len);
  copy[len] = '\0';
  return stls_hostname_octets(copy, octets) == wanted->num_octets &&
         memcmp(octets, wanted->octets, wanted->num_octets) == 0;
}

static bool covers_alt_name(const stls_general_name *name,
                            const struct wanted *wanted)
{
  size_t len = 0;
  const uint8_t *bytes = stls_general_name_bytes(name, &len);

  if (bytes == NULL) return false;
  switch (stls_general_name_kind_of(name)) {
    case STLS_GENERAL_NAME_DNS:
      return wanted->num_octets == 0 &&
             stls_hostname_covers((const char *)bytes, len, wanted->name.text,
                                  wanted->name.len, wanted->any_label);
    case STLS_GENERAL_NAME_IP:
      return wanted->num_octets > 0 && len == wanted->num_octets &&
             memcmp(bytes, wanted->octets, len) == 0;
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
                               const struct wanted *wanted)
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
      matches =
          is_text && stls_hostname_covers(value, len, wanted->name.text,
                                          wanted->name.len, wanted->any_label);
    }
  return matches;
}
