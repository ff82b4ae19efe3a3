/* SPDX-License-Identifier: MIT */
/* test_certificate_json: a certificate as CPython's dictionary, in JSON. */
#include <sanstls/certificate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/planted_errors.h"

SUITE(certificate_json, .timeout = 60);

/* x.json says what is wanted; see data/names/make-names.sh. */
static const struct {
  const char *file, *source;
} wanted[] = {
    {"alt-kinds", "RFC 5280, 4.2.1.6: every kind"},
    {"alt-nul", "CVE-2013-4238"},
    {"alt-utf8", "CPython decodes what is not ASCII"},
    {"alt-control", "RFC 8259, 7: what must be escaped"},
    {"alt-ip", "CPython: addresses"},
    {"alt-ip-odd", "CPython: <invalid>"},
    {"alt-rid", "CPython: long names and OIDs"},
    {"alt-other", "RFC 4985, 6120, 7585, 9598, and UPN"},
    {"alt-other-nul", "CVE-2013-4238: not as CPython"},
    {"alt-other-line", "CVE-2013-4238 for LF: not as CPython"},
    {"alt-other-long", "2100 characters: not as CPython"},
    {"alt-idn", "RFC 5890"},
    {"alt-directory-empty", "RFC 5280, 4.2.1.6"},
    {"alt-none", "CPython: a list without names is there"},
    {"subject-empty", "RFC 5280, 4.1.2.6"},
    {"subject-multi", "RFC 5280, 4.1.2.4: RDNs of several attributes"},
    {"subject-strings", "RFC 5280, 4.1.2.4: each string type"},
    {"subject-nul", "CVE-2009-2408"},
    {"subject-special", "RFC 8259, 7: all of ASCII"},
    {"subject-oids", "CPython: OIDs of any length"},
    {"subject-oid-too-long", "CVE-2023-2650: not as CPython"},
    {"subject-bits", "CPython: bytes"},
    {"subject-bits-empty", "no bytes: not as CPython"},
    {"serial-40", "40 octets, uncut: not as CPython"},
    {"serial-zero", "RFC 5280, 4.1.2.2"},
    {"serial-negative", "RFC 5280, 4.1.2.2"},
    {"serial-negative-wide", "RFC 5280, 4.1.2.2"},
    {"serial-high", "X.690, 8.3: a zero octet in front"},
    {"version-1", "RFC 5280, 4.1.2.1"},
    {"dates-utc", "RFC 5280, 4.1.2.5.1: 1950 to 2049"},
    {"dates-generalized", "RFC 5280, 4.1.2.5.2"},
    {"access", "RFC 5280, 4.2.2.1"},
    {"access-no-uri", "CPython: without a URI there is no field"},
    {"crl-one", "RFC 5280, 4.2.1.13"},
    {"crl-several", "RFC 5280, 4.2.1.13"},
    {"crl-empty", "CVE-2019-5010"},
    {"crl-empty-only", "CVE-2019-5010"},
    {"crl-issuer-only", "RFC 5280, 4.2.1.13"},
    {"crl-relative", "RFC 5280, 4.2.1.13: nameRelativeToCRLIssuer"},
};

static const struct {
  const char *file, *word, *detail, *source;
} refused[] = {
    {"alt-dns-latin1", "subjectAltName", "name 2 (DNS)", "RFC 3629"},
    {"alt-uri-latin1", "subjectAltName", "name 1 (URI)", "RFC 3629"},
    {"alt-email-surrogate", "subjectAltName", "name 1 (email)", "RFC 3629, 3"},
    {"alt-email-overlong", "subjectAltName", "name 1 (email)", "RFC 3629, 3"},
    {"alt-uri-beyond", "subjectAltName", "name 1 (URI)", "RFC 3629, 3: 10FFFF"},
    {"alt-uri-five", "subjectAltName", "name 1 (URI)", "RFC 2279 had it"},
    {"alt-uri-lead", "subjectAltName", "name 1 (URI)", "RFC 3629, 4"},
    {"alt-uri-tail", "subjectAltName", "name 1 (URI)", "RFC 3629, 4"},
    {"alt-uri-cut", "subjectAltName", "name 1 (URI)", "RFC 3629, 4"},
    {"alt-malformed", "subjectAltName", "malformed", "X.690"},
    {"alt-and-access", "subjectAltName", "name 1 (DNS)", "the first is named"},
    {"dates-malformed", "notBefore", "malformed", "X.690"},
    {"access-latin1", "OCSP", "URI 1", "RFC 3629"},
    {"subject-sequence", "subject", "commonName", "no string"},
};

static stls_certificate *load(const char *file);
static void expect_text(const stls_certificate *certificate, const char *want,
                        size_t want_len, const char *label);

Test(certificate_json, is_what_cpython_says)
{
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
    stls_certificate *certificate = load(wanted[i].file);
    data_file want;
    char path[64];
    snprintf(path, sizeof path, "names/%s.json", wanted[i].file);
    want = data_file_load(path);
    cr_assert_eq(want.data[want.len - 1], '\n');
    expect_text(certificate, want.data, want.len - 1, wanted[i].source);
    data_file_free(&want);
    stls_certificate_free(certificate);
  }
}

