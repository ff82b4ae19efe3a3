/* SPDX-License-Identifier: MIT */
/* test_cipher_info: the cipher suites of a context, described as in CPython. */
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <string.h>

#include "support/expect.h"

SUITE(cipher_info);

static stls_cipher_list *list_of(const char *ciphers, const char *ciphersuites)
{
  stls_context *context = NULL;
  stls_cipher_list *list = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
      STLS_OK, "new");
  if (ciphers != NULL)
    ASSERT_RESULT(stls_context_set_ciphers(context, ciphers, &err), STLS_OK,
                  ciphers);
  if (ciphersuites != NULL)
    ASSERT_RESULT(stls_context_set_ciphersuites(context, ciphersuites, &err),
                  STLS_OK, ciphersuites);
  ASSERT_RESULT(stls_context_ciphers(context, &list, &err), STLS_OK,
                err.message);
  stls_context_free(context);
  return list;
}

/* The dictionaries of CPython 3.11 with OpenSSL 3.0. */
static const struct {
  const char *name, *standard_name, *protocol, *description;
  uint32_t id;
  int strength_bits, alg_bits;
  bool aead;
  const char *symmetric, *digest, *kea, *auth;
} rows[] = {
    {"TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384", "TLSv1.3",
     "TLS_AES_256_GCM_SHA384         TLSv1.3 Kx=any      Au=any   "
     "Enc=AESGCM(256)            Mac=AEAD",
     50336514, 256, 256, true, "aes-256-gcm", NULL, "kx-any", "auth-any"},
    {"ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
     "TLSv1.2",
     "ECDHE-ECDSA-AES128-GCM-SHA256  TLSv1.2 Kx=ECDH     Au=ECDSA "
     "Enc=AESGCM(128)            Mac=AEAD",
     50380843, 128, 128, true, "aes-128-gcm", NULL, "kx-ecdhe", "auth-ecdsa"},
    {"ECDHE-RSA-AES256-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
     "TLSv1.2",
     "ECDHE-RSA-AES256-SHA384        TLSv1.2 Kx=ECDH     Au=RSA   "
     "Enc=AES(256)               Mac=SHA384",
     50380840, 256, 256, false, "aes-256-cbc", "sha384", "kx-ecdhe",
     "auth-rsa"},
};

static void expect_text(const char *got, const char *want, const char *label)
{
  if (want == NULL)
    cr_expect_null(got, "%s: %s", label, got);
  else
    cr_expect_str_eq(got, want, "%s: %s", label, got ? got : "NULL");
}

Test(cipher_info, is_described_as_in_cpython)
{
  stls_cipher_list *list =
      list_of("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-SHA384",
              "TLS_AES_256_GCM_SHA384");

  cr_assert_eq(stls_cipher_list_count(list), 3U);
  for (size_t i = 0; i < 3; i++) {
    const stls_cipher *cipher = stls_cipher_list_at(list, i);
    const char *label = rows[i].name;
    expect_text(stls_cipher_name(cipher), rows[i].name, label);
    expect_text(stls_cipher_standard_name(cipher), rows[i].standard_name,
                label);
    expect_text(stls_cipher_protocol(cipher), rows[i].protocol, label);
    expect_text(stls_cipher_description(cipher), rows[i].description, label);
    cr_expect_eq(stls_cipher_id(cipher), rows[i].id, "%s", label);
    cr_expect_eq(stls_cipher_strength_bits(cipher), rows[i].strength_bits);
    cr_expect_eq(stls_cipher_alg_bits(cipher), rows[i].alg_bits);
    cr_expect_eq(stls_cipher_aead(cipher), rows[i].aead, "%s", label);
    expect_text(stls_cipher_symmetric(cipher), rows[i].symmetric, label);
    expect_text(stls_cipher_digest(cipher), rows[i].digest, label);
    expect_text(stls_cipher_kea(cipher), rows[i].kea, label);
    expect_text(stls_cipher_auth(cipher), rows[i].auth, label);
  }
  stls_cipher_list_free(list);
}

Test(cipher_info, comes_in_order_of_preference)
{
  stls_cipher_list *list =
      list_of("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384",
              "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256");
  static const char *const want[] = {
      "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256",
      "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"};

  cr_assert_eq(stls_cipher_list_count(list), 4U);
  for (size_t i = 0; i < 4; i++)
    cr_expect_str_eq(stls_cipher_name(stls_cipher_list_at(list, i)), want[i]);
  stls_cipher_list_free(list);
}

/* The defaults protect, and nothing in them is without a name. */
Test(cipher_info, is_complete_in_the_defaults)
{
  stls_cipher_list *list = list_of(NULL, NULL);

  cr_expect_eq(stls_cipher_list_count(list), 9U, "three, and six of TLS 1.2");
  for (size_t i = 0; i < stls_cipher_list_count(list); i++) {
    const stls_cipher *cipher = stls_cipher_list_at(list, i);
    const char *description = stls_cipher_description(cipher);
    cr_expect_geq(stls_cipher_strength_bits(cipher), 128);
    cr_expect_not_null(stls_cipher_symmetric(cipher));
    cr_expect_null(strchr(description, '\n'), "%s", description);
    cr_expect_eq(strncmp(description, stls_cipher_name(cipher),
                         strlen(stls_cipher_name(cipher))),
                 0);
    cr_expect(stls_cipher_aead(cipher), "%s", description);
    cr_expect_null(stls_cipher_digest(cipher), "%s", description);
    cr_expect(strstr(stls_cipher_kea(cipher), "ecdhe") ||
              strcmp(stls_cipher_kea(cipher), "kx-any") == 0);
  }
  stls_cipher_list_free(list);
}

