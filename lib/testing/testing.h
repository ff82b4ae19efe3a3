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
  /* Contexts of other threads ask, too. */
  _Atomic int64_t time;
};

/* Makes this thread's next random byte that behind the first `drawn` of `seed`. */
void stls_testing_seek(stls_testing *testing, uint64_t seed, uint64_t drawn);

#endif
