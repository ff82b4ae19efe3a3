/* SPDX-License-Identifier: MIT */
/* test_testing: worlds with a seed and a clock. */
#include <openssl/rand.h>
#include <sanstls/testing.h>
#include <string.h>

#include "lib/testing/testing.h"
#include "support/check.h"
#include "support/expect.h"
#include "support/heap.h"

SUITE(testing);

#define NOW INT64_C(1900000000)

static stls_testing *new_world(uint64_t seed)
{
  stls_testing *testing = NULL;
  stls_error err = STLS_ERROR_INIT;

  cr_assert_eq(stls_testing_new(seed, NOW, &testing, &err), STLS_OK, "%s",
               err.message);
  return testing;
}

static void draw(stls_testing *testing, unsigned char *out, size_t len)
{
  cr_assert_eq(RAND_bytes_ex(stls_testing_libctx(testing), out, len, 0), 1);
}

Test(testing, same_seed_gives_the_same_bytes)
{
  stls_testing *one = new_world(7), *two = new_world(7), *other = new_world(8);
  unsigned char a[100], b[100], c[100];

  draw(one, a, sizeof a);
  draw(two, b, 3);
  draw(other, c, sizeof c);
  draw(two, b + 3, sizeof b - 3);
  cr_expect_arr_eq(a, b, sizeof a);
  cr_expect_neq(memcmp(a, c, sizeof a), 0);
  cr_expect_eq(stls_testing_num_drawn(two), sizeof b);
  stls_testing_free(one);
  stls_testing_free(two);
  stls_testing_free(other);
}

Test(testing, public_and_private_bytes_are_of_one_sequence)
{
  stls_testing *one = new_world(7), *two = new_world(7);
  unsigned char a[64], b[64];

  draw(one, a, sizeof a);
  cr_assert_eq(RAND_priv_bytes_ex(stls_testing_libctx(two), b, sizeof b / 2, 0),
               1);
  draw(two, b + sizeof b / 2, sizeof b / 2);
  cr_expect_arr_eq(a, b, sizeof a);
  cr_expect_neq(memcmp(b, b + sizeof b / 2, sizeof b / 2), 0);
  stls_testing_free(one);
  stls_testing_free(two);
}

Test(testing, reseed_begins_anew)
{
  stls_testing *testing = new_world(7);
  unsigned char a[40], b[40], c[40];

  draw(testing, a, sizeof a);
  stls_testing_reseed(testing, 8);
  cr_expect_eq(stls_testing_seed(testing), 8u);
  cr_expect_eq(stls_testing_num_drawn(testing), 0u);
  draw(testing, b, sizeof b);
  stls_testing_reseed(testing, 7);
  draw(testing, c, sizeof c);
  cr_expect_neq(memcmp(a, b, sizeof a), 0);
  cr_expect_arr_eq(a, c, sizeof a);
  stls_testing_free(testing);
}

Test(testing, foreign_entropy_changes_nothing)
{
  stls_testing *one = new_world(7), *two = new_world(7);
  OSSL_LIB_CTX *before;
  unsigned char a[40], b[40];

  draw(one, a, sizeof a);
  before = OSSL_LIB_CTX_set0_default(stls_testing_libctx(two));
  RAND_add("noise", 5, 5);
  OSSL_LIB_CTX_set0_default(before);
  draw(two, b, sizeof b);
  cr_expect_arr_eq(a, b, sizeof a);
  stls_testing_free(one);
  stls_testing_free(two);
}

Test(testing, keeps_seed_and_time)
{
  stls_testing *testing = new_world(UINT64_MAX);

  cr_expect_eq(stls_testing_seed(testing), UINT64_MAX);
  cr_expect_eq(stls_testing_time(testing), NOW);
  cr_expect_eq(stls_testing_num_drawn(testing), 0u);
  stls_testing_set_time(testing, NOW + 1);
  cr_expect_eq(stls_testing_time(testing), NOW + 1);
  stls_testing_set_time(testing, -1);
  cr_expect_eq(stls_testing_time(testing), STLS_CLOCK_FIRST);
  stls_testing_set_time(testing, INT64_MAX);
  cr_expect_eq(stls_testing_time(testing), STLS_CLOCK_LAST);
  stls_testing_free(testing);
}

