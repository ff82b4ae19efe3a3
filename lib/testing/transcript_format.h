/* SPDX-License-Identifier: MIT */
/* transcript_format: writes a transcript as text. */
#ifndef STLS_LIB_TRANSCRIPT_FORMAT_H
#define STLS_LIB_TRANSCRIPT_FORMAT_H

#include "base/string_buffer.h"
#include "testing/transcript.h"

/* The lines that are the same in every transcript: the first, before it that of a
 * secret one, and the last. */
#define STLS_TRANSCRIPT_VERSION "sanstls-transcript 1"
#define STLS_TRANSCRIPT_SECRET \
  "secret: whoever has this file can decrypt the connection"
#define STLS_TRANSCRIPT_END "end"

/* Stands for a seed that is secret, where secrets were not asked for. */
#define STLS_TRANSCRIPT_NO_SEED "not-recorded"

/* More lines than any header needs. */
#define STLS_TRANSCRIPT_HEADERS_MAX ((size_t)1000)

/*
 * Appends all of the text.
 *
 * STLS_OK. STLS_ERROR_INPUT: the transcript has what the format cannot say.
 * STLS_ERROR_MEMORY: also if it ran out while it was recorded.
 */
stls_result stls_transcript_format_all(const stls_transcript *transcript,
                                       struct stls_string_buffer *out,
                                       stls_error *err);

#endif
