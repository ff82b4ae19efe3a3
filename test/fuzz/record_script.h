/* SPDX-License-Identifier: MIT */
/* record_script: the steps of a fuzzed connection, read from the input. */
#ifndef STLS_TEST_RECORD_SCRIPT_H
#define STLS_TEST_RECORD_SCRIPT_H

#include "record_world.h"

/*
 * An input is RECORD_SCRIPT_SETTING_LEN bytes of settings, and steps of
 * RECORD_SCRIPT_STEP_LEN bytes, some of which have bytes of their own behind them.
 */
enum {
  RECORD_SCRIPT_SETTING_LEN = 2,
  RECORD_SCRIPT_STEP_LEN = 6
};

struct record_script_step {
  uint8_t kind;
  /* What they mean depends on the step. */
  uint8_t a, b, c;
  size_t n;
  const uint8_t *bytes;
  size_t len;
};

void record_script_set(const uint8_t *bytes,
                       struct record_world_setting *setting);

/* Takes the next step off the input. false when there is none. */
bool record_script_next(const uint8_t **data, size_t *len,
                        struct record_script_step *step);

/* Performs it. */
void record_script_run(struct record_world *world,
                       const struct record_script_step *step);

/* Everything that is on its way arrives, and the end of the transport behind
 * it. */
void record_script_end(struct record_world *world);

#endif
