/* SPDX-License-Identifier: MIT */
/* survey: counts the kinds of faults in many walks. */
#ifndef STLS_MODEL_SURVEY_H
#define STLS_MODEL_SURVEY_H

#include "trial.h"

/* Runs all walks from `first` to `last`, whatever they have, for so many seconds (0:
 * no bound), and prints what they had; 0 for nothing. */
int survey_run(uint64_t first, uint64_t last, unsigned seconds,
               unsigned seconds_per_walk);

/* A fault without its place and its figures; `out` has TRIAL_FAULT_SIZE bytes. */
void survey_take_kind(char *out, const char *fault);

/* Prints the walks' counters on one line. */
void survey_print_tally(const struct trial *trial);

#endif
