/* SPDX-License-Identifier: MIT */
/* step_list: the steps of a transcript as an array. */
#include "replay/step_list.h"

#include "base/error.h"
#include "base/mem.h"

stls_result stls_step_list_init(struct stls_step_list *list,
                                const stls_transcript *transcript,
                                stls_error *err)
{
  const size_t num = stls_transcript_step_count(transcript);
  stls_result result = STLS_OK;

  list->num = 0;
  list->steps = num <= SIZE_MAX / sizeof *list->steps
                    ? stls_mem_alloc(num * sizeof *list->steps)
                    : NULL;
  if (list->steps == NULL) return stls_error_memory(err);
  for (; list->num < num && result == STLS_OK; list->num++) {
    list->steps[list->num] = (stls_transcript_step)STLS_TRANSCRIPT_STEP_INIT;
    result = stls_transcript_step_at(transcript, list->num,
                                     &list->steps[list->num], err);
  }
  if (result != STLS_OK) stls_step_list_free(list);
  return result;
}

void stls_step_list_free(struct stls_step_list *list)
{
  stls_mem_free(list->steps);
  list->steps = NULL;
  list->num = 0;
}
