/* SPDX-License-Identifier: MIT */
/* test_feature: features that are available, and errors of those that are not. */
#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <sanstls/sanstls.h>
#include <string.h>

#include "lib/base/feature.h"
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

/* Whether this call needs the feature: OK where it is available, and else
 * STLS_ERROR_UNSUPPORTED with words. */
static void expect_agreement(stls_feature feature, stls_result result,
                             const stls_error *err)
{
  bool is_there = stls_feature_available(feature);

  EXPECT_RESULT(result, is_there ? STLS_OK : STLS_ERROR_UNSUPPORTED,
                stls_feature_name((int)feature));
  if (!is_there)
    cr_expect(strstr(err->message, "libidn2") != NULL ||
                  strstr(err->message, "OpenSSL") != NULL,
              "%s", err->message);
}

/* ssl.HAS_TLSv1 and so on. */
Test(feature, agrees_with_the_versions_that_can_be_set)
{
  for (int version = STLS_TLS_1_0; version <= STLS_TLS_1_3; version++) {
    stls_feature feature =
        (stls_feature)(STLS_FEATURE_TLS_1_0 + version - STLS_TLS_1_0);
    stls_context *context = NULL;
    stls_error err = STLS_ERROR_INIT;
    ASSERT_RESULT(
        stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
        STLS_OK, "context");
    expect_agreement(
        feature,
        stls_context_set_insecure_versions(context, (stls_protocol)version,
                                           (stls_protocol)version, &err),
        &err);
    if (stls_feature_available(feature)) {
      cr_expect_eq(SSL_CTX_get_min_proto_version(stls_context_ssl_ctx(context)),
                   version);
      cr_expect_eq(SSL_CTX_get_max_proto_version(stls_context_ssl_ctx(context)),
                   version);
    }
    stls_context_free(context);
  }
}

/* No bit makes a hole, whatever is between. */
Test(feature, knows_no_range_of_versions_with_holes)
{
  static const uint64_t bits[] = {SSL_OP_NO_TLSv1, SSL_OP_NO_TLSv1_1,
                                  SSL_OP_NO_TLSv1_2, SSL_OP_NO_TLSv1_3};

  for (size_t i = 0; i < 4; i++)
    for (int insecure = 0; insecure < 2; insecure++) {
      stls_result (*set)(stls_context *, uint64_t, stls_error *) =
          insecure ? stls_context_set_insecure_options
                   : stls_context_set_options;
      stls_context *context = NULL;
      stls_error err = STLS_ERROR_INIT;
      ASSERT_RESULT(stls_context_new_without_trust(STLS_SERVER, NULL, NULL,
                                                   &context, NULL),
                    STLS_OK, "context");
      ASSERT_RESULT(stls_context_set_insecure_versions(
                        context, STLS_TLS_MINIMUM_SUPPORTED,
                        STLS_TLS_MAXIMUM_SUPPORTED, NULL),
                    STLS_OK, "versions");
      EXPECT_RESULT(set(context, stls_context_options(context) | bits[i], &err),
                    STLS_ERROR_MISUSE, "a hole");
      cr_expect(strstr(err.message, "stls_context_set_versions"), "%s",
                err.message);
      cr_expect_eq(stls_context_options(context) & bits[i], 0U);
      stls_context_free(context);
    }
}

static bool no_key(stls_object *object, const char *hint, stls_psk *psk,
                   void *user_data)
{
  (void)object;
  (void)hint;
  (void)psk;
  (void)user_data;
  return false;
}

Test(feature, agrees_with_what_calls_do)
{
  static const char buecher[] =
      "b\xc3\xbc"
      "cher.example";
  stls_context *context = NULL;
  stls_string_list *list = NULL;
  stls_error err = STLS_ERROR_INIT;
  size_t len;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
      STLS_OK, "context");
  expect_agreement(STLS_FEATURE_PSK,
                   stls_context_set_psk_client(context, no_key, NULL, &err),
                   &err);
  expect_agreement(STLS_FEATURE_IDN,
                   stls_hostname_to_ascii(buecher, NULL, 0, &len, &err), &err);
  expect_agreement(STLS_FEATURE_GROUP_LIST,
                   stls_context_groups(context, true, &list, &err), &err);
  stls_string_list_free(list);
  list = NULL;
  expect_agreement(STLS_FEATURE_SIGALG_LIST,
                   stls_signature_algorithms(NULL, &list, &err), &err);
  stls_string_list_free(list);
  stls_context_free(context);
}

#ifdef SSL_get0_signature_name
#define HAS_NAMES 1
#else
#define HAS_NAMES 0
#endif

/* A macro of OpenSSL 3.5, which no linker knows. */
Test(feature, has_the_names_of_signatures_where_openssl_has_them)
{
  bool is_new = OPENSSL_version_major() > 3 || OPENSSL_version_minor() >= 5;

  cr_expect_eq(stls_feature_available(STLS_FEATURE_SIGALG_NAME),
               HAS_NAMES && is_new);
}
