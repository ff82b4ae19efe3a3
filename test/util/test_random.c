/* SPDX-License-Identifier: MIT */
/* test_random: random bytes, and errors where there are none. */
#include <limits.h>
#include <math.h>
#include <openssl/crypto.h>
#include <openssl/provider.h>
#include <sanstls/util.h>
#include <string.h>

#include "support/expect.h"

SUITE(random);

Test(random, gives_other_bytes_each_time)
{
  unsigned char one[64] = {0}, other[64] = {0}, none[64] = {0};

  ASSERT_RESULT(stls_random_bytes(NULL, one, 64, NULL), STLS_OK, "one");
  ASSERT_RESULT(stls_random_bytes(NULL, other, 64, NULL), STLS_OK, "other");
  cr_expect_neq(memcmp(one, other, 64), 0);
  cr_expect_neq(memcmp(one, none, 64), 0);
  EXPECT_RESULT(stls_random_bytes(NULL, NULL, 0, NULL), STLS_OK, "nothing");
  cr_expect(stls_random_status());
}

Test(random, fills_no_more_than_asked_for)
{
  unsigned char bytes[33];

  for (size_t len = 1; len < 32; len++) {
    memset(bytes, 0xee, sizeof bytes);
    ASSERT_RESULT(stls_random_bytes(NULL, bytes, len, NULL), STLS_OK, "len");
    for (size_t i = len; i < sizeof bytes; i++) cr_assert_eq(bytes[i], 0xee);
  }
}

Test(random, leaves_zeroes_where_there_is_no_generator)
{
  OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
  OSSL_PROVIDER *provider = OSSL_PROVIDER_load(libctx, "null");
  unsigned char bytes[32], none[32] = {0};
  stls_error err = STLS_ERROR_INIT;

  cr_assert_not_null(provider);
  memset(bytes, 0xee, sizeof bytes);
  EXPECT_RESULT(stls_random_bytes(libctx, bytes, sizeof bytes, &err),
                STLS_ERROR_UNSUPPORTED, "null provider");
  cr_expect(strstr(err.message, "32 random bytes"), "%s", err.message);
  cr_expect_arr_eq(bytes, none, sizeof bytes);
  OSSL_PROVIDER_unload(provider);
  OSSL_LIB_CTX_free(libctx);
}

Test(random, takes_more)
{
  EXPECT_RESULT(stls_random_add("abc", 3, 0, NULL), STLS_OK, "none");
  EXPECT_RESULT(stls_random_add("abc", 3, 3, NULL), STLS_OK, "all");
  EXPECT_RESULT(stls_random_add(NULL, 0, 0, NULL), STLS_OK, "nothing");
  cr_expect(stls_random_status());
}

Test(random, names_wrong_arguments)
{
  stls_error err = STLS_ERROR_INIT;

  expect_misuse(stls_random_bytes(NULL, NULL, 1, &err), &err, "out");
  expect_misuse(stls_random_add(NULL, 1, 0, &err), &err, "data");
  expect_misuse(stls_random_add("a", (size_t)INT_MAX + 1, 0, &err), &err,
                "len");
  expect_misuse(stls_random_add("abc", 3, -1, &err), &err, "entropy");
  expect_misuse(stls_random_add("abc", 3, 4, &err), &err, "entropy");
  expect_misuse(stls_random_add("abc", 3, (double)NAN, &err), &err, "entropy");
}