Test(testing, null_is_fine)
{
  stls_testing_free(NULL);
  stls_testing_reseed(NULL, 1);
  stls_testing_set_time(NULL, NOW);
  cr_expect_null(stls_testing_libctx(NULL));
  cr_expect_eq(stls_testing_seed(NULL), 0u);
  cr_expect_eq(stls_testing_time(NULL), 0);
  cr_expect_eq(stls_testing_num_drawn(NULL), 0u);
  cr_expect_not(stls_testing_is_secret(NULL));
}

Test(testing, refuses_a_time_out_of_range)
{
  stls_testing *testing = NULL;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RETURNS(stls_testing_new(1, -1, &testing, &err), STLS_ERROR_MISUSE);
  cr_expect_eq(err.own_reason, STLS_REASON_OUT_OF_RANGE);
  EXPECT_RETURNS(stls_testing_new(1, STLS_CLOCK_LAST + 1, &testing, &err),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_testing_new(1, NOW, NULL, &err), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_testing_new_random(-1, &testing, &err),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_testing_new_random(0, NULL, &err), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_testing_install_insecure(1, -1, NULL, &err),
                 STLS_ERROR_MISUSE);
  cr_expect_null(testing);
}

/* --- worlds whose seed nobody knows --- */

static stls_testing *new_random_world(void)
{
  stls_testing *testing = NULL;
  stls_error err = STLS_ERROR_INIT;

  cr_assert_eq(stls_testing_new_random(NOW, &testing, &err), STLS_OK, "%s",
               err.message);
  return testing;
}

Test(testing, random_worlds_differ)
{
  stls_testing *one = new_random_world(), *two = new_random_world();
  unsigned char a[100], b[100];

  cr_expect(stls_testing_is_secret(one));
  cr_expect_eq(stls_testing_seed(one), 0u);
  cr_expect_eq(stls_testing_time(one), NOW);
  draw(one, a, sizeof a);
  draw(two, b, sizeof b);
  cr_expect_neq(memcmp(a, b, 32), 0);
  cr_expect_neq(memcmp(a, a + 32, 32), 0);
  cr_expect_eq(stls_testing_num_drawn(one), sizeof a);
  stls_testing_reseed(one, 7);
  cr_expect_not(stls_testing_is_secret(one));
  cr_expect_eq(stls_testing_seed(one), 7u);
  stls_testing_free(one);
  stls_testing_free(two);
}

/* However they are cut, bytes of a key follow from their place: also behind a block of
 * the cipher, and where the place was set. */
Test(testing, bytes_of_a_key_follow_from_their_place)
{
  stls_testing *one = new_random_world(), *two = NULL;
  struct stls_random_seed seed;
  unsigned char a[300], b[300];

  cr_expect_eq(stls_testing_copy_seed(one, &seed), 0u);
  ASSERT_RETURNS(stls_testing_make(&seed, NOW, &two, NULL), STLS_OK);
  draw(one, a, sizeof a);
  for (size_t at = 0, len = 1; at < sizeof b; at += len, len = len * 3 % 70) {
    if (len > sizeof b - at) len = sizeof b - at;
    draw(two, b + at, len);
  }
  cr_expect_arr_eq(a, b, sizeof a);
  stls_testing_seek(two, 63);
  draw(two, b, 100);
  cr_expect_arr_eq(a + 63, b, 100);
  stls_testing_free(one);
  stls_testing_free(two);
}

/* How often the world's key is in memory that is freed, together with it. */
static size_t spill(stls_testing *testing)
{
  static struct stls_random_seed seed;
  unsigned char bytes[100];
  size_t before, num;

  draw(testing, bytes, sizeof bytes);
  cr_expect_eq(stls_testing_copy_seed(testing, &seed), sizeof bytes);
  cr_assert(seed.is_key);
  heap_watch(seed.key, sizeof seed.key);
  before = heap_num_spilled();
  stls_testing_free(testing);
  num = heap_num_spilled() - before;
  heap_watch(NULL, 0);
  return num;
}

Test(testing, free_wipes_a_secret_seed)
{
  if (check_quick()) cr_skip_test("valgrind sees that memory is searched");
  cr_expect_eq(spill(new_random_world()), 0u);
}
