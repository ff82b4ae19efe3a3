/* SPDX-License-Identifier: MIT */
/* test_hostname_match_names: matching of a list of names, and what is refused. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include "support/expect.h"
#include "support/heap.h"
#include "support/hostname_oracle.h"
#include "support/planted_errors.h"

SUITE(hostname_match_names, .timeout = 60);

#define L63 "a23456789-123456789-123456789-123456789-123456789-123456789-1bc"

/* Texts that no certificate tells the kind of. */
static const struct {
  const char *reference, *name;
  hostname_verdict want;
  const char *source;
} rows[] = {
    {"192.0.2.1", "192.0.2.1", MATCH, "RFC 9525, 6.4"},
    {"192.0.2.1", "192.0.2.2", NO, "RFC 9525, 6.4"},
    {"192.0.2.1", "192.0.2.01", NO, "RFC 6943, 3.1.1: the strict form"},
    {"192.0.2.1", "192.0.2.1 ", NO, "RFC 6943, 3.1.1"},
    {"192.0.2.1", "192.0.2.1\n", NO, "CPython 32185: it reads on"},
    {"192.0.2.1", "*.0.2.1", NO, "CVE-2010-3170"},
    {"192.0.2.1", "", NO, "RFC 6943, 3.1.1"},
    {"192.0.2.1", "<invalid>", NO, "CPython: an address of another length"},
    {"192.0.2.1", "::ffff:192.0.2.1", NO, "RFC 4291, 2.5.5.2"},
    {"2001:db8::1", "2001:DB8:0:0:0:0:0:1", MATCH, "CPython 32947: its form"},
    {"2001:db8::1", "2001:DB8:0:0:0:0:0:1\n", NO, "CPython 32185"},
    {"2001:db8::1", "[2001:db8::1]", NO, "RFC 3986, 3.2.2"},
    {"::1", L63 L63, NO, "RFC 4291, 2.2: no address is so long"},
    {"example.com", "192.0.2.1", NO, "RFC 9525, 6.4"},
    {"192.0.2.1", "example.com", NO, "RFC 9525, 6.4"},
    {"", "", REFUSED, "RFC 1035, 2.3.4"},
    {".", ".", REFUSED, "RFC 1034, 3.1"},
    {"a..b", "a..b", REFUSED, "RFC 1035, 2.3.4"},
    {"-a.example", "-a.example", REFUSED, "RFC 952"},
    {"1.2.3", "1.2.3", REFUSED, "RFC 6943, 3.1.1"},
    {L63 "d", L63 "d", REFUSED, "RFC 1035, 2.3.4"},
};

static hostname_verdict judge(const char *reference, const char *name);
static stls_certificate *load(void);

Test(hostname_match_names, are_read_as_what_the_reference_is)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    hostname_verdict got = judge(rows[i].reference, rows[i].name);
    cr_expect_eq(got, rows[i].want, "%s, %s (%s): %s", rows[i].reference,
                 rows[i].name, rows[i].source, hostname_oracle_name(got));
  }
}

Test(hostname_match_names, may_have_lengths_and_then_any_bytes)
{
  static const char *const list[] = {"example.comet", "192.0.2.100",
                                     "a.example\0b", "192.0.2.7\0b"};
  static const size_t lens[] = {11, 9, 11, 11};
  static const struct {
    const char *reference;
    bool want;
  } asked[] = {{"example.com", true}, {"example.comet", false},
               {"192.0.2.1", true},   {"192.0.2.100", false},
               {"a.example", false},  {"192.0.2.7", false}};

  for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
    bool matches = !asked[i].want;
    EXPECT_RESULT(stls_hostname_match_names(asked[i].reference, list, lens, 4,
                                            &matches, NULL),
                  STLS_OK, asked[i].reference);
    cr_expect_eq(matches, asked[i].want, "%s", asked[i].reference);
  }
}

Test(hostname_match_names, may_be_none)
{
  bool matches = true;

  EXPECT_RESULT(
      stls_hostname_match_names("example.com", NULL, NULL, 0, &matches, NULL),
      STLS_OK, "none");
  cr_expect_not(matches);
}

Test(hostname_match_names, of_references_may_be_beyond_ascii)
{
#ifdef HAVE_LIBIDN2
  cr_expect_eq(judge("B\303\274cher.example", "xn--bcher-kva.example"), MATCH);
  cr_expect_eq(judge("b\303\274cher.example.org", "*.example.org"), MATCH);
  cr_expect_eq(judge("b\303\274cher.example", "b\303\274cher.example"), NO);
  cr_expect_eq(judge("b\374cher.example", "b\374cher.example"), REFUSED);
#else
  const char *name = "b\303\274cher.example";
  bool matches = false;
  EXPECT_RESULT(stls_hostname_match_names(name, &name, NULL, 1, &matches, NULL),
                STLS_ERROR_UNSUPPORTED, "it needs STLS_FEATURE_IDN");
#endif
}

