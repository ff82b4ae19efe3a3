/* SPDX-License-Identifier: MIT */
/* rng: random numbers from a seed, for the walk and for OpenSSL. */
#ifndef STLS_MODEL_RNG_H
#define STLS_MODEL_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SplitMix64; starts as the seed. */
typedef uint64_t rng;

uint64_t rng_next(rng *state);

/* 0 to num - 1; 0 for 0. */
uint32_t rng_below(rng *state, uint32_t num);

/* Most are small, some are anything up to max. */
uint32_t rng_size(rng *state, uint32_t max);

bool rng_one_in(rng *state, uint32_t num);

/*
 * From here on OpenSSL's random bytes come from this seed, so that signatures,
 * which differ in length, and with them every boundary, are the same in each run
 * of a walk. Does nothing where OpenSSL has no RAND_set_rand_method.
 */
void rng_seed_openssl(uint64_t seed);

#endif
