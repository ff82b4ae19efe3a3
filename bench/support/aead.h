/* SPDX-License-Identifier: MIT */
/* aead: encrypts records by libcrypto alone: the lower bound of every stack. */
#ifndef STLS_BENCH_AEAD_H
#define STLS_BENCH_AEAD_H

#include <stddef.h>
#include <stdint.h>

#include "pair.h"

struct aead;

/* Seals and opens as the records of this config are; ends the program when it
 * cannot. */
struct aead *aead_open(const struct pair_config *config);
void aead_close(struct aead *aead);

/* Records of up to 16 KiB until `len` bytes are through, one nonce each. The
 * output is written over the same memory each time. */
void aead_seal(struct aead *aead, const uint8_t *data, size_t len);

/* Opens, as often, what aead_seal made of the same `len` last. */
void aead_unseal(struct aead *aead, size_t len);

#endif
