/* SPDX-License-Identifier: MIT */
/* transfer: reads and writes of application data. */
#ifndef SANSTLS_TRANSFER_H
#define SANSTLS_TRANSFER_H

#include <stddef.h>

#include <sanstls/bio.h>
#include <sanstls/error.h>

STLS_BEGIN_DECLS

/*
 * Part of sanstls/object.h, which includes this header and describes the loop. The
 * functions act on an object and record failures in it (stls_object_error).
 */
struct stls_object;

/*
 * Decrypts into `out` as many queued records as fit (SSL_read_ex; SSLObject.read).
 * Continues the handshake first if it is not done.
 *
 * STLS_OK: *out_read bytes, from 1 to out_len (0 if out_len is 0, which changes
 *   nothing). Fewer than out_len: there are no more records, the stream ended, or
 *   the peer sent 32 messages of TLS itself in the middle of its data; the next
 *   call returns which. Exactly out_len: there may be more.
 * STLS_WANT_READ: no whole record is queued. *out_read is 0.
 * STLS_WANT_WRITE: replies to the peer in `outgoing` have reached
 *   STLS_LIMIT_REPLY_BYTES; drain it first. Not after our direction was closed.
 * STLS_CLOSED: the peer's close_notify has arrived, and all data before it was
 *   read. Every later call returns this again. Records after close_notify stay
 *   in `incoming`.
 * STLS_ERROR_TRUNCATED: the transport ended without close_notify. All data before
 *   its end was read.
 * STLS_ERROR_TLS, _ALERT, _CERTIFICATE, _MEMORY: the connection has failed.
 * STLS_ERROR_MISUSE: a NULL argument, a call from a callback, or an object that
 *   was closed before it was established.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_read(
    struct stls_object *object, void *out, size_t out_len, size_t *out_read);

/*
 * Decrypts into `out` without removing anything: a later read or peek returns the
 * same bytes (SSL_peek_ex). It lets a server look at the first bytes of a protocol.
 * Continues the handshake first if it is not done, and takes queued records as
 * a read does; the decrypted data stays in the object.
 *
 * STLS_OK: *out_read bytes, from 1 to out_len (0 if out_len is 0, which changes
 *   nothing). They belong to one record: fewer than out_len does not mean that no
 *   more records are queued. A peek shows the next record after this one was read.
 * STLS_WANT_READ, STLS_WANT_WRITE, STLS_WANT_CONTEXT: as stls_object_read.
 * STLS_CLOSED, STLS_ERROR_TRUNCATED and other failures: all data before was read;
 *   stls_object_read returns the same from then on.
 * STLS_ERROR_MISUSE: as stls_object_read. *out_read is 0 unless the result is
 *   STLS_OK.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_peek(
    struct stls_object *object, void *out, size_t out_len, size_t *out_read);

/* Writable memory, for stls_object_readv. */
typedef struct stls_writable_span {
  void *data;
  size_t len;
} stls_writable_span;

/*
 * As stls_object_read, into several spans, which are filled in order.
 *
 * STLS_OK: *out_read bytes, at least 1 (0 if the spans have no room, which changes
 *   nothing). Fewer than the spans have room for: as stls_object_read. As many: there
 *   may be more.
 * Other results as stls_object_read.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_readv(struct stls_object *object, const stls_writable_span *spans,
                  size_t num_spans, size_t *out_read);

/*
 * As stls_object_read, directly from the caller's receive buffer: whole records are
 * decrypted where they lie; only an incomplete tail is copied to `incoming`.
 * Records that are queued in `incoming` come first.
 *
 * On every result *out_used bytes of `in` were taken, and the caller must not pass
 * them again; it must pass the rest with the next call. *out_used is in_len unless
 * `out` is full, the stream ended, or the result is STLS_WANT_WRITE or
 * STLS_WANT_CONTEXT. Results as stls_object_read. With in_len 0 the call is
 * stls_object_read.
 *
 * STLS_ERROR_MISUSE also, if in_len is not 0: the end of `incoming` was marked, or
 *   room is reserved there, whose bytes would come before those of `in`.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_read_from(
    struct stls_object *object, const void *in, size_t in_len, size_t *out_used,
    void *out, size_t out_len, size_t *out_read);

/*
 * Encrypts bytes into `outgoing`, one record at a time, as many as its limit leaves
 * room for (SSL_write_ex; SSLObject.write). Continues the handshake first if it is
 * not done. An empty `outgoing` always takes one record of at least 512 bytes of
 * plaintext, however small its limit.
 *
 * STLS_OK: *out_written bytes were taken, from 1 to len (0 if len is 0, which
 *   changes nothing). Fewer than len: drain `outgoing`, then write the rest.
 * STLS_WANT_WRITE: `outgoing` is at its limit; nothing was taken.
 * STLS_WANT_READ: the handshake needs records, or the peer has sent only a part
 *   of a message; nothing was taken.
 * STLS_CLOSED: nothing can be sent any more, although the caller did not close this
 *   direction: the transport takes no more, or a key of TLS 1.2 has reached its
 *   limit (see stls_object_key_update). Nothing was taken; reads still work.
 * STLS_ERROR_*: the connection has failed; this call took nothing.
 * STLS_ERROR_MISUSE: a NULL argument, a call from a callback, or this direction
 *   was closed by stls_object_close_write or stls_object_unwrap.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_write(struct stls_object *object, const void *data, size_t len,
                  size_t *out_written);

/* As stls_object_write, of several spans: small ones share a record.
 * Results as stls_object_write. */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_writev(struct stls_object *object, const stls_span *spans,
                   size_t num_spans, size_t *out_written);

/*
 * Corks the sending direction: from now on writes collect plaintext into full
 * records, and do not seal a record each. Full records go to `outgoing` at
 * once. At most one record of plaintext is held back. stls_object_flush ends
 * the cork.
 *
 * STLS_OK, also when corked already.
 * STLS_CLOSED: as stls_object_write.
 * STLS_ERROR_MISUSE: object is NULL, a call from a callback, or the direction is
 *   closed. An earlier failure of the connection is returned again.
 */
STLS_EXPORT stls_result stls_object_cork(struct stls_object *object);

/*
 * Seals the collected plaintext and ends the cork.
 *
 * STLS_OK: nothing is held back any more (also if the object was not corked, unless
 *   the connection has failed).
 * STLS_WANT_WRITE, STLS_WANT_READ, STLS_CLOSED: as stls_object_write; the rest
 *   stays collected, and the object stays corked.
 * Failures as stls_object_write.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_flush(struct stls_object *object);

/* Decrypted bytes that a read returns without new records (SSL_pending); 0 for
 * NULL. */
STLS_EXPORT size_t stls_object_pending(const struct stls_object *object);

/* Bytes of plaintext that a cork holds back; 0 for NULL. */
STLS_EXPORT size_t stls_object_corked(const struct stls_object *object);

STLS_END_DECLS

#endif
