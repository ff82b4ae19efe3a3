/* SPDX-License-Identifier: MIT */
/* bench_small: measures small messages, one by one and gathered. */
/*
 * Usage: bench_small [--full] DATA_DIR. Messages of 16, 64 and 256 bytes are
 * written, and the transport takes what comes of it, after each call or at the
 * end of each batch where there are batches. Figures are for one message.
 *
 * library, library_direct, naive, custom_bio, aead: a record each.
 * library_corked: 16 KiB of messages between stls_object_cork and
 *   stls_object_flush, which is one record; library_corked16: 16 messages.
 * library_writev16, library_writev256: as many messages in one call.
 * naive_gathered: a program with a buffer of its own of 16 KiB, written when it
 *   is full.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/aead.h"
#include "support/bench.h"
#include "support/pair.h"

enum {
  LIBRARY,
  CORKED,
  CORKED_16,
  WRITEV_16,
  WRITEV_256,
  DIRECT,
  DIRECT_WRITEV_16,
  NAIVE,
  NAIVE_GATHERED,
  CUSTOM,
  AEAD,
  NUM_VARIANTS
};

enum {
  RECORD_MAX = 16384,
  /* Of one round; whole batches for every variant. */
  NUM_MESSAGES = 4096
};

/* One variant's connection. */
struct run {
  const struct pair_kind *kind;
  void *pair;
  struct aead *aead;
  size_t len;
  /* Messages of a batch. */
  size_t batch;
  /* Where the records go; NULL where nobody wants them. */
  uint8_t *wire;
  size_t wire_len;
};

static const struct pair_config config = {TLS1_3_VERSION, PAIR_AES_128_GCM,
                                          PAIR_ECDSA, false, STLS_RECORDS_AUTO};
static uint8_t data[(size_t)NUM_MESSAGES * 256];

/* --- ways to write --- */

static void write_each(struct run *run, const uint8_t *messages, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    uint8_t *wire = run->wire == NULL ? NULL : run->wire + run->wire_len;
    run->wire_len +=
        run->kind->write(run->pair, messages + i * run->len, run->len, wire);
  }
}

static void drain(struct run *run)
{
  stls_bio *outgoing = stls_object_outgoing(pair_library_client(run->pair));
  stls_span span;

  while ((span = stls_bio_peek(outgoing)).len > 0) {
    if (run->wire != NULL)
      memcpy(run->wire + run->wire_len, span.data, span.len);
    run->wire_len += span.len;
    bench_must(stls_bio_consume(outgoing, span.len, NULL), "consume", NULL);
  }
}

static void write_corked(struct run *run, const uint8_t *messages, size_t count)
{
  stls_object *client = pair_library_client(run->pair);

  for (size_t at = 0; at < count; at += run->batch) {
    bench_must(stls_object_cork(client), "cork", NULL);
    for (size_t i = at; i < at + run->batch; i++) {
      size_t taken = 0;
      bench_must(
          stls_object_write(client, messages + i * run->len, run->len, &taken),
          "write", NULL);
      bench_need(taken == run->len, "writing all");
    }
    bench_must(stls_object_flush(client), "flush", NULL);
    drain(run);
  }
}

static void write_vectors(struct run *run, const uint8_t *messages,
                          size_t count)
{
  stls_object *client = pair_library_client(run->pair);
  stls_span spans[256];

  for (size_t at = 0; at < count; at += run->batch) {
    size_t done = 0;
    for (size_t i = 0; i < run->batch; i++) {
      spans[i].data = messages + (at + i) * run->len;
      spans[i].len = run->len;
    }
    bench_must(stls_object_writev(client, spans, run->batch, &done), "writev",
               NULL);
    bench_need(done == run->batch * run->len, "writing all");
    drain(run);
  }
}

static void write_gathered(struct run *run, const uint8_t *messages,
                           size_t count)
{
  static uint8_t gathered[RECORD_MAX];
  size_t used = 0;

  for (size_t i = 0; i < count; i++) {
    memcpy(gathered + used, messages + i * run->len, run->len);
    used += run->len;
    if (used < sizeof gathered) continue;
    run->wire_len +=
        run->kind->write(run->pair, gathered, used,
                         run->wire == NULL ? NULL : run->wire + run->wire_len);
    used = 0;
  }
}

static void seal_each(struct run *run, const uint8_t *messages, size_t count)
{
  for (size_t i = 0; i < count; i++)
    aead_seal(run->aead, messages + i * run->len, run->len);
}

/* --- rounds --- */

