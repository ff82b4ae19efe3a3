/* SPDX-License-Identifier: MIT */
/* taped: steps of a recorded connection that a test may change. */
#include "replay/taped.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "support/expect.h"

static void own_data(stls_transcript_step *step)
{
  void *data = malloc(step->data.len + 1);

  cr_assert_not_null(data);
  if (step->data.len > 0) memcpy(data, step->data.data, step->data.len);
  step->data.data = data;
}

void taped_record(taped *tape, const program_case *setup)
{
  tape->setup = *setup;
  tape->transcript = program_record(setup);
  tape->num = stls_transcript_step_count(tape->transcript);
  tape->steps = malloc((tape->num + 1) * sizeof *tape->steps);
  cr_assert_not_null(tape->steps);
  for (size_t i = 0; i < tape->num; i++) {
    tape->steps[i] = (stls_transcript_step)STLS_TRANSCRIPT_STEP_INIT;
    ASSERT_RETURNS(
        stls_transcript_step_at(tape->transcript, i, &tape->steps[i], NULL),
        STLS_OK);
    own_data(&tape->steps[i]);
  }
}

void taped_free(taped *tape)
{
  for (size_t i = 0; i < tape->num; i++) free(taped_data(&tape->steps[i]));
  free(tape->steps);
  stls_transcript_free(tape->transcript);
}

stls_transcript_step *taped_find(const taped *tape, stls_step_kind kind,
                                 const char *call, size_t nth)
{
  for (size_t i = 0; i < tape->num; i++) {
    stls_transcript_step *step = &tape->steps[i];
    if (step->kind != kind) continue;
    if (kind == STLS_STEP_CALL && strcmp(step->call, call) != 0) continue;
    if (kind == STLS_STEP_CALL && strcmp(call, "read") == 0 &&
        step->data.len == 0)
      continue;
    if (nth-- == 0) return step;
  }
  cr_assert(false, "there is no such step");
  return NULL;
}

unsigned char *taped_data(const stls_transcript_step *step)
{
  return (unsigned char *)(uintptr_t)step->data.data;
}

/* There is room for one. */
stls_transcript_step *taped_repeat(taped *tape,
                                   const stls_transcript_step *step)
{
  stls_transcript_step *copy = tape->steps + (step - tape->steps) + 1;

  memmove(copy + 1, copy,
          (size_t)(tape->steps + tape->num - copy) * sizeof *copy);
  *copy = *step;
  own_data(copy);
  tape->num++;
  return copy;
}
