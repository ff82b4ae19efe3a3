/* SPDX-License-Identifier: MIT */
/* flat: is a BIO_METHOD that copies once: the bound of libssl's transport. */
#ifndef STLS_BENCH_FLAT_H
#define STLS_BENCH_FLAT_H

#include <openssl/bio.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes as the BIO sees them: it reads `in` where it lies and writes to `out`,
 * which must be long enough for all that comes. Both are the caller's. */
struct flat {
  const uint8_t *in;
  size_t in_len;
  uint8_t *out;
  size_t out_len;
};

/* A BIO over `flat`, which must outlive it. The first call makes the method: it
 * must have returned before others run at the same time. */
BIO *flat_bio_new(struct flat *flat);

/* What one wrote is what the other reads next. */
void flat_show(struct flat *from, struct flat *to);

#endif
