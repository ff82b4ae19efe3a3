/* SPDX-License-Identifier: MIT */
/* footprint: measures what a connection holds, phase by phase. */
#ifndef STLS_BENCH_FOOTPRINT_H
#define STLS_BENCH_FOOTPRINT_H

#include "endpoint.h"
#include "heap.h"

enum footprint_step {
  FOOTPRINT_FRESH,
  FOOTPRINT_SHAKEN,
  /* 16 KiB were written and read in each direction. */
  FOOTPRINT_USED,
  /* The same as before for kinds that trim nothing. */
  FOOTPRINT_IDLE,
  FOOTPRINT_NUM_STEPS
};

struct footprint {
  struct heap_usage client;
  struct heap_usage server;
};

/* The mean over `num_pairs` that are alive at the same time and share their
 * contexts, which are not counted. Needs heap_install. */
void footprint_measure(const struct endpoint_kind *kind,
                       const struct pair_config *config, size_t num_pairs,
                       struct footprint out_steps[FOOTPRINT_NUM_STEPS]);

/* Both ends together. */
struct heap_usage footprint_of_pair(const struct footprint *footprint);

#endif
