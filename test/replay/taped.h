/* SPDX-License-Identifier: MIT */
/* taped: steps of a recorded connection that a test may change. */
#ifndef STLS_TEST_TAPED_H
#define STLS_TEST_TAPED_H

#include "replay/program.h"

typedef struct taped {
  program_case setup;
  stls_transcript_step *steps;
  size_t num;
  stls_transcript *transcript;
} taped;

void taped_record(taped *tape, const program_case *setup);
void taped_free(taped *tape);

/* The nth step of a kind, from 0; of calls, by name, of reads those that returned
 * data. */
stls_transcript_step *taped_find(const taped *tape, stls_step_kind kind,
                                 const char *call, size_t nth);

/* The bytes of a step, to change them. */
unsigned char *taped_data(const stls_transcript_step *step);

/* Puts a copy of a step behind it. */
stls_transcript_step *taped_repeat(taped *tape,
                                   const stls_transcript_step *step);

#endif
