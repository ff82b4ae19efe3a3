/* SPDX-License-Identifier: MIT */
/* test_extension_states: extensions that are present, critical or malformed. */
#include <openssl/objects.h>
#include <sanstls/certificate.h>

#include "support/cert_malformed.h"
#include "support/expect.h"

SUITE(extension_states);

#define SAN "2.5.29.17"
#define KEY_USAGE "2.5.29.15"
#define PURPOSES "2.5.29.37"
#define CONSTRAINTS "2.5.29.19"
#define SUBJECT_KEY "2.5.29.14"
#define AUTHORITY_KEY "2.5.29.35"
#define ACCESS "1.3.6.1.5.5.7.1.1"
#define CRLS "2.5.29.31"
#define POLICIES "2.5.29.32"
#define NAMES "2.5.29.30"
#define FEATURES "1.3.6.1.5.5.7.1.24"

/* The states of an extension, by the letters of its value. */
static const struct {
  stls_extension extension;
  const char *oid;
  const char *der;
  size_t der_len;
  bool is_fine;
  const char *source;
} values[] = {
#define ROW(extension, oid, der, is_fine, source) \
  { \
    STLS_EXTENSION_##extension, oid, der, sizeof(der) - 1, is_fine, source \
  }
    ROW(SUBJECT_ALT_NAME, SAN, "\x30\x03\x82\x01x", true, "RFC 5280, 4.2.1.6"),
    ROW(SUBJECT_ALT_NAME, SAN, "\x30\x00", true, "empty, as OpenSSL reads it"),
    ROW(SUBJECT_ALT_NAME, SAN, "", false, "no value"),
    ROW(SUBJECT_ALT_NAME, SAN, "\x30\x03\x82\x02x", false, "cut"),
    ROW(SUBJECT_ALT_NAME, SAN,
        "\x30\x03\x82\x01x"
        "\x30\x00",
        false, "X.690: something behind"),
    ROW(SUBJECT_ALT_NAME, SAN, "\x30\x03\x8a\x01x", false, "no such name"),
    ROW(SUBJECT_ALT_NAME, SAN, "\x04\x01x", false, "another type"),
    ROW(KEY_USAGE, KEY_USAGE, "\x03\x02\x05\xa0", true, "RFC 5280, 4.2.1.3"),
    ROW(KEY_USAGE, KEY_USAGE, "\x03\x01\x00", true, "no bits"),
    ROW(KEY_USAGE, KEY_USAGE, "\x03\x00", false, "X.690, 8.6: no first octet"),
    ROW(KEY_USAGE, KEY_USAGE, "\x03\x02\x09\x00", false, "X.690, 8.6: 9 bits"),
    ROW(KEY_USAGE, KEY_USAGE, "\x04\x02\x05\xa0", false, "another type"),
    ROW(EXTENDED_KEY_USAGE, PURPOSES, "\x30\x04\x06\x02\x2a\x03", true,
        "RFC 5280, 4.2.1.12"),
    ROW(EXTENDED_KEY_USAGE, PURPOSES, "\x30\x04\x06\x02\x2a\x83", false,
        "X.690, 8.19: cut"),
    ROW(BASIC_CONSTRAINTS, CONSTRAINTS, "\x30\x00", true, "RFC 5280, 4.2.1.9"),
    ROW(BASIC_CONSTRAINTS, CONSTRAINTS, "\x30\x06\x01\x01\xff\x02\x01\x00",
        true, "RFC 5280, 4.2.1.9"),
    ROW(BASIC_CONSTRAINTS, CONSTRAINTS, "\x30\x06\x01\x01\xff\x02\x01\xff",
        false, "RFC 5280, 4.2.1.9: INTEGER (0..MAX)"),
    ROW(BASIC_CONSTRAINTS, CONSTRAINTS,
        "\x30\x0e\x01\x01\xff\x02\x09\x7f\0\0\0\0\0\0\0\0", false,
        "more than a long has"),
    ROW(BASIC_CONSTRAINTS, CONSTRAINTS,
        "\x30\x0e\x01\x01\xff\x02\x09\0\x80\0\0\0\0\0\0\0", false,
        "2^63, more than a long has"),
    ROW(BASIC_CONSTRAINTS, CONSTRAINTS, "\x30\x05\x01\x01\xff\x02\x00", false,
        "X.690, 8.3: no octet"),
    ROW(SUBJECT_KEY_IDENTIFIER, SUBJECT_KEY, "\x04\x01x", true,
        "RFC 5280, 4.2.1.2"),
    ROW(SUBJECT_KEY_IDENTIFIER, SUBJECT_KEY, "\x04\x00", true, "empty"),
    ROW(SUBJECT_KEY_IDENTIFIER, SUBJECT_KEY, "\x04\x02x", false, "cut"),
    ROW(AUTHORITY_KEY_IDENTIFIER, AUTHORITY_KEY, "\x30\x03\x80\x01x", true,
        "RFC 5280, 4.2.1.1"),
    ROW(AUTHORITY_KEY_IDENTIFIER, AUTHORITY_KEY, "\x30\x00", true, "empty"),
    ROW(AUTHORITY_KEY_IDENTIFIER, AUTHORITY_KEY, "\x30\x03\x83\x01x", false,
        "no such part"),
    ROW(AUTHORITY_INFO_ACCESS, ACCESS,
        "\x30\x0d\x30\x0b\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x01", false,
        "RFC 5280, 4.2.2.1: no location"),
    ROW(CRL_DISTRIBUTION_POINTS, CRLS, "\x30\x02\x30\x00", true,
        "CVE-2019-5010: an empty point"),
    ROW(CRL_DISTRIBUTION_POINTS, CRLS, "\x30\x04\x30\x02\xa0\x00", false,
        "CVE-2019-5010: a point without the choice of its name"),
    ROW(CRL_DISTRIBUTION_POINTS, CRLS, "\x30\x06\x30\x04\xa0\x02\xa0\x00", true,
        "a full name without names"),
    ROW(CERTIFICATE_POLICIES, POLICIES, "\x30\x06\x30\x04\x06\x02\x2a\x03",
        true, "RFC 5280, 4.2.1.4"),
    ROW(CERTIFICATE_POLICIES, POLICIES, "\x30\x02\x30\x00", false, "no OID"),
    ROW(NAME_CONSTRAINTS, NAMES, "\x30\x07\xa0\x05\x30\x03\x82\x01x", true,
        "RFC 5280, 4.2.1.10"),
    ROW(NAME_CONSTRAINTS, NAMES, "\x30\x04\xa0\x02\x30\x00", false, "no base"),
    ROW(TLS_FEATURE, FEATURES, "\x30\x03\x02\x01\x05", true, "RFC 7633, 6"),
    ROW(TLS_FEATURE, FEATURES, "\x30\x03\x02\x01\x11", true, "RFC 7633, 6"),
    ROW(TLS_FEATURE, FEATURES, "\x30\x00", true, "no feature"),
    ROW(TLS_FEATURE, FEATURES, "\x30\x03\x04\x01\x05", false, "no INTEGER"),
    ROW(TLS_FEATURE, FEATURES, "\x30\x02\x02\x00", false, "X.690, 8.3"),
    ROW(TLS_FEATURE, FEATURES, "\x30\x03\x22\x01\x05", false,
        "X.690, 8.3.1: constructed"),
    ROW(TLS_FEATURE, FEATURES, "\x30\x80", false,
        "X.690, 10.1: no definite length"),
    ROW(TLS_FEATURE, FEATURES, "\x30\x03\x02\x02\x05", false, "cut"),
    ROW(TLS_FEATURE, FEATURES, "\x30\x80\x02\x01\x05\x00\x00", false,
        "X.690, 10.1: no definite length"),
    ROW(TLS_FEATURE, FEATURES, "\x30\x03\x02\x01\x05\x00", false,
        "something behind"),
    ROW(TLS_FEATURE, FEATURES, "\x02\x01\x05", false, "no SEQUENCE"),
    ROW(TLS_FEATURE, FEATURES, "\x10\x03\x02\x01\x05", false,
        "X.690, 8.9.1: not constructed"),
#undef ROW
};

