/* SPDX-License-Identifier: MIT */
/* test_sct: signed certificate timestamps that are embedded in a certificate. */
#include <sanstls/certificate.h>
#include <string.h>

#include "support/cert_malformed.h"
#include "support/expect.h"

SUITE(sct);

#define SCT_LIST "1.3.6.1.4.1.11129.2.4.2"
#define LOG "0123456789abcdefghijklmnopqrstuv"
#define TIME "\0\0\1\x6f\x5e\x66\xe8\0"
/* 1 + 32 + 8 bytes, then 2, 2, 2 and 1. */
#define HEAD "\0" LOG TIME
#define SCT HEAD "\0\0\4\3\0\1s"

/* The value of the extension; how many timestamps it has, or -1. */
static const struct {
  const char *der;
  size_t len;
  int want;
  const char *source;
} lists[] = {
#define ROW(der, want, source) \
  { \
    der, sizeof(der) - 1, want, source \
  }
    ROW("\x04\x34\0\x32\0\x30" SCT, 1, "RFC 6962, 3.3"),
    ROW("\x04\x66\0\x64\0\x30" SCT "\0\x30" SCT, 2, "RFC 6962, 3.3"),
    ROW("\x04\x33\0\x31\0\x2f" HEAD "\0\0\4\3\0\0", 1, "an empty signature"),
    ROW("\x04\x05\0\x03\0\x01\x01", 1, "RFC 6962, 3.3: another version"),
    ROW("\x04\x08\0\x06\0\x04\xff\0\0\0", 1, "RFC 6962, 3.3"),
    ROW("", -1, "nothing"),
    ROW("\0\x32\0\x30" SCT, -1, "RFC 6962, 3.3: no OCTET STRING"),
    ROW("\x24\x34\0\x32\0\x30" SCT, -1, "X.690, 10.2: constructed"),
    ROW("\x84\x34\0\x32\0\x30" SCT, -1, "another class"),
    ROW("\x04\x34\0\x32\0\x30" SCT "\0", -1, "something behind"),
    ROW("\x04\x00", -1, "no length"),
    ROW("\x04\x01\0", -1, "half a length"),
    ROW("\x04\x02\0\0", -1, "RFC 6962, 3.3: sct_list<1..2^16-1>"),
    ROW("\x04\x04\0\x02\0\0", -1, "RFC 6962, 3.3: SerializedSCT<1..2^16-1>"),
    ROW("\x04\x34\0\x31\0\x30" SCT, -1, "a list that ends early"),
    ROW("\x04\x34\0\x33\0\x30" SCT, -1, "a list that ends late"),
    ROW("\x04\x35\0\x32\0\x30" SCT "x", -1, "something behind the list"),
    ROW("\x04\x34\0\x32\0\x2f" SCT, -1, "a timestamp that ends early"),
    ROW("\x04\x34\0\x32\0\x31" SCT, -1, "a timestamp that ends late"),
    ROW("\x04\x35\0\x33\0\x31" SCT "x", -1, "something behind its signature"),
    ROW("\x04\x35\0\x33\0\x30" SCT "\0", -1, "half a length behind"),
    ROW("\x04\x33\0\x31\0\x2f" HEAD "\0\0\4\3\0\1", -1, "no signature"),
    ROW("\x04\x31\0\x2f\0\x2d" HEAD "\0\0\4\3", -1, "no signature"),
    ROW("\x04\x2f\0\x2d\0\x2b" HEAD "\0\0", -1, "no algorithms"),
    ROW("\x04\x34\0\x32\0\x30" HEAD "\0\1\4\3\0\1s", -1,
        "extensions that take a byte too many"),
    ROW("\x04\x2d\0\x2b\0\x29" HEAD, -1, "no extensions"),
    ROW("\x04\x2c\0\x2a\0\x28\0" LOG "1234567", -1, "half a time"),
    ROW("\x04\x24\0\x22\0\x20\0"
        "123456789 123456789 123456789 1",
        -1, "half a log"),
#undef ROW
};

static stls_certificate *with_list(size_t i, bool critical);
/* The length by address: it is written while the arguments are evaluated. */
static void expect_bytes(const uint8_t *got, const size_t *got_len,
                         const char *want, size_t want_len);

