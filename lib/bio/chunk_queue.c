/* SPDX-License-Identifier: MIT */
/* chunk_queue: queues bytes in chunks whose memory never moves. */
#include "bio/chunk_queue.h"

#include <string.h>

#include "base/mem.h"

/* The size of a new chunk grows with the queue between these limits: little
 * traffic needs little memory, much traffic few chunks. The larger one holds a
 * whole TLS record (RFC 8446, 5.2) with its header. */
#define CHUNK_MIN ((size_t)1024)
#define CHUNK_MAX ((size_t)16384 + 256 + 5)

/* Room of this size in the tail is used before a new chunk: many small
 * arrivals in large reservations must not cost a large chunk each. */
#define WORTH_FILLING ((size_t)2048)

static bool grow(struct stls_chunk *chunk, size_t cap);
static size_t tail_room(const struct stls_chunk_queue *queue);
static size_t good_cap(const struct stls_chunk_queue *queue, size_t len);
static void drop_drained(struct stls_chunk_queue *queue);
static void drop_head(struct stls_chunk_queue *queue);
static void retire(struct stls_chunk_queue *queue, struct stls_chunk *chunk);

bool stls_chunk_queue_append(struct stls_chunk_queue *queue, const void *data,
                             size_t len)
{
  size_t room = tail_room(queue);
  size_t first = len < room ? len : room;
  struct stls_chunk *chunk = NULL;

  if (len == 0) return true;
  if (first < len) {
    chunk = stls_chunk_queue_take_chunk(queue, good_cap(queue, len - first));
    if (chunk == NULL) return false;
    memcpy(chunk->data, (const uint8_t *)data + first, len - first);
    chunk->end = len - first;
  }
  queue->reserved = 0;
  if (first > 0) {
    memcpy(queue->tail->data + queue->tail->end, data, first);
    queue->tail->end += first;
    queue->len += first;
  }
  if (chunk != NULL) stls_chunk_queue_push(queue, chunk);
  return true;
}

uint8_t *stls_chunk_queue_reserve(struct stls_chunk_queue *queue, size_t len,
                                  size_t *out_len)
{
  size_t room = tail_room(queue);

  if (room < len && room < WORTH_FILLING) {
    struct stls_chunk *chunk =
        stls_chunk_queue_take_chunk(queue, good_cap(queue, len));
    if (chunk == NULL) return NULL;
    room = chunk->cap;
    queue->reserved = 0;
    drop_drained(queue);
    stls_chunk_queue_push(queue, chunk);
  }
  queue->reserved = room;
  *out_len = room;
  return queue->tail->data + queue->tail->end;
}

void stls_chunk_queue_commit(struct stls_chunk_queue *queue, size_t len)
{
  queue->tail->end += len;
  queue->len += len;
  queue->reserved = 0;
  drop_drained(queue);
}

void stls_chunk_queue_push(struct stls_chunk_queue *queue,
                           struct stls_chunk *chunk)
{
  chunk->next = NULL;
  if (queue->tail != NULL)
    queue->tail->next = chunk;
  else
    queue->head = chunk;
  queue->tail = chunk;
  queue->len += chunk->end - chunk->start;
  queue->reserved = 0;
}

void stls_chunk_queue_prepend(struct stls_chunk_queue *queue,
                              struct stls_chunk_queue *other)
{
  if (other->len > 0) {
    other->tail->next = queue->head;
    if (queue->head == NULL) queue->tail = other->tail;
    queue->head = other->head;
    queue->len += other->len;
    /* Readers that remember the front must look again. */
    queue->consumed++;
    other->head = other->tail = NULL;
  }
  stls_chunk_queue_clear(other);
}

struct stls_chunk *stls_chunk_queue_take_chunk(struct stls_chunk_queue *queue,
                                               size_t cap)
{
  struct stls_chunk *chunk = queue->spare;

  if (chunk == NULL) chunk = stls_mem_zalloc(sizeof *chunk);
  if (chunk == NULL) return NULL;
  if (chunk->cap < cap && !grow(chunk, cap)) {
    if (chunk != queue->spare) stls_chunk_queue_free_chunk(chunk);
    return NULL;
  }
  queue->spare = NULL;
  chunk->start = chunk->end = 0;
  return chunk;
}

