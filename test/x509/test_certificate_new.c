/* SPDX-License-Identifier: MIT */
/* test_certificate_new: the inputs that certificates are read from. */
#include <sanstls/certificate.h>
#include <sanstls/util.h>
#include <stdio.h>
#include <string.h>

#include "support/cert_malformed.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/pem_frame.h"
#include "support/planted_errors.h"

SUITE(certificate_new);

/* Texts: "@" is a file of test/data; what the message says. */
static const struct {
  const char *name;
  const char *parts[4];
  stls_result want;
  const char *want_text;
} texts[] = {
    {"one", {"@ca.pem"}, STLS_OK, ""},
    {"text around it", {"before\n", "@ca.pem", "behind\n"}, STLS_OK, ""},
    {"a key before it", {"@ca.key", "@ca.pem"}, STLS_OK, ""},
    {"a key behind it", {"@ca.pem", "@ca.key"}, STLS_OK, ""},
    {"TRUSTED CERTIFICATE", {"@certificate/trusted.pem"}, STLS_OK, ""},
    {"empty", {""}, STLS_ERROR_INPUT, "pem: no start line"},
    {"only text", {"@broken-empty.pem"}, STLS_ERROR_INPUT, "no start line"},
    {"only a key", {"@ca.key"}, STLS_ERROR_INPUT, "no start line"},
    {"two",
     {"a\nb\n", "@certificate/v1.pem", "@ca.pem"},
     STLS_ERROR_INPUT,
     "pem:11: a second certificate"},
    {"two of two labels",
     {"@certificate/v1.pem", "@certificate/trusted.pem"},
     STLS_ERROR_INPUT,
     "pem:9: a second certificate"},
    {"a second that is broken",
     {"@broken-second.pem"},
     STLS_ERROR_INPUT,
     "a second certificate"},
    {"a second without an end",
     {"@ca.pem", "@broken-cut.pem"},
     STLS_ERROR_INPUT,
     "no matching END line"},
    {"cut", {"@broken-cut.pem"}, STLS_ERROR_INPUT, "pem:1: the block"},
    {"bad base64",
     {"text\n", "@broken-base64.pem"},
     STLS_ERROR_INPUT,
     "pem:2: certificate"},
    {"bad DER", {"@broken-der.pem"}, STLS_ERROR_INPUT, "pem:1: certificate"},
    {"no data",
     {PEM_FRAME_BEGIN PEM_FRAME_END},
     STLS_ERROR_INPUT,
     "pem:1: certificate"},
    /* OpenSSL would ask for a passphrase on the terminal. */
    {"encrypted",
     {PEM_FRAME_BEGIN
      "Proc-Type: 4,ENCRYPTED\n"
      "DEK-Info: AES-128-CBC,00000000000000000000000000000000\n\n"
      "AAAAAAAAAAAAAAAAAAAAAA==\n" PEM_FRAME_END},
     STLS_ERROR_INPUT,
     "pem:1: certificate"},
};

static char *join(const char *const *parts, size_t *out_len);
static void expect_der(const void *der, size_t len, const char *want_text);

Test(certificate_new, from_pem)
{
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    stls_error err = STLS_ERROR_INIT;
    stls_certificate *it = NULL;
    size_t len;
    char *text = join(texts[i].parts, &len);
    stls_result result =
        stls_certificate_new_pem(text, len, NULL, NULL, &it, &err);
    cr_expect_eq(result, texts[i].want, "%s: %s: %s", texts[i].name,
                 stls_result_name(result), err.message);
    cr_expect_eq(it != NULL, result == STLS_OK, "%s", texts[i].name);
    cr_expect(strstr(err.message, texts[i].want_text), "%s: \"%s\"",
              texts[i].name, err.message);
    stls_certificate_free(it);
    OPENSSL_free(text);
  }
}

