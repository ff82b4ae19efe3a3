/* SPDX-License-Identifier: MIT */
/* chunk_queue: a list of chunks of bytes that never move. */
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
  /* Room behind the tail's end that was handed out; 0 for none. */
  size_t reserved;
  /* Changes whenever the front does: bytes ever taken from there, mostly. */
  size_t consumed;
  /* How many are known to follow: a chunk for what comes next has room for
   * them. */
  size_t expected;
  /* A drained chunk that waits for its next use, NULL for none, and the most
   * memory that it may keep. */
  struct stls_chunk *spare;
  size_t spare_max;
};

/* All or nothing: false when memory is short. Ends a reservation. */
bool stls_chunk_queue_append(struct stls_chunk_queue *queue, const void *data,
                             size_t len);

/* The same where the tail has room for all and none of it is reserved; else
 * false. */
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

/* Room for about `len` contiguous bytes, less where the tail has room that is
 * worth filling first; NULL when memory is short. *out_len is how many. */
uint8_t *stls_chunk_queue_reserve(struct stls_chunk_queue *queue, size_t len,
                                  size_t *out_len);

/* Queues the first `len` of the reserved bytes; len <= reserved. */
void stls_chunk_queue_commit(struct stls_chunk_queue *queue, size_t len);

/* Queues a chunk that is already filled; takes it over. */
void stls_chunk_queue_push(struct stls_chunk_queue *queue,
                           struct stls_chunk *chunk);

/* Moves everything from `other` in front of what is queued. */
void stls_chunk_queue_prepend(struct stls_chunk_queue *queue,
                              struct stls_chunk_queue *other);

/* An empty chunk with room for at least `cap` bytes, the spare one where there
 * is one; it is the caller's until it is pushed. NULL when memory is short. */
struct stls_chunk *stls_chunk_queue_take_chunk(struct stls_chunk_queue *queue,
                                               size_t cap);

/* NULL is fine. */
void stls_chunk_free(struct stls_chunk *chunk);

/* The first run of bytes; empty when there is none. */
stls_span stls_chunk_queue_front(const struct stls_chunk_queue *queue);

/* The first `max` runs; returns their number. Without `spans` it is that of all
 * runs, and max does not count. */
size_t stls_chunk_queue_runs(const struct stls_chunk_queue *queue,
                             stls_span *spans, size_t max);

/* Copies up to `max` bytes from the front and returns how many. */
size_t stls_chunk_queue_copy(const struct stls_chunk_queue *queue, void *out,
                             size_t max);

/* Drops bytes from the front; len <= queue->len. */
void stls_chunk_queue_consume(struct stls_chunk_queue *queue, size_t len);

/* Frees what is not queued, and ends an open reservation. */
void stls_chunk_queue_trim(struct stls_chunk_queue *queue);

/* Frees everything; the queue is empty afterwards. */
void stls_chunk_queue_clear(struct stls_chunk_queue *queue);

#endif
