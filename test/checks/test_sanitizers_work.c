/* SPDX-License-Identifier: MIT */
/* test_sanitizers_work: deliberate faults, each of which a sanitizer has to
 * report. */
/*
 * check_sanitizers_work.sh, check_runner.sh and check_valgrind.sh run them one
 * by one, to prove that a leak, an overflow, undefined behaviour, a failed
 * assertion or a crash in any other test would be seen.
 */
#include <limits.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "runner/seed.h"
#include "support/expect.h"
#include "support/pair.h"
#include "testing/seeded_pair.h"
/* Criterion wants it behind its own. */
#include <criterion/parameterized.h>

SUITE(sanitizers_work);

/* Through volatile, so that no compiler sees the fault and removes it. */
static void *volatile sink;
static volatile size_t one = 1;
static volatile int biggest = INT_MAX;

Test(sanitizers_work, clean)
{
  sink = malloc(33);
  free(sink);
}

Test(sanitizers_work, leak)
{
  sink = malloc(33);
  sink = NULL;
}

Test(sanitizers_work, overflow)
{
  sink = malloc(33);
  volatile unsigned char *bytes = sink;
  bytes[32 + one] = 1;
  free(sink);
}

Test(sanitizers_work, undefined)
{
  biggest += (int)one;
}

/* --- what fails without any tool --- */

Test(sanitizers_work, assertion)
{
  cr_assert_eq(one, 2, "one is not two");
}

Test(sanitizers_work, expectation)
{
  cr_expect_eq(one, 2, "one is not two");
  cr_expect_eq(one, 1);
}

Test(sanitizers_work, crash)
{
  raise(SIGSEGV);
}

Test(sanitizers_work, early_exit)
{
  exit(0);
}

Test(sanitizers_work, wrong_exit, .exit_code = 3)
{
  exit(4);
}

Test(sanitizers_work, no_exit, .exit_code = 3)
{
}

Test(sanitizers_work, no_signal, .signal = SIGABRT)
{
}

Test(sanitizers_work, too_late, .timeout = 1)
{
  while (one == 1) continue;
}

static void fail_in_fixture(void)
{
  cr_assert(one == 2, "a fixture fails");
}

Test(sanitizers_work, bad_init, .init = fail_in_fixture)
{
}

ParameterizedTestParameters(sanitizers_work, second_of_three)
{
  static int numbers[] = {1, 2, 3};
  return cr_make_param_array(int, numbers, 3);
}

ParameterizedTest(int *number, sanitizers_work, second_of_three)
{
  cr_assert_neq(*number, 2, "the second one fails");
}

/* --- what leaves a transcript --- */

Test(sanitizers_work, connection)
{
  static const seeded_options options = {.version = STLS_TLS_1_3};
  seeded_pair pair = seeded_pair_new(&options);

  seeded_pair_run(&pair);
  cr_expect_eq(one, 2, "one is not two");
  seeded_pair_free(&pair);
}

/* The one before is not to blame. */
Test(sanitizers_work, second_pair)
{
  static const pair_options options = {.version = STLS_TLS_1_2};
  test_pair pair = pair_open(&options);

  pair_free(&pair);
  pair = pair_open(&options);
  cr_assert_eq(one, 2, "one is not two");
}

static test_pair open_settled(void)
{
  static const pair_options options = {.version = STLS_TLS_1_3};
  test_pair pair = pair_open(&options);

  pair_settle(&pair);
  return pair;
}

Test(sanitizers_work, crash_of_a_pair)
{
  open_settled();
  raise(SIGSEGV);
}

Test(sanitizers_work, abort_of_a_pair)
{
  open_settled();
  abort();
}

Test(sanitizers_work, pair_too_late, .timeout = 1)
{
  open_settled();
  while (one == 1) continue;
}

/* --- what passes --- */

/* What it draws is compared. */
Test(sanitizers_work, draws)
{
  unsigned char bytes[24];

  cr_assert_eq(RAND_bytes(bytes, 8), 1);
  for (size_t at = 8; at < sizeof bytes; at += 8) {
    stls_testing *world = seed_world_new();
    cr_assert_eq(RAND_bytes_ex(stls_testing_libctx(world), bytes + at, 8, 0),
                 1);
    stls_testing_free(world);
    cr_assert_neq(memcmp(bytes + at, bytes + at - 8, 8), 0);
  }
  fprintf(stderr, "drawn:");
  for (size_t i = 0; i < sizeof bytes; i++) fprintf(stderr, " %02x", bytes[i]);
  fprintf(stderr, "\n");
}

Test(sanitizers_work, right_exit, .exit_code = 3)
{
  exit(3);
}

Test(sanitizers_work, right_signal, .signal = SIGABRT)
{
  abort();
}

Test(sanitizers_work, disabled, .disabled = true)
{
  cr_assert_fail("it runs");
}

Test(sanitizers_work, skipped)
{
  cr_skip_test("there is nothing to do");
}

static int num_inits;

static void count_init(void)
{
  num_inits++;
}

Test(sanitizers_work, good_init, .init = count_init)
{
  cr_assert_eq(num_inits, 1);
}
