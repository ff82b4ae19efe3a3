/* SPDX-License-Identifier: MIT */
/* test_extensions: the contents of a certificate's extensions. */
#include <openssl/evp.h>
#include <sanstls/certificate.h>
#include <string.h>

#include "support/cert_malformed.h"
#include "support/expect.h"

SUITE(extensions);

#define KEY_USAGE "2.5.29.15"
#define CONSTRAINTS "2.5.29.19"
#define CRLS "2.5.29.31"
#define FEATURES "1.3.6.1.5.5.7.1.24"

static void expect_general(const stls_general_name *name, const char *kind,
                           const char *text);
/* The length by address: it is written while the arguments are evaluated. */
static void expect_text(const char *got, const size_t *got_len,
                        const char *want);

Test(extensions, of_a_leaf)
{
  static const stls_extension_state states[] = {
      STLS_EXTENSION_PRESENT,  STLS_EXTENSION_CRITICAL, STLS_EXTENSION_PRESENT,
      STLS_EXTENSION_CRITICAL, STLS_EXTENSION_PRESENT,  STLS_EXTENSION_PRESENT,
      STLS_EXTENSION_PRESENT,  STLS_EXTENSION_PRESENT,  STLS_EXTENSION_PRESENT,
      STLS_EXTENSION_ABSENT,   STLS_EXTENSION_PRESENT,  STLS_EXTENSION_PRESENT};
  stls_certificate *it = cert_malformed_load("certificate/full.pem");
  unsigned bits = 0;

  for (int i = 0; i <= STLS_EXTENSION_TLS_FEATURE; i++)
    cr_expect_eq(stls_certificate_extension(it, (stls_extension)i), states[i],
                 "%s", stls_extension_name((stls_extension)i));
  cr_expect(stls_certificate_key_usage(it, &bits));
  cr_expect_eq(bits, (unsigned)(STLS_KEY_USAGE_DIGITAL_SIGNATURE |
                                STLS_KEY_USAGE_KEY_AGREEMENT |
                                STLS_KEY_USAGE_DECIPHER_ONLY));
  cr_expect(stls_certificate_key_usage(it, NULL));
  cr_expect_not(stls_certificate_is_ca(it));
  cr_expect_eq(stls_certificate_path_length(it), -1);
  cr_expect(stls_certificate_must_staple(it));
  cr_expect_str_eq(stls_certificate_key_purpose(it, 0), "1.3.6.1.5.5.7.3.1");
  cr_expect_str_eq(stls_certificate_key_purpose(it, 1), "1.3.6.1.5.5.7.3.2");
  cr_expect_str_eq(stls_certificate_key_purpose(it, 2), "1.3.6.1.4.1.99999.1");
  cr_expect_null(stls_certificate_key_purpose(it, 3));
  cr_expect_str_eq(stls_certificate_policy(it, 0), "2.23.140.1.2.1");
  cr_expect_str_eq(stls_certificate_policy(it, 1), "1.3.6.1.4.1.99999.3");
  cr_expect_null(stls_certificate_policy(it, 2));
  stls_certificate_free(it);
}

Test(extensions, names_of_a_leaf)
{
  stls_certificate *it = cert_malformed_load("certificate/full.pem");

  expect_general(stls_certificate_alt_name(it, 0), "DNS", "full.example");
  expect_general(stls_certificate_alt_name(it, 1), "IP Address", "192.0.2.1");
  expect_general(stls_certificate_alt_name(it, 2), "IP Address",
                 "2001:DB8:0:0:0:0:0:1");
  expect_general(stls_certificate_alt_name(it, 3), "URI",
                 "https://full.example/");
  expect_general(stls_certificate_alt_name(it, 4), "email", "me@full.example");
  expect_general(stls_certificate_alt_name(it, 5), "Registered ID", "1.2.3.4");
  cr_expect_null(stls_certificate_alt_name(it, 6));
  cr_expect_null(stls_certificate_alt_name(it, SIZE_MAX));
  stls_certificate_free(it);
}