static const struct way {
  const char *name;
  const struct pair_kind *kind;
  void (*write)(struct run *run, const uint8_t *messages, size_t count);
  /* 0: as many as fill a record. */
  size_t batch;
} ways[NUM_VARIANTS] = {
    [LIBRARY] = {"library", &pair_library, write_each, 1},
    [CORKED] = {"library_corked", &pair_library, write_corked, 0},
    [CORKED_16] = {"library_corked16", &pair_library, write_corked, 16},
    [WRITEV_16] = {"library_writev16", &pair_library, write_vectors, 16},
    [WRITEV_256] = {"library_writev256", &pair_library, write_vectors, 256},
    [DIRECT] = {"library_direct", &pair_library_direct, write_each, 1},
    [DIRECT_WRITEV_16] = {"library_direct_writev16", &pair_library_direct,
                          write_vectors, 16},
    [NAIVE] = {"naive", &pair_naive, write_each, 1},
    [NAIVE_GATHERED] = {"naive_gathered", &pair_naive, write_gathered, 0},
    [CUSTOM] = {"custom_bio", &pair_custom, write_each, 1},
    [AEAD] = {"aead", NULL, seal_each, 1}};

static struct run runs[NUM_VARIANTS];

static double time_writes(void *state, size_t count)
{
  struct run *run = state;
  double began = bench_now_ns();

  ways[run - runs].write(run, data, count);
  return bench_now_ns() - began;
}

/* Before any record is dropped: all messages arrive, in order. */
static void check_writes(struct run *run)
{
  size_t total = NUM_MESSAGES * run->len, from = 0, got = 0;

  run->wire = malloc((size_t)NUM_MESSAGES * (run->len + 64));
  bench_need(run->wire != NULL, "memory");
  run->wire_len = 0;
  ways[run - runs].write(run, data, NUM_MESSAGES);
  /* Record by record. */
  while (from < run->wire_len) {
    const uint8_t *record = run->wire + from;
    size_t record_len = 5 + ((size_t)record[3] << 8) + record[4], part;
    part = run->kind->arrive(run->pair, record, record_len);
    bench_need(part > 0 && part <= total - got &&
                   memcmp(pair_plaintext, data + got, part) == 0,
               "reading what was written");
    got += part;
    from += record_len;
  }
  bench_need(got == total, "reading all that was written");
  free(run->wire);
  run->wire = NULL;
}

static void judge(const char *scenario, const struct bench_variant *variants,
                  size_t len)
{
  double target = len == 64 ? 25 : NAN;

  for (int i = CORKED; i <= WRITEV_256; i++) {
    char what[64];
    snprintf(what, sizeof what, "library/%s", variants[i].name);
    bench_at_least(scenario, what,
                   bench_ratio_of(&variants[LIBRARY], &variants[i]),
                   i == CORKED || i == WRITEV_256 ? target : NAN);
  }
  bench_at_least(scenario, "naive/library",
                 bench_ratio_of(&variants[NAIVE], &variants[LIBRARY]), NAN);
  bench_at_least(scenario, "naive/library_direct",
                 bench_ratio_of(&variants[NAIVE], &variants[DIRECT]), NAN);
  bench_at_least(
      scenario, "library_writev16/library_direct_writev16",
      bench_ratio_of(&variants[WRITEV_16], &variants[DIRECT_WRITEV_16]), NAN);
  bench_at_most(scenario, "library_direct/aead",
                bench_ratio_of(&variants[DIRECT], &variants[AEAD]), NAN);
  bench_at_most(scenario, "library/custom_bio",
                bench_ratio_of(&variants[LIBRARY], &variants[CUSTOM]), NAN);
  bench_at_least(scenario, "naive_gathered/library_corked",
                 bench_ratio_of(&variants[NAIVE_GATHERED], &variants[CORKED]),
                 NAN);
}

static void compare(size_t len)
{
  static struct bench_variant variants[NUM_VARIANTS];
  char scenario[64];

  for (int i = 0; i < NUM_VARIANTS; i++) {
    struct run *run = &runs[i];
    run->kind = ways[i].kind;
    run->len = len;
    run->batch = ways[i].batch == 0 ? RECORD_MAX / len : ways[i].batch;
    if (i == AEAD)
      run->aead = aead_open(&config);
    else
      run->pair = run->kind->open(&config);
    if (run->kind == &pair_library || run->kind == &pair_library_direct)
      bench_must(stls_bio_set_limit(
                     stls_object_outgoing(pair_library_client(run->pair)),
                     SIZE_MAX, NULL),
                 "limit", NULL);
    if (i != AEAD) check_writes(run);
    variants[i].name = ways[i].name;
    variants[i].run = time_writes;
    variants[i].state = run;
  }
  snprintf(scenario, sizeof scenario, "small_%zu", len);
  bench_compare(scenario, variants, NUM_VARIANTS, NUM_MESSAGES, 1, "ns");
  judge(scenario, variants, len);
  for (int i = 0; i < NUM_VARIANTS; i++) {
    if (i == AEAD)
      aead_close(runs[i].aead);
    else
      runs[i].kind->close(runs[i].pair);
  }
}

int main(int argc, char **argv)
{
  bench_begin(argc, argv);
  bench_fill(data, sizeof data);
  compare(16);
  compare(64);
  compare(256);
  return bench_end();
}
