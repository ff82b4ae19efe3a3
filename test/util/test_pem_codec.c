/* SPDX-License-Identifier: MIT */
/* test_pem_codec: one certificate from DER to PEM and back. */
#include <sanstls/util.h>
#include <stdio.h>
#include <string.h>

#include "support/expect.h"
#include "support/pem_frame.h"
#include "support/planted_errors.h"

SUITE(pem_codec);

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
    {"f", 1, PEM_FRAME_BEGIN "Zg==\n" PEM_FRAME_END, "RFC 4648, 10"},
    {"fo", 2, PEM_FRAME_BEGIN "Zm8=\n" PEM_FRAME_END, "RFC 4648, 10"},
    {"foo", 3, PEM_FRAME_BEGIN "Zm9v\n" PEM_FRAME_END, "RFC 4648, 10"},
    {"foob", 4, PEM_FRAME_BEGIN "Zm9vYg==\n" PEM_FRAME_END, "RFC 4648, 10"},
    {"fooba", 5, PEM_FRAME_BEGIN "Zm9vYmE=\n" PEM_FRAME_END, "RFC 4648, 10"},
    {"foobar", 6, PEM_FRAME_BEGIN "Zm9vYmFy\n" PEM_FRAME_END, "RFC 4648, 10"},
    {"\xfb\xff\xbf", 3, PEM_FRAME_BEGIN "+/+/\n" PEM_FRAME_END,
     "RFC 4648, 4: 62 and 63"},
    {"\0\0\0", 3, PEM_FRAME_BEGIN "AAAA\n" PEM_FRAME_END, "zeros are data"},
    {D48, 47,
     PEM_FRAME_BEGIN "MAAwADAAMAAwADAAMAAwADAAMAAwADAAMAAwADAAMAAwADAAMAAwADAA"
                     "MAAwADA=\n" PEM_FRAME_END,
     "RFC 7468, 2: up to 64 columns"},
    {D48, 48, PEM_FRAME_BEGIN L64 "\n" PEM_FRAME_END,
     "RFC 7468, 2: just 64 columns"},
    {D48 "0", 49, PEM_FRAME_BEGIN L64 "\nMA==\n" PEM_FRAME_END,
     "RFC 7468, 2: a second line"},
    {D48 D48, 96, PEM_FRAME_BEGIN L64 "\n" L64 "\n" PEM_FRAME_END,
     "RFC 7468, 2"},
};

