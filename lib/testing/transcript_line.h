/* SPDX-License-Identifier: MIT */
/* transcript_line: reads and writes one step as a line of text. */
#ifndef STLS_LIB_TRANSCRIPT_LINE_H
#define STLS_LIB_TRANSCRIPT_LINE_H

#include "base/string_buffer.h"
#include "testing/transcript.h"

/* The problem of a line whose checksum is wrong. */
extern const char stls_transcript_line_changed[];

/* What is wrong with a line: static texts. */
struct stls_line_problem {
  stls_reason reason;
  const char *text;
};

/*
 * Adds the step of a line, given without its end, to the transcript.
 *
 * STLS_OK. STLS_ERROR_INPUT: *out_problem. STLS_ERROR_MEMORY.
 */
stls_result stls_transcript_line_parse(stls_transcript *transcript,
                                       const char *text, size_t len,
                                       struct stls_line_problem *out_problem);

/* Appends the line of a step, with its end. */
void stls_transcript_line_format(const stls_transcript_step *step,
                                 struct stls_string_buffer *out);

/* Reads decimal digits, all of the text. false: no number, or above UINT64_MAX. */
bool stls_transcript_line_number(const char *text, size_t len,
                                 uint64_t *out_number);

/* The same with a sign. */
bool stls_transcript_line_signed(const char *text, size_t len,
                                 int64_t *out_number);

#endif
