/* SPDX-License-Identifier: MIT */
/* test_hostname_common_name: conditions under which a common name is matched. */
#include "support/expect.h"
#include "support/hostname_oracle.h"

SUITE(hostname_common_name, .timeout = 60);

#define UTF8(text) \
  { \
    V_ASN1_UTF8STRING, BYTES(text) \
  }
#define TYPED(type, text) \
  { \
    type, BYTES(text) \
  }
#define UCS2 "\0e\0x\0a\0m\0p\0l\0e\0.\0c\0o\0m"
#define UCS4 "\0\0\0a\0\0\0.\0\0\0b"

/* With STLS_HOSTNAME_INSECURE_COMMON_NAME; without it all say no. */
static const struct {
  const char *reference;
  named_cert_common_name common_names[HOSTNAME_ORACLE_NAMES + 1];
  named_cert_alt_name names[HOSTNAME_ORACLE_NAMES + 1];
  hostname_verdict want;
  const char *source;
} rows[] = {
    {"example.com", {UTF8("example.com")}, {{0}}, MATCH, "RFC 6125, 6.4.4"},
    {"EXAMPLE.com", {UTF8("Example.COM")}, {{0}}, MATCH, "RFC 4343, 3"},
    {"example.org", {UTF8("example.com")}, {{0}}, NO, "RFC 6125, 6.4.4"},
    {"www.example.com", {UTF8("*.example.com")}, {{0}}, MATCH, "RFC 6125"},
    {"a.b.example.com", {UTF8("*.example.com")}, {{0}}, NO, "RFC 6125, 6.4.3"},
    {"example.com", {UTF8("*.com")}, {{0}}, NO, "RFC 6125, 7.2"},
    {"my_host.example.com",
     {UTF8("*.example.com")},
     {{0}},
     NO,
     "CPython 103490"},
    {"example.com", {{0}}, {{0}}, NO, "RFC 6125, 6.4.4: no subject at all"},
    {"example.com", {UTF8("")}, {{0}}, NO, "X.520: not empty"},

    {"example.com",
     {UTF8("example.com")},
     {DNS("www.example.com")},
     NO,
     "RFC 2818, 3.1: a DNS name is there"},
    {"example.com",
     {UTF8("example.com")},
     {IP("\300\0\2\1"), DNS("")},
     NO,
     "RFC 2818, 3.1: also an empty one"},
    {"example.com",
     {UTF8("example.com")},
     {{GEN_EMAIL, BYTES("a@example.org")}},
     MATCH,
     "RFC 2818, 3.1: another kind"},
    {"example.com",
     {UTF8("example.com")},
     {IP("\300\0\2\1")},
     MATCH,
     "OpenSSL: an address is no DNS name"},
    {"example.com",
     {{0}},
     {{GEN_DIRNAME, BYTES("example.com")}},
     NO,
     "RFC 6125, 6.4.4: the subject's only"},

    {"a.example",
     {UTF8("a.example"), UTF8("b.example")},
     {{0}},
     MATCH,
     "OpenSSL"},
    {"b.example",
     {UTF8("a.example"), UTF8("b.example")},
     {{0}},
     MATCH,
     "OpenSSL"},
    {"c.example", {UTF8("a.example"), UTF8("b.example")}, {{0}}, NO, "OpenSSL"},
    {"b.example", {UTF8(""), UTF8("b.example")}, {{0}}, MATCH, "OpenSSL"},

    {"example.com",
     {UTF8("example.com\0.evil.org")},
     {{0}},
     NO,
     "CVE-2009-2408"},
    {"example.com", {UTF8("example.com\0")}, {{0}}, NO, "CVE-2009-2408"},
    {"example.com", {UTF8("example.com.")}, {{0}}, NO, "RFC 5280, 4.2.1.6"},
    {"192.0.2.1", {UTF8("192.0.2.1")}, {{0}}, NO, "RFC 9525, 6.4"},
    {"192.0.2.1", {UTF8("*.0.2.1")}, {{0}}, NO, "CVE-2010-3170"},
    {"xn--bcher-kva.example",
     {UTF8("b\303\274cher.example")},
     {{0}},
     NO,
     "RFC 5280, 7.2"},

    {"example.com",
     {TYPED(V_ASN1_PRINTABLESTRING, "example.com")},
     {{0}},
     MATCH,
     "X.520: a DirectoryString"},
    {"example.com",
     {TYPED(V_ASN1_T61STRING, "example.com")},
     {{0}},
     MATCH,
     "X.520"},
    {"example.com",
     {TYPED(V_ASN1_BMPSTRING, UCS2)},
     {{0}},
     MATCH,
     "X.520: converted"},
    {"a.b", {TYPED(V_ASN1_UNIVERSALSTRING, UCS4)}, {{0}}, MATCH, "X.520"},
    {"example.com",
     {TYPED(V_ASN1_BIT_STRING, "example.com")},
     {{0}},
     NO,
     "X.520: no text"},
    {"b.example",
     {TYPED(V_ASN1_BIT_STRING, "a.example"), UTF8("b.example")},
     {{0}},
     NO,
     "OpenSSL: it stops there"},
    {"a.example",
     {UTF8("a.example"), TYPED(V_ASN1_BIT_STRING, "b.example")},
     {{0}},
     MATCH,
     "OpenSSL: before it stops"},
};

/* Contents of subjectAltName beside the common name example.com; OpenSSL takes
 * the common name where it cannot read it. */