/* OpenSSL reads what is behind it as settings of trust, whatever the label. */
Test(certificate_new, from_pem_with_something_behind_it)
{
  static const char *const behind[] = {"", "x", "\x30\x00"};

  for (size_t i = 0; i < 3; i++) {
    data_file der = cert_malformed_load_der("certificate/v1.pem");
    size_t more = i == 2 ? 2 : strlen(behind[i]), len;
    stls_certificate *it = NULL;
    stls_error err = STLS_ERROR_INIT;
    char text[4096];
    der.data = realloc(der.data, der.len + 2);
    memcpy(der.data + der.len, behind[i], more);
    ASSERT_RESULT(stls_pem_encode_certificate(der.data, der.len + more, text,
                                              sizeof text, &len, NULL),
                  STLS_OK, "PEM");
    EXPECT_RESULT(stls_certificate_new_pem(text, len, NULL, NULL, &it, &err),
                  i == 0 ? STLS_OK : STLS_ERROR_INPUT, err.message);
    stls_certificate_free(it);
    data_file_free(&der);
  }
}

Test(certificate_new, from_der)
{
  data_file der = cert_malformed_load_der("certificate/full.pem");
  stls_certificate *it = NULL;
  size_t len;

  ASSERT_RESULT(
      stls_certificate_new_der(der.data, der.len, NULL, NULL, &it, NULL),
      STLS_OK, "DER");
  cr_expect_not_null(stls_certificate_der(it, &len));
  cr_assert_eq(len, der.len);
  cr_expect_arr_eq(stls_certificate_der(it, NULL), der.data, len);
  stls_certificate_free(it);
  data_file_free(&der);
}

Test(certificate_new, from_der_that_goes_on_or_ends_early)
{
  data_file der = cert_malformed_load_der("certificate/v1.pem");
  uint8_t longer[4096];
  char want[64];

  cr_assert_lt(der.len, sizeof longer);
  memcpy(longer, der.data, der.len);
  longer[der.len] = 0;
  snprintf(want, sizeof want, "at byte %zu of %zu", der.len, der.len + 1);
  expect_der(longer, der.len + 1, want);
  expect_der("", 0, "der");
  expect_der("not a certificate", 17, "der");
  for (size_t len = 0; len < der.len; len++) {
    /* A copy of exact length, so that sanitizers see a byte too many. */
    void *cut = OPENSSL_memdup(der.data, len > 0 ? len : 1);
    expect_der(cut, len, "der");
    OPENSSL_free(cut);
  }
  data_file_free(&der);
}

/* What cannot be read is refused, what can be is decoded, and nothing is read
 * past its end: see the sanitizers. */
Test(certificate_new, from_der_with_a_byte_changed)
{
  data_file der = cert_malformed_load_der("certificate/full.pem");
  size_t step = check_quick() ? 17 : 1;

  for (size_t at = 0; at < der.len; at += step)
    for (unsigned bit = 0; bit < 8; bit++) {
      stls_certificate *it = NULL;
      stls_result result;
      der.data[at] = (char)(der.data[at] ^ (1 << bit));
      result =
          stls_certificate_new_der(der.data, der.len, NULL, NULL, &it, NULL);
      cr_expect(result == STLS_OK || result == STLS_ERROR_INPUT,
                "byte %zu, bit %u: %s", at, bit, stls_result_name(result));
      stls_certificate_free(it);
      der.data[at] = (char)(der.data[at] ^ (1 << bit));
    }
  planted_errors_expect(0, "changed");
  data_file_free(&der);
}

Test(certificate_new, from_openssls)
{
  X509 *x509 = cert_malformed_begin("certificate/v1.pem");
  X509 *empty = X509_new();
  stls_error err = STLS_ERROR_INIT;
  stls_certificate *it = NULL, *none = NULL;

  ASSERT_RESULT(stls_certificate_new_x509(x509, &it, NULL), STLS_OK, "x509");
  cr_expect_eq(stls_certificate_x509(it), x509);
  X509_free(x509);
  cr_expect_str_eq(stls_name_text(stls_certificate_subject(it)),
                   "CN=v1.example", "it has a reference of its own");
  EXPECT_RESULT(stls_certificate_new_x509(empty, &none, &err), STLS_ERROR_INPUT,
                "empty");
  cr_expect(strstr(err.message, "cannot be encoded"), "%s", err.message);
  cr_expect_null(none);
  stls_certificate_free(it);
  X509_free(empty);
}

