/* SPDX-License-Identifier: MIT */
/* test_credential_ocsp: OCSP responses that a credential takes, and others. */
#include <openssl/ocsp.h>
#include <string.h>

#include <sanstls/stapling.h>

#include "context/staple_pair.h"
#include "support/expect.h"
#include "support/pki.h"

static void credential_ocsp_fini(void)
{
  pki_free();
  check_leaks();
}

TestSuite(credential_ocsp, .init = staple_pair_reset,
          .fini = credential_ocsp_fini, .timeout = 60);

static const ocsp_builder_order good;

Test(credential_ocsp, tells_of_the_next_update)
{
  static const ocsp_builder_order renewed = {.until = OCSP_BUILDER_END + 5};
  static const ocsp_builder_order endless = {.omits_until = true};
  static const ocsp_builder_order late = {.until = INT64_C(16756761599)};
  stls_credential *credential = staple_pair_credential("leaf", NULL);

  cr_expect_eq(stls_credential_ocsp_next_update(credential), -1);
  staple_pair_set(credential, &good);
  cr_expect_eq(stls_credential_ocsp_next_update(credential), OCSP_BUILDER_END);
  staple_pair_set(credential, &renewed);
  cr_expect_eq(stls_credential_ocsp_next_update(credential),
               OCSP_BUILDER_END + 5);
  staple_pair_set(credential, &endless);
  cr_expect_eq(stls_credential_ocsp_next_update(credential), INT64_MAX);
  staple_pair_set(credential, &late);
  cr_expect_eq(stls_credential_ocsp_next_update(credential),
               INT64_C(16756761599));
  staple_pair_set(credential, NULL);
  cr_expect_eq(stls_credential_ocsp_next_update(credential), -1);
  stls_credential_free(credential);
}

/* The credential keeps what it has. */
static void expect_refused(stls_credential *credential, const void *der,
                           size_t len, stls_result want, stls_reason reason,
                           const char *text)
{
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(stls_credential_set_ocsp_response(credential, der, len, &err),
                want, text);
  cr_expect_eq(err.own_reason, reason, "%s: %s", text,
               stls_reason_name(err.own_reason));
  cr_expect_not_null(strstr(err.message, text), "%s: %s", text, err.message);
  cr_expect_eq(stls_credential_ocsp_next_update(credential), OCSP_BUILDER_END,
               "%s", text);
}

static const struct row {
  ocsp_builder_order order;
  stls_reason reason;
  const char *text;
} rows[] = {
    {{.response_status = OCSP_RESPONSE_STATUS_TRYLATER},
     STLS_REASON_OCSP_BROKEN,
     "OCSP response: it is of a responder that had no answer"},
    {{.cert = "expired"},
     STLS_REASON_OCSP_OTHER_CERTIFICATE,
     "OCSP response: it is not of the credential's certificate"},
    {{.issuer = "middle-twin"},
     STLS_REASON_OCSP_OTHER_CERTIFICATE,
     "is not of the credential's certificate"},
    {{.cert = "leaf-of-root", .issuer = "root"},
     STLS_REASON_OCSP_OTHER_CERTIFICATE,
     "is not of the credential's certificate"},
};

Test(credential_ocsp, refuses_what_is_no_response_for_it)
{
  static const unsigned char zeroes[STLS_OCSP_RESPONSE_MAX + 1];
  stls_credential *credential = staple_pair_credential("leaf", &good);
  size_t len;
  unsigned char *der;

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    der = ocsp_builder_new(&rows[i].order, &len);
    expect_refused(credential, der, len, STLS_ERROR_INPUT, rows[i].reason,
                   rows[i].text);
    OPENSSL_free(der);
  }
  expect_refused(credential, "-----BEGIN", 10, STLS_ERROR_INPUT,
                 STLS_REASON_OCSP_BROKEN,
                 "OCSP response: it is no OCSP response");
  expect_refused(credential, zeroes, sizeof zeroes, STLS_ERROR_INPUT,
                 STLS_REASON_TOO_LONG, "is longer than 16380 bytes");
  expect_refused(credential, zeroes, 0, STLS_ERROR_MISUSE, STLS_REASON_EMPTY,
                 "der_len is 0");
  expect_refused(credential, NULL, 1, STLS_ERROR_MISUSE,
                 STLS_REASON_NULL_ARGUMENT, "der is NULL");
  EXPECT_RETURNS(stls_credential_set_ocsp_response(NULL, zeroes, 1, NULL),
                 STLS_ERROR_MISUSE);
  stls_credential_free(credential);
}

Test(credential_ocsp, refuses_every_part_and_what_is_behind)
{
  const size_t step = check_quick() ? 17 : 1;
  stls_credential *credential = staple_pair_credential("leaf", &good);
  size_t len;
  unsigned char *der = ocsp_builder_new(&good, &len);
  unsigned char *longer = OPENSSL_zalloc(len + 1);

  memcpy(longer, der, len);
  for (size_t i = 1; i < len; i += step)
    expect_refused(credential, der, i, STLS_ERROR_INPUT,
                   STLS_REASON_OCSP_BROKEN, "OCSP response: it is");
  expect_refused(credential, longer, len + 1, STLS_ERROR_INPUT,
                 STLS_REASON_TRAILING_DATA, "has something behind its end");
  OPENSSL_free(longer);
  OPENSSL_free(der);
  stls_credential_free(credential);
}

/* Only its name is known then. */
Test(credential_ocsp, needs_no_issuer)
{
  stls_credential *credential = NULL;
  size_t len;
  unsigned char *der = ocsp_builder_new(&good, &len);

  ASSERT_RETURNS(
      stls_credential_new_x509(pki_cert("leaf"), NULL, pki_key("leaf"), NULL,
                               NULL, &credential, NULL),
      STLS_OK);
  EXPECT_RETURNS(stls_credential_set_ocsp_response(credential, der, len, NULL),
                 STLS_OK);
  OPENSSL_free(der);
  stls_credential_free(credential);
}
