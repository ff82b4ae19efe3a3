/* SPDX-License-Identifier: MIT */
/* test_oid: object identifiers and their names in OpenSSL. */
#include <limits.h>
#include <openssl/objects.h>
#include <sanstls/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/planted_errors.h"

SUITE(oid, .timeout = 60);

enum {
  /* Well above OpenSSL's own. */
  MAX_NID = 3000
};

typedef stls_result (*find_call)(const char *text, stls_oid *out_oid,
                                 stls_error *err);

static const struct {
  int nid;
  const char *short_name, *long_name, *text;
  const char *source;
} known[] = {
    {129, "serverAuth", "TLS Web Server Authentication", "1.3.6.1.5.5.7.3.1",
     "CPython: ssl.Purpose.SERVER_AUTH"},
    {130, "clientAuth", "TLS Web Client Authentication", "1.3.6.1.5.5.7.3.2",
     "CPython: ssl.Purpose.CLIENT_AUTH"},
    {NID_commonName, "CN", "commonName", "2.5.4.3", "X.520"},
    {NID_X500, "X500", "directory services (X.500)", "2.5", "X.500"},
    {NID_domainComponent, "DC", "domainComponent", "0.9.2342.19200300.100.1.25",
     "RFC 4519, 2.4: the first arc is 0"},
    {NID_rsaEncryption, "rsaEncryption", "rsaEncryption",
     "1.2.840.113549.1.1.1", "RFC 8017: one name for both"},
    {NID_ED25519, "ED25519", "ED25519", "1.3.101.112", "RFC 8410, 3"},
    {NID_netscape_ca_revocation_url, "nsCaRevocationUrl",
     "Netscape CA Revocation Url", "2.16.840.1.113730.1.4", "OpenSSL"},
    {NID_chacha20_poly1305, "ChaCha20-Poly1305", "chacha20-poly1305", "",
     "OpenSSL: names without an OID"},
    {NID_iso, "ISO", "iso", "", "X.660: one arc cannot be encoded"},
};

static const struct {
  const char *text;
  const char *source;
} unknown[] = {
    {"", "nothing"},
    {"SERVERAUTH", "CPython: case matters"},
    {"serverAuth ", "CPython"},
    {"no-such-object", "CPython, issue 148594"},
    {"UNDEF", "CPython: NID 0 is no object"},
    {"undefined", "CPython: NID 0 is no object"},
    {"1.2.3.4.5.99", "CPython: well formed, and nobody's"},
    {"2.999", "RFC 7299: the arc for examples"},
    {"1", "X.690, 8.19: there are two arcs"},
    {"3.1", "X.660: the first arc is 0 to 2"},
    {"1.40", "X.660: the second is below 40 under 0 and 1"},
    {"-1.3", "X.660"},
    {"+2.5.4.3", "X.660"},
    {"2.5.4.3a", "RFC 4512, 1.4: digits only"},
    {" 2.5.4.3", "RFC 4512, 1.4"},
    {"2.5.4.3\n", "RFC 4512, 1.4"},
    {"2..5", "RFC 4512, 1.4"},
    {".2.5", "RFC 4512, 1.4"},
    {"2.5.4.3.", "RFC 4512, 1.4: OpenSSL reads it"},
    {"2.5.4.3 ", "RFC 4512, 1.4: OpenSSL reads it"},
    {"2 5 4 3", "RFC 4512, 1.4: OpenSSL reads it"},
    {"2.5.4.03", "RFC 4512, 1.4: OpenSSL reads it"},
    {"2,5,4,3", "RFC 4512, 1.4"},
    {"OID:2.5.4.3", "another tool's notation"},
    {"{2 5 4 3}", "X.680, 32: another notation"},
    {"2.5.4.36893488147419103232", "an arc that has no 64 bits"},
};

static void expect_row(stls_result result, const stls_oid *got, size_t i,
                       const char *how);
static void expect_unknown(find_call find, const char *text,
                           const char *source);
static void expect_nid(int nid);
static bool try_text(const void *subject, size_t nth);

Test(oid, is_found_by_number_name_and_text)
{
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    stls_oid oid = STLS_OID_INIT;
    expect_row(stls_oid_from_nid(known[i].nid, &oid, NULL), &oid, i, "nid");
    oid = (stls_oid)STLS_OID_INIT;
    expect_row(stls_oid_from_name(known[i].short_name, &oid, NULL), &oid, i,
               "short name");
    oid = (stls_oid)STLS_OID_INIT;
    expect_row(stls_oid_from_name(known[i].long_name, &oid, NULL), &oid, i,
               "long name");
    if (known[i].text[0] == '\0') continue;
    oid = (stls_oid)STLS_OID_INIT;
    expect_row(stls_oid_from_text(known[i].text, &oid, NULL), &oid, i, "text");
    oid = (stls_oid)STLS_OID_INIT;
    expect_row(stls_oid_from_name(known[i].text, &oid, NULL), &oid, i,
               "text for a name");
  }
}

