/* SPDX-License-Identifier: MIT */
/* test_feature: what is available, and what is said of what is not. */
#include <openssl/crypto.h>
#include <string.h>

#include "lib/feature.h"
#include "support/expect.h"

SUITE(feature);

/* The first OpenSSL 3 that has it. */
static const struct {
  stls_feature feature;
  unsigned minor;
  const char *needs;
} rows[] = {
    {STLS_FEATURE_TLS_1_0, 0, "OpenSSL with TLS 1.0"},
    {STLS_FEATURE_TLS_1_1, 0, "OpenSSL with TLS 1.1"},
    {STLS_FEATURE_TLS_1_2, 0, "OpenSSL with TLS 1.2"},
    {STLS_FEATURE_TLS_1_3, 0, "OpenSSL with TLS 1.3"},
    {STLS_FEATURE_PSK, 0, "OpenSSL with PSK"},
    {STLS_FEATURE_IDN, 0, "a build with libidn2"},
    {STLS_FEATURE_GROUP_LIST, 5, "OpenSSL 3.5 or newer"},
    {STLS_FEATURE_SIGALG_LIST, 4, "OpenSSL 3.4 or newer"},
    {STLS_FEATURE_SIGALG_NAME, 5, "OpenSSL 3.5 or newer"},
};

#define NUM_ROWS (sizeof rows / sizeof rows[0])

Test(feature, says_what_it_needs)
{
  unsigned major = OPENSSL_version_major(), minor = OPENSSL_version_minor();

  for (size_t i = 0; i < NUM_ROWS; i++) {
    stls_feature feature = rows[i].feature;
    cr_expect_eq((size_t)feature, i);
    cr_expect_str_eq(stls_feature_needs(feature), rows[i].needs);
    if (major == 3 && minor < rows[i].minor)
      cr_expect_not(stls_feature_available(feature), "%s", rows[i].needs);
  }
  cr_expect(stls_feature_available(STLS_FEATURE_TLS_1_2));
  cr_expect(stls_feature_available(STLS_FEATURE_TLS_1_3));
}

Test(feature, is_checked_before_use)
{
  for (size_t i = 0; i < NUM_ROWS; i++) {
    stls_error err = STLS_ERROR_INIT;
    bool is_there = stls_feature_available(rows[i].feature);
    EXPECT_RESULT(stls_feature_check(rows[i].feature, "this", &err),
                  is_there ? STLS_OK : STLS_ERROR_UNSUPPORTED, rows[i].needs);
    if (is_there) continue;
    cr_expect_eq(strncmp(err.message, "this: it needs ", 15), 0, "%s",
                 err.message);
    cr_expect(strstr(err.message, rows[i].needs), "%s", err.message);
  }
}

Test(feature, of_no_number_is_none)
{
  static const int numbers[] = {-1, (int)NUM_ROWS, 9999};

  for (size_t i = 0; i < 3; i++) {
    cr_expect_not(stls_feature_available((stls_feature)numbers[i]));
    cr_expect_str_eq(stls_feature_needs((stls_feature)numbers[i]), "");
    cr_expect_str_eq(stls_feature_name(numbers[i]), "unknown");
  }
}
