/* SPDX-License-Identifier: MIT */
/* bench_transfer: measures writing and reading, each by itself. */
/*
 * Usage: bench_transfer [--full] DATA_DIR. For every size, cipher and version:
 * the library, naive glue, the custom-BIO bound and libcrypto's AEAD alone.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/aead.h"
#include "support/bench.h"
#include "support/pair.h"

/* Plaintext of one round; short enough for the nearest caches to matter less
 * than turns. */
#define ROUND_BYTES ((size_t)1024 * 1024)
#define MAX_MESSAGES ((size_t)2048)

static const size_t sizes[] = {64, 1024, 4096, 16384, 262144};
#define NUM_SIZES (sizeof sizes / sizeof sizes[0])

/* One variant's connection, and the records that it will read. */
struct run {
  const struct pair_kind *kind;
  void *pair;
  struct aead *aead;
  size_t len;
  uint8_t *wire;
  size_t ends[MAX_MESSAGES];
};

static uint8_t data[262144];

static double time_writes(void *state, size_t count)
{
  struct run *run = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++)
    run->kind->write(run->pair, data, run->len, NULL);
  return bench_now_ns() - began;
}

static double time_reads(void *state, size_t count)
{
  struct run *run = state;
  size_t wire_len = 0, got = 0;
  double began;

  for (size_t i = 0; i < count; i++) {
    wire_len +=
        run->kind->write(run->pair, data, run->len, run->wire + wire_len);
    run->ends[i] = wire_len;
  }
  began = bench_now_ns();
  for (size_t i = 0; i < count; i++) {
    size_t from = i == 0 ? 0 : run->ends[i - 1];
    got += run->kind->arrive(run->pair, run->wire + from, run->ends[i] - from);
  }
  began = bench_now_ns() - began;
  bench_need(got == count * run->len, "reading all that was written");
  return began;
}

static double time_seals(void *state, size_t count)
{
  struct run *run = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) aead_seal(run->aead, data, run->len);
  return bench_now_ns() - began;
}

static double time_unseals(void *state, size_t count)
{
  struct run *run = state;
  double began;

  aead_seal(run->aead, data, run->len);
  began = bench_now_ns();
  for (size_t i = 0; i < count; i++) aead_unseal(run->aead, run->len);
  return bench_now_ns() - began;
}

enum {
  LIBRARY,
  LIBRARY_KEEP,
  LIBRARY_BIO,
  DIRECT,
  DIRECT_KEEP,
  NAIVE,
  NAIVE_ERRCLEAR,
  CUSTOM,
  AEAD,
  NUM_VARIANTS
};

/* `len` 0: without targets. */
static void judge_direct(const char *scenario,
                         const struct bench_variant *variants, size_t len)
{
  double floor = len == 16384 ? bench_by_version(1.06, 1.10)
                 : len == 64  ? bench_by_version(1.35, 1.70)
                              : NAN;

  bench_at_most(scenario, "library_direct/aead",
                bench_ratio_of(&variants[DIRECT], &variants[AEAD]), floor);
  bench_at_most(scenario, "library_direct_keep/aead",
                bench_ratio_of(&variants[DIRECT_KEEP], &variants[AEAD]), NAN);
  bench_at_least(scenario, "library/library_direct",
                 bench_ratio_of(&variants[LIBRARY], &variants[DIRECT]), NAN);
  bench_at_least(scenario, "custom_bio/library_direct",
                 bench_ratio_of(&variants[CUSTOM], &variants[DIRECT]), NAN);
}

/* The targets speak of one busy connection, of TLS 1.3 and AES-128-GCM: its
 * program would have the buffers kept. */
static void judge(const char *scenario, const struct bench_variant *variants,
                  const struct pair_config *config, size_t len, bool is_write)
{
  double bound = len >= 4096 ? 1.06 : len >= 1024 ? 1.10 : 1.15;
  double floor =
      is_write ? bench_by_version(1.30, 1.70) : bench_by_version(1.25, 1.68);
  bool is_judged =
      config->version == TLS1_3_VERSION && config->cipher == PAIR_AES_128_GCM;

  bench_at_most(scenario, "library_keep/custom_bio",
                bench_ratio_of(&variants[LIBRARY_KEEP], &variants[CUSTOM]),
                is_judged ? bound : NAN);
  bench_at_most(scenario, "library/custom_bio",
                bench_ratio_of(&variants[LIBRARY], &variants[CUSTOM]), NAN);
  bench_at_most(scenario, "library_keep/aead",
                bench_ratio_of(&variants[LIBRARY_KEEP], &variants[AEAD]),
                is_judged && len == 16384 ? floor : NAN);
  bench_at_most(scenario, "custom_bio/aead",
                bench_ratio_of(&variants[CUSTOM], &variants[AEAD]), NAN);
  bench_at_least(scenario, "naive/library",
                 bench_ratio_of(&variants[NAIVE], &variants[LIBRARY]), NAN);
  bench_at_least(scenario, "naive/library_keep",
                 bench_ratio_of(&variants[NAIVE], &variants[LIBRARY_KEEP]),
                 NAN);
  judge_direct(scenario, variants, is_judged ? len : 0);
}

