/* SPDX-License-Identifier: MIT */
/* test_testing_install: programs that pass NULL for the library context. */
#include <openssl/crypto.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <sanstls/testing.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/testing/testing.h"
#include "seeded_pair.h"
#include "support/expect.h"
#include "support/pair.h"

/* Criterion starts the program anew for each test; after a warm-up it does not, and
 * OpenSSL has drawn bytes. */
static void need_untouched(void)
{
  if (getenv("STLS_TEST_WARM") != NULL || getenv("STLS_TEST_FORK") != NULL)
    cr_skip_test("randomness was used before the fork");
}

SUITE(testing_install);

#define ASSERT_INSTALL(seed) \
  ASSERT_RETURNS(stls_testing_install_insecure(seed, SEEDED_NOW, NULL, NULL), \
                 STLS_OK)

static void draw(unsigned char out[32])
{
  cr_assert_eq(RAND_bytes(out, 16), 1);
  cr_assert_eq(RAND_priv_bytes(out + 16, 16), 1);
}

Test(testing_install, bytes_are_those_of_a_world)
{
  stls_testing *testing = NULL, *installed = NULL;
  unsigned char a[32], b[32];

  need_untouched();
  ASSERT_RETURNS(stls_testing_install_insecure(5, SEEDED_NOW, &installed, NULL),
                 STLS_OK);
  cr_expect_null(stls_testing_libctx(installed));
  cr_expect_eq(stls_testing_seed(installed), 5u);
  cr_expect_eq(stls_testing_time(installed), SEEDED_NOW);
  draw(a);
  cr_expect_eq(stls_testing_num_drawn(installed), 32u);
  ASSERT_RETURNS(stls_testing_new(5, SEEDED_NOW, &testing, NULL), STLS_OK);
  cr_assert_eq(RAND_bytes_ex(stls_testing_libctx(testing), b, sizeof b, 0), 1);
  cr_expect_arr_eq(a, b, sizeof a);
  stls_testing_free(testing);
  /* It is borrowed. */
  stls_testing_free(installed);
  draw(b);
  cr_expect_eq(stls_testing_num_drawn(installed), 64u);
}

Test(testing_install, later_calls_seed_anew_and_set_the_time)
{
  stls_testing *first = NULL, *second = NULL;
  unsigned char a[32], b[32];

  need_untouched();
  ASSERT_RETURNS(stls_testing_install_insecure(5, SEEDED_NOW, &first, NULL),
                 STLS_OK);
  draw(a);
  ASSERT_RETURNS(
      stls_testing_install_insecure(5, SEEDED_NOW + 9, &second, NULL), STLS_OK);
  cr_expect_eq(first, second);
  cr_expect_eq(stls_testing_time(first), SEEDED_NOW + 9);
  draw(b);
  cr_expect_arr_eq(a, b, sizeof a);
}

/* A context that goes by it, too, of the time before. */
Test(testing_install, zero_is_the_system_s_clock)
{
  stls_testing *installed = NULL;
  stls_context *context = NULL;
  stls_certificate *certificate = NULL;
  const char *pem = stls_testing_chain_pem("ecdsa");
  int64_t before;

  need_untouched();
  ASSERT_RETURNS(
      stls_testing_install_insecure(5, STLS_CLOCK_FIRST, &installed, NULL),
      STLS_OK);
  ASSERT_RETURNS(stls_testing_context(installed, STLS_CLIENT, &context, NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_certificate_new_pem(pem, strlen(pem), NULL, NULL,
                                          &certificate, NULL),
                 STLS_OK);
  EXPECT_RETURNS(stls_context_verify(context, &certificate, 1, "localhost",
                                     NULL, NULL, NULL),
                 STLS_ERROR_CERTIFICATE);
  before = (int64_t)time(NULL);
  ASSERT_RETURNS(stls_testing_install_insecure(5, 0, NULL, NULL), STLS_OK);
  cr_expect(stls_testing_time(installed) >= before &&
            stls_testing_time(installed) <= (int64_t)time(NULL));
  EXPECT_RETURNS(stls_context_verify(context, &certificate, 1, "localhost",
                                     NULL, NULL, NULL),
                 STLS_OK);
  stls_certificate_free(certificate);
  stls_context_free(context);
}

Test(testing_install, refuses_when_bytes_were_drawn)
{
  stls_testing *testing = NULL;
  stls_error err = STLS_ERROR_INIT;
  unsigned char a[32], b[32];

  draw(a);
  EXPECT_RETURNS(stls_testing_install_insecure(5, SEEDED_NOW, &testing, &err),
                 STLS_ERROR_MISUSE);
  cr_expect_eq(err.own_reason, STLS_REASON_WRONG_STATE);
  cr_expect(strstr(err.message, "random bytes were drawn before"), "%s",
            err.message);
  cr_expect_null(testing);
  cr_expect_eq(OSSL_PROVIDER_available(NULL, "sanstls-insecure-testing"), 0);
  /* The system's randomness goes on. */
  draw(b);
  cr_expect_neq(memcmp(a, b, sizeof a), 0);
}

static size_t connect_and_copy(unsigned char *out, size_t cap)
{
  const pair_options options = {.version = STLS_TLS_1_3};
  test_pair pair = pair_new(&options);
  char line[STLS_DESCRIPTION_SIZE];
  size_t len = 0;
  stls_span hello;

  cr_assert_eq(stls_object_handshake(pair.client), STLS_WANT_READ);
  hello = stls_bio_peek(stls_object_outgoing(pair.client));
  cr_assert_leq(hello.len, cap);
  memcpy(out, hello.data, hello.len);
  ASSERT_RETURNS(
      stls_object_describe(pair.client, line, sizeof line, &len, NULL),
      STLS_OK);
  cr_expect(strstr(line, " insecure randomness"), "%s", line);
  cr_expect_eq(pair_handshake(&pair), STLS_OK);
  pair_free(&pair);
  return hello.len;
}

Test(testing_install, connections_of_programs_that_pass_null_repeat)
{
  static unsigned char first[8000], second[8000];
  size_t first_len, second_len;

  need_untouched();
  ASSERT_INSTALL(6);
  first_len = connect_and_copy(first, sizeof first);
  ASSERT_INSTALL(6);
  second_len = connect_and_copy(second, sizeof second);
  cr_assert_eq(first_len, second_len);
  cr_expect_arr_eq(first, second, first_len);
  ASSERT_INSTALL(7);
  cr_assert_eq(connect_and_copy(second, sizeof second), first_len);
  cr_expect_neq(memcmp(first, second, first_len), 0);
}

/* The library context that stands for NULL in this thread. */
Test(testing_install, takes_the_default_of_the_thread)
{
  OSSL_LIB_CTX *own = OSSL_LIB_CTX_new(), *before;
  stls_testing *testing = NULL;
  unsigned char a[32], b[32];

  before = OSSL_LIB_CTX_set0_default(own);
  ASSERT_RETURNS(stls_testing_install_insecure(5, SEEDED_NOW, &testing, NULL),
                 STLS_OK);
  draw(a);
  OSSL_LIB_CTX_set0_default(before);
  draw(b);
  cr_expect_neq(memcmp(a, b, sizeof a), 0);
  cr_expect_eq(stls_testing_num_drawn(testing), 32u);
  OSSL_PROVIDER_unload(testing->provider);
  OSSL_LIB_CTX_free(own);
}
