/* SPDX-License-Identifier: MIT */
/* steps: transcripts that tests write as arrays of steps. */
#ifndef STLS_TEST_STEPS_H
#define STLS_TEST_STEPS_H

#include <sanstls/transcript.h>

/* The steps of a recorded end; `line` is the index, from 1. */
typedef struct test_steps {
  stls_transcript_step steps[64];
  size_t num;
} test_steps;

/* A record of the given content type and length, whose bytes follow from `fill`. */
void steps_in(test_steps *steps, int type, size_t len, int fill,
              const char *message);
void steps_out(test_steps *steps, int type, size_t len, int fill,
               const char *message);

/* Parts of records, or anything else: borrowed. */
void steps_bytes(test_steps *steps, stls_step_kind kind, const void *data,
                 size_t len, const char *message);

/* The next step arrives together with the last one. */
void steps_join(test_steps *steps);

void steps_call(test_steps *steps, const char *call, stls_result result);
/* The same with plaintext, a text that is borrowed; or with an argument. */
void steps_text(test_steps *steps, const char *call, const char *text);
void steps_number(test_steps *steps, const char *call, stls_result result,
                  int argument);
void steps_other(test_steps *steps, stls_step_kind kind, int64_t number);

/* What such a record has; static memory, which lasts for the next 32 KiB of records. */
const unsigned char *steps_record(int type, size_t len, int fill);

#endif