Test(oid, is_not_found_by_name_unless_asked)
{
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    expect_unknown(stls_oid_from_text, known[i].short_name, known[i].source);
    expect_unknown(stls_oid_from_text, known[i].long_name, known[i].source);
  }
}

Test(oid, that_is_unknown_is_quoted)
{
  for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
    expect_unknown(stls_oid_from_text, unknown[i].text, unknown[i].source);
    expect_unknown(stls_oid_from_name, unknown[i].text, unknown[i].source);
  }
}

Test(oid, that_is_spelled_badly_is_suggested)
{
  stls_oid oid = STLS_OID_INIT;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(stls_oid_from_text("2 5.4.003.", &oid, &err), STLS_ERROR_INPUT,
                "spelling");
  cr_expect(strstr(err.message, "is it 2.5.4.3?"), "%s", err.message);
}

Test(oid, with_an_unknown_number_is_refused)
{
  static const struct {
    int nid;
    const char *want_word, *source;
  } rows[] = {
      {-1, "positive", "CPython: NID must be positive"},
      {INT_MIN, "positive", "CPython: NID must be positive"},
      {0, "unknown NID 0", "CPython: Unknown object"},
      {118, "unknown NID 118", "CPython: a hole in OpenSSL's table"},
      {999999, "unknown NID 999999", "CPython: unknown NID 999999"},
      {INT_MAX, "unknown NID", "CPython"},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_oid oid = STLS_OID_INIT;
    stls_error err = STLS_ERROR_INIT;
    oid.nid = 4711;
    EXPECT_RESULT(stls_oid_from_nid(rows[i].nid, &oid, &err), STLS_ERROR_INPUT,
                  rows[i].source);
    cr_expect(strstr(err.message, rows[i].want_word), "%s", err.message);
    cr_expect_eq(oid.nid, 4711, "%s", rows[i].source);
  }
}

Test(oid, comes_back_by_every_way_for_all_that_openssl_has)
{
  for (int nid = 1; nid < MAX_NID; nid++) expect_nid(nid);
}

/* OpenSSL takes a time for it that grows with the square of the length. */
Test(oid, of_a_million_digits_is_refused_at_once)
{
  static char text[1000000];
  stls_error err = STLS_ERROR_INIT;
  stls_oid oid = STLS_OID_INIT;

  memset(text, '9', sizeof text - 1);
  memcpy(text, "1.2.", 4);
  EXPECT_RESULT(stls_oid_from_text(text, &oid, &err), STLS_ERROR_INPUT, "text");
  EXPECT_RESULT(stls_oid_from_name(text, &oid, &err), STLS_ERROR_INPUT, "name");
  cr_expect(strstr(err.message, "1.2.999"), "%s", err.message);
}

Test(oid, that_somebody_added_is_known_while_it_fits)
{
  char longer[129] = "1.2.3.4.";
  stls_oid oid = STLS_OID_INIT;
  int nid;

  cr_assert_neq(OBJ_create("1.2.3.4.5.99", "added", "Added Object"), 0);
  ASSERT_RESULT(stls_oid_from_text("1.2.3.4.5.99", &oid, NULL), STLS_OK,
                "added");
  cr_expect_str_eq(oid.short_name, "added");
  cr_expect_str_eq(oid.long_name, "Added Object");
  memset(longer + 8, '7', 119);
  nid = OBJ_create(longer, "fits", "Fits");
  cr_assert_neq(nid, 0);
  ASSERT_RESULT(stls_oid_from_nid(nid, &oid, NULL), STLS_OK, "127");
  cr_expect_str_eq(oid.text, longer);
  ASSERT_RESULT(stls_oid_from_text(longer, &oid, NULL), STLS_OK, "127");
  longer[127] = '7';
  nid = OBJ_create(longer, "longer", "Longer");
  cr_assert_neq(nid, 0);
  EXPECT_RESULT(stls_oid_from_nid(nid, &oid, NULL), STLS_ERROR_INPUT, "128");
  EXPECT_RESULT(stls_oid_from_name("longer", &oid, NULL), STLS_ERROR_INPUT,
                "128");
  EXPECT_RESULT(stls_oid_from_text(longer, &oid, NULL), STLS_ERROR_INPUT,
                "128");
  cr_expect_str_eq(oid.short_name, "fits", "nothing was written");
}

