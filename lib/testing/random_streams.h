/* SPDX-License-Identifier: MIT */
/* random_streams: makes bytes that follow from a seed, a sequence for each thread. */
#ifndef STLS_LIB_RANDOM_STREAMS_H
#define STLS_LIB_RANDOM_STREAMS_H

#include <openssl/crypto.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "testing/random_seed.h"

/*
 * The sequence of one thread. Its byte number `drawn` follows from that and the seed
 * alone, so that how draws are cut does not matter, and any place in it can be
 * returned to.
 */
struct stls_random_stream {
  struct stls_random_stream *next;
  CRYPTO_THREAD_ID thread;
  struct stls_random_seed seed;
  uint64_t drawn;
  /* The generators that the thread has: without one, it has ended. */
  size_t num_generators;
};

/* All sequences of a world. The first is that of the thread that made it; a later
 * thread has one that follows from it and the thread's number. */
struct stls_random_streams {
  CRYPTO_RWLOCK *lock;
  struct stls_random_stream first;
  uint64_t num_made;
  /* A sequence that was asked for could not be made: nothing is drawn any more. */
  bool has_failed;
};

/* Begins with the sequence of this thread, of the number 0. false when memory is
 * short. */
bool stls_random_streams_init(struct stls_random_streams *streams);

/* Zeroes are fine. */
void stls_random_streams_clear(struct stls_random_streams *streams);

/* A generator of this thread begins, and ends. NULL when memory is short. */
struct stls_random_stream *stls_random_streams_attach(
    struct stls_random_streams *streams);
void stls_random_streams_detach(struct stls_random_streams *streams,
                                struct stls_random_stream *stream);

/* Draws the next bytes of this thread. false: nothing was written. */
bool stls_random_streams_draw(struct stls_random_streams *streams, uint8_t *out,
                              size_t len);

/* Sets the seed of this thread's sequence, NULL for the one that it has, and how many
 * bytes of it were drawn. */
void stls_random_streams_seek(struct stls_random_streams *streams,
                              const struct stls_random_seed *seed,
                              uint64_t drawn);

/* Copies the seed of this thread's sequence; if it has none yet, of that which comes
 * next. The caller wipes it. Returns how many bytes were drawn. */
uint64_t stls_random_streams_look(const struct stls_random_streams *streams,
                                  struct stls_random_seed *out_seed);

#endif
