/* SPDX-License-Identifier: MIT */
/* test_random_seed: bytes of seeds, compared with RFC 8439 and OpenSSL, and their text. */
#include <openssl/evp.h>
#include <string.h>

#include "lib/testing/random_seed.h"
#include "support/expect.h"

SUITE(random_seed);

enum {
  BLOCK_LEN = 64
};

/* RFC 8439, A.1, test vector 1: a key, nonce and counter of zeroes. */
Test(random_seed, gives_the_bytes_of_the_rfc)
{
  static const uint8_t wanted[] = {0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1,
                                   0x3d, 0x90, 0x40, 0x5d, 0x6a, 0xe5,
                                   0x53, 0x86, 0xbd, 0x28};
  const struct stls_random_seed seed = {.is_key = true};
  uint8_t bytes[sizeof wanted];

  stls_random_seed_expand(&seed, 0, bytes, sizeof bytes);
  cr_expect_arr_eq(bytes, wanted, sizeof bytes);
}

/* What OpenSSL makes of zeroes. The vector is the counter and the nonce, in 64 bits
 * each. */
static void ask_openssl(const uint8_t key[STLS_RANDOM_KEY_LEN],
                        uint64_t counter, uint64_t nonce,
                        uint8_t out[BLOCK_LEN])
{
  static const uint8_t zeroes[BLOCK_LEN];
  EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
  uint8_t vector[16];
  int len = 0;

  for (size_t i = 0; i < 8; i++) {
    vector[i] = (uint8_t)(counter >> (8 * i));
    vector[8 + i] = (uint8_t)(nonce >> (8 * i));
  }
  cr_assert_eq(EVP_EncryptInit_ex(ctx, EVP_chacha20(), NULL, key, vector), 1);
  cr_assert_eq(EVP_EncryptUpdate(ctx, out, &len, zeroes, BLOCK_LEN), 1);
  cr_assert_eq(len, BLOCK_LEN);
  EVP_CIPHER_CTX_free(ctx);
}

Test(random_seed, gives_what_openssl_gives)
{
  static const uint64_t numbers[] = {1, 2, UINT32_MAX, (uint64_t)1 << 57,
                                     UINT64_C(0x123456789abcde)};
  struct stls_random_seed seed = {.is_key = true}, derived;
  uint8_t wanted[BLOCK_LEN], bytes[BLOCK_LEN];

  for (size_t i = 0; i < sizeof seed.key; i++)
    seed.key[i] = (uint8_t)(7 * i + 200);
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    ask_openssl(seed.key, numbers[i], 0, wanted);
    stls_random_seed_expand(&seed, numbers[i] * BLOCK_LEN, bytes, BLOCK_LEN);
    cr_expect_arr_eq(bytes, wanted, BLOCK_LEN);
    ask_openssl(seed.key, 0, numbers[i], wanted);
    stls_random_seed_derive(&seed, numbers[i], &derived);
    cr_expect(derived.is_key);
    cr_expect_arr_eq(derived.key, wanted, sizeof derived.key);
  }
}

Test(random_seed, seeds_are_read_as_they_are_written)
{
  static const char *const texts[] = {
      "0", "18446744073709551615",
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff"};
  static const char *const others[] = {
      "", "-1", "1x", "18446744073709551616", "not-recorded",
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eF0"};
  struct stls_random_seed seed;
  char again[STLS_RANDOM_SEED_SIZE];

  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    cr_expect(stls_random_seed_parse(texts[i], &seed));
    stls_random_seed_format(&seed, again);
    cr_expect_str_eq(again, texts[i]);
    cr_expect_eq(stls_random_seed_is_key(texts[i]), i == 2);
  }
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    cr_expect_not(stls_random_seed_parse(others[i], &seed), "%s", others[i]);
}
