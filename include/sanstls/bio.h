/* SPDX-License-Identifier: MIT */
/* bio: a bounded queue of bytes, which holds ciphertext. */
#ifndef SANSTLS_BIO_H
#define SANSTLS_BIO_H

#include <stdbool.h>
#include <stddef.h>

#include <sanstls/error.h>

STLS_BEGIN_DECLS

/*
 * An stls_bio is a queue of bytes with a limit and an end-of-stream mark: CPython's
 * ssl.MemoryBIO, bounded. Bytes lie in chunks that never move and are freed as they
 * are drained, except one that is kept for reuse (up to 1 KiB, or the default limit
 * with STLS_BUFFERS_KEEP). The cost per byte does not depend on the backlog.
 *
 * Threads: one at a time; a bio that belongs to an object follows the object.
 */
typedef struct stls_bio stls_bio;

/* Bytes in memory. An empty span may have data == NULL. */
typedef struct stls_span {
  const void *data;
  size_t len;
} stls_span;

/* The limit of a new bio, in bytes. */
#define STLS_BIO_DEFAULT_LIMIT 65536

/*
 * Makes an empty bio with the default limit.
 *
 * STLS_OK: *out_bio is the caller's, to be released with stls_bio_free.
 * STLS_ERROR_MEMORY, STLS_ERROR_MISUSE (out_bio is NULL): *out_bio untouched.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_bio_new(stls_bio **out_bio,
                                                  stls_error *err);

/* Releases one reference; the last release frees the bytes. NULL is fine. */
STLS_EXPORT void stls_bio_free(stls_bio *bio);

/* Takes one more reference and returns `bio`. NULL returns NULL. Any thread. */
STLS_EXPORT stls_bio *stls_bio_up_ref(stls_bio *bio);

/*
 * Copies bytes to the end of the queue, as many as fit under the limit.
 *
 * STLS_OK: *out_written bytes were taken, from 1 to len (0 when len is 0).
 * STLS_WANT_WRITE: the queue is at its limit; nothing was taken.
 * STLS_ERROR_MISUSE: a NULL argument, or stls_bio_write_eof was called before
 *   (also if len is 0, as in CPython). Nothing changed.
 * STLS_ERROR_MEMORY: nothing changed.
 *
 * Ends a reservation that was not committed.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_bio_write(stls_bio *bio,
                                                    const void *data,
                                                    size_t len,
                                                    size_t *out_written,
                                                    stls_error *err);

/*
 * Copies bytes from the front of the queue and removes them.
 *
 * STLS_OK: *out_read bytes were moved, from 1 to out_len (0 when out_len is 0).
 * STLS_WANT_READ: the queue is empty, and more may come.
 * STLS_CLOSED: the queue is empty and stls_bio_write_eof was called.
 * STLS_ERROR_MISUSE: a NULL argument, or an object is reading this bio (the
 *   call comes from one of its callbacks). Nothing changed.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_bio_read(stls_bio *bio, void *out,
                                                   size_t out_len,
                                                   size_t *out_read,
                                                   stls_error *err);

/*
 * Marks the end of the stream: queued bytes can still be read, and nothing more can
 * be written. On an object's `incoming` it means that the transport has ended.
 * On its `outgoing` it means that the transport takes no more: what is queued
 * cannot be sent, and what the object would send is dropped (see
 * sanstls/object.h). May be repeated. NULL is fine.
 */
STLS_EXPORT void stls_bio_write_eof(stls_bio *bio);

/* The number of queued bytes; 0 for NULL. O(1). */
STLS_EXPORT size_t stls_bio_pending(const stls_bio *bio);

/* Whether the queue is empty and its end was marked; false for NULL. O(1). */
STLS_EXPORT bool stls_bio_eof(const stls_bio *bio);

/*
 * Returns the first contiguous run of queued bytes without removing it; an
 * empty span if there is none. The bytes do not move until stls_bio_consume or
 * stls_bio_read removes them, also while more bytes are queued behind them, so
 * that an asynchronous write may use them.
 */
