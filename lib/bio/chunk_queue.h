/* SPDX-License-Identifier: MIT */
/* chunk_queue: queues bytes in chunks whose memory never moves. */
#ifndef STLS_LIB_CHUNK_QUEUE_H
#define STLS_LIB_CHUNK_QUEUE_H

#include <sanstls/bio.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Memory from stls_mem_alloc of `cap` bytes; [start, end) is queued. */
struct stls_chunk {
  struct stls_chunk *next;
  uint8_t *data;
  size_t start;
  size_t end;
  size_t cap;
};

/* Zero-initialised is empty. */
struct stls_chunk_queue {
  struct stls_chunk *head;
  struct stls_chunk *tail;
  size_t len;
  /* Room after the tail's end that stls_chunk_queue_reserve returned; 0 for
   * none. */
  size_t reserved;
  /* Changes whenever the front does: the total of bytes removed there, and 1
   * more for each prepend. */
  size_t consumed;
  /* How many more bytes are expected: a new chunk has room for them. */
  size_t expected;
  /* An empty chunk for the next use, NULL for none, and the most memory that
   * it may keep. */
  struct stls_chunk *spare;
  size_t spare_max;
};

/* Appends all bytes or none. false when memory is short. Ends a reservation. */
bool stls_chunk_queue_append(struct stls_chunk_queue *queue, const void *data,
                             size_t len);

/* The same without allocation. false if the tail lacks the room or some of it
 * is reserved. */
static inline bool stls_chunk_queue_append_inside(
    struct stls_chunk_queue *queue, const void *data, size_t len)
{
  struct stls_chunk *tail = queue->tail;

  if (tail == NULL || tail->cap - tail->end < len || queue->reserved > 0)
    return false;
  memcpy(tail->data + tail->end, data, len);
  tail->end += len;
  queue->len += len;
  return true;
}

/* Reserves contiguous room of about `len` bytes; less if the tail has room
 * that is worth filling first. *out_len is its size. NULL when memory is
 * short. */
uint8_t *stls_chunk_queue_reserve(struct stls_chunk_queue *queue, size_t len,
                                  size_t *out_len);

/* Queues the first `len` reserved bytes. `len` is at most what is reserved. */
void stls_chunk_queue_commit(struct stls_chunk_queue *queue, size_t len);

/* Appends a filled chunk and takes ownership of it. */
void stls_chunk_queue_push(struct stls_chunk_queue *queue,
                           struct stls_chunk *chunk);

/* Moves all bytes of `other` in front of those of `queue`. */
void stls_chunk_queue_prepend(struct stls_chunk_queue *queue,
                              struct stls_chunk_queue *other);

/* Returns an empty chunk with room for at least `cap` bytes, the spare one if
 * there is one. The caller owns it until it is pushed. NULL when memory is
 * short. */
struct stls_chunk *stls_chunk_queue_take_chunk(struct stls_chunk_queue *queue,
                                               size_t cap);

/* Accepts NULL. */
void stls_chunk_queue_free_chunk(struct stls_chunk *chunk);

/* The first contiguous bytes; an empty span if there are none. */
static inline stls_span stls_chunk_queue_front(
    const struct stls_chunk_queue *queue)
{
  const struct stls_chunk *chunk = queue->head;
  stls_span span = {NULL, 0};

  while (chunk != NULL && chunk->start == chunk->end) chunk = chunk->next;
  if (chunk != NULL) {
    span.data = chunk->data + chunk->start;
    span.len = chunk->end - chunk->start;
  }
  return span;
}

/* Stores the first `max` runs of contiguous bytes and returns their number.
 * Without `spans`, returns the number of all runs. */
size_t stls_chunk_queue_runs(const struct stls_chunk_queue *queue,
                             stls_span *spans, size_t max);

/* Copies up to `max` bytes from the front. Returns the number copied. */
size_t stls_chunk_queue_copy(const struct stls_chunk_queue *queue, void *out,
                             size_t max);

/* Removes bytes from the front. `len` is at most queue->len. */
void stls_chunk_queue_consume(struct stls_chunk_queue *queue, size_t len);

/* Frees memory that holds no bytes, and ends a reservation. */
void stls_chunk_queue_trim(struct stls_chunk_queue *queue);

/* Frees everything. The queue is empty afterwards. */
void stls_chunk_queue_clear(struct stls_chunk_queue *queue);

#endif
