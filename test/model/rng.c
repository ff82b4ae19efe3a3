/* SPDX-License-Identifier: MIT */
/* rng: random numbers from a seed, for the walk and for OpenSSL. */
/* RAND_METHOD is deprecated, and the only way to have OpenSSL's own calls of
 * RAND_priv_bytes answered without a provider. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "rng.h"

#include <openssl/rand.h>
#include <string.h>

static rng openssl_state;

uint64_t rng_next(rng *state)
{
  uint64_t z = *state += 0x9e3779b97f4a7c15U;

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

uint32_t rng_below(rng *state, uint32_t num)
{
  return num == 0 ? 0 : (uint32_t)(rng_next(state) >> 32) % num;
}

uint32_t rng_size(rng *state, uint32_t max)
{
  uint32_t bound = (uint32_t)1 << rng_below(state, 17);

  if (bound > max) bound = max;
  return rng_below(state, bound + 1);
}

bool rng_one_in(rng *state, uint32_t num)
{
  return rng_below(state, num) == 0;
}

#ifndef OPENSSL_NO_DEPRECATED_3_0
static int fill(unsigned char *out, int len)
{
  for (int at = 0; at < len; at += 8) {
    uint64_t bits = rng_next(&openssl_state);
    memcpy(out + at, &bits, (size_t)(len - at < 8 ? len - at : 8));
  }
  return 1;
}

static int is_seeded(void)
{
  return 1;
}

void rng_seed_openssl(uint64_t seed)
{
  static const RAND_METHOD method = {
      .bytes = fill, .pseudorand = fill, .status = is_seeded};

  openssl_state = seed;
  if (RAND_get_rand_method() != &method) RAND_set_rand_method(&method);
}
#else
void rng_seed_openssl(uint64_t seed)
{
  openssl_state = seed;
}
#endif