Test(hostname_match_names, that_are_refused_are_quoted_with_the_fault)
{
  stls_certificate *certificate = load();
  bool matches = true;

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_error err = STLS_ERROR_INIT;
    if (rows[i].want != REFUSED) continue;
    EXPECT_RESULT(
        stls_hostname_match(rows[i].reference, certificate, 0, &matches, &err),
        STLS_ERROR_INPUT, rows[i].source);
    cr_expect(strstr(err.message, "reference \""), "%s", err.message);
    cr_expect(strstr(err.message, rows[i].reference), "%s", err.message);
    cr_expect(strstr(err.message, "\": "), "%s", err.message);
    cr_expect(matches, "%s: written", rows[i].source);
  }
  stls_certificate_free(certificate);
}

Test(hostname_match_names, are_judged_without_allocating_or_touching_the_queue)
{
  static const char *const references[] = {"server.test", "example.com",
                                           "127.0.0.1", "::1", "a b"};
  stls_certificate *certificate = load();
  bool ignored;

  /* Its extensions are decoded when they are first asked for. */
  ASSERT_RESULT(stls_hostname_match("a", certificate, 0, &ignored, NULL),
                STLS_OK, "the first");
  for (size_t num = 0; num <= 3; num += 3)
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
      bool matches;
      size_t before;
      stls_result result, listed;
      planted_errors_put(num);
      before = heap_num_granted();
      result = stls_hostname_match(references[i], certificate,
                                   STLS_HOSTNAME_INSECURE_COMMON_NAME, &matches,
                                   NULL);
      listed = stls_hostname_match_names(references[i], references, NULL, 5,
                                         &matches, NULL);
      cr_expect_eq(heap_num_granted(), before, "%s", references[i]);
      planted_errors_expect(num, references[i]);
      EXPECT_RESULT(result, i == 4 ? STLS_ERROR_INPUT : STLS_OK, references[i]);
      EXPECT_RESULT(listed, result, references[i]);
    }
  stls_certificate_free(certificate);
}

Test(hostname_match_names, misuse_names_the_argument)
{
  static const char *const list[] = {"a", NULL};
  stls_certificate *certificate = load();
  stls_error err = STLS_ERROR_INIT;
  bool matches = true;

  expect_misuse(stls_hostname_match(NULL, certificate, 0, &matches, &err), &err,
                "reference");
  expect_misuse(stls_hostname_match("a", NULL, 0, &matches, &err), &err,
                "certificate");
  expect_misuse(stls_hostname_match("a", certificate, 4, &matches, &err), &err,
                "flags");
  expect_misuse(stls_hostname_match("a", certificate, 5, &matches, &err), &err,
                "flags");
  expect_misuse(stls_hostname_match("a", certificate, 0, NULL, &err), &err,
                "out_matches");
  expect_misuse(stls_hostname_match_names(NULL, list, NULL, 1, &matches, &err),
                &err, "reference");
  expect_misuse(stls_hostname_match_names("a", NULL, NULL, 1, &matches, &err),
                &err, "names");
  expect_misuse(stls_hostname_match_names("a", list, NULL, 2, &matches, &err),
                &err, "name");
  expect_misuse(stls_hostname_match_names("a", list, NULL, 1, NULL, &err), &err,
                "out_matches");
  cr_expect(matches, "written");
  EXPECT_RESULT(stls_hostname_match(NULL, NULL, 0, NULL, NULL),
                STLS_ERROR_MISUSE, "err may be NULL");
  stls_certificate_free(certificate);
}

static hostname_verdict judge(const char *reference, const char *name)
{
  bool matches = false;
  stls_result result =
      stls_hostname_match_names(reference, &name, NULL, 1, &matches, NULL);

  if (result == STLS_ERROR_INPUT) return REFUSED;
  EXPECT_RETURNS(result, STLS_OK);
  return matches ? MATCH : NO;
}

static stls_certificate *load(void)
{
  static const named_cert_alt_name names[] = {
      DNS("server.test"), IP("\177\0\0\1"), {0}};
  X509 *x509 = named_cert_new(&(named_cert_request){.alt_names = names});
  stls_certificate *certificate = NULL;

  ASSERT_RETURNS(stls_certificate_new_x509(x509, &certificate, NULL), STLS_OK);
  X509_free(x509);
  return certificate;
}