/* Locations that are no URI, and other methods, are left out; so is a point
 * named relative to the issuer, which CPython reads through the wrong member of
 * a union, and one without a name (CVE-2019-5010). */
Test(extensions, uris_of_a_leaf)
{
  stls_certificate *it = cert_malformed_load("certificate/full.pem");
  size_t len;

  expect_text(stls_certificate_ocsp_uri(it, 0, &len), &len,
              "http://ocsp.example/1");
  expect_text(stls_certificate_ocsp_uri(it, 1, &len), &len,
              "http://ocsp.example/2");
  cr_expect_null(stls_certificate_ocsp_uri(it, 2, &len));
  cr_expect_eq(len, (size_t)0);
  expect_text(stls_certificate_ca_issuers_uri(it, 0, &len), &len,
              "http://ca.example/ca.cer");
  cr_expect_null(stls_certificate_ca_issuers_uri(it, 1, NULL));
  expect_text(stls_certificate_crl_uri(it, 0, &len), &len,
              "http://crl.example/1");
  expect_text(stls_certificate_crl_uri(it, 1, &len), &len,
              "http://crl.example/2");
  expect_text(stls_certificate_crl_uri(it, 2, &len), &len,
              "http://crl.example/3");
  cr_expect_null(stls_certificate_crl_uri(it, 3, NULL));
  stls_certificate_free(it);
}

Test(extensions, uris_may_have_nuls)
{
  static const char der[] =
      "\x30\x0f\x30\x0d\xa0\x0b\xa0\x09\x86\x07"
      "a:\0\xff"
      "b\nc";
  X509 *x509 = cert_malformed_begin("certificate/v1.pem");
  stls_certificate *it;
  size_t len;
  const char *uri;

  cert_malformed_add_extension(x509, CRLS, false, der, sizeof der - 1);
  it = cert_malformed_end(x509);
  uri = stls_certificate_crl_uri(it, 0, &len);
  cr_assert_eq(len, (size_t)7);
  cr_expect_arr_eq(uri,
                   "a:\0\xff"
                   "b\nc",
                   8);
  stls_certificate_free(it);
}

Test(extensions, join_a_leaf_with_its_issuer)
{
  stls_certificate *leaf = cert_malformed_load("certificate/full.pem");
  stls_certificate *ca = cert_malformed_load("certificate/ca.pem");
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned digest_len;
  size_t id_len, authority_len;
  const uint8_t *id = stls_certificate_subject_key_id(ca, &id_len);
  const uint8_t *authority =
      stls_certificate_authority_key_id(leaf, &authority_len);

  /* RFC 5280, 4.2.1.2, method 1. */
  cr_assert_eq(X509_pubkey_digest(stls_certificate_x509(ca), EVP_sha1(), digest,
                                  &digest_len),
               1);
  cr_assert_eq(id_len, (size_t)digest_len);
  cr_expect_arr_eq(id, digest, id_len);
  cr_assert_eq(authority_len, id_len);
  cr_expect_arr_eq(authority, id, id_len);
  cr_expect_str_eq(stls_certificate_authority_serial(leaf),
                   stls_certificate_serial(ca));
  expect_general(stls_certificate_authority_name(leaf, 0), "DirName",
                 stls_name_text(stls_certificate_issuer(ca)));
  cr_expect_null(stls_certificate_authority_name(leaf, 1));
  cr_expect_null(stls_certificate_authority_serial(ca));
  stls_certificate_free(leaf);
  stls_certificate_free(ca);
}

Test(extensions, of_an_authority)
{
  stls_certificate *it = cert_malformed_load("certificate/ca.pem");
  unsigned bits = 42;

  cr_expect(stls_certificate_is_ca(it));
  cr_expect_eq(stls_certificate_path_length(it), 3);
  cr_expect_not(stls_certificate_key_usage(it, &bits));
  cr_expect_eq(bits, 42U);
  cr_expect_not(stls_certificate_must_staple(it));
  cr_expect_eq(stls_certificate_extension(it, STLS_EXTENSION_NAME_CONSTRAINTS),
               STLS_EXTENSION_CRITICAL);
  expect_general(stls_certificate_permitted_name(it, 0), "DNS", "example");
  expect_general(stls_certificate_permitted_name(it, 1), "IP Address",
                 "192.0.2.0/255.255.255.0");
  expect_general(stls_certificate_permitted_name(it, 2), "DirName", "O=Test");
  cr_expect_null(stls_certificate_permitted_name(it, 3));
  expect_general(stls_certificate_excluded_name(it, 0), "DNS", "bad.example");
  expect_general(stls_certificate_excluded_name(it, 1), "email",
                 ".bad.example");
  cr_expect_null(stls_certificate_excluded_name(it, 2));
  stls_certificate_free(it);
}

