/* SPDX-License-Identifier: MIT */
/* test_version: compatibility of the library, its headers and OpenSSL. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <openssl/crypto.h>
#include <openssl/opensslv.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/version.h"
#include "support/expect.h"

SUITE(version);

Test(version, is_the_same_as_text_and_as_number)
{
  char text[32];

  snprintf(text, sizeof text, "%d.%d.%d", STLS_VERSION_MAJOR,
           STLS_VERSION_MINOR, STLS_VERSION_PATCH);
  cr_expect_str_eq(stls_version_text(), text);
  cr_expect_eq(stls_version_number(), STLS_VERSION_NUMBER);
  cr_expect_eq(stls_version_number() / 10000, STLS_VERSION_MAJOR);
  cr_expect_eq(stls_version_number() / 100 % 100, STLS_VERSION_MINOR);
  cr_expect_eq(stls_version_number() % 100, STLS_VERSION_PATCH);
}

#ifdef PACKAGE_VERSION
Test(version, is_configure_s)
{
  cr_expect_str_eq(stls_version_text(), PACKAGE_VERSION);
}
#endif

Test(version, names_both_openssls)
{
  cr_expect_str_eq(stls_version_openssl_running(),
                   OpenSSL_version(OPENSSL_VERSION));
  cr_expect_str_eq(stls_version_openssl_built(), OPENSSL_VERSION_TEXT);
}

Test(version, fits_itself)
{
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(stls_version_check(STLS_VERSION_NUMBER, &err), STLS_OK,
                err.message);
  EXPECT_RESULT(stls_version_check(STLS_VERSION_NUMBER, NULL), STLS_OK,
                "without err");
  EXPECT_RESULT(stls_version_check_openssl(&err), STLS_OK, err.message);
  EXPECT_RETURNS(err.result, STLS_OK);
}

Test(version, fits_headers_of_the_same_major_version_only)
{
  static const struct {
    int header;
    stls_result want;
  } rows[] = {
      {STLS_VERSION_MAJOR * 10000, STLS_OK},
      {STLS_VERSION_MAJOR * 10000 + 9999, STLS_OK},
      {(STLS_VERSION_MAJOR + 1) * 10000, STLS_ERROR_UNSUPPORTED},
      {(STLS_VERSION_MAJOR + 7) * 10000 + 102, STLS_ERROR_UNSUPPORTED},
  };
  char label[32];

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    snprintf(label, sizeof label, "%d", rows[i].header);
    EXPECT_RESULT(stls_version_check(rows[i].header, NULL), rows[i].want,
                  label);
  }
}

Test(version, tells_how_new_openssl_is)
{
  unsigned major = OPENSSL_version_major();
  unsigned minor = OPENSSL_version_minor();

  cr_expect(stls_version_openssl_at_least(3, 0));
  cr_expect(stls_version_openssl_at_least(major - 1, minor + 1));
  cr_expect(stls_version_openssl_at_least(major, minor));
  cr_expect_not(stls_version_openssl_at_least(major, minor + 1));
  cr_expect_not(stls_version_openssl_at_least(major + 1, 0));
}

Test(version, says_who_does_not_fit)
{
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(stls_version_match("thing", 3, 3, &err), STLS_OK, "3 and 3");
  cr_expect_str_empty(err.message);
  EXPECT_RESULT(stls_version_match("thing", 3, 14, &err),
                STLS_ERROR_UNSUPPORTED, "3 and 14");
  EXPECT_RETURNS(err.result, STLS_ERROR_UNSUPPORTED);
  cr_expect_not_null(strstr(err.message, "thing"), "%s", err.message);
  cr_expect_not_null(strstr(err.message, "3"), "%s", err.message);
  cr_expect_not_null(strstr(err.message, "14"), "%s", err.message);
  EXPECT_RESULT(stls_version_match("thing", 4, 3, NULL), STLS_ERROR_UNSUPPORTED,
                "4 and 3");
}
