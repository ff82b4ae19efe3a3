/* SPDX-License-Identifier: MIT */
/* trial: runs walks in child processes, and reports crashes and time-outs. */
#ifndef STLS_MODEL_TRIAL_H
#define STLS_MODEL_TRIAL_H

#include "script.h"
#include "walk.h"

enum {
  TRIAL_FAULT_SIZE = 1200
};

/* The outcome of one or more walks, in memory that processes share. */
struct trial {
  /* The last seed that was begun. */
  uint64_t seed;
  char fault[TRIAL_FAULT_SIZE];
  struct walk_tally tally;
};

/* NULL where there is no memory. */
struct trial *trial_new(void);
void trial_free(struct trial *trial);

/* Runs the walks of seeds first to last until one has a fault, dies, or takes
 * longer than `seconds`; false then. */
bool trial_run_seeds(struct trial *trial, uint64_t first, uint64_t last,
                     unsigned seconds);
bool trial_run_script(struct trial *trial, const struct script *script,
                      unsigned seconds);

#endif