/* Other texts that are read. */
static const struct {
  const char *pem;
  const char *want;
  const char *source;
} accepted[] = {
    {PEM_FRAME_BEGIN "Zm9v\n-----END CERTIFICATE-----", "foo",
     "RFC 7468, 3: [eol]"},
    {"-----BEGIN CERTIFICATE-----\r\nZm9v\r\nYmFy\r\n"
     "-----END CERTIFICATE-----\r\n",
     "foobar", "RFC 7468, 3: CRLF"},
    {"-----BEGIN CERTIFICATE----- \t\nZm9v \t \n-----END CERTIFICATE-----\t\n",
     "foo", "RFC 7468, 3: *WSP at the ends of lines"},
    {PEM_FRAME_BEGIN "Zm9v\n" PEM_FRAME_END "\n \t\r\n\n", "foo",
     "CPython: stripped at the end"},
    {PEM_FRAME_BEGIN "Z\nm9\nvYmF\ny\n" PEM_FRAME_END, "foobar",
     "lines may break anywhere"},
    {PEM_FRAME_BEGIN "Zg=\n=\n" PEM_FRAME_END, "f", "RFC 7468, 3: base64finl"},
    {PEM_FRAME_BEGIN L64 "Zm9v\n" PEM_FRAME_END, D48, "lines may be long"},
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
    {PEM_FRAME_END, 1, 1, "no BEGIN line", "CPython"},
    {"-----BEGIN CERTIFICATE----\nZm9v\n" PEM_FRAME_END, 1, 1, "five dashes",
     "RFC 7468, 3: five dashes"},
    {"-----begin certificate-----\nZm9v\n" PEM_FRAME_END, 1, 1, "five dashes",
     "RFC 7468, 3"},
    {"-----BEGIN CERTIFICATE-----Zm9v-----END CERTIFICATE-----\n", 1, 1,
     "line of its own", "RFC 7468, 3: lines"},
    {"-----BEGIN CERTIFICATE-----\1\nZm9v\n" PEM_FRAME_END, 1, 1,
     "behind the dashes", "RFC 7468, 3: *WSP"},
    {PEM_FRAME_BEGIN "Zm9v\n-----END CERTIFICATE-----\1\n", 3, 1,
     "behind the dashes", "RFC 7468, 3: *WSP"},
    {"\n" PEM_FRAME_BEGIN "Zm9v\n" PEM_FRAME_END, 1, 1, "before",
     "CPython: no white space before"},
    {" " PEM_FRAME_BEGIN "Zm9v\n" PEM_FRAME_END, 1, 1, "line of its own",
     "CPython"},
    {"\xef\xbb\xbf" PEM_FRAME_BEGIN "Zm9v\n" PEM_FRAME_END, 1, 1, "before",
     "no BOM"},
    {"subject=x\n" PEM_FRAME_BEGIN "Zm9v\n" PEM_FRAME_END, 1, 1, "before",
     "CPython"},
    {"-----BEGIN X509 CERTIFICATE-----\nZm9v\n-----END X509 "
     "CERTIFICATE-----\n",
     1, 12, "label", "CPython: one label"},
    {"-----BEGIN TRUSTED CERTIFICATE-----\nZm9v\n"
     "-----END TRUSTED CERTIFICATE-----\n",
     1, 12, "label", "OpenSSL: there is more in it"},
    {"-----BEGIN PRIVATE KEY-----\nZm9v\n-----END PRIVATE "
     "KEY-----\n",
     1, 12, "label", "RFC 7468, 10"},
    {"-----BEGIN CERTIFICATE -----\nZm9v\n-----END CERTIFICATE -----\n", 1, 12,
     "label", "RFC 7468, 3"},
    {PEM_FRAME_BEGIN, 1, 1, "END line", "CPython: must end with the footer"},
    {PEM_FRAME_BEGIN "Zm9v\n", 2, 1, "END line", "CPython"},
    {PEM_FRAME_BEGIN "Zm9v\n-----END X509 CERTIFICATE-----\n", 3, 1, "END line",
     "RFC 7468, 3: labels match"},
    {PEM_FRAME_BEGIN "Zm9v\n" PEM_FRAME_BEGIN "Zm9v\n" PEM_FRAME_END, 3, 1,
     "END line", "a block in a block"},
    {PEM_FRAME_BEGIN "Zm9v\n-----END CERTIFICATE-----x\n", 3, 1, "END line",
     "CPython"},
    {PEM_FRAME_BEGIN "Zm9v\n" PEM_FRAME_END PEM_FRAME_BEGIN
                     "Zm9v\n" PEM_FRAME_END,
     4, 1, "second block", "CPython: two certificates are none"},
    {PEM_FRAME_BEGIN "Zm9v\n" PEM_FRAME_END "\n" PEM_FRAME_BEGIN "Zm9v\n", 5, 1,
     "second block", "CPython"},
    {PEM_FRAME_BEGIN "Zm9v\n" PEM_FRAME_END "x", 4, 1, "behind",
     "CPython: must end with it"},
    {PEM_FRAME_BEGIN "Zm9v\n" PEM_FRAME_END "\n\t x\n", 5, 3, "behind",
     "CPython"},
    {PEM_FRAME_BEGIN "Zm9v\n" PEM_FRAME_END PEM_FRAME_END, 4, 1, "behind",
     "CPython"},

    {PEM_FRAME_BEGIN PEM_FRAME_END, 2, 1, "no data", "a certificate has bytes"},
    {PEM_FRAME_BEGIN "\n" PEM_FRAME_END, 2, 1, "empty",
     "OpenSSL: the end of headers"},
    {PEM_FRAME_BEGIN "Zm9v\n \t\r\n" PEM_FRAME_END, 3, 1, "empty",
     "RFC 7468, 3"},
    {PEM_FRAME_BEGIN "Proc-Type: 4,ENCRYPTED\n\nZm9v\n" PEM_FRAME_END, 2, 5,
     "base64 char", "RFC 7468, 2: no headers"},
    {PEM_FRAME_BEGIN "Zm\0779v\n" PEM_FRAME_END, 2, 3, "base64 char",
     "CPython drops it"},
    {PEM_FRAME_BEGIN "Zm9v\nYm!y\n" PEM_FRAME_END, 3, 3, "base64 char",
     "CPython drops it"},
    {PEM_FRAME_BEGIN "Zm9v\nYm-_\n" PEM_FRAME_END, 3, 3, "base64 char",
     "RFC 4648, 5: the other"},
    {PEM_FRAME_BEGIN "Zm 9v\n" PEM_FRAME_END, 2, 3, "base64 char",
     "a blank inside a line"},
    {PEM_FRAME_BEGIN " Zm9v\n" PEM_FRAME_END, 2, 1, "base64 char",
     "a blank before a line"},
    {PEM_FRAME_BEGIN "Zm9v\rYmFy\n" PEM_FRAME_END, 2, 5, "base64 char",
     "CR is no end of line"},
    {PEM_FRAME_BEGIN "Zm\3039v\n" PEM_FRAME_END, 2, 3, "base64 char",
     "not ASCII"},
    {PEM_FRAME_BEGIN "-----\n" PEM_FRAME_END, 2, 1, "base64 char", "dashes"},
    {PEM_FRAME_BEGIN L64 "\n" L64 "*\n" PEM_FRAME_END, 3, 65, "base64 char",
     "far to the right"},

    {PEM_FRAME_BEGIN "Z\n" PEM_FRAME_END, 3, 1, "incomplete",
     "RFC 4648, 4: 6 bits"},
    {PEM_FRAME_BEGIN "Zg\n" PEM_FRAME_END, 3, 1, "incomplete",
     "RFC 4648, 3.2: padding"},
    {PEM_FRAME_BEGIN "Zm8\n" PEM_FRAME_END, 3, 1, "incomplete",
     "RFC 4648, 3.2"},
    {PEM_FRAME_BEGIN "Zg=\n" PEM_FRAME_END, 3, 1, "incomplete",
     "RFC 4648, 3.2"},
    {PEM_FRAME_BEGIN "Zm9vYg=\n" PEM_FRAME_END, 3, 1, "incomplete",
     "RFC 4648, 3.2"},
    {PEM_FRAME_BEGIN "=\n" PEM_FRAME_END, 2, 1, "padding", "RFC 4648, 4"},
    {PEM_FRAME_BEGIN "Z===\n" PEM_FRAME_END, 2, 2, "padding", "RFC 4648, 4"},
    {PEM_FRAME_BEGIN "Zm9v=\n" PEM_FRAME_END, 2, 5, "padding", "RFC 4648, 4"},
    {PEM_FRAME_BEGIN "Zg===\n" PEM_FRAME_END, 2, 5, "padding", "RFC 4648, 4"},
    {PEM_FRAME_BEGIN "Zm8==\n" PEM_FRAME_END, 2, 5, "padding", "RFC 4648, 4"},
    {PEM_FRAME_BEGIN "Zg==Zg==\n" PEM_FRAME_END, 2, 5, "behind its padding",
     "two texts in one"},
    {PEM_FRAME_BEGIN "Zg==\nZm9v\n" PEM_FRAME_END, 3, 1, "behind its padding",
     "two texts in one"},
    {PEM_FRAME_BEGIN "Zg=v\n" PEM_FRAME_END, 2, 4, "behind its padding",
     "RFC 4648, 4"},
    {PEM_FRAME_BEGIN "Zh==\n" PEM_FRAME_END, 2, 3, "unused bits",
     "RFC 4648, 3.5"},
    {PEM_FRAME_BEGIN "Zv==\n" PEM_FRAME_END, 2, 3, "unused bits",
     "RFC 4648, 3.5"},
    {PEM_FRAME_BEGIN "Zm9\n=\n" PEM_FRAME_END, 3, 1, "unused bits",
     "RFC 4648, 3.5"},
};

