/* SPDX-License-Identifier: MIT */
/* record_labels: names the records of a direction by what an object's trace tells. */
#ifndef STLS_LIB_RECORD_LABELS_H
#define STLS_LIB_RECORD_LABELS_H

#include <sanstls/trace.h>

#include "testing/transcript.h"

#define STLS_RECORD_LABEL_SIZE ((size_t)192)

/* A record that is complete: the step that completes it, and the type in its
 * header. */
struct stls_labelled_record {
  size_t step;
  uint8_t type;
};

/*
 * An object tells of a record as it reads or writes it, which may be before or after it
 * is a step of the transcript: the n-th that is told of is the n-th that is complete.
 * Zeroes: none yet.
 */
struct stls_record_labels {
  /* The records that are complete, and the texts of those that were told of, but for
   * the last one: in the transcript's arena. */
  struct stls_labelled_record *records;
  size_t num_records;
  size_t cap_records;
  const char **texts;
  size_t num_texts;
  size_t cap_texts;
  /* The last one, which can get more messages. */
  char last[STLS_RECORD_LABEL_SIZE];
  bool has_last;
  /* How many records have their messages. */
  size_t num_attached;
};

void stls_record_labels_free(struct stls_record_labels *labels);

/* All return false when memory is short. */

/* Notes an event of the direction. */
bool stls_record_labels_note(struct stls_record_labels *labels,
                             stls_transcript *transcript,
                             const stls_trace_event *event);

/* Notes that the last step of the transcript completes a record of this type. */
bool stls_record_labels_end_record(struct stls_record_labels *labels,
                                   const stls_transcript *transcript,
                                   uint8_t type);

/* Gives the steps their messages, as far as they are known. */
bool stls_record_labels_attach(struct stls_record_labels *labels,
                               stls_transcript *transcript);

#endif
