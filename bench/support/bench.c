/* SPDX-License-Identifier: MIT */
/* bench: shares the clock, rounds, output and targets of all programs here. */
#define _GNU_SOURCE
#include "bench.h"

#include <math.h>
#include <openssl/err.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
  QUICK_ROUNDS = 15,
  FULL_ROUNDS = 61,
  MAX_RATIOS = 1024
};

struct ratio {
  char scenario[64];
  char what[64];
  double value;
  double target;
  bool is_ceiling;
};

static const char *data_dir;
static bool is_full;
/* Those that the program was started on. */
static cpu_set_t cores;
static struct ratio ratios[MAX_RATIOS];
static size_t num_ratios;

static void open_all(const struct bench_variant *variants, size_t num_variants,
                     size_t first);
static void close_all(const struct bench_variant *variants,
                      size_t num_variants);
static int by_value(const void *a, const void *b);
static double median(const double *values, size_t num);
static void add_ratio(const char *scenario, const char *what, double value,
                      double target, bool is_ceiling);
static void print_ratio(const struct ratio *ratio);

void bench_begin(int argc, char **argv)
{
  is_full = argc == 3 && strcmp(argv[1], "--full") == 0;
  if (argc != (is_full ? 3 : 2) || argv[argc - 1][0] == '-') {
    fprintf(stderr, "usage: %s [--full] DATA_DIR\n", argv[0]);
    exit(2);
  }
  data_dir = argv[argc - 1];
  if (sched_getaffinity(0, sizeof cores, &cores) != 0 || !bench_pin(0))
    fprintf(stderr, "the thread could not be pinned to a core\n");
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("# %s, %s rounds of the thread's CPU time\n",
         OpenSSL_version(OPENSSL_VERSION), is_full ? "61" : "15");
}

size_t bench_num_cores(void)
{
  return (size_t)CPU_COUNT(&cores);
}

bool bench_pin(size_t place)
{
  cpu_set_t one;

  CPU_ZERO(&one);
  for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (!CPU_ISSET(cpu, &cores) || place-- > 0) continue;
    CPU_SET(cpu, &one);
    return sched_setaffinity(0, sizeof one, &one) == 0;
  }
  return false;
}

int bench_end(void)
{
  for (size_t i = 0; i < num_ratios; i++) print_ratio(&ratios[i]);
  return 0;
}

bool bench_is_full(void)
{
  return is_full;
}

const char *bench_data_dir(void)
{
  return data_dir;
}

double bench_now_ns(void)
{
  struct timespec now;

  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

void bench_compare(const char *scenario, struct bench_variant *variants,
                   size_t num_variants, size_t count, double divisor,
                   const char *unit)
{
  size_t num_rounds = is_full ? FULL_ROUNDS : QUICK_ROUNDS;

  for (size_t round = 0; round <= num_rounds; round++) {
    bench_progress(scenario, round, num_rounds);
    open_all(variants, num_variants, round);
    for (size_t i = 0; i < num_variants; i++) {
      struct bench_variant *variant = &variants[(round + i) % num_variants];
      double cost;
      /* Whoever follows another stack finds the caches full of that. */
      (void)variant->run(variant->state, 1 + count / 8);
      cost = variant->run(variant->state, count) / (double)count;
      if (round > 0) variant->rounds[round - 1] = cost / divisor;
      variant->num_rounds = num_rounds;
    }
    close_all(variants, num_variants);
  }
  bench_progress_end();
  for (size_t i = 0; i < num_variants; i++)
    bench_figure(scenario, variants[i].name, bench_median(&variants[i]), unit);
}

void bench_progress(const char *what, size_t done, size_t total)
{
  if (isatty(STDERR_FILENO))
    fprintf(stderr, "\r%s: %zu of %zu ", what, done, total);
}

void bench_progress_end(void)
{
  /* Back to the start of the line, and empties it. */
  if (isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
}

double bench_ratio_of(const struct bench_variant *a,
                      const struct bench_variant *b)
{
  double values[BENCH_MAX_ROUNDS];

  for (size_t i = 0; i < a->num_rounds; i++)
    values[i] = a->rounds[i] / b->rounds[i];
  return median(values, a->num_rounds);
}

double bench_median(const struct bench_variant *variant)
{
  return median(variant->rounds, variant->num_rounds);
}

void bench_figure(const char *scenario, const char *variant, double value,
                  const char *unit)
{
  printf("%s,%s,%.4g,%s\n", scenario, variant, value, unit);
}

void bench_at_most(const char *scenario, const char *what, double ratio,
                   double target)
{
  add_ratio(scenario, what, ratio, target, true);
}

void bench_at_least(const char *scenario, const char *what, double ratio,
                    double target)
{
  add_ratio(scenario, what, ratio, target, false);
}

double bench_by_version(double on_3_0, double on_3_5)
{
  return OpenSSL_version_num() < 0x30500000UL ? on_3_0 : on_3_5;
}

void bench_must(stls_result result, const char *what, const stls_error *err)
{
  if (result >= 0) return;
  fprintf(stderr, "%s: %s: %s\n", what, stls_result_name(result),
          err == NULL ? "" : err->message);
  exit(1);
}

void bench_need(bool is_true, const char *what)
{
  if (is_true) return;
  fprintf(stderr, "%s failed\n", what);
  ERR_print_errors_fp(stderr);
  exit(1);
}

void bench_fill(uint8_t *out, size_t len)
{
  uint32_t state = 1;

  for (size_t i = 0; i < len; i++) {
    state = state * 1664525U + 1013904223U;
    out[i] = (uint8_t)(state >> 24);
  }
}

static void open_all(const struct bench_variant *variants, size_t num_variants,
                     size_t first)
{
  for (size_t i = 0; i < num_variants; i++) {
    const struct bench_variant *variant = &variants[(first + i) % num_variants];
    if (variant->open != NULL) variant->open(variant->state);
  }
}

static void close_all(const struct bench_variant *variants, size_t num_variants)
{
  for (size_t i = 0; i < num_variants; i++)
    if (variants[i].close != NULL) variants[i].close(variants[i].state);
}

static int by_value(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static double median(const double *values, size_t num)
{
  double sorted[BENCH_MAX_ROUNDS];

  memcpy(sorted, values, num * sizeof *values);
  qsort(sorted, num, sizeof *sorted, by_value);
  return sorted[num / 2];
}

static void add_ratio(const char *scenario, const char *what, double value,
                      double target, bool is_ceiling)
{
  struct ratio *ratio = &ratios[num_ratios];

  bench_need(num_ratios < MAX_RATIOS, "a place for one more ratio");
  snprintf(ratio->scenario, sizeof ratio->scenario, "%s", scenario);
  snprintf(ratio->what, sizeof ratio->what, "%s", what);
  ratio->value = value;
  ratio->target = target;
  ratio->is_ceiling = is_ceiling;
  num_ratios++;
  bench_figure(scenario, what, value, "ratio");
}

static void print_ratio(const struct ratio *ratio)
{
  bool is_met = ratio->is_ceiling ? ratio->value <= ratio->target
                                  : ratio->value >= ratio->target;

  printf("# %-28s %-34s %8.3g", ratio->scenario, ratio->what, ratio->value);
  if (isnan(ratio->target))
    printf("\n");
  else
    printf("  %s %-6.4g %s\n", ratio->is_ceiling ? "<=" : ">=", ratio->target,
           is_met ? "met" : "SHORT");
}
