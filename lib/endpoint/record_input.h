/* SPDX-License-Identifier: MIT */
/* record_input: records in: which bytes libssl is shown next. */
#ifndef STLS_LIB_RECORD_INPUT_H
#define STLS_LIB_RECORD_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bio/bio.h"
#include "wire/record_header.h"

/*
 * libssl is shown one record at a time (during the handshake, all at hand), and,
 * as a rule, not before all of it is here: a call that can only answer WANT_READ
 * is never made. The bytes come from the queue first and from the caller's own
 * buffer after it.
 */
struct stls_record_input {
  stls_bio *incoming;
  /* The caller's receive buffer while a read_from runs; shrinks from the
   * front. */
  stls_span direct;
  /* What was shown last, and whether it lies in `direct`. */
  stls_span shown;
  bool shown_direct;
  /* It is whole records, of which `to_end` covers all. */
  bool shows_many;
  /* How many bytes libssl has taken of a record that it has not had whole. */
  size_t taken;
  /* The first of them, while the header is not known. */
  uint8_t header[STLS_RECORD_HEADER_LEN];
  /* How many bytes the record lacks yet for libssl; 0: not known. */
  size_t to_end;
  /* After a step that starved: how many bytes have to be in the queue before the
   * next one does better, if nothing was taken from it since; 0: not known. */
  size_t awaited;
  size_t consumed;
  /* Some header was none: from here on libssl sees everything as it comes. */
  bool is_raw;
  /* How many of those bytes libssl has taken, up to the size of `header`, which
   * keeps them. */
  uint8_t num_raw;
};

typedef enum stls_record_input_step {
  STLS_RECORD_INPUT_BYTES,
  STLS_RECORD_INPUT_STARVED,
  /* The end of the stream, and nothing is left before it. */
  STLS_RECORD_INPUT_ENDED,
  STLS_RECORD_INPUT_NO_MEMORY
} stls_record_input_step;

/* Chooses what to show: a record, or `many` of those that are here whole. When
 * starved, what is left of `direct` has been moved to the queue. */
stls_record_input_step stls_record_input_next(struct stls_record_input *input,
                                              bool many, stls_span *out_shown);

/* libssl took the first `len` bytes of what was shown. */
void stls_record_input_take(struct stls_record_input *input, size_t len);

/* Whether a next step would be starved as the last one was, had `more` bytes
 * arrived; false where that takes a closer look. */
static inline bool stls_record_input_is_still_starved(
    const struct stls_record_input *input, size_t more)
{
  const stls_bio *incoming = input->incoming;
  size_t len = incoming->queue.len;

  return len < input->awaited && more < input->awaited - len &&
         incoming->queue.consumed == input->consumed &&
         len + more < incoming->limit && !incoming->eof_written;
}

/* The first bytes, at most `cap` of them, of what is no record: those that libssl
 * has taken, and what is here. */
size_t stls_record_input_raw_bytes(const struct stls_record_input *input,
                                   uint8_t *out, size_t cap);

/* Whether nothing is here, be it part of a record. */
bool stls_record_input_is_empty(const struct stls_record_input *input);

/* Whether a next step would not be starved. */
bool stls_record_input_is_ready(const struct stls_record_input *input);

bool stls_record_input_is_between_records(
    const struct stls_record_input *input);

#endif