static void judge_sums(const char *scenario, const double *sums,
                       const struct pair_config *config, size_t len)
{
  const bool is_judged =
      config->version == TLS1_3_VERSION && config->cipher == PAIR_AES_128_GCM;
  const double target = len == 16384 ? bench_by_version(1.4, 2.0)
                        : len == 64  ? bench_by_version(1.8, 2.5)
                                     : NAN;

  bench_at_least(scenario, "naive/library_direct", sums[NAIVE] / sums[DIRECT],
                 is_judged ? target : NAN);
  bench_at_least(scenario, "naive/library_direct_keep",
                 sums[NAIVE] / sums[DIRECT_KEEP], NAN);
  bench_at_least(scenario, "naive_errclear/library_direct",
                 sums[NAIVE_ERRCLEAR] / sums[DIRECT], NAN);
}

static void open_runs(struct run *runs, const struct pair_config *config,
                      size_t len)
{
  static const struct pair_kind *const kinds[] = {&pair_library,
                                                  &pair_library_keep,
                                                  &pair_library_bio,
                                                  &pair_library_direct,
                                                  &pair_library_direct_keep,
                                                  &pair_naive,
                                                  &pair_naive_errclear,
                                                  &pair_custom};

  for (int i = 0; i < NUM_VARIANTS; i++) {
    runs[i].len = len;
    if (i == AEAD) {
      runs[i].aead = aead_open(config);
      continue;
    }
    runs[i].kind = kinds[i];
    runs[i].pair = kinds[i]->open(config);
    runs[i].wire = malloc(ROUND_BYTES + MAX_MESSAGES * 64);
    bench_need(runs[i].wire != NULL, "memory");
  }
}

static void close_runs(struct run *runs)
{
  for (int i = 0; i < NUM_VARIANTS; i++) {
    if (i == AEAD)
      aead_close(runs[i].aead);
    else
      runs[i].kind->close(runs[i].pair);
    free(runs[i].wire);
  }
}

/* Reading goes first: a pair that has dropped records can read no more. */
static void compare(const struct pair_config *config, size_t len)
{
  static struct run runs[NUM_VARIANTS];
  static struct bench_variant variants[NUM_VARIANTS];
  size_t count =
      ROUND_BYTES / len < MAX_MESSAGES ? ROUND_BYTES / len : MAX_MESSAGES;
  double sums[NUM_VARIANTS] = {0};
  char scenario[64];

  open_runs(runs, config, len);
  for (int is_write = 0; is_write < 2; is_write++) {
    for (int i = 0; i < NUM_VARIANTS; i++) {
      variants[i].name = i == AEAD ? "aead" : runs[i].kind->name;
      variants[i].state = &runs[i];
      if (is_write)
        variants[i].run = i == AEAD ? time_seals : time_writes;
      else
        variants[i].run = i == AEAD ? time_unseals : time_reads;
    }
    snprintf(scenario, sizeof scenario, "%s_%s_%zu",
             is_write ? "write" : "read", pair_config_name(config), len);
    bench_compare(scenario, variants, NUM_VARIANTS, count, 1, "ns");
    judge(scenario, variants, config, len, is_write);
    for (int i = 0; i < NUM_VARIANTS; i++)
      sums[i] += bench_median(&variants[i]);
  }
  snprintf(scenario, sizeof scenario, "both_%s_%zu", pair_config_name(config),
           len);
  bench_at_least(scenario, "naive/custom_bio", sums[NAIVE] / sums[CUSTOM], NAN);
  bench_at_least(scenario, "naive/library", sums[NAIVE] / sums[LIBRARY], NAN);
  bench_at_least(scenario, "naive/library_keep",
                 sums[NAIVE] / sums[LIBRARY_KEEP],
                 len == 16384 && config->version == TLS1_3_VERSION &&
                         config->cipher == PAIR_AES_128_GCM
                     ? bench_by_version(1.15, 1.40)
                     : NAN);
  judge_sums(scenario, sums, config, len);
  close_runs(runs);
}

int main(int argc, char **argv)
{
  static const struct pair_config configs[] = {
      {TLS1_3_VERSION, PAIR_AES_128_GCM, PAIR_ECDSA, false, STLS_RECORDS_LIBSSL},
      {TLS1_2_VERSION, PAIR_AES_128_GCM, PAIR_ECDSA, false, STLS_RECORDS_LIBSSL},
      {TLS1_3_VERSION, PAIR_AES_256_GCM, PAIR_ECDSA, false, STLS_RECORDS_LIBSSL},
      {TLS1_2_VERSION, PAIR_AES_256_GCM, PAIR_ECDSA, false, STLS_RECORDS_LIBSSL},
      {TLS1_3_VERSION, PAIR_CHACHA20, PAIR_ECDSA, false, STLS_RECORDS_LIBSSL},
      {TLS1_2_VERSION, PAIR_CHACHA20, PAIR_ECDSA, false, STLS_RECORDS_LIBSSL}};

  bench_begin(argc, argv);
  bench_fill(data, sizeof data);
  for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++)
    for (size_t j = 0; j < NUM_SIZES; j++) compare(&configs[i], sizes[j]);
  return bench_end();
}
