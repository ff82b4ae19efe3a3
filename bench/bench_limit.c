/* SPDX-License-Identifier: MIT */
/* bench_limit: measures transfers by the limit of a connection's queues. */
/*
 * Usage: bench_limit [--full] DATA_DIR. One side writes, the other reads, and
 * every turn of the loop fills `outgoing` to its limit before it moves on, as a
 * loop under load does. The variants are limits; values are per byte of
 * plaintext.
 */
#include <math.h>
#include <stdio.h>

#include "support/bench.h"
#include "support/pair.h"

#define ROUND_BYTES ((size_t)4 * 1024 * 1024)

enum {
  NUM_LIMITS = 7,
  /* 64 KiB, the default. */
  DEFAULT = 3
};

static const size_t limits_kib[NUM_LIMITS] = {8, 17, 32, 64, 128, 256, 1024};

static uint8_t plaintext[1024 * 1024];
static void *pair;

static double time_transfer(void *state, size_t count)
{
  const size_t limit = *(const size_t *)state * 1024;
  stls_object *from = pair_library_client(pair);
  stls_object *to = pair_library_server(pair);
  size_t sent = 0, part = 0;
  double began;

  bench_must(stls_bio_set_limit(stls_object_outgoing(from), limit, NULL),
             "limit", NULL);
  bench_must(stls_bio_set_limit(stls_object_incoming(to), limit, NULL), "limit",
             NULL);
  began = bench_now_ns();
  while (sent < count) {
    bench_must(stls_object_write(from, plaintext, sizeof plaintext, &part),
               "write", NULL);
    sent += part;
    do {
      pair_library_move(from, to);
      while (stls_object_read(to, pair_plaintext, sizeof pair_plaintext,
                              &part) == STLS_OK)
        continue;
    } while (stls_bio_pending(stls_object_outgoing(from)) > 0);
  }
  /* What was asked for, though a little more went through. */
  return (bench_now_ns() - began) / (double)sent * (double)count;
}

int main(int argc, char **argv)
{
  static const struct pair_config config = {
      TLS1_3_VERSION, PAIR_AES_128_GCM, PAIR_ECDSA, false, STLS_RECORDS_AUTO};
  static struct bench_variant variants[NUM_LIMITS];
  static char names[NUM_LIMITS][32];

  bench_begin(argc, argv);
  bench_fill(plaintext, sizeof plaintext);
  pair = pair_library.open(&config);
  for (size_t i = 0; i < NUM_LIMITS; i++) {
    snprintf(names[i], sizeof names[i], "limit_%zuKiB", limits_kib[i]);
    variants[i].name = names[i];
    variants[i].run = time_transfer;
    variants[i].state = (void *)&limits_kib[i];
  }
  bench_compare("transfer_1.3_aes128gcm", variants, NUM_LIMITS, ROUND_BYTES, 1,
                "ns/B");
  for (size_t i = 0; i < NUM_LIMITS; i++) {
    char what[64];
    snprintf(what, sizeof what, "limit_%zuKiB/64KiB", limits_kib[i]);
    bench_at_most("transfer_1.3_aes128gcm", what,
                  bench_ratio_of(&variants[i], &variants[DEFAULT]), NAN);
  }
  pair_library.close(pair);
  return bench_end();
}