Test(pem_codec, is_made_of_der)
{
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    char got[PEM_FRAME_MAX];
    size_t len = 4711;
    EXPECT_RESULT(stls_pem_encode_certificate(pairs[i].der, pairs[i].der_len,
                                              got, sizeof got, &len, NULL),
                  STLS_OK, pairs[i].source);
    cr_assert_eq(len, strlen(pairs[i].pem), "%s: %zu", pairs[i].source, len);
    cr_expect_arr_eq(got, pairs[i].pem, len, "%s: %.*s", pairs[i].source,
                     (int)len, got);
  }
}

Test(pem_codec, becomes_der_again)
{
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    uint8_t got[PEM_FRAME_MAX];
    size_t len = 4711;
    EXPECT_RESULT(
        pem_frame_decode(pairs[i].pem, strlen(pairs[i].pem), got, &len, NULL),
        STLS_OK, pairs[i].source);
    cr_assert_eq(len, pairs[i].der_len, "%s: %zu", pairs[i].source, len);
    cr_expect_arr_eq(got, pairs[i].der, len, "%s", pairs[i].source);
  }
}

Test(pem_codec, may_be_laid_out_otherwise)
{
  for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
    stls_error err = STLS_ERROR_INIT;
    uint8_t got[PEM_FRAME_MAX];
    size_t len = 0, want_len = strlen(accepted[i].want);
    EXPECT_RESULT(pem_frame_decode(accepted[i].pem, strlen(accepted[i].pem),
                                   got, &len, &err),
                  STLS_OK, accepted[i].source);
    cr_expect_str_eq(err.message, "");
    cr_assert_geq(len, want_len, "%s", accepted[i].source);
    cr_expect_arr_eq(got, accepted[i].want, want_len, "%s", accepted[i].source);
  }
}

