/* SPDX-License-Identifier: MIT */
/* chunk_queue: a list of chunks of bytes that never move. */
#include "bio/chunk_queue.h"

#include <string.h>

#include "base/mem.h"

/* A chunk for appended bytes grows with the backlog between these: little
 * traffic costs little memory, much traffic few chunks. The larger one holds a
 * whole TLS record (RFC 8446, 5.2) with its header. */
#define CHUNK_MIN ((size_t)1024)
#define CHUNK_MAX ((size_t)16384 + 256 + 5)

/* Room in a chunk that is never left behind: many small arrivals in large
 * reservations must not cost a large chunk each. */
#define WORTH_FILLING ((size_t)2048)

static bool grow(struct stls_chunk *chunk, size_t cap);
static size_t tail_room(const struct stls_chunk_queue *buffer);
static size_t good_cap(const struct stls_chunk_queue *buffer, size_t len);
static void drop_drained(struct stls_chunk_queue *buffer);
static void drop_head(struct stls_chunk_queue *buffer);
static void retire(struct stls_chunk_queue *buffer, struct stls_chunk *chunk);

bool stls_chunk_queue_append(struct stls_chunk_queue *buffer, const void *data,
                             size_t len)
{
  size_t room = tail_room(buffer);
  size_t first = len < room ? len : room;
  struct stls_chunk *chunk = NULL;

  if (len == 0) return true;
  if (first < len) {
    chunk = stls_chunk_queue_take_chunk(buffer, good_cap(buffer, len - first));
    if (chunk == NULL) return false;
    memcpy(chunk->data, (const uint8_t *)data + first, len - first);
    chunk->end = len - first;
  }
  buffer->reserved = 0;
  if (first > 0) {
    memcpy(buffer->tail->data + buffer->tail->end, data, first);
    buffer->tail->end += first;
    buffer->len += first;
  }
  if (chunk != NULL) stls_chunk_queue_push(buffer, chunk);
  return true;
}

uint8_t *stls_chunk_queue_reserve(struct stls_chunk_queue *buffer, size_t len,
                                  size_t *out_len)
{
  size_t room = tail_room(buffer);

  if (room < len && room < WORTH_FILLING) {
    struct stls_chunk *chunk =
        stls_chunk_queue_take_chunk(buffer, good_cap(buffer, len));
    if (chunk == NULL) return NULL;
    room = chunk->cap;
    buffer->reserved = 0;
    drop_drained(buffer);
    stls_chunk_queue_push(buffer, chunk);
  }
  buffer->reserved = room;
  *out_len = room;
  return buffer->tail->data + buffer->tail->end;
}

void stls_chunk_queue_commit(struct stls_chunk_queue *buffer, size_t len)
{
  buffer->tail->end += len;
  buffer->len += len;
  buffer->reserved = 0;
  drop_drained(buffer);
}

void stls_chunk_queue_push(struct stls_chunk_queue *buffer,
                           struct stls_chunk *chunk)
{
  chunk->next = NULL;
  if (buffer->tail != NULL)
    buffer->tail->next = chunk;
  else
    buffer->head = chunk;
  buffer->tail = chunk;
  buffer->len += chunk->end - chunk->start;
  buffer->reserved = 0;
}

void stls_chunk_queue_prepend(struct stls_chunk_queue *buffer,
                              struct stls_chunk_queue *other)
{
  if (other->len > 0) {
    other->tail->next = buffer->head;
    if (buffer->head == NULL) buffer->tail = other->tail;
    buffer->head = other->head;
    buffer->len += other->len;
    /* Whoever remembers what was at the front has to look again. */
    buffer->consumed++;
    other->head = other->tail = NULL;
  }
  stls_chunk_queue_clear(other);
}

struct stls_chunk *stls_chunk_queue_take_chunk(struct stls_chunk_queue *buffer,
                                               size_t cap)
{
  struct stls_chunk *chunk = buffer->spare;

  if (chunk == NULL) chunk = stls_mem_zalloc(sizeof *chunk);
  if (chunk == NULL) return NULL;
  if (chunk->cap < cap && !grow(chunk, cap)) {
    if (chunk != buffer->spare) stls_chunk_free(chunk);
    return NULL;
  }
  buffer->spare = NULL;
  chunk->start = chunk->end = 0;
  return chunk;
}