/* RFC 5280, 4.2.1.3: the bits are numbered from the first octet's highest. */
Test(extensions, key_usage_bits)
{
  for (unsigned bit = 0; bit <= 15; bit++) {
    unsigned char der[] = {0x03, 0x03, 0x00, 0x00, 0x00};
    unsigned bits = 42, want = bit <= 8 ? 1U << bit : 0;
    X509 *x509 = cert_malformed_begin("certificate/v1.pem");
    stls_certificate *it;
    der[3 + bit / 8] = (unsigned char)(0x80 >> bit % 8);
    cert_malformed_add_extension(x509, KEY_USAGE, true, der, sizeof der);
    it = cert_malformed_end(x509);
    cr_expect(stls_certificate_key_usage(it, &bits));
    cr_expect_eq(bits, want, "bit %u: %x", bit, bits);
    stls_certificate_free(it);
  }
}

/* RFC 5280, 4.2.1.9: zero is not the same as none. */
Test(extensions, path_lengths)
{
  static const struct {
    const char *der;
    size_t len;
    long want;
  } rows[] = {
      {"\x30\x03\x01\x01\xff", 5, -1},
      {"\x30\x06\x01\x01\xff\x02\x01\x00", 8, 0},
      {"\x30\x07\x01\x01\xff\x02\x02\x01\x00", 9, 256},
      {"\x30\x09\x01\x01\xff\x02\x04\x7f\xff\xff\xff", 11, 0x7fffffffL},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    X509 *x509 = cert_malformed_begin("certificate/v1.pem");
    stls_certificate *it;
    cert_malformed_add_extension(x509, CONSTRAINTS, true, rows[i].der,
                                 rows[i].len);
    it = cert_malformed_end(x509);
    cr_expect(stls_certificate_is_ca(it));
    cr_expect_eq(stls_certificate_path_length(it), rows[i].want);
    stls_certificate_free(it);
  }
}

Test(extensions, only_status_request_asks_for_stapling)
{
  static const struct {
    const char *der;
    size_t len;
    bool want;
  } rows[] = {
      {"\x30\x03\x02\x01\x05", 5, true},
      {"\x30\x06\x02\x01\x11\x02\x01\x05", 8, true},
      {"\x30\x03\x02\x01\x11", 5, false},
      {"\x30\x04\x02\x02\x01\x05", 6, false},
      {"\x30\x04\x02\x02\x05\x01", 6, false},
      {"\x30\x00", 2, false},
      {"\x30\x05\x02\x01\x05\x02\x00", 7, false},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    X509 *x509 = cert_malformed_begin("certificate/v1.pem");
    stls_certificate *it;
    cert_malformed_add_extension(x509, FEATURES, false, rows[i].der,
                                 rows[i].len);
    it = cert_malformed_end(x509);
    cr_expect_eq(stls_certificate_must_staple(it), rows[i].want, "%zu", i);
    stls_certificate_free(it);
  }
}

static void expect_general(const stls_general_name *name, const char *kind,
                           const char *text)
{
  cr_assert_not_null(name, "%s", text);
  cr_expect_str_eq(stls_general_name_kind_name(name), kind);
  cr_expect_str_eq(stls_general_name_text(name, NULL), text);
}

static void expect_text(const char *got, const size_t *got_len,
                        const char *want)
{
  cr_assert_not_null(got, "%s", want);
  cr_expect_str_eq(got, want);
  cr_expect_eq(*got_len, strlen(want));
}
