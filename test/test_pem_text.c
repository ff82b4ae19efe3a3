/* SPDX-License-Identifier: MIT */
/* test_pem_text: one certificate between its DER and its PEM form. */
#include <openssl/pem.h>
#include <sanstls/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/certs.h"
#include "support/expect.h"
#include "support/planted.h"

SUITE(pem_text);

enum {
  MAX_LEN = 1000
};

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END "-----END CERTIFICATE-----\n"
#define L64 "MAAwADAAMAAwADAAMAAwADAAMAAwADAAMAAwADAAMAAwADAAMAAwADAAMAAwADAA"
/* 48 bytes. */
#define D48 \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0" \
  "0\0"

/* Bytes, and the text that is made of them. */
static const struct {
  const char *der;
  size_t der_len;
  const char *pem;
  const char *source;
} pairs[] = {
    {"f", 1, BEGIN "Zg==\n" END, "RFC 4648, 10"},
    {"fo", 2, BEGIN "Zm8=\n" END, "RFC 4648, 10"},
    {"foo", 3, BEGIN "Zm9v\n" END, "RFC 4648, 10"},
    {"foob", 4, BEGIN "Zm9vYg==\n" END, "RFC 4648, 10"},
    {"fooba", 5, BEGIN "Zm9vYmE=\n" END, "RFC 4648, 10"},
    {"foobar", 6, BEGIN "Zm9vYmFy\n" END, "RFC 4648, 10"},
    {"\xfb\xff\xbf", 3, BEGIN "+/+/\n" END, "RFC 4648, 4: 62 and 63"},
    {"\0\0\0", 3, BEGIN "AAAA\n" END, "zeros are data"},
    {D48, 47,
     BEGIN "MAAwADAAMAAwADAAMAAwADAAMAAwADAAMAAwADAAMAAwADAAMAAwADAA"
           "MAAwADA=\n" END,
     "RFC 7468, 2: up to 64 columns"},
    {D48, 48, BEGIN L64 "\n" END, "RFC 7468, 2: just 64 columns"},
    {D48 "0", 49, BEGIN L64 "\nMA==\n" END, "RFC 7468, 2: a second line"},
    {D48 D48, 96, BEGIN L64 "\n" L64 "\n" END, "RFC 7468, 2"},
};

/* Other texts that are read. */
static const struct {
  const char *pem;
  const char *want;
  const char *source;
} accepted[] = {
    {BEGIN "Zm9v\n-----END CERTIFICATE-----", "foo", "RFC 7468, 3: [eol]"},
    {"-----BEGIN CERTIFICATE-----\r\nZm9v\r\nYmFy\r\n"
     "-----END CERTIFICATE-----\r\n",
     "foobar", "RFC 7468, 3: CRLF"},
    {"-----BEGIN CERTIFICATE----- \t\nZm9v \t \n-----END CERTIFICATE-----\t\n",
     "foo", "RFC 7468, 3: *WSP at the ends of lines"},
    {BEGIN "Zm9v\n" END "\n \t\r\n\n", "foo", "CPython: stripped at the end"},
    {BEGIN "Z\nm9\nvYmF\ny\n" END, "foobar", "lines may break anywhere"},
    {BEGIN "Zg=\n=\n" END, "f", "RFC 7468, 3: base64finl"},
    {BEGIN L64 "Zm9v\n" END, D48, "lines may be long"},
};