void stls_chunk_free(struct stls_chunk *chunk)
{
  if (chunk == NULL) return;
  stls_mem_free(chunk->data);
  stls_mem_free(chunk);
}

stls_span stls_chunk_queue_front(const struct stls_chunk_queue *buffer)
{
  const struct stls_chunk *chunk = buffer->head;
  stls_span span = {NULL, 0};

  while (chunk != NULL && chunk->start == chunk->end) chunk = chunk->next;
  if (chunk != NULL) {
    span.data = chunk->data + chunk->start;
    span.len = chunk->end - chunk->start;
  }
  return span;
}

size_t stls_chunk_queue_runs(const struct stls_chunk_queue *buffer,
                             stls_span *spans, size_t max)
{
  size_t num = 0;

  for (const struct stls_chunk *chunk = buffer->head;
       chunk != NULL && (num < max || spans == NULL); chunk = chunk->next) {
    if (chunk->start == chunk->end) continue;
    if (spans != NULL)
      spans[num] =
          (stls_span){chunk->data + chunk->start, chunk->end - chunk->start};
    num++;
  }
  return num;
}

size_t stls_chunk_queue_copy(const struct stls_chunk_queue *buffer, void *out,
                             size_t max)
{
  const struct stls_chunk *chunk = buffer->head;
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

void stls_chunk_queue_consume(struct stls_chunk_queue *buffer, size_t len)
{
  buffer->consumed += len;
  while (len > 0) {
    struct stls_chunk *chunk = buffer->head;
    size_t run = chunk->end - chunk->start;
    size_t part = run < len ? run : len;
    chunk->start += part;
    buffer->len -= part;
    len -= part;
    if (len > 0) drop_head(buffer);
  }
  drop_drained(buffer);
}

void stls_chunk_queue_trim(struct stls_chunk_queue *buffer)
{
  buffer->reserved = 0;
  drop_drained(buffer);
  stls_chunk_free(buffer->spare);
  buffer->spare = NULL;
}

void stls_chunk_queue_clear(struct stls_chunk_queue *buffer)
{
  buffer->reserved = 0;
  while (buffer->head != NULL) drop_head(buffer);
  buffer->consumed += buffer->len;
  buffer->len = 0;
  stls_chunk_queue_trim(buffer);
}

/* Nothing in it is kept. */
static bool grow(struct stls_chunk *chunk, size_t cap)
{
  uint8_t *data = stls_mem_alloc(cap);

  if (data == NULL) return false;
  stls_mem_free(chunk->data);
  chunk->data = data;
  chunk->cap = cap;
  return true;
}

static size_t tail_room(const struct stls_chunk_queue *buffer)
{
  return buffer->tail == NULL ? 0 : buffer->tail->cap - buffer->tail->end;
}

static size_t good_cap(const struct stls_chunk_queue *buffer, size_t len)
{
  size_t cap = buffer->len < CHUNK_MIN ? CHUNK_MIN : buffer->len;

  if (cap < buffer->expected) cap = buffer->expected;
  if (cap > CHUNK_MAX) cap = CHUNK_MAX;
  return len > cap ? len : cap;
}

/* A drained tail that is still being received into has to stay where it is. */
static void drop_drained(struct stls_chunk_queue *buffer)
{
  while (buffer->head != NULL && buffer->head->start == buffer->head->end &&
         !(buffer->head == buffer->tail && buffer->reserved > 0))
    drop_head(buffer);
}

static void drop_head(struct stls_chunk_queue *buffer)
{
  struct stls_chunk *head = buffer->head;

  buffer->head = head->next;
  if (buffer->head == NULL) buffer->tail = NULL;
  retire(buffer, head);
}

/* Of two, the larger stays; of one that is too large, the struct. */
static void retire(struct stls_chunk_queue *buffer, struct stls_chunk *chunk)
{
  struct stls_chunk *spare = buffer->spare;

  if (chunk->cap > buffer->spare_max) {
    stls_mem_free(chunk->data);
    chunk->data = NULL;
    chunk->cap = 0;
  }
  if (buffer->spare_max == 0 || (spare != NULL && spare->cap >= chunk->cap)) {
    stls_chunk_free(chunk);
    return;
  }
  buffer->spare = chunk;
  stls_chunk_free(spare);
}
