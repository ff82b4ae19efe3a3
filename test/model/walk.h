/* SPDX-License-Identifier: MIT */
/* walk: runs one script from its settings to its end. */
#ifndef STLS_MODEL_WALK_H
#define STLS_MODEL_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "script.h"

/* What walks have seen, in all: figures that show that they see something. */
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

/* Runs it; whether there was a fault, told in `fault` of `cap` bytes. */
bool walk_has_fault(const struct script *script, struct walk_tally *tally,
                    char *fault, size_t cap);

#endif