static const struct {
  const char *pem;
  size_t want_line, want_column;
  const char *want_word;
  const char *source;
} refused[] = {
    {"", 1, 1, "no start line", "OpenSSL: no start line"},
    {"Zm9v\n", 1, 1, "no start line", "CPython: must start with the header"},
    {"\n\n", 1, 1, "no start line", "CPython"},
    {END, 1, 1, "no start line", "CPython"},
    {"-----BEGIN CERTIFICATE----\nZm9v\n" END, 1, 1, "no start line",
     "RFC 7468, 3: five dashes"},
    {"-----begin certificate-----\nZm9v\n" END, 1, 1, "no start line",
     "RFC 7468, 3"},
    {"-----BEGIN CERTIFICATE-----Zm9v-----END CERTIFICATE-----\n", 1, 12,
     "label", "RFC 7468, 3: lines"},
    {"\n" BEGIN "Zm9v\n" END, 1, 1, "before", "CPython: no white space before"},
    {" " BEGIN "Zm9v\n" END, 1, 1, "no start line", "CPython"},
    {"\xef\xbb\xbf" BEGIN "Zm9v\n" END, 1, 1, "no start line", "no BOM"},
    {"subject=x\n" BEGIN "Zm9v\n" END, 1, 1, "before", "CPython"},
    {"-----BEGIN X509 CERTIFICATE-----\nZm9v\n-----END X509 CERTIFICATE-----\n",
     1, 12, "label", "CPython: one label"},
    {"-----BEGIN TRUSTED CERTIFICATE-----\nZm9v\n"
     "-----END TRUSTED CERTIFICATE-----\n",
     1, 12, "label", "OpenSSL: there is more in it"},
    {"-----BEGIN PRIVATE KEY-----\nZm9v\n-----END PRIVATE KEY-----\n", 1, 12,
     "label", "RFC 7468, 10"},
    {"-----BEGIN CERTIFICATE -----\nZm9v\n-----END CERTIFICATE -----\n", 1, 12,
     "label", "RFC 7468, 3"},
    {BEGIN, 1, 1, "END line", "CPython: must end with the footer"},
    {BEGIN "Zm9v\n", 2, 1, "END line", "CPython"},
    {BEGIN "Zm9v\n-----END X509 CERTIFICATE-----\n", 3, 1, "END line",
     "RFC 7468, 3: labels match"},
    {BEGIN "Zm9v\n" BEGIN "Zm9v\n" END, 3, 1, "END line", "a block in a block"},
    {BEGIN "Zm9v\n-----END CERTIFICATE-----x\n", 3, 1, "END line", "CPython"},
    {BEGIN "Zm9v\n" END BEGIN "Zm9v\n" END, 4, 1, "second block",
     "CPython: two certificates are none"},
    {BEGIN "Zm9v\n" END "\n" BEGIN "Zm9v\n", 5, 1, "second block", "CPython"},
    {BEGIN "Zm9v\n" END "x", 4, 1, "behind", "CPython: must end with it"},
    {BEGIN "Zm9v\n" END "\n\t x\n", 5, 3, "behind", "CPython"},
    {BEGIN "Zm9v\n" END END, 4, 1, "behind", "CPython"},

    {BEGIN END, 2, 1, "no data", "a certificate has bytes"},
    {BEGIN "\n" END, 2, 1, "empty", "OpenSSL: the end of headers"},
    {BEGIN "Zm9v\n \t\r\n" END, 3, 1, "empty", "RFC 7468, 3"},
    {BEGIN "Proc-Type: 4,ENCRYPTED\n\nZm9v\n" END, 2, 5, "base64 char",
     "RFC 7468, 2: no headers"},
    {BEGIN "Zm\0779v\n" END, 2, 3, "base64 char", "CPython drops it"},
    {BEGIN "Zm9v\nYm!y\n" END, 3, 3, "base64 char", "CPython drops it"},
    {BEGIN "Zm9v\nYm-_\n" END, 3, 3, "base64 char", "RFC 4648, 5: the other"},
    {BEGIN "Zm 9v\n" END, 2, 3, "base64 char", "a blank inside a line"},
    {BEGIN " Zm9v\n" END, 2, 1, "base64 char", "a blank before a line"},
    {BEGIN "Zm9v\rYmFy\n" END, 2, 5, "base64 char", "CR is no end of line"},
    {BEGIN "Zm\3039v\n" END, 2, 3, "base64 char", "not ASCII"},
    {BEGIN "-----\n" END, 2, 1, "base64 char", "dashes"},
    {BEGIN L64 "\n" L64 "*\n" END, 3, 65, "base64 char", "far to the right"},

    {BEGIN "Z\n" END, 3, 1, "incomplete", "RFC 4648, 4: 6 bits"},
    {BEGIN "Zg\n" END, 3, 1, "incomplete", "RFC 4648, 3.2: padding"},
    {BEGIN "Zm8\n" END, 3, 1, "incomplete", "RFC 4648, 3.2"},
    {BEGIN "Zg=\n" END, 3, 1, "incomplete", "RFC 4648, 3.2"},
    {BEGIN "Zm9vYg=\n" END, 3, 1, "incomplete", "RFC 4648, 3.2"},
    {BEGIN "=\n" END, 2, 1, "padding", "RFC 4648, 4"},
    {BEGIN "Z===\n" END, 2, 2, "padding", "RFC 4648, 4"},
    {BEGIN "Zm9v=\n" END, 2, 5, "padding", "RFC 4648, 4"},
    {BEGIN "Zg===\n" END, 2, 5, "padding", "RFC 4648, 4"},
    {BEGIN "Zm8==\n" END, 2, 5, "padding", "RFC 4648, 4"},
    {BEGIN "Zg==Zg==\n" END, 2, 5, "behind its padding", "two texts in one"},
    {BEGIN "Zg==\nZm9v\n" END, 3, 1, "behind its padding", "two texts in one"},
    {BEGIN "Zg=v\n" END, 2, 4, "behind its padding", "RFC 4648, 4"},
    {BEGIN "Zh==\n" END, 2, 3, "unused bits", "RFC 4648, 3.5"},
    {BEGIN "Zv==\n" END, 2, 3, "unused bits", "RFC 4648, 3.5"},
    {BEGIN "Zm9\n=\n" END, 3, 1, "unused bits", "RFC 4648, 3.5"},
};

