/* SPDX-License-Identifier: MIT */
/* test_certificate_fields: the fields that every certificate has. */
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/x509v3.h>
#include <sanstls/certificate.h>
#include <sanstls/util.h>
#include <string.h>

#include "support/cert_malformed.h"
#include "support/data_files.h"
#include "support/expect.h"

SUITE(certificate_fields);

/* What "openssl x509 -text" says of the files. */
static const struct {
  const char *file;
  int version;
  const char *serial, *subject, *issuer;
  const char *not_before, *not_after;
  const char *algorithm;
} fields[] = {
    {"certificate/full.pem", 3, "0A1B2C3D4E5F60718293A4", "CN=full.example",
     "O=Test,CN=Fields CA", "Jan  1 00:00:00 2020 GMT",
     "Dec 31 23:59:59 2199 GMT", "ecdsa-with-SHA256"},
    {"certificate/v1.pem", 1, "0102", "CN=v1.example", "CN=v1.example",
     "Jan  1 00:00:00 2020 GMT", "Dec 31 23:59:59 2199 GMT",
     "ecdsa-with-SHA256"},
    {"certificate/trusted.pem", 3, "01", "O=Test,CN=Fields CA",
     "O=Test,CN=Fields CA", "Jan  1 00:00:00 2020 GMT",
     "Dec 31 23:59:59 2199 GMT", "ecdsa-with-SHA256"},
    {"certificate/rsa-2048.pem", 3, "01", "CN=rsa-2048", "CN=rsa-2048",
     "Jan  1 00:00:00 2020 GMT", "Dec 31 23:59:59 2199 GMT",
     "sha256WithRSAEncryption"},
    {"certificate/rsa-pss.pem", 3, "01", "CN=rsa-pss", "CN=rsa-pss",
     "Jan  1 00:00:00 2020 GMT", "Dec 31 23:59:59 2199 GMT", "rsassaPss"},
    {"certificate/ed25519.pem", 3, "01", "CN=ed25519", "CN=ed25519",
     "Jan  1 00:00:00 2020 GMT", "Dec 31 23:59:59 2199 GMT", "ED25519"},
    {"certificate/dsa.pem", 3, "01", "CN=dsa", "CN=dsa",
     "Jan  1 00:00:00 2020 GMT", "Dec 31 23:59:59 2199 GMT", "dsa_with_SHA256"},
};

/* The content octets of a serial number. */
static const struct {
  const char *octets;
  size_t len;
  const char *want;
  const char *source;
} serials[] = {
    {"\x00", 1, "00", "CPython: '00'"},
    {"\x05", 1, "05", "CPython: an even number of digits"},
    {"\x7f", 1, "7F", "upper case"},
    {"\x00\x80", 2, "80", "X.690, 8.3: the octet of the sign is not shown"},
    {"\xfb", 1, "-05", "CPython: '-05'"},
    {"\x80", 1, "-80", "X.690, 8.3"},
    {"\xff\x00", 2, "-0100", "X.690, 8.3"},
    {"\x01\x00\x00", 3, "010000", "zeros inside"},
    {"ABCDEFGHIJKLMNOPQRST", 20, "4142434445464748494A4B4C4D4E4F5051525354",
     "RFC 5280, 4.1.2.2: 20 octets"},
    {"ABCDEFGHIJKLMNOPQRSTABCDEFGHIJKLMNOPQRST", 40,
     "4142434445464748494A4B4C4D4E4F5051525354"
     "4142434445464748494A4B4C4D4E4F5051525354",
     "CPython cuts it to 70 digits"},
};

