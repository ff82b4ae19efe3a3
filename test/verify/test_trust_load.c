/* SPDX-License-Identifier: MIT */
/* test_trust_load: certificates and CRLs in PEM and DER, counts, the list of CAs. */
#include <openssl/x509.h>
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <string.h>

#include "lib/x509/certificate.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/planted_errors.h"
#include "support/trust_sets.h"

SUITE(trust_load, .timeout = 60);

enum {
  NUM_PLANTED = 4,
  MAX_DER = 8192
};

typedef stls_result (*memory_call)(stls_trust *trust, const void *data,
                                   size_t len, stls_error *err);
typedef stls_result (*file_call)(stls_trust *trust, const char *path,
                                 stls_error *err);

/* What a file gives through one call, from a set that has other.pem before. */
struct row {
  memory_call add;
  file_call add_file;
  const char *file;
  stls_result want;
  size_t x509, crl, x509_ca;
  const char *want_text;
  const char *source;
};

#define PEM stls_trust_add_pem, stls_trust_add_file
#define DER stls_trust_add_der, NULL
#define CRL stls_trust_add_crl, stls_trust_add_crl_file

static const struct row rows[] = {
    {PEM, "trust/root.pem", STLS_OK, 2, 0, 2, "", "one"},
    {PEM, "trust/other.pem", STLS_OK, 1, 0, 1, "",
     "CPython: duplicates are ignored"},
    {PEM, "trust/root-both.pem", STLS_OK, 2, 1, 2, "",
     "X509_load_cert_crl_file"},
    {PEM, "trust/mixed.pem", STLS_OK, 2, 2, 2, "",
     "CPython: other text is passed over"},
    {PEM, "trust/root.crl", STLS_OK, 1, 1, 1, "",
     "X509_load_cert_crl_file: CRLs alone"},
    {PEM, "trust/server-good.pem", STLS_OK, 2, 0, 1, "",
     "CPython: cert_store_stats x509 3, x509_ca 1"},
    {PEM, "trust/server-good.key", STLS_ERROR_INPUT, 1, 0, 1,
     "no start line: it does not contain a certificate or CRL",
     "X509: NO_CERTIFICATE_OR_CRL_FOUND"},
    {PEM, "trust/root.der", STLS_ERROR_INPUT, 1, 0, 1, "it looks like DER",
     "cafile is PEM only"},
    {PEM, "trust/broken-second.pem", STLS_ERROR_INPUT, 1, 0, 1, "CRL 2",
     "SEMANTICS 1.7: partial success is kept; not here"},
    {DER, "trust/root.der", STLS_OK, 2, 0, 2, "", "one"},
    {DER, "trust/three.der", STLS_OK, 3, 0, 3, "",
     "CPython: concatenated DER, one of them a duplicate"},
    {DER, "trust/two-crls.der", STLS_ERROR_INPUT, 1, 0, 1,
     "certificate 1 at byte 0", "CPython: no CRLs through cadata"},
    {DER, "trust/root.pem", STLS_ERROR_INPUT, 1, 0, 1, "it looks like PEM",
     "CPython: bytes are DER"},
    {DER, "broken-empty.pem", STLS_ERROR_INPUT, 1, 0, 1,
     "certificate 1 at byte 0", "CPython: NOT_ENOUGH_DATA, or a wrong tag"},
    {CRL, "trust/root.crl", STLS_OK, 1, 1, 1, "", "PEM"},
    {CRL, "trust/mixed.pem", STLS_OK, 1, 2, 1, "", "X509_load_crl_file"},
    {CRL, "trust/root-crl.der", STLS_OK, 1, 1, 1, "", "DER"},
    {CRL, "trust/two-crls.der", STLS_OK, 1, 2, 1, "", "DER, two of them"},
    {CRL, "trust/root.pem", STLS_ERROR_INPUT, 1, 0, 1,
     "no start line: it does not contain a CRL", "PEM without one"},
    {CRL, "trust/root.der", STLS_ERROR_INPUT, 1, 0, 1, "CRL 1 at byte 0",
     "a certificate is no CRL"},
    {CRL, "trust/broken.crl", STLS_ERROR_INPUT, 1, 0, 1, "CRL 1",
     "PEM: BAD_BASE64_DECODE"},
    {CRL, "trust/broken-second.pem", STLS_ERROR_INPUT, 1, 0, 1, "CRL 2",
     "all or nothing"},
};