static stls_result decode(const void *pem, size_t pem_len, uint8_t *out,
                          size_t *out_len, stls_error *err);
static void expect_round_trip(const uint8_t *der, size_t der_len);
static void expect_same_as_openssl(const char *name);
static void expect_canonical(const char *pem, size_t pem_len);
static size_t drop_white(char *text, size_t len);
static void expect_misuse(stls_result result, const stls_error *err,
                          const char *word);

Test(pem_text, is_made_of_der)
{
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    char got[MAX_LEN];
    size_t len = 4711;
    EXPECT_RESULT(stls_pem_encode_certificate(pairs[i].der, pairs[i].der_len,
                                              got, sizeof got, &len, NULL),
                  STLS_OK, pairs[i].source);
    cr_assert_eq(len, strlen(pairs[i].pem), "%s: %zu", pairs[i].source, len);
    cr_expect_arr_eq(got, pairs[i].pem, len, "%s: %.*s", pairs[i].source,
                     (int)len, got);
  }
}

Test(pem_text, becomes_der_again)
{
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    uint8_t got[MAX_LEN];
    size_t len = 4711;
    EXPECT_RESULT(decode(pairs[i].pem, strlen(pairs[i].pem), got, &len, NULL),
                  STLS_OK, pairs[i].source);
    cr_assert_eq(len, pairs[i].der_len, "%s: %zu", pairs[i].source, len);
    cr_expect_arr_eq(got, pairs[i].der, len, "%s", pairs[i].source);
  }
}

Test(pem_text, may_be_laid_out_otherwise)
{
  for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
    stls_error err = STLS_ERROR_INIT;
    uint8_t got[MAX_LEN];
    size_t len = 0, want_len = strlen(accepted[i].want);
    EXPECT_RESULT(
        decode(accepted[i].pem, strlen(accepted[i].pem), got, &len, &err),
        STLS_OK, accepted[i].source);
    cr_expect_str_eq(err.message, "");
    cr_assert_geq(len, want_len, "%s", accepted[i].source);
    cr_expect_arr_eq(got, accepted[i].want, want_len, "%s", accepted[i].source);
  }
}

Test(pem_text, is_refused_with_the_place_of_the_fault)
{
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    stls_error err = STLS_ERROR_INIT;
    uint8_t got[MAX_LEN];
    size_t len = 4711;
    char want[64];
    EXPECT_RESULT(
        decode(refused[i].pem, strlen(refused[i].pem), got, &len, &err),
        STLS_ERROR_INPUT, refused[i].source);
    cr_expect_eq(len, (size_t)0, "counts are written on every result");
    snprintf(want, sizeof want, "line %zu, column %zu: ", refused[i].want_line,
             refused[i].want_column);
    cr_expect(strstr(err.message, want), "%s (%s): %s", refused[i].pem,
              refused[i].source, err.message);
    cr_expect(strstr(err.message, refused[i].want_word), "%s (%s): %s",
              refused[i].pem, refused[i].source, err.message);
  }
}

