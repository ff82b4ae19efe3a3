/* SPDX-License-Identifier: MIT */
/* test_record_algorithms: where the algorithms of records come from. */
#include "lib/records/record_algorithms.h"

#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/ssl.h>
#include <string.h>

#include "lib/records/record_keys.h"
#include "provider_copy.h"
#include "records_case.h"
#include "support/check.h"

SUITE(record_algorithms);

/* Each of them has this provider; NULL: none was found. */
static void expect_provider(const struct stls_record_algorithms *algorithms,
                            const char *name)
{
  for (int i = 0; i < STLS_RECORD_NUM_AEADS; i++) {
    const EVP_CIPHER *aead = algorithms->aeads[i];
    cr_expect_eq(aead != NULL, name != NULL, "AEAD %d", i);
    if (aead != NULL && name != NULL)
      cr_expect_str_eq(OSSL_PROVIDER_get0_name(EVP_CIPHER_get0_provider(aead)),
                       name, "AEAD %d", i);
  }
  const EVP_KDF *kdfs[] = {algorithms->tls_1_3_kdf, algorithms->tls_1_2_prf};
  for (size_t i = 0; i < 2; i++) {
    cr_expect_eq(kdfs[i] != NULL, name != NULL, "KDF %zu", i);
    if (kdfs[i] != NULL && name != NULL)
      cr_expect_str_eq(OSSL_PROVIDER_get0_name(EVP_KDF_get0_provider(kdfs[i])),
                       name, "KDF %zu", i);
  }
}

/* The library context and the property query of the context decide. */
Test(record_algorithms, are_those_of_the_library_context)
{
  OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
  OSSL_PROVIDER *copy = provider_copy_load(libctx, "copy");
  struct stls_record_algorithms algorithms;

  stls_record_algorithms_fetch(&algorithms, libctx, NULL);
  expect_provider(&algorithms, "copy");
  stls_record_algorithms_clear(&algorithms);
  expect_provider(&algorithms, NULL);
  stls_record_algorithms_fetch(&algorithms, libctx, "provider=nobody");
  expect_provider(&algorithms, NULL);
  stls_record_algorithms_clear(&algorithms);
  stls_record_algorithms_fetch(&algorithms, NULL, NULL);
  expect_provider(&algorithms, "default");
  stls_record_algorithms_clear(&algorithms);
  OSSL_PROVIDER_unload(copy);
  OSSL_LIB_CTX_free(libctx);
}

/* What is not there protects nothing: libssl's way. */
Test(record_algorithms, are_all_needed_for_a_suite)
{
  static const struct {
    const char *suite;
    int version;
  } rows[] = {{"TLS_AES_256_GCM_SHA384", TLS1_3_VERSION},
              {"ECDHE-ECDSA-AES256-GCM-SHA384", TLS1_2_VERSION}};

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const bool is_tls_1_3 = rows[i].version == TLS1_3_VERSION;
    struct records_case rc;
    struct stls_record_algorithms less;
    const SSL_CIPHER *cipher;
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);
    struct stls_record_suite suite;
    records_case_open(&rc, rows[i].suite, rows[i].version);
    cipher = SSL_CIPHER_find(
        ssl, (const unsigned char *)(is_tls_1_3 ? "\x13\x02" : "\xc0\x2c"));
    cr_assert_not_null(cipher);
    cr_assert(stls_record_suite_find(&suite, &rc.algorithms, cipher,
                                     rows[i].version));
    less = rc.algorithms;
    less.aeads[STLS_RECORD_AES_256_GCM] = NULL;
    cr_expect_not(
        stls_record_suite_find(&suite, &less, cipher, rows[i].version));
    less = rc.algorithms;
    *(is_tls_1_3 ? &less.tls_1_3_kdf : &less.tls_1_2_prf) = NULL;
    cr_expect_not(
        stls_record_suite_find(&suite, &less, cipher, rows[i].version));
    /* The other version's. */
    less = rc.algorithms;
    *(is_tls_1_3 ? &less.tls_1_2_prf : &less.tls_1_3_kdf) = NULL;
    less.aeads[STLS_RECORD_AES_128_GCM] = NULL;
    less.aeads[STLS_RECORD_CHACHA20_POLY1305] = NULL;
    cr_expect(stls_record_suite_find(&suite, &less, cipher, rows[i].version));
    records_case_close(&rc);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
  }
}

/* The KDFs look the digest up themselves: with the same property query. */
Test(record_algorithms, pass_the_property_query_on)
{
  struct records_case rc;
  struct stls_record_key key, other;
  uint8_t secret[48] = {1}, before[48];

  records_case_open(&rc, "TLS_AES_128_GCM_SHA256", TLS1_3_VERSION);
  memcpy(before, secret, sizeof before);
  rc.algorithms.propq = "provider=nobody";
  cr_expect_not(stls_record_keys_derive(&rc.suite, secret, &key));
  cr_expect_not(stls_record_keys_update(&rc.suite, secret));
  cr_expect_arr_eq(secret, before, sizeof before);
  rc.algorithms.propq = "provider=default";
  cr_expect(stls_record_keys_derive(&rc.suite, secret, &key));
  records_case_close(&rc);
  records_case_open(&rc, "ECDHE-ECDSA-AES128-GCM-SHA256", TLS1_2_VERSION);
  rc.algorithms.propq = "provider=nobody";
  cr_expect_not(stls_record_keys_expand(&rc.suite, secret, 48, before, before,
                                        &key, &other));
  rc.algorithms.propq = "provider=default";
  cr_expect(stls_record_keys_expand(&rc.suite, secret, 48, before, before, &key,
                                    &other));
  records_case_close(&rc);
}
