/* SPDX-License-Identifier: MIT */
/* bytes: patterned bytes into a bio and out of it again. */
#ifndef STLS_TEST_BYTES_H
#define STLS_TEST_BYTES_H

#include <sanstls/bio.h>
#include <stddef.h>

/* A bio with this limit; it has to work. */
stls_bio *bytes_bio(size_t limit);

/* Writes bytes offset to offset + len of the pattern (pair_pattern), all of
 * which have to be taken. */
void bytes_put(stls_bio *bio, size_t len, size_t offset);

/* Reads `len` bytes, which have to be those of the pattern from `offset`. */
void bytes_take(stls_bio *bio, size_t len, size_t offset);

/* Removes whatever there is. */
void bytes_drop(stls_bio *bio);

/* Moves everything; the limit of `to` has to allow it. */
void bytes_move(stls_bio *from, stls_bio *to);

/* Checks, without removing anything, that the bio holds just `len` bytes of the
 * pattern from `offset`, by pending, peek and peekv. */
void bytes_expect(const stls_bio *bio, size_t len, size_t offset,
                  const char *label);

/* The number of runs that stls_bio_peekv tells of; at most 4096. */
size_t bytes_runs(const stls_bio *bio);

/*
 * Appends `len` bytes, with a NUL behind them that does not count. `data` is NULL or what
 * this function returned for *in_out_len bytes or more; free() frees what it returns. It
 * allocates as seldom as the length doubles: under valgrind realloc copies each time.
 */
void *bytes_append(void *data, size_t *in_out_len, const void *more,
                   size_t len);

#endif