Test(pem_text, with_a_nul_is_refused)
{
  static const char inside[] = BEGIN "Zm9v\0\n" END;
  static const char behind[] = BEGIN "Zm9v\n" END;
  uint8_t got[MAX_LEN];
  stls_error err = STLS_ERROR_INIT;
  size_t len;

  EXPECT_RESULT(decode(inside, sizeof inside - 1, got, &len, &err),
                STLS_ERROR_INPUT, "inside");
  cr_expect(strstr(err.message, "line 2, column 5"), "%s", err.message);
  EXPECT_RESULT(decode(behind, sizeof behind, got, &len, &err),
                STLS_ERROR_INPUT, "behind");
  cr_expect(strstr(err.message, "line 4, column 1"), "%s", err.message);
}

Test(pem_text, comes_back_for_every_length)
{
  uint8_t der[400];

  for (size_t i = 0; i < sizeof der; i++) der[i] = (uint8_t)(i * 167 + i / 3);
  for (size_t len = 1; len <= sizeof der; len++)
    expect_round_trip(der + sizeof der - len, len);
}

Test(pem_text, is_what_openssl_reads_and_writes)
{
  static const char *const files[] = {"ca.pem", "server-rsa.pem",
                                      "server-selfsigned.pem",
                                      "server-expired.pem", "untrusted-ca.pem"};

  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
    expect_same_as_openssl(files[i]);
}

Test(pem_text, of_a_bundle_or_with_text_is_refused)
{
  static const struct {
    const char *file, *want_word;
  } rows[] = {{"both-cas.pem", "second block"},
              {"text-between.pem", "column 1"},
              {"ca.key", "label"},
              {"broken-base64.pem", "base64"},
              {"broken-cut.pem", "END line"},
              {"broken-empty.pem", "column 1"}};

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    test_file file = test_load(rows[i].file);
    stls_error err = STLS_ERROR_INIT;
    size_t len;
    EXPECT_RESULT(
        stls_pem_decode_certificate(file.data, file.len, NULL, 0, &len, &err),
        STLS_ERROR_INPUT, rows[i].file);
    cr_expect(strstr(err.message, rows[i].want_word), "%s: %s", rows[i].file,
              err.message);
    test_file_free(&file);
  }
}

Test(pem_text, that_is_cut_anywhere_is_refused)
{
  static const char pem[] = BEGIN L64 "\nZg==\n" END;
  uint8_t got[MAX_LEN];
  size_t got_len;

  for (size_t len = 0; len < sizeof pem - 1; len++) {
    /* The last newline may be missing. */
    stls_result want = len < sizeof pem - 2 ? STLS_ERROR_INPUT : STLS_OK;
    cr_expect_eq(decode(pem, len, got, &got_len, NULL), want, "%zu bytes", len);
  }
}

/* Whatever is accepted is, but for white space, what would be written. */
Test(pem_text, has_one_spelling)
{
  static const char pem[] = BEGIN "Zm9v\nYg==\n" END "\n";
  const int every = check_quick() ? 7 : 1;

  for (size_t at = 0; at < sizeof pem - 1; at++)
    for (int byte = 0; byte <= 255; byte += every) {
      char copy[sizeof pem - 1];
      memcpy(copy, pem, sizeof copy);
      copy[at] = (char)byte;
      expect_canonical(copy, sizeof copy);
    }
}

Test(pem_text, of_a_megabyte_keeps_its_place)
{
  const size_t num_lines = 20000, line_len = sizeof L64, begin = strlen(BEGIN);
  const size_t len = begin + num_lines * line_len + strlen(END);
  char *pem = malloc(len + 1);
  stls_error err = STLS_ERROR_INIT;
  size_t der_len;

  cr_assert_not_null(pem);
  memcpy(pem, BEGIN, begin);
  for (size_t i = 0; i < num_lines; i++)
    memcpy(pem + begin + i * line_len, L64 "\n", line_len);
  memcpy(pem + begin + num_lines * line_len, END, sizeof END);
  EXPECT_RESULT(stls_pem_decode_certificate(pem, len, NULL, 0, &der_len, &err),
                STLS_OK, "whole");
  cr_expect_eq(der_len, num_lines * 48);
  pem[begin + 12344 * line_len + 9] = '?';
  EXPECT_RESULT(stls_pem_decode_certificate(pem, len, NULL, 0, &der_len, &err),
                STLS_ERROR_INPUT, "broken");
  cr_expect(strstr(err.message, "line 12346, column 10:"), "%s", err.message);
  free(pem);
}