STLS_EXPORT stls_span stls_bio_peek(const stls_bio *bio);

/*
 * Writes the first runs of queued bytes to `spans`, at most `max`, and returns how
 * many it wrote. The runs behind them are returned after these were consumed.
 * `NULL, 0` asks how many there are. Copy data and length of each to an iovec
 * or uv_buf_t. The bytes live as long as those of stls_bio_peek.
 */
STLS_EXPORT size_t stls_bio_peekv(const stls_bio *bio, stls_span *spans,
                                  size_t max);

/*
 * Removes `len` bytes from the front. Those behind them stay where they are.
 *
 * Of an `outgoing`, consume only what the transport has really written or copied:
 * the memory is freed or used again, and a write that still refers to it would
 * send other bytes. A partial write is consumed as far as it went. "The socket is
 * writable", or a write callback that can also come at another time, is no proof:
 * with libevent, whose deferred write callbacks may be old, lent bytes are
 * written when evbuffer_get_length of the output buffer is 0.
 *
 * STLS_OK: removed.
 * STLS_ERROR_MISUSE: bio is NULL, len is more than is pending, or an object is
 *   reading this bio. Nothing changed.
 */
STLS_EXPORT stls_result stls_bio_consume(stls_bio *bio, size_t len,
                                         stls_error *err);

/*
 * Reserves room at the end of the queue to receive into. `len`, at least 1, is the
 * number of bytes that the caller would like. The room may be smaller, because
 * of the limit or of the chunk that is in use, or larger. It stays valid while
 * an object reads from the queue, until stls_bio_commit, the next
 * stls_bio_reserve or stls_bio_write, stls_bio_trim, an object that writes to
 * this bio, or the last stls_bio_free.
 *
 * STLS_OK: *out_data has *out_len writable bytes, which belong to the bio.
 * STLS_WANT_WRITE: the queue is at its limit.
 * STLS_ERROR_MISUSE: a NULL argument, len is 0, the end was marked, or an object
 *   is reading this bio.
 * STLS_ERROR_MEMORY: nothing changed.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_bio_reserve(stls_bio *bio, size_t len,
                                                      void **out_data,
                                                      size_t *out_len,
                                                      stls_error *err);

/*
 * Queues the first `len` bytes of the reserved room and releases the rest. With
 * 0 all of the room is released.
 *
 * STLS_OK: queued.
 * STLS_ERROR_MISUSE: bio is NULL, nothing is reserved, len is more than the
 *   room, or the end was marked meanwhile. Nothing changed.
 */
STLS_EXPORT stls_result stls_bio_commit(stls_bio *bio, size_t len,
                                        stls_error *err);

/*
 * Sets how many bytes the bio holds before it returns STLS_WANT_WRITE, at least 1.
 * Queued bytes stay, even above a lowered limit. SIZE_MAX means no limit.
 *
 * The limit of an `incoming` should be 6 bytes or more. With less, and a transport
 * without a buffer of its own, two objects can wait for each other with
 * STLS_WANT_WRITE: the client replies to a HelloRetryRequest while the last
 * bytes of the server's change_cipher_spec (6 bytes) are in the server's `outgoing`, and
 * neither takes records while its own `outgoing` is at the limit.
 *
 * STLS_OK: set.
 * STLS_ERROR_MISUSE: bio is NULL or limit is 0.
 */
STLS_EXPORT stls_result stls_bio_set_limit(stls_bio *bio, size_t limit,
                                           stls_error *err);

/* The limit, in bytes; 0 for NULL. */
STLS_EXPORT size_t stls_bio_limit(const stls_bio *bio);

/*
 * Frees unused memory: an empty bio keeps only its own struct. Ends a reservation.
 * Does nothing while an object is reading this bio. NULL is fine.
 */
STLS_EXPORT void stls_bio_trim(stls_bio *bio);

STLS_END_DECLS

#endif
