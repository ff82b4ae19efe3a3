/* SPDX-License-Identifier: MIT */
/* testing: makes testing worlds, and sets their seed and clock. */
#ifndef STLS_LIB_TESTING_H
#define STLS_LIB_TESTING_H

#include <openssl/types.h>
#include <sanstls/testing.h>
#include <stdatomic.h>

#include "testing/random_streams.h"

/* The provider makes it, and owns it. */
struct stls_testing {
  /* NULL for the default library context, which nobody frees. */
  OSSL_LIB_CTX *libctx;
  OSSL_PROVIDER *provider;
  struct stls_random_streams streams;
  /* 0 for the system's. Contexts of other threads ask, too. */
  _Atomic int64_t time;
  /* What the system's clock showed when it was held, and by how many; 0 for no time. */
  _Atomic int64_t held_time;
  atomic_int num_holders;
};

/* As stls_testing_new, with any seed. */
stls_result stls_testing_make(const struct stls_random_seed *seed,
                              int64_t unix_time, stls_testing **out_testing,
                              stls_error *err);

/* Makes this thread's next random byte that behind the first `drawn` of its seed. */
void stls_testing_seek(stls_testing *testing, uint64_t drawn);

/* Copies the seed of this thread; the caller wipes it. Returns how many bytes were
 * drawn. */
uint64_t stls_testing_copy_seed(const stls_testing *testing,
                                struct stls_random_seed *out);

#endif
