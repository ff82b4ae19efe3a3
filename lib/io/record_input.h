/* SPDX-License-Identifier: MIT */
/* record_input: selects the input bytes that libssl reads next. */
#ifndef STLS_LIB_RECORD_INPUT_H
#define STLS_LIB_RECORD_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bio/bio.h"
#include "wire/record_header.h"

/* libssl is given one record at a time (during the handshake: all complete
 * ones), and normally only complete records, which avoids calls that can only
 * return WANT_READ. The bytes come from the queue first and then from the
 * caller's own buffer. Records of data that lie one behind another are selected in
 * a row, and taken from the input together. */
struct stls_record_input {
  stls_bio *incoming;
  /* The caller's buffer during stls_object_read_from; its front advances. */
  stls_span direct;
  /* The bytes that libssl was last given, and whether they lie in `direct`. */
  stls_span shown;
  bool shown_direct;
  /* If they are a whole record: how many bytes lie directly behind it. How many in
   * front of them were read before and are still to be taken. */
  size_t behind;
  size_t passed;
  /* They are several complete records, and `to_end` covers all of them. */
  bool shows_many;
  /* How many bytes libssl has read of a record that it has not read whole. */
  size_t taken;
  /* The first of these bytes, while the header is incomplete. */
  uint8_t header[STLS_RECORD_HEADER_LEN];
  /* How many more bytes of the record libssl needs; 0: not known. */
  size_t to_end;
  /* After STLS_RECORD_INPUT_STARVED: how many bytes must be in the queue for
   * the next step to succeed, provided that `consumed` has not changed; 0: not
   * known. */
  size_t awaited;
  size_t consumed;
  /* A header was invalid: libssl gets all further bytes as they come. */
  bool is_raw;
  /* How many of these raw bytes libssl has read, up to the size of `header`,
   * which holds them. */
  uint8_t num_raw;
};

typedef enum stls_record_input_step {
  STLS_RECORD_INPUT_BYTES,
  STLS_RECORD_INPUT_STARVED,
  /* The stream has ended, and no bytes are left. */
  STLS_RECORD_INPUT_ENDED,
  STLS_RECORD_INPUT_NO_MEMORY
} stls_record_input_step;

/* The first contiguous bytes that wait; an empty span if there are none. */
static inline stls_span stls_record_input_front(
    const struct stls_record_input *input)
{
  const struct stls_chunk_queue *queue = &input->incoming->queue;

  return queue->len == 0 ? input->direct : stls_chunk_queue_front(queue);
}

/* Selects one record, or with `many` all complete ones that lie together. When
 * starved, the rest of `direct` has been moved to the queue. */
stls_record_input_step stls_record_input_next(struct stls_record_input *input,
                                              bool many, stls_span *out_shown);

/* The same for the common case: a whole record lies in one piece. false for any other,
 * with nothing changed. */
static inline bool stls_record_input_next_whole(struct stls_record_input *input,
                                                stls_span *out_shown)
{
  struct stls_chunk_queue *queue = &input->incoming->queue;
  const stls_span here = stls_record_input_front(input);
  size_t len;

  if (here.len < STLS_RECORD_HEADER_LEN || input->taken > 0 || input->is_raw)
    return false;
  len = stls_record_header_record_len(here.data);
  if (len == 0 || len > here.len) return false;
  queue->expected = input->awaited = 0;
  input->shown_direct = queue->len == 0;
  input->shows_many = false;
  input->shown.data = here.data;
  input->shown.len = input->to_end = len;
  input->behind = here.len - len;
  *out_shown = input->shown;
  return true;
}

/* The end of a record costs more to open by itself than to copy behind the rest of
 * it, up to this size. */
#define STLS_RECORD_INPUT_JOIN_MAX ((size_t)2048)

/* Called after STLS_RECORD_INPUT_BYTES. If the queue has only the beginning of the
 * record and `direct` its short end, moves the end behind it where the queue's
 * memory has room, so that the record lies in one piece. */
void stls_record_input_join(struct stls_record_input *input,
                            stls_span *in_out_shown);

/* Called after STLS_RECORD_INPUT_BYTES for one record. If the rest of it has arrived
 * and lies in at most `max` pieces, stores these. */
bool stls_record_input_pieces(const struct stls_record_input *input,
                              stls_span *out_pieces, size_t max);

/* Removes the rest of a record, all of which has arrived: `len` bytes. */
void stls_record_input_take_rest(struct stls_record_input *input, size_t len);

/* libssl has read all that was selected, a whole record: selects the one behind
 * it, if that is complete and lies there in one piece. */
static inline bool stls_record_input_advance(struct stls_record_input *input)
{
  const uint8_t *next = (const uint8_t *)input->shown.data + input->shown.len;
  size_t record_len;

  if (input->behind < STLS_RECORD_HEADER_LEN) return false;
  record_len = stls_record_header_record_len(next);
  if (record_len == 0 || record_len > input->behind) return false;
  input->passed += input->shown.len;
  input->behind -= record_len;
  input->shown.data = next;
  input->shown.len = input->to_end = record_len;
  return true;
}

/* libssl has read the first `len` bytes of the selected ones, and all that was
 * selected before them in a row. */
void stls_record_input_take(struct stls_record_input *input, size_t len);

/* The same where libssl has read all of one record, or of a row. */
static inline void stls_record_input_take_whole(struct stls_record_input *input)
{
  const size_t len = input->passed + input->shown.len;

  input->passed = input->to_end = 0;
  if (input->shown_direct) {
    input->direct.data = (const uint8_t *)input->direct.data + len;
    input->direct.len -= len;
  } else {
    stls_chunk_queue_consume(&input->incoming->queue, len);
  }
}

/* Whether the next step would be starved like the last one, with `more` bytes
 * added; false when that is not certain. */
static inline bool stls_record_input_is_still_starved(
    const struct stls_record_input *input, size_t more)
{
  const stls_bio *incoming = input->incoming;
  size_t len = incoming->queue.len;

  return len < input->awaited && more < input->awaited - len &&
         incoming->queue.consumed == input->consumed &&
         len + more < incoming->limit && !incoming->eof_written;
}

/* Copies the first bytes, at most `cap`, of input that is not TLS: those that
 * libssl has read and those that wait. Returns their number. */
size_t stls_record_input_raw_bytes(const struct stls_record_input *input,
                                   uint8_t *out, size_t cap);

/* Whether no input waits, not even part of a record. */
static inline bool stls_record_input_is_empty(
    const struct stls_record_input *input)
{
  return input->incoming->queue.len + input->direct.len == 0;
}

/* Whether the next step would not be starved. */
bool stls_record_input_is_ready(const struct stls_record_input *input);

static inline bool stls_record_input_is_between_records(
    const struct stls_record_input *input)
{
  return input->taken == 0;
}

#endif