static void expect_row(const struct row *row, stls_trust *trust,
                       stls_result result, const stls_error *err);
static size_t der_len(const data_file *file, size_t start);
static stls_certificate *load_certificate(const char *name);

Test(trust_load, takes_all_or_nothing_from_memory_and_files)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_trust *trust = trust_sets_load("trust/other.pem");
    data_file file = data_file_load(rows[i].file);
    stls_error err = STLS_ERROR_INIT;

    planted_errors_put(NUM_PLANTED);
    expect_row(&rows[i], trust, rows[i].add(trust, file.data, file.len, &err),
               &err);
    planted_errors_expect(NUM_PLANTED, rows[i].file);
    stls_trust_free(trust);
    data_file_free(&file);
    if (rows[i].add_file == NULL) continue;
    trust = trust_sets_load("trust/other.pem");
    err = (stls_error)STLS_ERROR_INIT;
    planted_errors_put(NUM_PLANTED);
    expect_row(&rows[i], trust,
               rows[i].add_file(trust, data_file_path(rows[i].file), &err),
               &err);
    planted_errors_expect(NUM_PLANTED, rows[i].file);
    if (rows[i].want != STLS_OK)
      cr_expect(strstr(err.message, rows[i].file), "\"%s\" names no file",
                err.message);
    stls_trust_free(trust);
  }
}

/* Each is added a second time by another call: nothing changes. */
Test(trust_load, has_nothing_twice)
{
  stls_trust *trust = trust_sets_load("trust/mixed.pem trust/mixed.pem");
  data_file certs = data_file_load("trust/three.der");
  data_file crls = data_file_load("trust/two-crls.der");

  cr_expect(trust_sets_have(trust, 2, 2, 2), "%s", trust_sets_text(trust));
  EXPECT_RESULT(stls_trust_add_crl(trust, crls.data, crls.len, NULL), STLS_OK,
                "CRLs");
  cr_expect(trust_sets_have(trust, 2, 2, 2), "%s", trust_sets_text(trust));
  EXPECT_RESULT(stls_trust_add_der(trust, certs.data, certs.len, NULL), STLS_OK,
                "certificates");
  cr_expect(trust_sets_have(trust, 3, 2, 3), "%s", trust_sets_text(trust));
  data_file_free(&certs);
  data_file_free(&crls);
  stls_trust_free(trust);
}

/* three.der cut at every byte: whole only where an item ends. */
Test(trust_load, says_which_der_item_is_cut_and_where)
{
  const size_t step = check_quick() ? 50 : 1;
  data_file file = data_file_load("trust/three.der");
  size_t start = 0, item = 1;

  for (size_t len = 1; len < file.len; len += step) {
    stls_trust *trust = trust_sets_new();
    stls_error err = STLS_ERROR_INIT;
    char place[64];
    stls_result want = STLS_ERROR_INPUT;

    for (; len > start + der_len(&file, start); item++)
      start += der_len(&file, start);
    if (len == start + der_len(&file, start)) want = STLS_OK;
    cr_expect_eq(stls_trust_add_der(trust, file.data, len, &err), want,
                 "%zu bytes: %s", len, err.message);
    snprintf(place, sizeof place, "der: certificate %zu at byte %zu:", item,
             start);
    cr_expect(want == STLS_OK || strstr(err.message, place), "%zu: %s", len,
              err.message);
    cr_expect(want == STLS_OK || trust_sets_have(trust, 0, 0, 0), "%s",
              trust_sets_text(trust));
    stls_trust_free(trust);
  }
  data_file_free(&file);
}

