/* SPDX-License-Identifier: MIT */
/* foreign_pair: an object in a world of its own, and a peer of libssl that is in none. */
#ifndef STLS_TEST_FOREIGN_PAIR_H
#define STLS_TEST_FOREIGN_PAIR_H

#include <openssl/types.h>
#include <sanstls/testing.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct foreign_options {
  stls_role role;
  stls_protocol version;
  /* The greatest piece that arrives at once; 0 for all. */
  size_t piece;
  /* A client trusts more than the CA of the tests. */
  bool has_own_trust;
} foreign_options;

typedef struct foreign_pair {
  const foreign_options *options;
  stls_testing *testing;
  stls_object *object;
  SSL *peer;
} foreign_pair;

/* The world is one of stls_testing_new_random, by the system's clock. */
foreign_pair foreign_pair_new(const foreign_options *options);
void foreign_pair_free(foreign_pair *pair);

/* Connects: handshake, data in both directions, and close. */
void foreign_pair_run(foreign_pair *pair);

#endif