void stls_chunk_queue_free_chunk(struct stls_chunk *chunk)
{
  if (chunk == NULL) return;
  stls_mem_free(chunk->data);
  stls_mem_free(chunk);
}

size_t stls_chunk_queue_runs(const struct stls_chunk_queue *queue,
                             stls_span *spans, size_t max)
{
  size_t num = 0;

  for (const struct stls_chunk *chunk = queue->head;
       chunk != NULL && (num < max || spans == NULL); chunk = chunk->next) {
    if (chunk->start == chunk->end) continue;
    if (spans != NULL)
      spans[num] =
          (stls_span){chunk->data + chunk->start, chunk->end - chunk->start};
    num++;
  }
  return num;
}

size_t stls_chunk_queue_copy(const struct stls_chunk_queue *queue, void *out,
                             size_t max)
{
  const struct stls_chunk *chunk = queue->head;
  size_t done = 0;

  for (; chunk != NULL && done < max; chunk = chunk->next) {
    size_t run = chunk->end - chunk->start;
    size_t part = run < max - done ? run : max - done;
    if (part > 0)
      memcpy((uint8_t *)out + done, chunk->data + chunk->start, part);
    done += part;
  }
  return done;
}

void stls_chunk_queue_consume(struct stls_chunk_queue *queue, size_t len)
{
  queue->consumed += len;
  while (len > 0) {
    struct stls_chunk *chunk = queue->head;
    size_t run = chunk->end - chunk->start;
    size_t part = run < len ? run : len;
    chunk->start += part;
    queue->len -= part;
    len -= part;
    if (len > 0) drop_head(queue);
  }
  drop_drained(queue);
}

void stls_chunk_queue_trim(struct stls_chunk_queue *queue)
{
  queue->reserved = 0;
  drop_drained(queue);
  stls_chunk_queue_free_chunk(queue->spare);
  queue->spare = NULL;
}

void stls_chunk_queue_clear(struct stls_chunk_queue *queue)
{
  queue->reserved = 0;
  while (queue->head != NULL) drop_head(queue);
  queue->consumed += queue->len;
  queue->len = 0;
  stls_chunk_queue_trim(queue);
}

/* The chunk's bytes are lost. */
static bool grow(struct stls_chunk *chunk, size_t cap)
{
  uint8_t *data = stls_mem_alloc(cap);

  if (data == NULL) return false;
  stls_mem_free(chunk->data);
  chunk->data = data;
  chunk->cap = cap;
  return true;
}

static size_t tail_room(const struct stls_chunk_queue *queue)
{
  return queue->tail == NULL ? 0 : queue->tail->cap - queue->tail->end;
}

static size_t good_cap(const struct stls_chunk_queue *queue, size_t len)
{
  size_t cap = queue->len < CHUNK_MIN ? CHUNK_MIN : queue->len;

  if (cap < queue->expected) cap = queue->expected;
  if (cap > CHUNK_MAX) cap = CHUNK_MAX;
  return len > cap ? len : cap;
}

/* An empty tail with reserved room must stay: the caller writes into it. */
static void drop_drained(struct stls_chunk_queue *queue)
{
  while (queue->head != NULL && queue->head->start == queue->head->end &&
         !(queue->head == queue->tail && queue->reserved > 0))
    drop_head(queue);
}

static void drop_head(struct stls_chunk_queue *queue)
{
  struct stls_chunk *head = queue->head;

  queue->head = head->next;
  if (queue->head == NULL) queue->tail = NULL;
  retire(queue, head);
}

/* Keeps the larger of two chunks as the spare one; of a chunk above spare_max,
 * only the struct. */
static void retire(struct stls_chunk_queue *queue, struct stls_chunk *chunk)
{
  struct stls_chunk *spare = queue->spare;

  if (chunk->cap > queue->spare_max) {
    stls_mem_free(chunk->data);
    chunk->data = NULL;
    chunk->cap = 0;
  }
  if (queue->spare_max == 0 || (spare != NULL && spare->cap >= chunk->cap)) {
    stls_chunk_queue_free_chunk(chunk);
    return;
  }
  queue->spare = chunk;
  stls_chunk_queue_free_chunk(spare);
}