Test(pem_codec, is_refused_with_the_place_of_the_fault)
{
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    stls_error err = STLS_ERROR_INIT;
    uint8_t got[PEM_FRAME_MAX];
    size_t len = 4711;
    char want[64];
    EXPECT_RESULT(pem_frame_decode(refused[i].pem, strlen(refused[i].pem), got,
                                   &len, &err),
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

Test(pem_codec, with_a_nul_is_refused)
{
  static const char inside[] = PEM_FRAME_BEGIN "Zm9v\0\n" PEM_FRAME_END;
  static const char behind[] = PEM_FRAME_BEGIN "Zm9v\n" PEM_FRAME_END;
  uint8_t got[PEM_FRAME_MAX];
  stls_error err = STLS_ERROR_INIT;
  size_t len;

  EXPECT_RESULT(pem_frame_decode(inside, sizeof inside - 1, got, &len, &err),
                STLS_ERROR_INPUT, "inside");
  cr_expect(strstr(err.message, "line 2, column 5"), "%s", err.message);
  EXPECT_RESULT(pem_frame_decode(behind, sizeof behind, got, &len, &err),
                STLS_ERROR_INPUT, "behind");
  cr_expect(strstr(err.message, "line 4, column 1"), "%s", err.message);
}

Test(pem_codec, needs_room_and_says_how_much)
{
  static const char pem[] = PEM_FRAME_BEGIN "Zm9v\n" PEM_FRAME_END;
  stls_error err = STLS_ERROR_INIT;
  char text[PEM_FRAME_MAX] = "untouched";
  uint8_t der[PEM_FRAME_MAX] = "untouched";
  size_t len = 0;

  EXPECT_RESULT(stls_pem_encode_certificate("foo", 3, NULL, 0, &len, NULL),
                STLS_OK, "asked");
  cr_expect_eq(len, strlen(pem));
  expect_misuse(stls_pem_encode_certificate("foo", 3, text, 0, &len, &err),
                &err, "out_cap");
  len = 0;
  expect_misuse(
      stls_pem_encode_certificate("foo", 3, text, strlen(pem), &len, &err),
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

Test(pem_codec, misuse_names_the_argument)
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

Test(pem_codec, of_nothing_is_refused)
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

Test(pem_codec, leaves_the_error_queue_alone)
{
  for (size_t num = 0; num <= 4; num += 4) {
    char pem[PEM_FRAME_MAX];
    uint8_t der[PEM_FRAME_MAX];
    size_t len;
    planted_errors_put(num);
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
    planted_errors_expect(num, "pem_text");
  }
}
