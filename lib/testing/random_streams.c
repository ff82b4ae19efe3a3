/* SPDX-License-Identifier: MIT */
/* random_streams: makes bytes that follow from a seed, a sequence for each thread. */
#include "testing/random_streams.h"

#include <string.h>

#include "base/mem.h"

static struct stls_random_stream *find(
    const struct stls_random_streams *streams);
static struct stls_random_stream *find_or_make(
    struct stls_random_streams *streams);
static void derive_seed(const struct stls_random_streams *streams,
                        struct stls_random_seed *out);
static void drop(struct stls_random_streams *streams,
                 struct stls_random_stream *stream);

bool stls_random_streams_init(struct stls_random_streams *streams)
{
  streams->lock = CRYPTO_THREAD_lock_new();
  streams->first.thread = CRYPTO_THREAD_get_current_id();
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
  if (stream != NULL) {
    stls_random_seed_expand(&stream->seed, stream->drawn, out, len);
    stream->drawn += len;
  }
  CRYPTO_THREAD_unlock(streams->lock);
  return stream != NULL;
}

void stls_random_streams_seek(struct stls_random_streams *streams,
                              const struct stls_random_seed *seed,
                              uint64_t drawn)
{
  struct stls_random_stream *stream;

  if (!CRYPTO_THREAD_write_lock(streams->lock)) return;
  stream = find_or_make(streams);
  if (stream != NULL) {
    if (seed != NULL) stream->seed = *seed;
    stream->drawn = drawn;
  } else {
    streams->has_failed = true;
  }
  CRYPTO_THREAD_unlock(streams->lock);
}

uint64_t stls_random_streams_look(const struct stls_random_streams *streams,
                                  struct stls_random_seed *out_seed)
{
  const struct stls_random_stream *found;
  uint64_t drawn = 0;

  memset(out_seed, 0, sizeof *out_seed);
  if (!CRYPTO_THREAD_read_lock(streams->lock)) return 0;
  found = find(streams);
  if (found != NULL) {
    *out_seed = found->seed;
    drawn = found->drawn;
  } else {
    derive_seed(streams, out_seed);
  }
  CRYPTO_THREAD_unlock(streams->lock);
  return drawn;
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
  stream = stls_mem_zalloc(sizeof *stream);
  if (stream == NULL) return NULL;
  stream->thread = CRYPTO_THREAD_get_current_id();
  derive_seed(streams, &stream->seed);
  stream->next = streams->first.next;
  streams->first.next = stream;
  streams->num_made++;
  return stream;
}

/* Two threads with the same bytes would make the same sessions. */
static void derive_seed(const struct stls_random_streams *streams,
                        struct stls_random_seed *out)
{
  stls_random_seed_derive(&streams->first.seed, streams->num_made, out);
}

static void drop(struct stls_random_streams *streams,
                 struct stls_random_stream *stream)
{
  struct stls_random_stream **at = &streams->first.next;

  while (*at != stream) at = &(*at)->next;
  *at = stream->next;
  stls_mem_free_clear(stream, sizeof *stream);
}
