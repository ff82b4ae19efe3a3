/* SPDX-License-Identifier: MIT */
/* test_record_keys: keys of records against published values. */
#include "lib/records/record_keys.h"

#include <openssl/ssl.h>
#include <string.h>

#include "records_case.h"
#include "support/check.h"

SUITE(record_keys);

/* RFC 8448, 3: {client} and {server} derive write traffic keys for application
 * data. */
static const struct {
  const char *secret, *key, *iv;
} rfc_8448[] = {
    {"9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5",
     "17422dda596ed5d9acd890e3c63f5051", "5b78923dee08579033e523d9"},
    {"a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643",
     "9f02283b6c9c07efc26bb9f2ac92e356", "cf782b88dd83549aadf1e984"}};

Test(record_keys, are_those_of_rfc_8448)
{
  struct records_case rc;
  struct stls_record_key key;
  uint8_t secret[48], expected[48];

  records_case_open(&rc, "TLS_AES_128_GCM_SHA256", TLS1_3_VERSION);
  for (size_t i = 0; i < sizeof rfc_8448 / sizeof *rfc_8448; i++) {
    records_case_hex(rfc_8448[i].secret, secret);
    cr_assert(stls_record_keys_derive(&rc.suite, secret, &key));
    records_case_hex(rfc_8448[i].key, expected);
    cr_expect_arr_eq(key.key, expected, 16, "key %zu", i);
    records_case_hex(rfc_8448[i].iv, expected);
    cr_expect_arr_eq(key.iv, expected, 12, "iv %zu", i);
  }
  records_case_close(&rc);
}

/* The secrets that follow are computed here by HMAC, not by the same KDF. */
Test(record_keys, follow_a_key_update)
{
  static const char *const suites[] = {"TLS_AES_128_GCM_SHA256",
                                       "TLS_AES_256_GCM_SHA384"};

  for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
    struct records_case rc;
    uint8_t secret[48], expected[64];
    records_case_open(&rc, suites[i], TLS1_3_VERSION);
    for (size_t at = 0; at < rc.suite.hash_len; at++)
      secret[at] = (uint8_t)(at * 7);
    for (int generation = 0; generation < 3; generation++) {
      records_case_expand_label(&rc, secret, "traffic upd", expected);
      cr_assert(stls_record_keys_update(&rc.suite, secret));
      cr_expect_arr_eq(secret, expected, rc.suite.hash_len, "%s, %d", suites[i],
                       generation);
    }
    records_case_close(&rc);
  }
}

/* Values of an independent implementation of RFC 5246, 5: P_hash by HMAC. */
Test(record_keys, of_tls_1_2_are_those_of_its_prf)
{
  static const char *const suites[] = {"ECDHE-ECDSA-AES128-GCM-SHA256",
                                       "ECDHE-RSA-AES256-GCM-SHA384",
                                       "ECDHE-RSA-CHACHA20-POLY1305"};

  for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
    struct records_case rc;
    struct stls_record_key client, server;
    uint8_t master[48], random[2][32], block[128];
    size_t key_len, iv_len;
    records_case_open(&rc, suites[i], TLS1_2_VERSION);
    for (int at = 0; at < 48; at++) master[at] = (uint8_t)(at + 1);
    for (int at = 0; at < 32; at++)
      random[0][at] = (uint8_t)(at + 64), random[1][at] = (uint8_t)(at + 128);
    records_case_key_block(&rc, master, random[0], random[1], block,
                           sizeof block);
    cr_assert(stls_record_keys_expand(&rc.suite, master, 48, random[0],
                                      random[1], &client, &server));
    key_len = rc.suite.key_len;
    iv_len = rc.suite.has_explicit_nonce ? 4 : 12;
    cr_expect_arr_eq(client.key, block, key_len, "%s", suites[i]);
    cr_expect_arr_eq(server.key, block + key_len, key_len, "%s", suites[i]);
    cr_expect_arr_eq(client.iv, block + 2 * key_len, iv_len, "%s", suites[i]);
    cr_expect_arr_eq(server.iv, block + 2 * key_len + iv_len, iv_len, "%s",
                     suites[i]);
    records_case_close(&rc);
  }
}

Test(record_keys, are_for_aeads_of_two_versions_only)
{
  static const struct {
    const char *suite;
    int version;
    bool is_there;
  } rows[] = {{"TLS_AES_128_GCM_SHA256", TLS1_3_VERSION, true},
              {"TLS_AES_256_GCM_SHA384", TLS1_3_VERSION, true},
              {"TLS_CHACHA20_POLY1305_SHA256", TLS1_3_VERSION, true},
              {"TLS_AES_128_CCM_SHA256", TLS1_3_VERSION, false},
              {"TLS_AES_128_CCM_8_SHA256", TLS1_3_VERSION, false},
              {"ECDHE-ECDSA-AES128-GCM-SHA256", TLS1_2_VERSION, true},
              {"DHE-RSA-AES256-GCM-SHA384", TLS1_2_VERSION, true},
              {"ECDHE-PSK-CHACHA20-POLY1305", TLS1_2_VERSION, true},
              {"ECDHE-ECDSA-AES128-CCM", TLS1_2_VERSION, false},
              {"ECDHE-RSA-AES128-SHA", TLS1_2_VERSION, false},
              {"ECDHE-RSA-AES256-SHA384", TLS1_2_VERSION, false},
              {"ECDHE-ECDSA-AES128-GCM-SHA256", TLS1_1_VERSION, false},
              {"TLS_AES_128_GCM_SHA256", DTLS1_2_VERSION, false}};

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct records_case rc;
    bool found = records_case_find(&rc, rows[i].suite, rows[i].version);
    cr_expect_eq(found, rows[i].is_there, "%s", rows[i].suite);
    records_case_close(&rc);
  }
}
