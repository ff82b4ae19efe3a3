/* SPDX-License-Identifier: MIT */
/* transcript: holds what was recorded of a connection. */
#ifndef STLS_LIB_TRANSCRIPT_H
#define STLS_LIB_TRANSCRIPT_H

#include <sanstls/transcript.h>

#include "base/arena.h"

/* Texts and data are in the arena of the transcript. */
struct stls_transcript_header {
  const char *name;
  const char *value;
};

struct stls_transcript {
  struct stls_arena arena;
  struct stls_transcript_header *headers;
  size_t num_headers;
  size_t cap_headers;
  stls_transcript_step *steps;
  size_t num_steps;
  size_t cap_steps;
  stls_role role;
  uint64_t seed;
  int64_t time;
  bool is_secret;
  /* Memory ran out while it was recorded. */
  bool has_failed;
  /* Why it cannot be replayed: static text, NULL for no reason. */
  const char *problem;
  /* What points to it while it is recorded, to be set to NULL when it is freed; NULL
   * otherwise. */
  stls_transcript **recording;
};

/* NULL when memory is short. */
stls_transcript *stls_transcript_make(void);

/* Adds a line to the header. false when memory is short. */
bool stls_transcript_add_header(stls_transcript *transcript, const char *name,
                                size_t name_len, const char *value,
                                size_t value_len);

/* Adds a step without a message, whose data is in the arena. Returns it, borrowed until
 * the next is added; NULL when memory is short. */
stls_transcript_step *stls_transcript_append(stls_transcript *transcript,
                                             const stls_transcript_step *step);

/* The same, and copies its data and its message. */
stls_transcript_step *stls_transcript_add_step(
    stls_transcript *transcript, const stls_transcript_step *step);

/* Makes `text` the message of a step. false when memory is short. */
bool stls_transcript_set_message(stls_transcript *transcript,
                                 stls_transcript_step *step, const char *text,
                                 size_t len);

/* Copies a text, to live as long as the transcript; NULL when memory is short. */
const char *stls_transcript_text(stls_transcript *transcript, const char *text,
                                 size_t len);

/* The line of the first step in the text. */
size_t stls_transcript_body_line(const stls_transcript *transcript);

#endif