static const struct {
  const char *raw;
  size_t raw_len;
  const char *source;
} broken[] = {
    {BYTES("\x30\x0d\x82\x0b"
           "example.co"),
     "X.690, 8.1.3: cut"},
    {BYTES("\x30\x0d\x82\x0c"
           "example.com"),
     "X.690, 8.1.3: past the end"},
    {BYTES("\x82\x0b"
           "example.com"),
     "RFC 5280, 4.2.1.6: no SEQUENCE"},
    {BYTES("\x30\x0d\x8c\x0b"
           "example.com"),
     "RFC 5280, 4.2.1.6: no kind"},
    {BYTES(""), "X.690, 8.1.1: nothing"},
    {BYTES("\0"), "X.690, 8.1.1"},
};

static void present_elsewhere(X509 *x509);
static void expect(X509 *x509, const char *reference, unsigned flags,
                   hostname_verdict want, const char *source);

Test(hostname_common_name, counts_only_with_the_flag_and_without_dns_names)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    X509 *x509 = named_cert_new(&(named_cert_request){
        .common_names = rows[i].common_names, .alt_names = rows[i].names});
    hostname_verdict got =
        hostname_oracle_openssl(x509, rows[i].reference, true);
    cr_expect_eq(got, rows[i].want, "%s (%s), OpenSSL: %s", rows[i].reference,
                 rows[i].source, hostname_oracle_name(got));
    expect(x509, rows[i].reference, STLS_HOSTNAME_INSECURE_COMMON_NAME,
           rows[i].want, rows[i].source);
    expect(x509, rows[i].reference, 0, NO, rows[i].source);
    if (!check_quick() || i % 8 == 0)
      cr_expect_eq(hostname_oracle_handshake(x509, rows[i].reference), NO,
                   "%s (%s), handshake", rows[i].reference, rows[i].source);
    X509_free(x509);
  }
}

Test(hostname_common_name, is_looked_for_in_the_common_name_only)
{
  X509 *x509 = named_cert_new(&(named_cert_request){.tune = present_elsewhere});

  cr_expect_eq(hostname_oracle_openssl(x509, "example.com", true), NO);
  expect(x509, "example.com", STLS_HOSTNAME_INSECURE_COMMON_NAME, NO,
         "CVE-2014-3577");
  X509_free(x509);
}

Test(hostname_common_name, never_stands_in_for_names_that_cannot_be_read)
{
  static const named_cert_common_name common_names[] = {UTF8("example.com"),
                                                        {0}};

  for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
    X509 *x509 = named_cert_new(&(named_cert_request){
        .common_names = common_names,
        .raw_alt_names = broken[i].raw,
        .raw_alt_names_len = broken[i].raw_len,
    });
    cr_expect_eq(hostname_oracle_openssl(x509, "example.com", true), MATCH,
                 "%s", broken[i].source);
    expect(x509, "example.com", STLS_HOSTNAME_INSECURE_COMMON_NAME, NO,
           broken[i].source);
    expect(x509, "example.com", 0, NO, broken[i].source);
    X509_free(x509);
  }
}

Test(hostname_common_name, nor_for_names_that_are_there_twice)
{
  static const named_cert_common_name common_names[] = {UTF8("a.example"), {0}};
  static const named_cert_alt_name names[] = {DNS("b.example"), {0}};
  static const char first[] =
      "\x30\x0b\x82\x09"
      "c.example";
  static const char *const references[] = {"a.example", "b.example",
                                           "c.example"};
  X509 *x509 = named_cert_new(
      &(named_cert_request){.common_names = common_names,
                            .alt_names = names,
                            .raw_alt_names = first,
                            .raw_alt_names_len = sizeof first - 1});

  cr_expect_eq(hostname_oracle_openssl(x509, "a.example", true), MATCH);
  for (size_t i = 0; i < 3; i++) {
    cr_expect_eq(hostname_oracle_openssl(x509, references[i], false), NO);
    cr_expect_eq(hostname_oracle_handshake(x509, references[i]), NO);
    expect(x509, references[i], 0, NO, "RFC 5280, 4.2: one of a kind");
    expect(x509, references[i], STLS_HOSTNAME_INSECURE_COMMON_NAME, NO,
           "RFC 5280, 4.2: one of a kind");
  }
  X509_free(x509);
}

/* OpenSSL does not look behind the value. */
Test(hostname_common_name, nor_do_names_with_something_behind_them)
{
  static const char raw[] =
      "\x30\x0d\x82\x0b"
      "example.com\x05";
  X509 *x509 = named_cert_new(&(named_cert_request){
      .raw_alt_names = raw, .raw_alt_names_len = sizeof raw - 1});

  cr_expect_eq(hostname_oracle_openssl(x509, "example.com", false), MATCH);
  cr_expect_eq(hostname_oracle_handshake(x509, "example.com"), MATCH);
  expect(x509, "example.com", 0, NO, "X.690, 8.1.1");
  X509_free(x509);
}

static void present_elsewhere(X509 *x509)
{
  X509_NAME *subject = X509_get_subject_name(x509);

  cr_assert_eq(X509_NAME_add_entry_by_NID(
                   subject, NID_organizationName, V_ASN1_UTF8STRING,
                   (const unsigned char *)"CN=example.com", -1, -1, 0),
               1);
  cr_assert_eq(X509_NAME_add_entry_by_NID(
                   subject, NID_organizationalUnitName, V_ASN1_UTF8STRING,
                   (const unsigned char *)"example.com", -1, -1, 0),
               1);
}

static void expect(X509 *x509, const char *reference, unsigned flags,
                   hostname_verdict want, const char *source)
{
  hostname_verdict got = hostname_oracle_library(x509, reference, flags);

  cr_expect_eq(got, want, "%s (%s), flags %u: %s", reference, source, flags,
               hostname_oracle_name(got));
}