/* A time in a certificate; text NULL: it is not readable. */
static const struct {
  int type;
  const char *time;
  const char *text;
  bool rfc5280;
  const char *source;
} times[] = {
    {V_ASN1_UTCTIME, "180105093443Z", "Jan  5 09:34:43 2018 GMT", true,
     "CPython: day padded with a space"},
    {V_ASN1_UTCTIME, "491231235959Z", "Dec 31 23:59:59 2049 GMT", true,
     "RFC 5280, 4.1.2.5.1: YY < 50 is 20YY"},
    {V_ASN1_UTCTIME, "500101000000Z", "Jan  1 00:00:00 1950 GMT", true,
     "RFC 5280, 4.1.2.5.1: YY >= 50 is 19YY"},
    {V_ASN1_UTCTIME, "700101000000Z", "Jan  1 00:00:00 1970 GMT", true,
     "the epoch"},
    {V_ASN1_UTCTIME, "691231235959Z", "Dec 31 23:59:59 1969 GMT", true,
     "a second before"},
    {V_ASN1_UTCTIME, "200229000000Z", "Feb 29 00:00:00 2020 GMT", true,
     "a leap year"},
    {V_ASN1_GENERALIZEDTIME, "20500101000000Z", "Jan  1 00:00:00 2050 GMT",
     true, "RFC 5280, 4.1.2.5: from 2050 on"},
    {V_ASN1_GENERALIZEDTIME, "99991231235959Z", "Dec 31 23:59:59 9999 GMT",
     true, "RFC 5280, 4.1.2.5: no end is known"},
    {V_ASN1_GENERALIZEDTIME, "19000301000000Z", "Mar  1 00:00:00 1900 GMT",
     true, "before UTCTime"},
    {V_ASN1_GENERALIZEDTIME, "10000101000000Z", "Jan  1 00:00:00 1000 GMT",
     true, "X.680: four digits"},
    {V_ASN1_GENERALIZEDTIME, "00010101000000Z", "Jan  1 00:00:00 0001 GMT",
     false, "stls_timestamp_parse: four digits"},
    {V_ASN1_GENERALIZEDTIME, "00000101000000Z", NULL, false,
     "stls_timestamp_parse: there is no year 0"},
    {V_ASN1_UTCTIME, "1801050934Z", "Jan  5 09:34:00 2018 GMT", false,
     "X.680, 47.3: without seconds"},
    {V_ASN1_UTCTIME, "180105093443+0130", "Jan  5 08:04:43 2018 GMT", false,
     "X.680, 47.3: an offset"},
    {V_ASN1_UTCTIME, "180101003443+0130", "Dec 31 23:04:43 2017 GMT", false,
     "an offset into another year"},
    {V_ASN1_GENERALIZEDTIME, "20180105093443.75Z", "Jan  5 09:34:43 2018 GMT",
     false, "RFC 5280, 4.1.2.5.2: fractions are forbidden"},
    {V_ASN1_GENERALIZEDTIME, "99991231235959-0100", NULL, false,
     "an offset into year 10000"},
    {V_ASN1_GENERALIZEDTIME, "00010101000000+0100", NULL, false,
     "an offset into year 0"},
    {V_ASN1_UTCTIME, "", NULL, false, "empty"},
    {V_ASN1_UTCTIME, "soon", NULL, false, "no time"},
    {V_ASN1_UTCTIME, "181305093443Z", NULL, false, "month 13"},
    {V_ASN1_UTCTIME, "190229000000Z", NULL, false, "no leap year"},
    {V_ASN1_UTCTIME, "180105240000Z", NULL, false, "hour 24"},
    {V_ASN1_UTCTIME, "180105093443", NULL, false, "no zone"},
    {V_ASN1_UTCTIME, "180105093443ZZ", NULL, false, "something behind"},
    {V_ASN1_GENERALIZEDTIME, "180105093443Z", NULL, false, "of another type"},
    {V_ASN1_UTCTIME, "20180105093443Z", NULL, false, "of another type"},
};

static void expect_text(const char *got, const char *want, const char *label);
static void expect_time(size_t i);
static bool is_too_short(size_t i);
static void expect_as_printed(const ASN1_TIME *time, const char *text);
static void set_serial(X509 *x509, const char *octets, size_t len);

