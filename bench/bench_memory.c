/* SPDX-License-Identifier: MIT */
/* bench_memory: measures the heap that a connection holds in each phase. */
/*
 * Usage: bench_memory [--full] DATA_DIR. For TLS 1.3 and 1.2, and each way to
 * hold a connection: bytes and blocks of both ends, and of both together, as they
 * are asked for and (taken) as the allocator rounds them. `fresh` is before the
 * handshake, `used` after 16 KiB each way, `idle` is `used` after a trim, which
 * the library alone has. Contexts are shared and not counted.
 */
#include <math.h>
#include <stdio.h>

#include "support/bench.h"
#include "support/footprint.h"

enum {
  LIBRARY,
  LIBRARY_TAKEN,
  DIRECT,
  NAIVE,
  NAIVE_RELEASE,
  CUSTOM,
  CUSTOM_RELEASE,
  NUM_KINDS
};

static const struct endpoint_kind *const kinds[NUM_KINDS] = {
    &endpoint_library,       &endpoint_library_taken, &endpoint_library_direct,
    &endpoint_naive,         &endpoint_naive_release, &endpoint_custom,
    &endpoint_custom_release};

static void figure(const char *scenario, const char *kind, const char *what,
                   size_t value, const char *unit)
{
  char variant[64];

  snprintf(variant, sizeof variant, "%s_%s", kind, what);
  bench_figure(scenario, variant, (double)value, unit);
}

static void print_step(const char *scenario, const char *kind,
                       const struct footprint *step)
{
  struct heap_usage pair = footprint_of_pair(step);

  figure(scenario, kind, "client", step->client.requested, "B");
  figure(scenario, kind, "server", step->server.requested, "B");
  figure(scenario, kind, "pair", pair.requested, "B");
  figure(scenario, kind, "pair_taken", pair.taken, "B");
  figure(scenario, kind, "pair", pair.num_blocks, "blocks");
}

static double pair_bytes(const struct footprint *steps,
                         enum footprint_step step)
{
  return (double)footprint_of_pair(&steps[step]).requested;
}

static void judge(const char *version, bool is_1_3,
                  struct footprint steps[NUM_KINDS][FOOTPRINT_NUM_STEPS])
{
  double idle = pair_bytes(steps[LIBRARY], FOOTPRINT_IDLE);
  double taken = pair_bytes(steps[LIBRARY_TAKEN], FOOTPRINT_IDLE);
  double used = pair_bytes(steps[LIBRARY], FOOTPRINT_USED);
  double bound = pair_bytes(steps[CUSTOM_RELEASE], FOOTPRINT_USED);
  double naive = pair_bytes(steps[NAIVE], FOOTPRINT_USED);
  char scenario[64];

  snprintf(scenario, sizeof scenario, "memory_%s_idle", version);
  bench_at_most(scenario, "library_pair_kB", idle / 1000,
                is_1_3 ? bench_by_version(36, 52) : NAN);
  bench_at_most(scenario, "library_sessions_taken_pair_kB", taken / 1000, NAN);
  bench_at_most(scenario, "library/custom_bio_release", idle / bound, NAN);
  bench_at_least(scenario, "naive/library", naive / idle, NAN);
  bench_at_most(scenario, "library_direct_pair_kB",
                pair_bytes(steps[DIRECT], FOOTPRINT_IDLE) / 1000,
                is_1_3 ? bench_by_version(36, 52) : NAN);
  snprintf(scenario, sizeof scenario, "memory_%s_used", version);
  bench_at_least(scenario, "naive/library", naive / used, NAN);
  bench_at_most(scenario, "library_direct_pair_kB",
                pair_bytes(steps[DIRECT], FOOTPRINT_USED) / 1000,
                is_1_3 ? bench_by_version(40, 56) : NAN);
}

static void compare(const struct pair_config *config, size_t num_pairs)
{
  static const char *const names[FOOTPRINT_NUM_STEPS] = {"fresh", "shaken",
                                                         "used", "idle"};
  static struct footprint steps[NUM_KINDS][FOOTPRINT_NUM_STEPS];
  bool is_1_3 = config->version == TLS1_3_VERSION;
  const char *version = is_1_3 ? "1.3" : "1.2";
  char scenario[64];

  for (int i = 0; i < NUM_KINDS; i++) {
    footprint_measure(kinds[i], config, num_pairs, steps[i]);
    for (int j = 0; j < FOOTPRINT_NUM_STEPS; j++) {
      if (j == FOOTPRINT_IDLE && kinds[i]->trim == NULL) continue;
      if (j < FOOTPRINT_IDLE && i == LIBRARY_TAKEN) continue;
      snprintf(scenario, sizeof scenario, "memory_%s_%s", version, names[j]);
      print_step(scenario, kinds[i]->name, &steps[i][j]);
    }
  }
  judge(version, is_1_3, steps);
}

int main(int argc, char **argv)
{
  static const struct pair_config configs[] = {
      {TLS1_3_VERSION, PAIR_AES_128_GCM, PAIR_ECDSA, false, STLS_RECORDS_LIBSSL},
      {TLS1_2_VERSION, PAIR_AES_128_GCM, PAIR_ECDSA, false, STLS_RECORDS_LIBSSL}};

  bench_begin(argc, argv);
  heap_install();
  for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++)
    compare(&configs[i], bench_is_full() ? 1000 : 100);
  return bench_end();
}