/* CPython: "not enough data: cadata does not contain a certificate". */
Test(trust_load, of_nothing_finds_nothing)
{
  static const struct {
    memory_call add;
    const char *want_text;
  } calls[] = {
      {stls_trust_add_pem, "no start line"},
      {stls_trust_add_der,
       "not enough data: it does not contain a certificate"},
      {stls_trust_add_crl, "no start line: it does not contain a CRL"},
  };
  stls_trust *trust = trust_sets_new();

  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    stls_error err = STLS_ERROR_INIT;
    EXPECT_RESULT(calls[i].add(trust, NULL, 0, &err), STLS_ERROR_INPUT, "NULL");
    cr_expect(strstr(err.message, calls[i].want_text), "%s", err.message);
    EXPECT_RESULT(calls[i].add(trust, "", 0, &err), STLS_ERROR_INPUT, "empty");
  }
  stls_trust_free(trust);
}

/* DER that something follows (CPython: ASN1: NOT_ENOUGH_DATA), for both. */
Test(trust_load, refuses_what_follows_the_last_der_item)
{
  static const struct {
    memory_call add;
    const char *file, *want_text;
  } tails[] = {
      {stls_trust_add_der, "trust/root.der", "certificate 2 at byte"},
      {stls_trust_add_crl, "trust/root-crl.der", "CRL 2 at byte"},
  };

  for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
    data_file file = data_file_load(tails[i].file);
    stls_trust *trust = trust_sets_new();
    stls_error err = STLS_ERROR_INIT;
    /* data_file_load puts a zero byte behind it. */
    EXPECT_RESULT(tails[i].add(trust, file.data, file.len + 1, &err),
                  STLS_ERROR_INPUT, tails[i].file);
    cr_expect(strstr(err.message, tails[i].want_text), "%s", err.message);
    cr_expect(trust_sets_have(trust, 0, 0, 0), "%s", trust_sets_text(trust));
    stls_trust_free(trust);
    data_file_free(&file);
  }
}

Test(trust_load, takes_a_certificate_that_is_at_hand)
{
  stls_certificate *ca = load_certificate("trust/root.pem");
  stls_certificate *leaf = load_certificate("trust/server-good.pem");
  stls_trust *trust = trust_sets_new();

  planted_errors_put(NUM_PLANTED);
  EXPECT_RESULT(stls_trust_add_certificate(trust, ca, NULL), STLS_OK, "CA");
  EXPECT_RESULT(stls_trust_add_certificate(trust, ca, NULL), STLS_OK, "again");
  EXPECT_RESULT(stls_trust_add_certificate(trust, leaf, NULL), STLS_OK, "leaf");
  planted_errors_expect(NUM_PLANTED, "certificate");
  /* The set keeps references of its own. */
  stls_certificate_free(ca);
  stls_certificate_free(leaf);
  cr_expect(trust_sets_have(trust, 2, 0, 1), "%s", trust_sets_text(trust));
  stls_trust_free(trust);
}

/* get_ca_certs: CAs only, and in the order in which they came. */
Test(trust_load, lists_its_cas_in_order)
{
  static const char *const orders[][3] = {
      {"trust/root.pem", "trust/other.pem", "trust/intermediate.pem"},
      {"trust/intermediate.pem", "trust/other.pem", "trust/root.pem"},
  };

  for (size_t i = 0; i < 2; i++) {
    stls_trust *trust = trust_sets_load("trust/server-good.pem");
    stls_certificate_list *list = NULL;

    for (size_t j = 0; j < 3; j++) trust_sets_add(trust, orders[i][j]);
    planted_errors_put(NUM_PLANTED);
    ASSERT_RESULT(stls_trust_ca_certificates(trust, &list, NULL), STLS_OK,
                  "list");
    planted_errors_expect(NUM_PLANTED, "list");
    stls_trust_free(trust);
    cr_assert_eq(stls_certificate_list_count(list), (size_t)3);
    for (size_t j = 0; j < 3; j++) {
      stls_certificate *want = load_certificate(orders[i][j]);
      X509 *got = stls_certificate_x509(stls_certificate_list_at(list, j));
      cr_expect_eq(X509_cmp(got, stls_certificate_x509(want)), 0, "%s",
                   orders[i][j]);
      stls_certificate_free(want);
    }
    stls_certificate_list_free(list);
  }
}

