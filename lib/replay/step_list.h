/* SPDX-License-Identifier: MIT */
/* step_list: the steps of a transcript as an array. */
#ifndef STLS_LIB_STEP_LIST_H
#define STLS_LIB_STEP_LIST_H

#include <sanstls/transcript.h>

/* Borrows from the transcript. */
struct stls_step_list {
  stls_transcript_step *steps;
  size_t num;
};

/* STLS_OK: to be freed. STLS_ERROR_MEMORY. */
stls_result stls_step_list_init(struct stls_step_list *list,
                                const stls_transcript *transcript,
                                stls_error *err);
void stls_step_list_free(struct stls_step_list *list);

#endif
