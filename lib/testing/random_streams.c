/* SPDX-License-Identifier: MIT */
/* random_streams: makes bytes that follow from a seed, a sequence for each thread. */
#include "testing/random_streams.h"

#include "base/mem.h"

static struct stls_random_stream *find(
    const struct stls_random_streams *streams);
static struct stls_random_stream *find_or_make(
    struct stls_random_streams *streams);
static struct stls_random_stream first_of_thread(
    const struct stls_random_streams *streams);
static void drop(struct stls_random_streams *streams,
                 struct stls_random_stream *stream);
static uint64_t word_of(uint64_t seed, uint64_t index);

bool stls_random_streams_init(struct stls_random_streams *streams)
{
  streams->lock = CRYPTO_THREAD_lock_new();
  streams->first = first_of_thread(streams);
  streams->num_made = 1;
  return streams->lock != NULL;
}

void stls_random_streams_clear(struct stls_random_streams *streams)
{
  while (streams->first.next != NULL) drop(streams, streams->first.next);
  CRYPTO_THREAD_lock_free(streams->lock);
  stls_mem_wipe(streams, sizeof *streams);
}

struct stls_random_stream *stls_random_streams_attach(
    struct stls_random_streams *streams)
{
  struct stls_random_stream *stream;

  if (!CRYPTO_THREAD_write_lock(streams->lock)) return NULL;
  stream = find_or_make(streams);
  if (stream != NULL) stream->num_generators++;
  CRYPTO_THREAD_unlock(streams->lock);
  return stream;
}

void stls_random_streams_detach(struct stls_random_streams *streams,
                                struct stls_random_stream *stream)
{
  if (!CRYPTO_THREAD_write_lock(streams->lock)) return;
  stream->num_generators--;
  /* The system gives the number of a thread that has ended to a new one. */
  if (stream->num_generators == 0 && stream != &streams->first)
    drop(streams, stream);
  CRYPTO_THREAD_unlock(streams->lock);
}

bool stls_random_streams_draw(struct stls_random_streams *streams, uint8_t *out,
                              size_t len)
{
  struct stls_random_stream *stream;

  if (!CRYPTO_THREAD_write_lock(streams->lock)) return false;
  stream = streams->has_failed ? NULL : find_or_make(streams);
  for (size_t i = 0; stream != NULL && i < len; i++, stream->drawn++) {
    const uint64_t word = word_of(stream->seed, stream->drawn / 8);

    out[i] = (uint8_t)(word >> (8 * (stream->drawn % 8)));
  }
  CRYPTO_THREAD_unlock(streams->lock);
  return stream != NULL;
}

void stls_random_streams_seek(struct stls_random_streams *streams,
                              uint64_t seed, uint64_t drawn)
{
  struct stls_random_stream *stream;

  if (!CRYPTO_THREAD_write_lock(streams->lock)) return;
  stream = find_or_make(streams);
  if (stream != NULL) {
    stream->seed = seed;
    stream->drawn = drawn;
  } else {
    streams->has_failed = true;
  }
  CRYPTO_THREAD_unlock(streams->lock);
}

struct stls_random_stream stls_random_streams_look(
    const struct stls_random_streams *streams)
{
  const struct stls_random_stream *found;
  struct stls_random_stream stream = {0};

  if (!CRYPTO_THREAD_read_lock(streams->lock)) return stream;
  found = find(streams);
  stream = found != NULL ? *found : first_of_thread(streams);
  CRYPTO_THREAD_unlock(streams->lock);
  return stream;
}

static struct stls_random_stream *find(
    const struct stls_random_streams *streams)
{
  const CRYPTO_THREAD_ID thread = CRYPTO_THREAD_get_current_id();

  for (const struct stls_random_stream *stream = &streams->first;
       stream != NULL; stream = stream->next)
    if (CRYPTO_THREAD_compare_id(stream->thread, thread))
      return (struct stls_random_stream *)stream;
  return NULL;
}

static struct stls_random_stream *find_or_make(
    struct stls_random_streams *streams)
{
  struct stls_random_stream *stream = find(streams);

  if (stream != NULL) return stream;
  stream = stls_mem_alloc(sizeof *stream);
  if (stream == NULL) return NULL;
  *stream = first_of_thread(streams);
  stream->next = streams->first.next;
  streams->first.next = stream;
  streams->num_made++;
  return stream;
}

static struct stls_random_stream first_of_thread(
    const struct stls_random_streams *streams)
{
  struct stls_random_stream stream = {0};

  stream.thread = CRYPTO_THREAD_get_current_id();
  /* Two threads with the same bytes would make the same sessions. */
  stream.seed = streams->num_made == 0
                    ? 0
                    : word_of(streams->first.seed, ~streams->num_made);
  return stream;
}

static void drop(struct stls_random_streams *streams,
                 struct stls_random_stream *stream)
{
  struct stls_random_stream **at = &streams->first.next;

  while (*at != stream) at = &(*at)->next;
  *at = stream->next;
  stls_mem_free_clear(stream, sizeof *stream);
}

/* SplitMix64 (Steele, Lea, Flood 2014), whose state is a number times a constant. */
static uint64_t word_of(uint64_t seed, uint64_t index)
{
  uint64_t word = seed + (index + 1) * UINT64_C(0x9e3779b97f4a7c15);

  word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
  return word ^ (word >> 31);
}