Test(certificate_fields, says_its_fields)
{
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    stls_certificate *it = cert_malformed_load(fields[i].file);
    const char *label = fields[i].file;
    cr_expect_eq(stls_certificate_version(it), fields[i].version, "%s", label);
    expect_text(stls_certificate_serial(it), fields[i].serial, label);
    expect_text(stls_name_text(stls_certificate_subject(it)), fields[i].subject,
                label);
    expect_text(stls_name_text(stls_certificate_issuer(it)), fields[i].issuer,
                label);
    expect_text(stls_certificate_not_before_text(it), fields[i].not_before,
                label);
    expect_text(stls_certificate_not_after_text(it), fields[i].not_after,
                label);
    expect_text(stls_certificate_signature_algorithm(it), fields[i].algorithm,
                label);
    stls_certificate_free(it);
  }
}

Test(certificate_fields, has_its_serial_number_in_full)
{
  for (size_t i = 0; i < sizeof serials / sizeof serials[0]; i++) {
    X509 *x509 = cert_malformed_begin("certificate/v1.pem");
    stls_certificate *it;
    set_serial(x509, serials[i].octets, serials[i].len);
    it = cert_malformed_end(x509);
    expect_text(stls_certificate_serial(it), serials[i].want,
                serials[i].source);
    stls_certificate_free(it);
  }
}

/* What somebody else made may be padded. */
Test(certificate_fields, has_its_serial_number_without_padding)
{
  X509 *x509 = cert_malformed_begin("certificate/v1.pem");
  stls_certificate *it = NULL;

  cr_assert(ASN1_STRING_set(X509_get_serialNumber(x509), "\0\0\5", 3));
  ASSERT_RESULT(stls_certificate_new_x509(x509, &it, NULL), STLS_OK, "x509");
  expect_text(stls_certificate_serial(it), "05", "padded");
  stls_certificate_free(it);
  X509_free(x509);
}

Test(certificate_fields, has_its_times_as_text_and_seconds)
{
  for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) expect_time(i);
}

Test(certificate_fields, has_any_version)
{
  static const struct {
    long version;
    int want;
  } versions[] = {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {77, 78}};

  for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
    X509 *x509 = cert_malformed_begin("certificate/v1.pem");
    stls_certificate *it;
    cr_assert_eq(X509_set_version(x509, versions[i].version), 1);
    it = cert_malformed_end(x509);
    cr_expect_eq(stls_certificate_version(it), versions[i].want, "%ld: %d",
                 versions[i].version, stls_certificate_version(it));
    stls_certificate_free(it);
  }
}

Test(certificate_fields, has_digests_and_the_key_as_openssl_has_them)
{
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    stls_certificate *it = cert_malformed_load(fields[i].file);
    X509 *x509 = stls_certificate_x509(it);
    unsigned char digest[EVP_MAX_MD_SIZE], *spki = NULL;
    size_t der_len, spki_len, len;
    const uint8_t *der = stls_certificate_der(it, &der_len);
    int want_len = i2d_PUBKEY(X509_get0_pubkey(x509), &spki);

    cr_assert(EVP_Q_digest(NULL, "SHA1", NULL, der, der_len, digest, &len));
    cr_expect_arr_eq(stls_certificate_sha1(it), digest, 20);
    cr_assert(EVP_Q_digest(NULL, "SHA256", NULL, der, der_len, digest, &len));
    cr_expect_arr_eq(stls_certificate_sha256(it), digest, 32);
    cr_expect_eq(stls_certificate_subject_hash(it),
                 X509_subject_name_hash(x509));
    cr_expect_neq(stls_certificate_subject_hash(it), 0UL);
    cr_expect_not_null(stls_certificate_spki(it, &spki_len));
    cr_assert_eq(spki_len, (size_t)want_len);
    cr_expect_arr_eq(stls_certificate_spki(it, NULL), spki, spki_len);
    OPENSSL_free(spki);
    stls_certificate_free(it);
  }
}

