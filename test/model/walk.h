/* SPDX-License-Identifier: MIT */
/* walk: runs one script from its settings to its end. */
#ifndef STLS_MODEL_WALK_H
#define STLS_MODEL_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "script.h"

/* Sums over walks. They show that walks reach what they are to test. */
struct walk_tally {
  uint64_t walks;
  uint64_t handshakes;
  uint64_t resumed;
  uint64_t failures;
  uint64_t closed;
  uint64_t bytes;
  uint64_t key_updates;
  uint64_t requests;
};

/* Runs a script; returns whether there was a fault, described in `fault` of
 * `cap` bytes. */
bool walk_has_fault(const struct script *script, struct walk_tally *tally,
                    char *fault, size_t cap);

#endif