static stls_certificate *with_value(size_t i, bool critical, int times);
static bool says_nothing(const stls_certificate *it);

Test(extension_states, are_there_or_critical_or_malformed)
{
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
    for (int critical = 0; critical <= 1; critical++) {
      stls_extension_state want = !values[i].is_fine ? STLS_EXTENSION_MALFORMED
                                  : critical         ? STLS_EXTENSION_CRITICAL
                                                     : STLS_EXTENSION_PRESENT;
      stls_certificate *it = with_value(i, critical, 1);
      stls_extension_state got =
          stls_certificate_extension(it, values[i].extension);
      cr_expect_eq(got, want, "%zu, %s (%s): %d instead of %d", i,
                   stls_extension_name(values[i].extension), values[i].source,
                   got, want);
      if (!values[i].is_fine) cr_expect(says_nothing(it), "%zu", i);
      stls_certificate_free(it);
    }
}

/* RFC 5280, 4.2. */
Test(extension_states, that_are_there_twice_are_malformed)
{
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    stls_certificate *it = with_value(i, false, 2);
    cr_expect_eq(stls_certificate_extension(it, values[i].extension),
                 STLS_EXTENSION_MALFORMED, "%zu: %s", i, values[i].source);
    cr_expect(says_nothing(it), "%zu: %s", i, values[i].source);
    stls_certificate_free(it);
  }
}

