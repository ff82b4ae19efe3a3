/* SPDX-License-Identifier: MIT */
/* steps: transcripts that tests write as arrays of steps. */
#include "replay/steps.h"

#include <criterion/criterion.h>
#include <string.h>

static stls_transcript_step *add(test_steps *steps, stls_step_kind kind)
{
  stls_transcript_step *step = &steps->steps[steps->num];

  cr_assert_lt(steps->num, sizeof steps->steps / sizeof steps->steps[0]);
  *step = (stls_transcript_step)STLS_TRANSCRIPT_STEP_INIT;
  step->kind = kind;
  step->line = ++steps->num;
  step->message = "";
  step->call = "";
  return step;
}

void steps_bytes(test_steps *steps, stls_step_kind kind, const void *data,
                 size_t len, const char *message)
{
  stls_transcript_step *step = add(steps, kind);

  step->data = (stls_span){data, len};
  step->message = message;
}

void steps_in(test_steps *steps, int type, size_t len, int fill,
              const char *message)
{
  steps_bytes(steps, STLS_STEP_RECORDS_IN, steps_record(type, len, fill), len,
              message);
}

void steps_out(test_steps *steps, int type, size_t len, int fill,
               const char *message)
{
  steps_bytes(steps, STLS_STEP_RECORDS_OUT, steps_record(type, len, fill), len,
              message);
}

void steps_join(test_steps *steps)
{
  steps->steps[steps->num - 1].has_more = true;
}

void steps_call(test_steps *steps, const char *call, stls_result result)
{
  stls_transcript_step *step = add(steps, STLS_STEP_CALL);

  step->call = call;
  step->result = result;
}

void steps_text(test_steps *steps, const char *call, const char *text)
{
  stls_transcript_step *step = add(steps, STLS_STEP_CALL);

  step->call = call;
  step->data = (stls_span){text, strlen(text)};
  step->asked = step->data.len;
}

void steps_number(test_steps *steps, const char *call, stls_result result,
                  int argument)
{
  stls_transcript_step *step = add(steps, STLS_STEP_CALL);

  step->call = call;
  step->result = result;
  step->argument = argument;
}

void steps_other(test_steps *steps, stls_step_kind kind, int64_t number)
{
  add(steps, kind)->number = number;
}

const unsigned char *steps_record(int type, size_t len, int fill)
{
  static unsigned char memory[1 << 16];
  static size_t used;
  unsigned char *record = memory + used;

  cr_assert(len >= 5 && len <= sizeof memory / 2);
  if (len > sizeof memory - used) used = 0, record = memory;
  used += len;
  record[0] = (unsigned char)type;
  record[1] = record[2] = 3;
  record[3] = (unsigned char)((len - 5) >> 8);
  record[4] = (unsigned char)(len - 5);
  for (size_t i = 5; i < len; i++)
    record[i] = (unsigned char)(fill + (int)i - 5);
  return record;
}
