/* SPDX-License-Identifier: MIT */
/* bench_feed: measures reading records that arrive in small pieces. */
/*
 * Usage: bench_feed [--full] DATA_DIR. A stream of records is cut into feeds of
 * one length, without regard to where records end, as a transport cuts it. After
 * every feed the program reads until nothing more is there. Figures are for one
 * record. Not measured: making the records, and how they came from the kernel,
 * but for library_room, where one copy stands for recv.
 *
 * Connections are made anew for each round, in another order (support/bench.h).
 * Small records are measured with --full only, but for feeds of a hundred.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/bench.h"
#include "support/pair.h"

enum {
  LIBRARY,
  LIBRARY_BIO,
  LIBRARY_ROOM,
  DIRECT,
  DIRECT_BIO,
  NAIVE,
  NAIVE_ERRCLEAR,
  CUSTOM,
  NUM_VARIANTS
};

/* Records of one round, and what they may take. */
#define MAX_RECORDS ((size_t)1024)
#define MAX_PLAINTEXT ((size_t)1024 * 1024)
#define WIRE_LEN (MAX_PLAINTEXT + MAX_RECORDS * 64)

/* A hundred records of 64 bytes, as TLS 1.3 seals them. */
#define HUNDRED_SMALL ((size_t)100 * (64 + 22))

static const size_t feeds[] = {1, 16, 100, 1460, 4096, 16384};
#define NUM_FEEDS (sizeof feeds / sizeof feeds[0])

/* One variant's connection. */
struct run {
  const struct pair_kind *kind;
  const struct pair_config *config;
  void *pair;
  size_t record_len;
  size_t feed_len;
  uint8_t *wire;
};

static uint8_t data[16384];

static size_t make_records(const struct run *run, size_t count)
{
  size_t wire_len = 0;

  for (size_t i = 0; i < count; i++)
    wire_len += run->kind->write(run->pair, data, run->record_len,
                                 run->wire + wire_len);
  return wire_len;
}

static size_t feed(const struct run *run, size_t from, size_t wire_len)
{
  size_t part =
      wire_len - from < run->feed_len ? wire_len - from : run->feed_len;

  return run->kind->arrive(run->pair, run->wire + from, part);
}

static double time_feeds(void *state, size_t count)
{
  struct run *run = state;
  size_t wire_len = make_records(run, count), got = 0;
  double began = bench_now_ns();

  for (size_t from = 0; from < wire_len; from += run->feed_len)
    got += feed(run, from, wire_len);
  began = bench_now_ns() - began;
  bench_need(got == count * run->record_len, "reading all that was written");
  return began;
}

static void open_run(void *state)
{
  struct run *run = state;

  run->pair = run->kind->open(run->config);
}

static void close_run(void *state)
{
  struct run *run = state;

  run->kind->close(run->pair);
}

/* Whatever a feed gave begins with a record's plaintext. */
static void check_feeds(struct run *run)
{
  size_t wire_len, total = 0;

  open_run(run);
  wire_len = make_records(run, 4);
  for (size_t from = 0; from < wire_len; from += run->feed_len) {
    size_t got = feed(run, from, wire_len);
    bench_need(got % run->record_len == 0, "reading whole records");
    bench_need(got == 0 || memcmp(pair_plaintext, data, run->record_len) == 0,
               "reading what was written");
    total += got;
  }
  bench_need(total == 4 * run->record_len, "reading all that was written");
  close_run(run);
}