Test(certificate_json, that_cannot_be_is_refused_by_name)
{
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    stls_certificate *certificate = load(refused[i].file);
    stls_error err = STLS_ERROR_INIT;
    char out[] = "same";
    size_t len = 99;
    EXPECT_RESULT(
        stls_certificate_to_json(certificate, out, sizeof out, &len, &err),
        STLS_ERROR_INPUT, refused[i].source);
    cr_expect_eq(strncmp(err.message, refused[i].word, strlen(refused[i].word)),
                 0, "%s: %s", refused[i].file, err.message);
    cr_expect(strstr(err.message, refused[i].detail), "%s: %s", refused[i].file,
              err.message);
    cr_expect_eq(len, 0);
    cr_expect_str_eq(out, "same");
    EXPECT_RESULT(stls_certificate_to_json(certificate, NULL, 0, &len, NULL),
                  STLS_ERROR_INPUT, "err may be NULL");
    stls_certificate_free(certificate);
  }
}

Test(certificate_json, fills_only_what_is_long_enough)
{
  stls_certificate *certificate = load("crl-one");
  stls_error err = STLS_ERROR_INIT;
  char out[1024];
  size_t want = 0, len = 0;

  memset(out, '#', sizeof out);
  ASSERT_RESULT(stls_certificate_to_json(certificate, NULL, 0, &want, NULL),
                STLS_OK, "length");
  cr_assert_lt(want, sizeof out);
  expect_misuse(stls_certificate_to_json(certificate, out, 0, &len, &err), &err,
                "out_cap");
  cr_expect_eq(len, want);
  expect_misuse(stls_certificate_to_json(certificate, out, want, &len, &err),
                &err, "out_cap");
  cr_expect_eq(len, want);
  cr_expect_eq(out[0], '#', "nothing was written");
  EXPECT_RESULT(
      stls_certificate_to_json(certificate, out, want + 1, &len, &err), STLS_OK,
      "just enough");
  cr_expect_eq(out[want - 1], '}');
  cr_expect_eq(out[want], '\0');
  EXPECT_RESULT(
      stls_certificate_to_json(certificate, out, sizeof out, &len, &err),
      STLS_OK, "more than enough");
  cr_expect_eq(len, want);
  cr_expect_eq(out[want], '\0');
  stls_certificate_free(certificate);
}

Test(certificate_json, misuse_names_the_argument)
{
  stls_certificate *certificate = load("crl-one");
  stls_error err = STLS_ERROR_INIT;
  char out[16];
  size_t len = 99;

  expect_misuse(stls_certificate_to_json(NULL, out, sizeof out, &len, &err),
                &err, "certificate");
  cr_expect_eq(len, 0);
  expect_misuse(
      stls_certificate_to_json(certificate, out, sizeof out, NULL, &err), &err,
      "out_len");
  expect_misuse(stls_certificate_to_json(certificate, NULL, 1, &len, &err),
                &err, "out is NULL");
  EXPECT_RESULT(stls_certificate_to_json(NULL, NULL, 0, NULL, NULL),
                STLS_ERROR_MISUSE, "err may be NULL");
  stls_certificate_free(certificate);
}

Test(certificate_json, leaves_the_error_queue_alone)
{
  stls_certificate *good = load("alt-kinds"), *bad = load("alt-malformed");

  for (size_t num = 0; num <= 4; num += 4) {
    size_t len;
    planted_errors_put(num);
    EXPECT_RESULT(stls_certificate_to_json(good, NULL, 0, &len, NULL), STLS_OK,
                  "good");
    EXPECT_RESULT(stls_certificate_to_json(bad, NULL, 0, &len, NULL),
                  STLS_ERROR_INPUT, "bad");
    planted_errors_expect(num, "to_json");
  }
  stls_certificate_free(good);
  stls_certificate_free(bad);
}

static stls_certificate *load(const char *file)
{
  stls_certificate *certificate = NULL;
  stls_error err = STLS_ERROR_INIT;
  data_file pem;
  char path[64];

  snprintf(path, sizeof path, "names/%s.pem", file);
  pem = data_file_load(path);
  ASSERT_RESULT(stls_certificate_new_pem(pem.data, pem.len, NULL, NULL,
                                         &certificate, &err),
                STLS_OK, expect_label("%s: %s", file, err.message));
  data_file_free(&pem);
  return certificate;
}

static void expect_text(const stls_certificate *certificate, const char *want,
                        size_t want_len, const char *label)
{
  stls_error err = STLS_ERROR_INIT;
  size_t len = 0;
  char *out;

  ASSERT_RESULT(stls_certificate_to_json(certificate, NULL, 0, &len, &err),
                STLS_OK, expect_label("%s: %s", label, err.message));
  out = calloc(1, len + 1);
  cr_assert_not_null(out);
  ASSERT_RESULT(stls_certificate_to_json(certificate, out, len + 1, &len, &err),
                STLS_OK, label);
  cr_expect(len == want_len && memcmp(out, want, len) == 0, "%s:\n%s\n%.*s",
            label, out, (int)want_len, want);
  free(out);
}
