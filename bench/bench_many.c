/* SPDX-License-Identifier: MIT */
/* bench_many: measures a turn over many connections, with cold caches. */
/*
 * Usage: bench_many [--full] DATA_DIR. In every connection in turn the client
 * writes 16 KiB and the server reads them: 1, 100 and 1,000 connections, with
 * --full also 10,000, which needs 5 GB of memory. Figures are for one connection.
 *
 * Naive glue keeps two buffers of record size in every connection, and libssl
 * two more, so what a turn touches soon exceeds all caches. The library sets
 * SSL_MODE_RELEASE_BUFFERS; the `_release` variants do so, too, which tells what
 * comes of that from what comes of the glue.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/bench.h"
#include "support/pair.h"

enum {
  LIBRARY,
  DIRECT,
  NAIVE,
  NAIVE_RELEASE,
  CUSTOM,
  CUSTOM_RELEASE,
  NUM_VARIANTS
};

enum {
  MESSAGE_LEN = 16384,
  /* A round of few connections takes several turns, to be long enough. */
  MIN_PASSES = 100
};

static const size_t counts[] = {1, 100, 1000, 10000};

/* One variant's connections. */
struct crowd {
  const struct pair_kind *kind;
  void **pairs;
  size_t num_pairs;
};

static const struct pair_config config = {TLS1_3_VERSION, PAIR_AES_128_GCM,
                                          PAIR_ECDSA, false, STLS_RECORDS_LIBSSL};
static uint8_t data[MESSAGE_LEN];

static double time_turns(void *state, size_t count)
{
  struct crowd *crowd = state;
  size_t got = 0;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++)
    got += crowd->kind->pass(crowd->pairs[i % crowd->num_pairs], data,
                             MESSAGE_LEN);
  began = bench_now_ns() - began;
  bench_need(got == count * MESSAGE_LEN, "reading all that was written");
  return began;
}

static void check_turn(const struct crowd *crowd)
{
  for (size_t i = 0; i < crowd->num_pairs; i++) {
    memset(pair_plaintext, 0, MESSAGE_LEN);
    bench_need(
        crowd->kind->pass(crowd->pairs[i], data, MESSAGE_LEN) == MESSAGE_LEN &&
            memcmp(pair_plaintext, data, MESSAGE_LEN) == 0,
        "reading what was written");
  }
}

/* Connection by connection, so that all variants' memory is as scattered. */
static void open_crowds(struct crowd *crowds, size_t num_pairs)
{
  static const struct pair_kind *const kinds[] = {
      &pair_library, &pair_library_direct, &pair_naive,
      &pair_naive,   &pair_custom,         &pair_custom};

  for (int i = 0; i < NUM_VARIANTS; i++) {
    crowds[i].kind = kinds[i];
    crowds[i].pairs = calloc(num_pairs, sizeof *crowds[i].pairs);
    bench_need(crowds[i].pairs != NULL, "memory");
  }
  for (size_t at = 0; at < num_pairs; at++) {
    for (int i = 0; i < NUM_VARIANTS; i++) {
      void *pair = kinds[i]->open(&config);
      crowds[i].pairs[at] = pair;
      if (i != NAIVE_RELEASE && i != CUSTOM_RELEASE) continue;
      SSL_set_mode(pair_openssl_client(pair), SSL_MODE_RELEASE_BUFFERS);
      SSL_set_mode(pair_openssl_server(pair), SSL_MODE_RELEASE_BUFFERS);
    }
  }
  for (int i = 0; i < NUM_VARIANTS; i++) {
    crowds[i].num_pairs = num_pairs;
    check_turn(&crowds[i]);
  }
}

static void close_crowds(struct crowd *crowds, size_t num_pairs)
{
  for (int i = 0; i < NUM_VARIANTS; i++) {
    for (size_t at = 0; at < num_pairs; at++)
      crowds[i].kind->close(crowds[i].pairs[at]);
    free(crowds[i].pairs);
  }
}

static void compare(struct crowd *crowds, size_t num_pairs)
{
  static struct bench_variant variants[NUM_VARIANTS] = {
      [LIBRARY] = {.name = "library"},
      [DIRECT] = {.name = "library_direct"},
      [NAIVE] = {.name = "naive"},
      [NAIVE_RELEASE] = {.name = "naive_release"},
      [CUSTOM] = {.name = "custom_bio"},
      [CUSTOM_RELEASE] = {.name = "custom_bio_release"}};
  char scenario[64];

  for (int i = 0; i < NUM_VARIANTS; i++) {
    crowds[i].num_pairs = num_pairs;
    variants[i].run = time_turns;
    variants[i].state = &crowds[i];
  }
  snprintf(scenario, sizeof scenario, "many_%zu", num_pairs);
  bench_compare(scenario, variants, NUM_VARIANTS,
                num_pairs < MIN_PASSES ? MIN_PASSES : num_pairs, 1, "ns");
  bench_at_least(scenario, "naive/library",
                 bench_ratio_of(&variants[NAIVE], &variants[LIBRARY]),
                 num_pairs == 1000 ? bench_by_version(1.5, 2.0) : NAN);
  bench_at_least(scenario, "naive/library_direct",
                 bench_ratio_of(&variants[NAIVE], &variants[DIRECT]),
                 num_pairs == 1000 ? bench_by_version(1.6, 2.2) : NAN);
  bench_at_least(scenario, "naive_release/library",
                 bench_ratio_of(&variants[NAIVE_RELEASE], &variants[LIBRARY]),
                 NAN);
  bench_at_most(scenario, "library/custom_bio",
                bench_ratio_of(&variants[LIBRARY], &variants[CUSTOM]), NAN);
  bench_at_most(scenario, "library/custom_bio_release",
                bench_ratio_of(&variants[LIBRARY], &variants[CUSTOM_RELEASE]),
                NAN);
}

int main(int argc, char **argv)
{
  struct crowd crowds[NUM_VARIANTS];
  size_t num_counts = sizeof counts / sizeof counts[0], most;

  bench_begin(argc, argv);
  if (!bench_is_full()) num_counts--;
  most = counts[num_counts - 1];
  bench_fill(data, sizeof data);
  open_crowds(crowds, most);
  for (size_t i = 0; i < num_counts; i++) compare(crowds, counts[i]);
  close_crowds(crowds, most);
  return bench_end();
}
