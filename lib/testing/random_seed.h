/* SPDX-License-Identifier: MIT */
/* random_seed: what random bytes follow from, and those bytes. */
#ifndef STLS_LIB_RANDOM_SEED_H
#define STLS_LIB_RANDOM_SEED_H

#include <sanstls/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  STLS_RANDOM_KEY_LEN = 32,
  /* Of the text, with its NUL: a number has 20 digits at most, a key 64. */
  STLS_RANDOM_SEED_SIZE = 2 * STLS_RANDOM_KEY_LEN + 1
};

/* A number, which may be known to all; or a key, which is secret: whoever holds one
 * wipes it. */
struct stls_random_seed {
  bool is_key;
  uint64_t number;
  uint8_t key[STLS_RANDOM_KEY_LEN];
};

/*
 * Makes a key from the randomness of the system, of whatever else the process has
 * seeded.
 *
 * STLS_OK. STLS_ERROR_UNSUPPORTED: OpenSSL has no random bytes. STLS_ERROR_MEMORY.
 */
stls_result stls_random_seed_generate(struct stls_random_seed *out,
                                      stls_error *err);

/* Writes the bytes of a seed from that number `at` on. It cannot fail, and takes the same
 * time for every key. */
void stls_random_seed_expand(const struct stls_random_seed *seed, uint64_t at,
                             uint8_t *out, size_t len);

/* Makes the seed number `nth`, from 1, of those that follow from another. From it
 * nobody learns that one, if it is a key. */
void stls_random_seed_derive(const struct stls_random_seed *from, uint64_t nth,
                             struct stls_random_seed *out);

/* Writes a number in decimal, a key as 64 hexadecimal digits; and reads that. false:
 * it is neither. */
void stls_random_seed_format(const struct stls_random_seed *seed,
                             char out[STLS_RANDOM_SEED_SIZE]);
bool stls_random_seed_parse(const char *text, struct stls_random_seed *out);

/* Whether the text is a key. */
bool stls_random_seed_is_key(const char *text);

#endif
