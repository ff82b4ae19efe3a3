/* SPDX-License-Identifier: MIT */
/* bench_threads: measures handshakes on one and on two threads, from shared contexts. */
/*
 * Usage: bench_threads [--full] DATA_DIR. Unlike the other programs this one
 * measures WALL CLOCK: threads that wait for each other use no CPU. Each thread
 * is pinned to a core of its own, all share one sealed client context and one
 * sealed server context (or two SSL_CTX with OpenSSL's defaults), and each makes
 * connections, client and server, and frees them, until it has made its share.
 * Values are microseconds for one connection of all; the ratio is how many times
 * as many two threads make in the same time. On a machine that is busy with
 * something else it says nothing; then look at us_cpu, the CPU time of one
 * connection, which grows where threads fight for cache lines and locks.
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "support/bench.h"
#include "support/shake.h"

enum {
  MAX_THREADS = 2,
  COUNT = 32
};

enum {
  LIBRARY_1,
  LIBRARY_2,
  NAIVE_1,
  NAIVE_2,
  NUM_VARIANTS
};

/* Some threads, and what they work on. */
struct crew {
  const struct shake_kind *kind;
  const void *shaker;
  size_t num_threads;
  /* CPU time, and connections, of all of them so far. */
  double cpu_ns;
  size_t num_made;
};

struct worker {
  pthread_t thread;
  pthread_barrier_t *start;
  const struct crew *crew;
  size_t place;
  size_t count;
  double ended;
  double cpu_ns;
};

static double wall_ns(void)
{
  struct timespec now;

  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void *work(void *state)
{
  struct worker *worker = state;
  const struct crew *crew = worker->crew;
  double began;

  bench_need(bench_pin(worker->place), "a core of its own");
  /* What a thread's first time costs belongs to neither. */
  crew->kind->once(crew->shaker);
  pthread_barrier_wait(worker->start);
  began = bench_now_ns();
  for (size_t i = 0; i < worker->count; i++) crew->kind->once(crew->shaker);
  worker->cpu_ns = bench_now_ns() - began;
  worker->ended = wall_ns();
  return NULL;
}

/* The wall clock from the common start to the end of the last. */
static double time_crew(void *state, size_t count)
{
  struct crew *crew = state;
  struct worker workers[MAX_THREADS];
  pthread_barrier_t start;
  double began, ended = 0;

  pthread_barrier_init(&start, NULL, (unsigned)crew->num_threads + 1);
  for (size_t i = 0; i < crew->num_threads; i++) {
    workers[i].start = &start;
    workers[i].crew = crew;
    workers[i].place = i;
    workers[i].count = count / crew->num_threads;
    bench_need(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0,
               "pthread_create");
  }
  pthread_barrier_wait(&start);
  began = wall_ns();
  for (size_t i = 0; i < crew->num_threads; i++) {
    pthread_join(workers[i].thread, NULL);
    if (workers[i].ended > ended) ended = workers[i].ended;
    crew->cpu_ns += workers[i].cpu_ns;
    crew->num_made += workers[i].count;
  }
  pthread_barrier_destroy(&start);
  return ended - began;
}

static void compare(const char *scenario, unsigned flags)
{
  static const struct pair_config config = {
      TLS1_3_VERSION, PAIR_DEFAULTS, PAIR_ECDSA, false, STLS_RECORDS_AUTO};
  static struct bench_variant variants[NUM_VARIANTS];
  void *library = shake_library.open(&config, flags);
  void *naive = shake_openssl.open(&config, flags);
  struct crew crews[NUM_VARIANTS] = {{&shake_library, library, 1, 0, 0},
                                     {&shake_library, library, 2, 0, 0},
                                     {&shake_openssl, naive, 1, 0, 0},
                                     {&shake_openssl, naive, 2, 0, 0}};
  static const char *const names[NUM_VARIANTS] = {
      "library_1_thread", "library_2_threads", "naive_1_thread",
      "naive_2_threads"};

  for (int i = 0; i < NUM_VARIANTS; i++) {
    variants[i].name = names[i];
    variants[i].state = &crews[i];
    variants[i].run = time_crew;
  }
  bench_compare(scenario, variants, NUM_VARIANTS, COUNT, 1000, "us_wall");
  for (int i = 0; i < NUM_VARIANTS; i++)
    bench_figure(scenario, names[i],
                 crews[i].cpu_ns / (double)crews[i].num_made / 1000, "us_cpu");
  /* 1.7 is what a user expects. */
  bench_at_least(scenario, "library_2_threads/1",
                 bench_ratio_of(&variants[LIBRARY_1], &variants[LIBRARY_2]),
                 NAN);
  bench_at_least(scenario, "naive_2_threads/1",
                 bench_ratio_of(&variants[NAIVE_1], &variants[NAIVE_2]), NAN);
  bench_at_least(scenario, "naive/library_2_threads",
                 bench_ratio_of(&variants[NAIVE_2], &variants[LIBRARY_2]), NAN);
  shake_library.close(library);
  shake_openssl.close(naive);
}

int main(int argc, char **argv)
{
  bench_begin(argc, argv);
  if (bench_num_cores() < MAX_THREADS) {
    printf("# threads need a core each: there is one\n");
    return bench_end();
  }
  printf("# here the wall clock is measured\n");
  compare("threads_1.3_full", 0);
  /* With the byte the client also reads tickets. */
  compare("threads_1.3_resumed", SHAKE_RESUMED | SHAKE_AND_BYTE);
  return bench_end();
}