Test(cipher_info, of_nothing_is_nothing)
{
  stls_cipher_list *list = list_of(NULL, NULL);
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;

  cr_expect_null(stls_cipher_list_at(list, stls_cipher_list_count(list)));
  cr_expect_null(stls_cipher_list_at(NULL, 0));
  cr_expect_eq(stls_cipher_list_count(NULL), 0U);
  stls_cipher_list_free(list);
  stls_cipher_list_free(NULL);
  cr_expect_eq(stls_cipher_id(NULL), 0U);
  cr_expect_null(stls_cipher_name(NULL));
  cr_expect_null(stls_cipher_standard_name(NULL));
  cr_expect_null(stls_cipher_protocol(NULL));
  cr_expect_null(stls_cipher_description(NULL));
  cr_expect_eq(stls_cipher_strength_bits(NULL), 0);
  cr_expect_eq(stls_cipher_alg_bits(NULL), 0);
  cr_expect_not(stls_cipher_aead(NULL));
  cr_expect_null(stls_cipher_symmetric(NULL));
  cr_expect_null(stls_cipher_digest(NULL));
  cr_expect_null(stls_cipher_kea(NULL));
  cr_expect_null(stls_cipher_auth(NULL));
  list = NULL;
  expect_misuse(stls_context_ciphers(NULL, &list, &err), &err, "context");
  cr_expect_null(list);
  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &context, NULL),
      STLS_OK, "new");
  expect_misuse(stls_context_ciphers(context, NULL, &err), &err, "out_ciphers");
  ASSERT_RETURNS(stls_context_seal(context, NULL), STLS_OK);
  EXPECT_RESULT(stls_context_ciphers(context, &list, &err), STLS_OK, "sealed");
  stls_cipher_list_free(list);
  stls_context_free(context);
}

/* RFC 9325, 4.1 and 4.2; what the list selects is judged, not its words. */
Test(cipher_info, is_refused_where_it_weakens_security)
{
  static const struct {
    const char *list;
    /* NULL: it is taken. */
    const char *suite;
  } lists[] = {
      {"ECDHE+AES:!SHA1", NULL},
      {"DHE+AESGCM:ECDHE-RSA-AES128-SHA256", NULL},
      {"ECDHE-PSK-CHACHA20-POLY1305", NULL},
      {"DHE-PSK-AES128-GCM-SHA256", NULL},
      {"ECDHE-RSA-CAMELLIA128-SHA256", NULL},
      {"ALL:!kRSA:!kRSAPSK:!kPSK:!aNULL:!eNULL:!SHA1:!aSRP", NULL},
      {"AES128-GCM-SHA256", "AES128-GCM-SHA256: a key exchange without"},
      {"ECDHE+AESGCM:kRSA+AESGCM", "AES256-GCM-SHA384: a key exchange"},
      {"AES128-SHA", "AES128-SHA: a key exchange"},
      {"ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES128-SHA: a MAC with SHA-1"},
      {"ECDHE+AES", "SHA: a MAC with SHA-1"},
      {"DHE-RSA-AES256-SHA", "DHE-RSA-AES256-SHA: a MAC"},
      {"ECDHE-PSK-AES128-CBC-SHA", "ECDHE-PSK-AES128-CBC-SHA: a MAC"},
      {"PSK-AES128-GCM-SHA256", "PSK-AES128-GCM-SHA256: a key exchange"},
      {"PSK-CHACHA20-POLY1305", "PSK-CHACHA20-POLY1305: a key exchange"},
      {"RSA-PSK-AES256-GCM-SHA384", "RSA-PSK-AES256-GCM-SHA384: a key"},
      {"ADH-AES128-GCM-SHA256", "ADH-AES128-GCM-SHA256: no authentication"},
      {"ECDHE-RSA-NULL-SHA:@SECLEVEL=2", "NULL-SHA: no encryption"},
      {"HIGH:!aNULL", "SHA"},
      {"DEFAULT", "SHA"},
  };

  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
    for (int role = STLS_CLIENT; role <= STLS_SERVER; role++) {
      stls_context *context = NULL;
      stls_cipher_list *before = NULL, *after = NULL;
      stls_error err = STLS_ERROR_INIT;
      ASSERT_RESULT(stls_context_new_without_trust((stls_role)role, NULL, NULL,
                                                   &context, NULL),
                    STLS_OK, "new");
      ASSERT_RESULT(stls_context_ciphers(context, &before, NULL), STLS_OK,
                    "before");
      EXPECT_RESULT(stls_context_set_ciphers(context, lists[i].list, &err),
                    lists[i].suite == NULL ? STLS_OK : STLS_ERROR_INPUT,
                    lists[i].list);
      ASSERT_RESULT(stls_context_ciphers(context, &after, NULL), STLS_OK,
                    "after");
      if (lists[i].suite != NULL) {
        cr_expect(strstr(err.message, lists[i].suite) &&
                      strstr(err.message, "set_insecure_ciphers"),
                  "%s: %s", lists[i].list, err.message);
        cr_expect_eq(err.own_reason, STLS_REASON_WEAKENS_SECURITY);
        cr_expect_eq(stls_cipher_list_count(before),
                     stls_cipher_list_count(after));
        EXPECT_RESULT(
            stls_context_set_insecure_ciphers(context, lists[i].list, &err),
            STLS_OK, lists[i].list);
      }
      stls_cipher_list_free(before);
      stls_cipher_list_free(after);
      stls_context_free(context);
    }
}