/* A library context without the default provider has no digests and no keys. */
Test(certificate_fields, is_read_without_digests_and_keys)
{
  OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
  OSSL_PROVIDER *provider = OSSL_PROVIDER_load(libctx, "null");
  stls_certificate *full = cert_malformed_load("certificate/full.pem"),
                   *it = NULL;
  size_t len;
  const uint8_t *der = stls_certificate_der(full, &len);

  cr_assert_not_null(provider);
  ASSERT_RESULT(stls_certificate_new_der(der, len, libctx, NULL, &it, NULL),
                STLS_OK, "no digests");
  cr_expect_null(stls_certificate_sha1(it));
  cr_expect_null(stls_certificate_sha256(it));
  cr_expect_eq(stls_certificate_subject_hash(it), 0UL);
  cr_expect_null(stls_certificate_key_type(it));
  cr_expect(stls_certificate_equal(it, full));
  expect_text(stls_certificate_key_purpose(it, 0), "1.3.6.1.5.5.7.3.1",
              "the rest");
  stls_certificate_free(it);
  stls_certificate_free(full);
  OSSL_PROVIDER_unload(provider);
  OSSL_LIB_CTX_free(libctx);
}

static void expect_text(const char *got, const char *want, const char *label)
{
  cr_expect_eq(got == NULL, want == NULL, "%s: %s instead of %s", label,
               got ? got : "NULL", want ? want : "NULL");
  if (got != NULL && want != NULL)
    cr_expect_str_eq(got, want, "%s: %s instead of %s", label, got, want);
}

static void expect_time(size_t i)
{
  X509 *x509 = cert_malformed_begin("certificate/v1.pem");
  ASN1_TIME *time = ASN1_STRING_type_new(times[i].type);
  int64_t seconds = 42, after = 42, want = 42;
  stls_certificate *it;

  cr_assert(ASN1_STRING_set(time, times[i].time, -1));
  cr_assert(X509_set1_notBefore(x509, time) && X509_set1_notAfter(x509, time));
  if (is_too_short(i) && !cert_malformed_is_readable(x509)) {
    X509_free(x509);
    ASN1_STRING_free(time);
    return;
  }
  it = cert_malformed_end(x509);
  expect_text(stls_certificate_not_before_text(it), times[i].text,
              times[i].source);
  expect_text(stls_certificate_not_after_text(it), times[i].text,
              times[i].source);
  if (times[i].text != NULL)
    ASSERT_RESULT(stls_timestamp_parse(times[i].text, &want, NULL), STLS_OK,
                  times[i].text);
  cr_expect_eq(stls_certificate_not_before(it, &seconds),
               times[i].text != NULL);
  cr_expect_eq(stls_certificate_not_after(it, &after), times[i].text != NULL);
  cr_expect_eq(seconds, want, "%s", times[i].source);
  cr_expect_eq(after, want, "%s", times[i].source);
  if (times[i].rfc5280) expect_as_printed(time, times[i].text);
  stls_certificate_free(it);
  ASN1_STRING_free(time);
}

/* Newer versions of OpenSSL read no certificate with such a time. */
static bool is_too_short(size_t i)
{
  size_t least = times[i].type == V_ASN1_UTCTIME ? 13 : 15;

  return strlen(times[i].time) < least;
}

/* As CPython makes it. */
static void expect_as_printed(const ASN1_TIME *time, const char *text)
{
  BIO *bio = BIO_new(BIO_s_mem());
  char printed[64] = "";

  cr_expect_eq(ASN1_TIME_print(bio, time), 1);
  cr_expect_gt(BIO_read(bio, printed, sizeof printed - 1), 0);
  cr_expect_str_eq(text, printed);
  BIO_free(bio);
}

static void set_serial(X509 *x509, const char *octets, size_t len)
{
  unsigned char der[64] = {V_ASN1_INTEGER, (unsigned char)len};
  const unsigned char *at = der;
  ASN1_INTEGER *serial;

  memcpy(der + 2, octets, len);
  serial = d2i_ASN1_INTEGER(NULL, &at, (long)len + 2);
  cr_assert_not_null(serial);
  cr_assert_eq(X509_set_serialNumber(x509, serial), 1);
  ASN1_INTEGER_free(serial);
}
