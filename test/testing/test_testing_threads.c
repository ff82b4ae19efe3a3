/* SPDX-License-Identifier: MIT */
/* test_testing_threads: a world that other threads and processes draw from, too. */
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/testing/testing.h"
#include "seeded_pair.h"
#include "support/expect.h"

SUITE(testing_threads, .timeout = 60);

enum {
  LEN = 4096,
  NUM_THREADS = 4
};

struct worker {
  stls_testing *testing;
  bool seeds_itself;
  unsigned char bytes[LEN];
  bool is_done;
};

static bool draw(stls_testing *testing, unsigned char *out)
{
  for (size_t i = 0; i < LEN; i += 32)
    if (RAND_bytes_ex(stls_testing_libctx(testing), out + i, 32, 0) != 1)
      return false;
  return true;
}

/* Criterion's assertions belong to one thread. */
static void *work(void *data)
{
  struct worker *worker = data;

  if (worker->seeds_itself) stls_testing_reseed(worker->testing, 77);
  worker->is_done = draw(worker->testing, worker->bytes);
  OPENSSL_thread_stop_ex(stls_testing_libctx(worker->testing));
  return NULL;
}

static stls_testing *new_world(void)
{
  stls_testing *testing = NULL;

  ASSERT_RETURNS(stls_testing_new(1, SEEDED_NOW, &testing, NULL), STLS_OK);
  return testing;
}

/* Of a secret seed, other threads have secret ones that say nothing of it. */
static void *copy_seed(void *testing)
{
  static struct stls_random_seed seed;

  stls_testing_copy_seed(testing, &seed);
  return &seed;
}

Test(testing_threads, have_secret_seeds_of_their_own)
{
  stls_testing *testing = NULL;
  struct stls_random_seed own;
  void *other = NULL;
  pthread_t thread;

  ASSERT_RETURNS(stls_testing_new_random(0, &testing, NULL), STLS_OK);
  stls_testing_copy_seed(testing, &own);
  cr_assert_eq(pthread_create(&thread, NULL, copy_seed, testing), 0);
  cr_assert_eq(pthread_join(thread, &other), 0);
  cr_expect(own.is_key && ((struct stls_random_seed *)other)->is_key);
  cr_expect_neq(
      memcmp(own.key, ((struct stls_random_seed *)other)->key, sizeof own.key),
      0);
  stls_testing_free(testing);
}

Test(testing_threads, others_do_not_disturb)
{
  static struct worker workers[NUM_THREADS];
  static unsigned char alone[LEN], among[LEN];
  pthread_t threads[NUM_THREADS];
  stls_testing *one = new_world(), *two = new_world();

  cr_assert(draw(one, alone));
  for (size_t i = 0; i < NUM_THREADS; i++) {
    workers[i].testing = two;
    cr_assert_eq(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
  }
  cr_assert(draw(two, among));
  for (size_t i = 0; i < NUM_THREADS; i++) pthread_join(threads[i], NULL);
  cr_expect_arr_eq(alone, among, LEN);
  cr_expect_eq(stls_testing_num_drawn(two), (uint64_t)LEN);
  for (size_t i = 0; i < NUM_THREADS; i++) {
    cr_expect(workers[i].is_done);
    cr_expect_neq(memcmp(workers[i].bytes, alone, LEN), 0);
    for (size_t j = 0; j < i; j++)
      cr_expect_neq(memcmp(workers[i].bytes, workers[j].bytes, LEN), 0);
  }
  stls_testing_free(one);
  stls_testing_free(two);
}

Test(testing_threads, a_thread_that_seeds_itself_is_as_a_new_world)
{
  static struct worker worker = {.seeds_itself = true};
  static unsigned char want[LEN];
  stls_testing *testing = new_world();
  pthread_t thread;

  worker.testing = testing;
  cr_assert_eq(pthread_create(&thread, NULL, work, &worker), 0);
  pthread_join(thread, NULL);
  cr_expect_eq(stls_testing_seed(testing), 1u);
  cr_expect_eq(stls_testing_num_drawn(testing), 0u);
  stls_testing_reseed(testing, 77);
  cr_assert(draw(testing, want));
  cr_expect_arr_eq(worker.bytes, want, LEN);
  stls_testing_free(testing);
}

/* Threads one after the other, which the system may give the same number. */
Test(testing_threads, each_has_bytes_of_its_own)
{
  static struct worker workers[NUM_THREADS];
  stls_testing *testing = new_world();

  for (size_t i = 0; i < NUM_THREADS; i++) {
    pthread_t thread;

    workers[i].testing = testing;
    cr_assert_eq(pthread_create(&thread, NULL, work, &workers[i]), 0);
    pthread_join(thread, NULL);
    for (size_t j = 0; j < i; j++)
      cr_expect_neq(memcmp(workers[i].bytes, workers[j].bytes, LEN), 0);
  }
  stls_testing_free(testing);
}

/* --- fork --- */

enum {
  NUM_DRAWN = 32
};

/* Draws in a child of this process. */
static void draw_forked(stls_testing *testing, bool seeds_itself,
                        unsigned char out[NUM_DRAWN])
{
  int ends[2], status = 0;
  pid_t child;

  cr_assert_eq(pipe(ends), 0);
  child = fork();
  cr_assert_geq(child, 0);
  if (child == 0) {
    if (seeds_itself) stls_testing_reseed(testing, 77);
    if (RAND_bytes_ex(stls_testing_libctx(testing), out, NUM_DRAWN, 0) != 1)
      _exit(1);
    _exit(write(ends[1], out, NUM_DRAWN) == NUM_DRAWN ? 0 : 1);
  }
  cr_expect_eq(read(ends[0], out, NUM_DRAWN), NUM_DRAWN);
  cr_assert_eq(waitpid(child, &status, 0), child);
  cr_expect_eq(status, 0);
  close(ends[0]);
  close(ends[1]);
}

/* Where OpenSSL's own generators would seed anew. */
Test(testing_threads, a_forked_child_draws_what_its_parent_draws)
{
  for (int is_secret = 0; is_secret < 2; is_secret++) {
    stls_testing *testing = NULL;
    unsigned char before[NUM_DRAWN], childs[NUM_DRAWN], own[NUM_DRAWN];
    if (is_secret == 0) testing = new_world();
    if (is_secret == 1)
      ASSERT_RETURNS(stls_testing_new_random(0, &testing, NULL), STLS_OK);
    cr_assert_eq(
        RAND_bytes_ex(stls_testing_libctx(testing), before, sizeof before, 0),
        1);
    draw_forked(testing, false, childs);
    cr_assert_eq(
        RAND_bytes_ex(stls_testing_libctx(testing), own, sizeof own, 0), 1);
    cr_expect_arr_eq(childs, own, sizeof own);
    cr_expect_neq(memcmp(childs, before, sizeof before), 0);
    draw_forked(testing, true, childs);
    cr_assert_eq(
        RAND_bytes_ex(stls_testing_libctx(testing), own, sizeof own, 0), 1);
    cr_expect_neq(memcmp(childs, own, sizeof own), 0);
    stls_testing_free(testing);
  }
}