static void judge(const char *scenario, const struct bench_variant *variants,
                  size_t record_len, size_t feed_len, bool is_1_3)
{
  double target = NAN;
  char what[64];

  double direct = NAN;

  if (record_len == 16384 && feed_len >= 1460)
    direct = bench_by_version(1.3, 1.8);
  if (feed_len == HUNDRED_SMALL) direct = bench_by_version(1.7, 2.2);
  if (record_len == 16384 && feed_len == 1) target = 20;
  if (record_len == 16384 && feed_len == 100) target = 4.5;
  for (int i = LIBRARY; i <= LIBRARY_ROOM; i++) {
    snprintf(what, sizeof what, "naive/%s", variants[i].name);
    bench_at_least(scenario, what,
                   bench_ratio_of(&variants[NAIVE], &variants[i]),
                   i == LIBRARY ? target : NAN);
  }
  for (int i = DIRECT; i <= DIRECT_BIO; i++) {
    snprintf(what, sizeof what, "naive/%s", variants[i].name);
    bench_at_least(scenario, what,
                   bench_ratio_of(&variants[NAIVE], &variants[i]),
                   i == DIRECT && is_1_3 ? direct : NAN);
  }
  bench_at_least(scenario, "naive_errclear/library",
                 bench_ratio_of(&variants[NAIVE_ERRCLEAR], &variants[LIBRARY]),
                 NAN);
  if (record_len == 16384)
    bench_at_most(scenario, "library/custom_bio",
                  bench_ratio_of(&variants[LIBRARY], &variants[CUSTOM]), NAN);
}

/* Fewer where each takes long. */
static size_t count_records(size_t record_len, size_t feed_len)
{
  size_t count =
      feed_len == 1 ? 65536 / record_len : MAX_PLAINTEXT / record_len;

  return count < MAX_RECORDS ? count : MAX_RECORDS;
}

static void compare(const struct pair_config *config, struct run *runs,
                    size_t record_len, size_t feed_len)
{
  static struct bench_variant variants[NUM_VARIANTS];
  char scenario[64];

  for (int i = 0; i < NUM_VARIANTS; i++) {
    runs[i].record_len = record_len;
    runs[i].feed_len = feed_len;
    variants[i].name = runs[i].kind->name;
    variants[i].state = &runs[i];
    variants[i].run = time_feeds;
    variants[i].open = open_run;
    variants[i].close = close_run;
    check_feeds(&runs[i]);
  }
  snprintf(scenario, sizeof scenario, "feed_%s_%zu_by_%zu",
           pair_config_name(config), record_len, feed_len);
  bench_compare(scenario, variants, NUM_VARIANTS,
                count_records(record_len, feed_len), 1, "ns");
  judge(scenario, variants, record_len, feed_len,
        config->version == TLS1_3_VERSION);
}

static void compare_all(const struct pair_config *config)
{
  static const struct pair_kind *const kinds[] = {&pair_library,
                                                  &pair_library_bio,
                                                  &pair_library_room,
                                                  &pair_library_direct,
                                                  &pair_library_direct_bio,
                                                  &pair_naive,
                                                  &pair_naive_errclear,
                                                  &pair_custom};
  static const size_t record_lens[] = {16384, 1024, 64};
  size_t num_lens = bench_is_full() ? 3 : 1;
  struct run runs[NUM_VARIANTS];

  for (int i = 0; i < NUM_VARIANTS; i++) {
    runs[i].kind = kinds[i];
    runs[i].config = config;
    runs[i].wire = malloc(WIRE_LEN);
    bench_need(runs[i].wire != NULL, "memory");
  }
  for (size_t i = 0; i < num_lens; i++)
    for (size_t j = 0; j < NUM_FEEDS; j++)
      compare(config, runs, record_lens[i], feeds[j]);
  compare(config, runs, 64, HUNDRED_SMALL);
  for (int i = 0; i < NUM_VARIANTS; i++) free(runs[i].wire);
}

int main(int argc, char **argv)
{
  static const struct pair_config configs[] = {
      {TLS1_3_VERSION, PAIR_AES_128_GCM, PAIR_ECDSA, false, STLS_RECORDS_LIBSSL},
      {TLS1_2_VERSION, PAIR_AES_128_GCM, PAIR_ECDSA, false, STLS_RECORDS_LIBSSL}};

  bench_begin(argc, argv);
  bench_fill(data, sizeof data);
  for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++)
    compare_all(&configs[i]);
  return bench_end();
}