/* CPython's issue 148594: a name that is not found breaks the next read. */
Test(oid, leaves_the_error_queue_alone)
{
  for (size_t num = 0; num <= 4; num += 4) {
    stls_oid oid = STLS_OID_INIT;
    planted_errors_put(num);
    EXPECT_RESULT(stls_oid_from_text("2.5.4.3", &oid, NULL), STLS_OK, "text");
    EXPECT_RESULT(stls_oid_from_name("CN", &oid, NULL), STLS_OK, "name");
    EXPECT_RESULT(stls_oid_from_nid(13, &oid, NULL), STLS_OK, "nid");
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
      EXPECT_RESULT(stls_oid_from_text(unknown[i].text, &oid, NULL),
                    STLS_ERROR_INPUT, unknown[i].text);
      EXPECT_RESULT(stls_oid_from_name(unknown[i].text, &oid, NULL),
                    STLS_ERROR_INPUT, unknown[i].text);
    }
    EXPECT_RESULT(stls_oid_from_nid(999999, &oid, NULL), STLS_ERROR_INPUT,
                  "nid");
    EXPECT_RESULT(stls_oid_from_nid(-1, &oid, NULL), STLS_ERROR_INPUT, "nid");
    planted_errors_expect(num, "oid");
  }
}

Test(oid, is_found_or_not_when_memory_is_short)
{
  static const char *const texts[] = {"2.5.4.3", "1.2.3.4.5.99", "2.5.4.03",
                                      "2.5.4.36893488147419103232"};

  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    size_t nth = 1;
    while (oom_sweep_try(try_text, texts[i], nth, texts[i])) nth++;
    cr_expect_gt(nth, (size_t)1, "%s: nothing was allocated", texts[i]);
  }
}

Test(oid, misuse_names_the_argument)
{
  stls_oid oid = STLS_OID_INIT, unsized = {0};
  stls_error err = STLS_ERROR_INIT;

  expect_misuse(stls_oid_from_text(NULL, &oid, &err), &err, "text");
  expect_misuse(stls_oid_from_name(NULL, &oid, &err), &err, "name");
  expect_misuse(stls_oid_from_text("2.5", NULL, &err), &err, "out_oid");
  expect_misuse(stls_oid_from_name("2.5", NULL, &err), &err, "out_oid");
  expect_misuse(stls_oid_from_nid(13, NULL, &err), &err, "out_oid");
  expect_misuse(stls_oid_from_text("2.5", &unsized, &err), &err, "size");
  expect_misuse(stls_oid_from_name("2.5", &unsized, &err), &err, "size");
  expect_misuse(stls_oid_from_nid(13, &unsized, &err), &err, "size");
  cr_expect_eq(unsized.nid, 0);
  EXPECT_RESULT(stls_oid_from_text(NULL, NULL, NULL), STLS_ERROR_MISUSE,
                "err may be NULL");
}

static void expect_row(stls_result result, const stls_oid *got, size_t i,
                       const char *how)
{
  EXPECT_RESULT(
      result, STLS_OK,
      expect_label("%s (%s) by %s", known[i].long_name, known[i].source, how));
  cr_expect_eq(got->size, sizeof *got);
  cr_expect_eq(got->nid, known[i].nid, "%s by %s: %d", known[i].long_name, how,
               got->nid);
  cr_expect_str_eq(got->short_name, known[i].short_name, "by %s", how);
  cr_expect_str_eq(got->long_name, known[i].long_name, "by %s", how);
  cr_expect_str_eq(got->text, known[i].text, "by %s", how);
}

static void expect_unknown(find_call find, const char *text, const char *source)
{
  stls_oid oid = STLS_OID_INIT;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(find(text, &oid, &err), STLS_ERROR_INPUT,
                expect_label("\"%s\" (%s): %d", text, source, oid.nid));
  cr_expect(strstr(err.message, expect_quoted(text)), "\"%s\": %s", text,
            err.message);
  cr_expect(strstr(err.message, "unknown object"), "%s", err.message);
  cr_expect_eq(oid.nid, 0, "\"%s\"", text);
}

static void expect_nid(int nid)
{
  stls_oid by_nid = STLS_OID_INIT, other = STLS_OID_INIT;

  /* OpenSSL has holes in its table, and a few objects twice. */
  if (stls_oid_from_nid(nid, &by_nid, NULL) != STLS_OK) return;
  cr_expect_eq(by_nid.nid, nid);
  ASSERT_RESULT(stls_oid_from_name(by_nid.short_name, &other, NULL), STLS_OK,
                by_nid.short_name);
  cr_expect_str_eq(other.short_name, by_nid.short_name);
  ASSERT_RESULT(stls_oid_from_name(by_nid.long_name, &other, NULL), STLS_OK,
                by_nid.long_name);
  if (by_nid.text[0] == '\0') return;
  ASSERT_RESULT(stls_oid_from_text(by_nid.text, &other, NULL), STLS_OK,
                by_nid.text);
  cr_expect_str_eq(other.text, by_nid.text);
}

static bool try_text(const void *subject, size_t nth)
{
  stls_oid oid = STLS_OID_INIT;
  stls_result want = stls_oid_from_text(subject, &oid, NULL), got;
  bool refused;

  oom_sweep_begin(nth);
  got = stls_oid_from_text(subject, &oid, NULL);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, got, want, subject, nth);
  return refused;
}