Test(certificate_new, leaves_the_error_queue_alone)
{
  data_file der = cert_malformed_load_der("certificate/full.pem");
  data_file pem = data_file_load("certificate/dsa.pem");

  for (size_t num = 0; num <= 4; num += 4) {
    stls_certificate *it = NULL;
    planted_errors_put(num);
    EXPECT_RESULT(
        stls_certificate_new_der(der.data, der.len, NULL, NULL, &it, NULL),
        STLS_OK, "DER");
    stls_certificate_free(it);
    EXPECT_RESULT(
        stls_certificate_new_pem(pem.data, pem.len, NULL, NULL, &it, NULL),
        STLS_OK, "PEM");
    stls_certificate_free(it);
    EXPECT_RESULT(
        stls_certificate_new_der(der.data, der.len - 1, NULL, NULL, &it, NULL),
        STLS_ERROR_INPUT, "DER");
    EXPECT_RESULT(stls_certificate_new_pem("", 0, NULL, NULL, &it, NULL),
                  STLS_ERROR_INPUT, "PEM");
    planted_errors_expect(num, "certificate");
  }
  data_file_free(&der);
  data_file_free(&pem);
}

Test(certificate_new, misuse_names_the_argument)
{
  stls_certificate *it = cert_malformed_load("ca.pem"), *made = NULL;
  X509 *x509 = stls_certificate_x509(it);
  stls_error err = STLS_ERROR_INIT;
  size_t len;
  char small[8];

  expect_misuse(stls_certificate_new_der(NULL, 1, NULL, NULL, &made, &err),
                &err, "der");
  expect_misuse(stls_certificate_new_der("", 1, NULL, NULL, NULL, &err), &err,
                "out_certificate");
  expect_misuse(stls_certificate_new_pem(NULL, 1, NULL, NULL, &made, &err),
                &err, "pem");
  expect_misuse(stls_certificate_new_pem("", 1, NULL, NULL, NULL, &err), &err,
                "out_certificate");
  expect_misuse(stls_certificate_new_x509(NULL, &made, &err), &err, "x509");
  expect_misuse(stls_certificate_new_x509(x509, NULL, &err), &err,
                "out_certificate");
  expect_misuse(stls_certificate_to_pem(NULL, NULL, 0, &len, &err), &err,
                "certificate");
  expect_misuse(stls_certificate_to_pem(it, NULL, 0, NULL, &err), &err,
                "out_len");
  expect_misuse(stls_certificate_to_pem(it, small, sizeof small, &len, &err),
                &err, "out_cap");
  EXPECT_RESULT(stls_certificate_new_der(NULL, 0, NULL, NULL, NULL, NULL),
                STLS_ERROR_MISUSE, "err may be NULL");
  cr_expect_null(made);
  stls_certificate_free(it);
}

static char *join(const char *const *parts, size_t *out_len)
{
  char *text = OPENSSL_zalloc(1);

  *out_len = 0;
  for (size_t i = 0; i < 4 && parts[i] != NULL; i++) {
    bool is_file = parts[i][0] == '@';
    data_file file = {NULL, 0};
    size_t len = strlen(parts[i]);
    if (is_file) file = data_file_load(parts[i] + 1);
    if (is_file) len = file.len;
    text = OPENSSL_realloc(text, *out_len + len + 1);
    memcpy(text + *out_len, is_file ? file.data : parts[i], len);
    *out_len += len;
    data_file_free(&file);
  }
  return text;
}

static void expect_der(const void *der, size_t len, const char *want_text)
{
  stls_error err = STLS_ERROR_INIT;
  stls_certificate *it = NULL;

  EXPECT_RESULT(stls_certificate_new_der(der, len, NULL, NULL, &it, &err),
                STLS_ERROR_INPUT, want_text);
  cr_expect_null(it);
  cr_expect(strstr(err.message, want_text), "%zu: \"%s\"", len, err.message);
}