Test(extension_states, are_absent_without_any)
{
  stls_certificate *it = cert_malformed_load("certificate/v1.pem");

  for (int i = -1; i <= STLS_EXTENSION_TLS_FEATURE + 1; i++) {
    cr_expect_eq(stls_certificate_extension(it, (stls_extension)i),
                 STLS_EXTENSION_ABSENT);
    cr_expect_eq(stls_certificate_extension(NULL, (stls_extension)i),
                 STLS_EXTENSION_ABSENT);
  }
  cr_expect(says_nothing(it));
  cr_expect(says_nothing(NULL));
  stls_certificate_free(it);
}

Test(extension_states, have_openssls_names)
{
  static const int nids[] = {NID_subject_alt_name,
                             NID_key_usage,
                             NID_ext_key_usage,
                             NID_basic_constraints,
                             NID_subject_key_identifier,
                             NID_authority_key_identifier,
                             NID_info_access,
                             NID_crl_distribution_points,
                             NID_certificate_policies,
                             NID_name_constraints,
                             NID_ct_precert_scts,
                             NID_tlsfeature};

  for (int i = 0; i <= STLS_EXTENSION_TLS_FEATURE; i++)
    cr_expect_str_eq(stls_extension_name((stls_extension)i),
                     OBJ_nid2sn(nids[i]));
  cr_expect_null(stls_extension_name((stls_extension)12));
  cr_expect_null(stls_extension_name((stls_extension)-1));
}

Test(extension_states, of_an_unknown_kind_are_passed_over)
{
  X509 *x509 = cert_malformed_begin("certificate/v1.pem");
  stls_certificate *it;

  cert_malformed_add_extension(x509, "1.3.6.1.4.1.99999.2", true, "\xff\xff",
                               2);
  cert_malformed_add_extension(x509, "1.3.6.1.4.1.99999.2", true, "\xff\xff",
                               2);
  cert_malformed_add_extension(x509, KEY_USAGE, false, "\x03\x02\x05\xa0", 4);
  it = cert_malformed_end(x509);
  cr_expect_eq(stls_certificate_extension(it, STLS_EXTENSION_KEY_USAGE),
               STLS_EXTENSION_PRESENT);
  stls_certificate_free(it);
}

static stls_certificate *with_value(size_t i, bool critical, int times)
{
  X509 *x509 = cert_malformed_begin("certificate/v1.pem");

  while (times-- > 0)
    cert_malformed_add_extension(x509, values[i].oid, critical, values[i].der,
                                 values[i].der_len);
  return cert_malformed_end(x509);
}

static bool says_nothing(const stls_certificate *it)
{
  return stls_certificate_alt_name(it, 0) == NULL &&
         stls_certificate_ocsp_uri(it, 0, NULL) == NULL &&
         stls_certificate_ca_issuers_uri(it, 0, NULL) == NULL &&
         stls_certificate_crl_uri(it, 0, NULL) == NULL &&
         !stls_certificate_key_usage(it, NULL) &&
         stls_certificate_key_purpose(it, 0) == NULL &&
         !stls_certificate_is_ca(it) &&
         stls_certificate_path_length(it) == -1 &&
         stls_certificate_subject_key_id(it, NULL) == NULL &&
         stls_certificate_authority_key_id(it, NULL) == NULL &&
         stls_certificate_authority_name(it, 0) == NULL &&
         stls_certificate_authority_serial(it) == NULL &&
         stls_certificate_policy(it, 0) == NULL &&
         stls_certificate_permitted_name(it, 0) == NULL &&
         stls_certificate_excluded_name(it, 0) == NULL &&
         !stls_certificate_must_staple(it) &&
         stls_certificate_sct(it, 0) == NULL;
}