Test(pem_text, needs_room_and_says_how_much)
{
  static const char pem[] = BEGIN "Zm9v\n" END;
  stls_error err = STLS_ERROR_INIT;
  char text[MAX_LEN] = "untouched";
  uint8_t der[MAX_LEN] = "untouched";
  size_t len = 0;

  EXPECT_RESULT(stls_pem_encode_certificate("foo", 3, NULL, 0, &len, NULL),
                STLS_OK, "asked");
  cr_expect_eq(len, strlen(pem));
  EXPECT_RESULT(stls_pem_encode_certificate("foo", 3, text, 0, &len, NULL),
                STLS_OK, "asked");
  len = 0;
  expect_misuse(
      stls_pem_encode_certificate("foo", 3, text, strlen(pem) - 1, &len, &err),
      &err, "out_cap");
  cr_expect_eq(len, strlen(pem));
  EXPECT_RESULT(
      stls_pem_decode_certificate(pem, strlen(pem), NULL, 0, &len, NULL),
      STLS_OK, "asked");
  cr_expect_eq(len, (size_t)3);
  len = 0;
  expect_misuse(
      stls_pem_decode_certificate(pem, strlen(pem), der, 2, &len, &err), &err,
      "out_cap");
  cr_expect_eq(len, (size_t)3);
  cr_expect_str_eq(text, "untouched");
  cr_expect_str_eq((char *)der, "untouched");
}

Test(pem_text, misuse_names_the_argument)
{
  stls_error err = STLS_ERROR_INIT;
  size_t len = 4711;

  expect_misuse(stls_pem_encode_certificate(NULL, 3, NULL, 0, &len, &err), &err,
                "der is");
  cr_expect_eq(len, (size_t)0);
  expect_misuse(stls_pem_encode_certificate("foo", 3, NULL, 0, NULL, &err),
                &err, "out_len");
  expect_misuse(stls_pem_encode_certificate("foo", 3, NULL, 9, &len, &err),
                &err, "out is");
  expect_misuse(stls_pem_decode_certificate(NULL, 3, NULL, 0, &len, &err), &err,
                "pem is");
  cr_expect_eq(len, (size_t)0);
  expect_misuse(
      stls_pem_decode_certificate(pairs[0].pem, 3, NULL, 0, NULL, &err), &err,
      "out_len");
  expect_misuse(stls_pem_decode_certificate(pairs[0].pem, strlen(pairs[0].pem),
                                            NULL, 9, &len, &err),
                &err, "out is");
  EXPECT_RESULT(stls_pem_decode_certificate(NULL, 3, NULL, 0, NULL, NULL),
                STLS_ERROR_MISUSE, "err may be NULL");
}

Test(pem_text, of_nothing_is_refused)
{
  stls_error err = STLS_ERROR_INIT;
  size_t len = 4711;

  EXPECT_RESULT(stls_pem_encode_certificate(NULL, 0, NULL, 0, &len, &err),
                STLS_ERROR_INPUT, "DER");
  cr_expect(strstr(err.message, "empty"), "%s", err.message);
  cr_expect_eq(len, (size_t)0);
  EXPECT_RESULT(
      stls_pem_encode_certificate("x", SIZE_MAX / 2 + 1, NULL, 0, &len, &err),
      STLS_ERROR_INPUT, "too long");
  cr_expect(strstr(err.message, "too long"), "%s", err.message);
  EXPECT_RESULT(stls_pem_decode_certificate(NULL, 0, NULL, 0, &len, &err),
                STLS_ERROR_INPUT, "PEM");
}

Test(pem_text, leaves_the_error_queue_alone)
{
  for (size_t num = 0; num <= 4; num += 4) {
    char pem[MAX_LEN];
    uint8_t der[MAX_LEN];
    size_t len;
    planted_put(num);
    EXPECT_RESULT(
        stls_pem_encode_certificate("foo", 3, pem, sizeof pem, &len, NULL),
        STLS_OK, "encode");
    EXPECT_RESULT(
        stls_pem_decode_certificate(pem, len, der, sizeof der, &len, NULL),
        STLS_OK, "decode");
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
      EXPECT_RESULT(
          stls_pem_decode_certificate(refused[i].pem, strlen(refused[i].pem),
                                      NULL, 0, &len, NULL),
          STLS_ERROR_INPUT, refused[i].source);
    planted_expect(num, "pem_text");
  }
}

/* From a copy of its exact length, so that sanitizers see a byte too many, and
 * into room of the exact length. */