Test(sct, lists_are_read_strictly)
{
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    stls_certificate *it = with_list(i, false);
    stls_extension_state state =
        stls_certificate_extension(it, STLS_EXTENSION_SCT_LIST);
    int count = 0;
    while (stls_certificate_sct(it, (size_t)count) != NULL) count++;
    cr_expect_eq(
        state,
        lists[i].want < 0 ? STLS_EXTENSION_MALFORMED : STLS_EXTENSION_PRESENT,
        "%zu, %s: %d", i, lists[i].source, state);
    cr_expect_eq(count, lists[i].want < 0 ? 0 : lists[i].want, "%zu, %s: %d", i,
                 lists[i].source, count);
    stls_certificate_free(it);
  }
}

Test(sct, of_version_1_is_taken_apart)
{
  stls_certificate *it = cert_malformed_load("certificate/full.pem");
  const stls_sct *first = stls_certificate_sct(it, 0);
  const stls_sct *second = stls_certificate_sct(it, 1);
  char log[32];
  size_t len;

  cr_expect_null(stls_certificate_sct(it, 2));
  cr_expect_eq(stls_sct_version(first), 0);
  memset(log, 0xa1, sizeof log);
  expect_bytes(stls_sct_log_id(first, &len), &len, log, sizeof log);
  cr_expect_eq(stls_sct_timestamp(first), UINT64_C(1577836800000));
  expect_bytes(stls_sct_extensions(first, &len), &len, "", 0);
  cr_expect_eq(stls_sct_hash_algorithm(first), 4);
  cr_expect_eq(stls_sct_signature_algorithm(first), 3);
  expect_bytes(stls_sct_signature(first, &len), &len, "\xde\xad\xbe\xef", 4);

  cr_expect_eq(stls_sct_version(second), 0);
  memset(log, 0xb2, sizeof log);
  expect_bytes(stls_sct_log_id(second, &len), &len, log, sizeof log);
  cr_expect_eq(stls_sct_timestamp(second), UINT64_MAX);
  expect_bytes(stls_sct_extensions(second, &len), &len, "\xbe\xef", 2);
  cr_expect_eq(stls_sct_hash_algorithm(second), 8);
  cr_expect_eq(stls_sct_signature_algorithm(second), 7);
  expect_bytes(stls_sct_signature(second, &len), &len, "\xc0\xff\xee", 3);
  stls_certificate_free(it);
}

Test(sct, of_another_version_says_only_that)
{
  stls_certificate *it = with_list(4, true);
  const stls_sct *sct = stls_certificate_sct(it, 0);

  cr_expect_eq(stls_certificate_extension(it, STLS_EXTENSION_SCT_LIST),
               STLS_EXTENSION_CRITICAL);
  cr_expect_eq(stls_sct_version(sct), 255);
  for (int i = 0; i < 2; i++, sct = NULL) {
    size_t log_len = 1, extensions_len = 1, signature_len = 1;
    cr_expect_null(stls_sct_log_id(sct, &log_len));
    cr_expect_null(stls_sct_extensions(sct, &extensions_len));
    cr_expect_null(stls_sct_signature(sct, &signature_len));
    cr_expect_eq(log_len + extensions_len + signature_len, (size_t)0);
    cr_expect_eq(stls_sct_timestamp(sct), UINT64_C(0));
    cr_expect_eq(stls_sct_hash_algorithm(sct), -1);
    cr_expect_eq(stls_sct_signature_algorithm(sct), -1);
  }
  cr_expect_eq(stls_sct_version(NULL), -1);
  cr_expect_null(stls_sct_log_id(NULL, NULL));
  stls_certificate_free(it);
}

static stls_certificate *with_list(size_t i, bool critical)
{
  X509 *x509 = cert_malformed_begin("certificate/v1.pem");

  cert_malformed_add_extension(x509, SCT_LIST, critical, lists[i].der,
                               lists[i].len);
  return cert_malformed_end(x509);
}

static void expect_bytes(const uint8_t *got, const size_t *got_len,
                         const char *want, size_t want_len)
{
  cr_assert_not_null(got);
  cr_assert_eq(*got_len, want_len);
  if (want_len > 0) cr_expect_arr_eq(got, want, want_len);
}