Test(trust_load, of_an_empty_set_lists_nothing)
{
  stls_trust *trust = trust_sets_new();
  stls_certificate_list *list = NULL;

  ASSERT_RESULT(stls_trust_ca_certificates(trust, &list, NULL), STLS_OK, "");
  cr_expect_not_null(list);
  cr_expect_eq(stls_certificate_list_count(list), (size_t)0);
  stls_certificate_list_free(list);
  stls_trust_free(trust);
}

Test(trust_load, misuse_names_the_argument)
{
  stls_trust *trust = trust_sets_new();
  stls_certificate *cert = load_certificate("trust/root.pem");
  stls_certificate_list *list = NULL;
  stls_trust_counts counts = STLS_TRUST_COUNTS_INIT, unsized = {0, 7, 7, 7};
  stls_error err = STLS_ERROR_INIT;

  expect_misuse(stls_trust_add_der(NULL, "x", 1, &err), &err, "trust");
  expect_misuse(stls_trust_add_der(trust, NULL, 1, &err), &err, "der");
  expect_misuse(stls_trust_add_crl(NULL, "x", 1, &err), &err, "trust");
  expect_misuse(stls_trust_add_crl(trust, NULL, 1, &err), &err, "crl");
  expect_misuse(stls_trust_add_crl_file(NULL, "x", &err), &err, "trust");
  expect_misuse(stls_trust_add_crl_file(trust, NULL, &err), &err, "path");
  expect_misuse(stls_trust_add_directory(NULL, "x", &err), &err, "trust");
  expect_misuse(stls_trust_add_directory(trust, NULL, &err), &err, "path");
  expect_misuse(stls_trust_add_certificate(NULL, cert, &err), &err, "trust");
  expect_misuse(stls_trust_add_certificate(trust, NULL, &err), &err,
                "certificate");
  expect_misuse(stls_trust_count(NULL, &counts, &err), &err, "trust");
  expect_misuse(stls_trust_count(trust, NULL, &err), &err, "out_counts");
  expect_misuse(stls_trust_count(trust, &unsized, &err), &err, "size");
  cr_expect_eq(unsized.x509, (size_t)7);
  expect_misuse(stls_trust_ca_certificates(NULL, &list, &err), &err, "trust");
  expect_misuse(stls_trust_ca_certificates(trust, NULL, &err), &err,
                "out_list");
  EXPECT_RESULT(stls_trust_add_der(NULL, NULL, 0, NULL), STLS_ERROR_MISUSE,
                "err may be NULL");
  cr_expect(trust_sets_have(trust, 0, 0, 0), "%s", trust_sets_text(trust));
  stls_certificate_free(cert);
  stls_trust_free(trust);
}

static void expect_row(const struct row *row, stls_trust *trust,
                       stls_result result, const stls_error *err)
{
  cr_expect_eq(result, row->want, "%s (%s): %s: %s", row->file, row->source,
               stls_result_name(result), err->message);
  cr_expect(trust_sets_have(trust, row->x509, row->crl, row->x509_ca),
            "%s (%s): %s", row->file, row->source, trust_sets_text(trust));
  cr_expect(strstr(err->message, row->want_text), "%s (%s): \"%s\"", row->file,
            row->source, err->message);
}

/* Of the item there: its length is in two bytes behind 30 82. */
static size_t der_len(const data_file *file, size_t start)
{
  const unsigned char *at = (const unsigned char *)file->data + start;

  cr_assert_eq(at[1], 0x82);
  return 4 + ((size_t)at[2] << 8) + at[3];
}

static stls_certificate *load_certificate(const char *name)
{
  data_file file = data_file_load(name);
  uint8_t der[MAX_DER];
  const uint8_t *at = der;
  size_t len = 0;
  stls_certificate *certificate = NULL;
  X509 *x509;

  ASSERT_RESULT(stls_pem_decode_certificate(file.data, file.len, der,
                                            sizeof der, &len, NULL),
                STLS_OK, name);
  x509 = d2i_X509(NULL, &at, (long)len);
  ASSERT_RESULT(stls_certificate_wrap(x509, &certificate, NULL), STLS_OK, name);
  X509_free(x509);
  data_file_free(&file);
  return certificate;
}