static stls_result decode(const void *pem, size_t pem_len, uint8_t *out,
                          size_t *out_len, stls_error *err)
{
  char *copy = malloc(pem_len > 0 ? pem_len : 1);
  stls_result result;
  uint8_t *room;

  cr_assert_not_null(copy);
  memcpy(copy, pem, pem_len);
  result = stls_pem_decode_certificate(copy, pem_len, NULL, 0, out_len, err);
  if (result == STLS_OK) {
    size_t cap = *out_len;
    cr_assert(cap > 0 && cap <= MAX_LEN);
    room = malloc(cap);
    cr_assert_not_null(room);
    result =
        stls_pem_decode_certificate(copy, pem_len, room, cap, out_len, err);
    cr_expect_eq(*out_len, cap);
    memcpy(out, room, cap);
    free(room);
  }
  free(copy);
  return result;
}

static void expect_round_trip(const uint8_t *der, size_t der_len)
{
  uint8_t got[MAX_LEN];
  size_t pem_len = 0, got_len = 0;
  char *pem;

  ASSERT_RESULT(
      stls_pem_encode_certificate(der, der_len, NULL, 0, &pem_len, NULL),
      STLS_OK, "length");
  pem = malloc(pem_len);
  cr_assert_not_null(pem);
  ASSERT_RESULT(
      stls_pem_encode_certificate(der, der_len, pem, pem_len, &pem_len, NULL),
      STLS_OK, "encode");
  ASSERT_RESULT(decode(pem, pem_len, got, &got_len, NULL), STLS_OK, "decode");
  cr_assert_eq(got_len, der_len);
  cr_assert_arr_eq(got, der, der_len, "%zu bytes", der_len);
  free(pem);
}

static void expect_same_as_openssl(const char *name)
{
  test_file file = test_load(name);
  BIO *bio = BIO_new_mem_buf(file.data, (int)file.len);
  char *label = NULL, *header = NULL, *again = malloc(file.len);
  unsigned char *want = NULL;
  uint8_t *got = malloc(file.len);
  long want_len = 0;
  size_t len = 0, again_len = 0;

  cr_assert(bio != NULL && again != NULL && got != NULL);
  cr_assert_eq(PEM_read_bio(bio, &label, &header, &want, &want_len), 1);
  ASSERT_RESULT(stls_pem_decode_certificate(file.data, file.len, got, file.len,
                                            &len, NULL),
                STLS_OK, name);
  cr_assert_eq(len, (size_t)want_len, "%s", name);
  cr_expect_arr_eq(got, want, len, "%s", name);
  ASSERT_RESULT(
      stls_pem_encode_certificate(got, len, again, file.len, &again_len, NULL),
      STLS_OK, name);
  cr_assert_eq(again_len, file.len, "%s", name);
  cr_expect_arr_eq(again, file.data, file.len, "%s", name);
  OPENSSL_free(label);
  OPENSSL_free(header);
  OPENSSL_free(want);
  BIO_free(bio);
  free(again);
  free(got);
  test_file_free(&file);
}

static void expect_canonical(const char *pem, size_t pem_len)
{
  char copy[MAX_LEN], again[MAX_LEN];
  uint8_t der[MAX_LEN];
  size_t der_len, again_len;

  if (decode(pem, pem_len, der, &der_len, NULL) != STLS_OK) return;
  ASSERT_RESULT(stls_pem_encode_certificate(der, der_len, again, sizeof again,
                                            &again_len, NULL),
                STLS_OK, "encode");
  memcpy(copy, pem, pem_len);
  pem_len = drop_white(copy, pem_len);
  again_len = drop_white(again, again_len);
  cr_assert_eq(pem_len, again_len, "%.*s", (int)pem_len, copy);
  cr_assert_arr_eq(copy, again, again_len, "%.*s", (int)pem_len, copy);
}

static size_t drop_white(char *text, size_t len)
{
  size_t kept = 0;

  for (size_t i = 0; i < len; i++)
    if (strchr(" \t\r\n", text[i]) == NULL || text[i] == '\0')
      text[kept++] = text[i];
  return kept;
}

static void expect_misuse(stls_result result, const stls_error *err,
                          const char *word)
{
  EXPECT_RESULT(result, STLS_ERROR_MISUSE, word);
  EXPECT_RESULT(err->result, STLS_ERROR_MISUSE, word);
  cr_expect(strstr(err->message, word), "\"%s\" does not name %s", err->message,
            word);
}
