/* SPDX-License-Identifier: MIT */
/* object: one TLS connection: a state machine between two byte queues. */
#ifndef SANSTLS_OBJECT_H
#define SANSTLS_OBJECT_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>

#include <sanstls/bio.h>
#include <sanstls/context.h>
#include <sanstls/error.h>
#include <sanstls/session.h>

STLS_BEGIN_DECLS

/*
 * One TLS endpoint: CPython's ssl.SSLObject. The contract of the loop:
 *
 * 1. After every call on an object, drain `outgoing`: also after a read, also
 *    after an error (the alert is there).
 * 2. STLS_WANT_READ means that nothing more can happen until records arrive; a
 *    read returns as many records as fit before it says so.
 * 3. STLS_WANT_WRITE means the same for `outgoing`; no argument has to be
 *    repeated on retry: a write returns the number of bytes that it took.
 * 4. The end of the transport is told with stls_bio_write_eof(incoming); a
 *    missing close_notify is then STLS_ERROR_TRUNCATED. Each direction closes
 *    by itself.
 * 5. One object, one thread at a time. A sealed context may be shared by
 *    threads; objects keep the context alive.
 *
 * Nothing follows our close_notify (RFC 8446, 6.1), also not what OpenSSL would
 * send by itself: answers to KeyUpdates and to late requests for a certificate, and
 * alerts, a fatal one included, whose peer learns of the end as it was told already.
 * It is dropped: observers and counters do not see it, and no read waits for room
 * for it.
 *
 * That the transport takes no more (a write failed, as with EPIPE) is told with
 * stls_bio_write_eof(outgoing). What waits there has nowhere to go, and what would
 * follow is dropped. Calls that would send something answer STLS_CLOSED: nothing
 * was taken, nothing changed, the connection has not failed. Reads go on, as the
 * peer's last data, or its alert, may be on their way. A handshake that has
 * something to send fails with STLS_ERROR_TRUNCATED.
 *
 * Calls on an object that are not given an stls_error record their failure in
 * it: stls_object_error. The first failure of the connection is final, and
 * every later call repeats it. STLS_ERROR_MISUSE is not a failure of the
 * connection: nothing changed, and the next call is judged anew. The same holds
 * for STLS_ERROR_MEMORY when the library itself could not get memory before
 * OpenSSL was asked.
 */
typedef struct stls_object stls_object;

/* How an object is made. Start from STLS_OBJECT_OPTIONS_INIT. */
typedef struct stls_object_options {
  size_t size;
  /* Client: the DNS name or the IPv4 or IPv6 address of the server, checked
   * against its certificate; a name is also sent as SNI, in lower case. Labels
   * beyond ASCII are converted first, as stls_hostname_to_ascii does. Required
   * unless the context was made insecure. Server: NULL. Copied. */
  const char *server_name;
  /* Handed back by stls_object_user_data. */
  void *user_data;
  /* Server only: the application chooses the context when the ClientHello is
   * here, see stls_object_set_context. */
  bool choose_context;
  /*
   * Client: a session to resume, or NULL. Borrowed during the call, and as good
   * as before afterwards; see sanstls/session.h on using it several times.
   *
   * It is offered to the server if it fits: it is resumable, and was made for
   * this server_name, under what is the context's policy now: verify mode and
   * flags, names, security level, trust and its settings, versions, cipher
   * suites, groups, signature algorithms, and the client's own credential.
   * Nothing of that is checked again when a session is resumed, so that any other
   * is left aside; stls_session_check tells why. The server may refuse it, too.
   * In both cases the handshake is a full one, which verifies everything as
   * ever: stls_conninfo_resumed tells. Server: NULL.
   */
  stls_session *session;
  /* Client: a session that does not fit is STLS_ERROR_INPUT, and no object is
   * made. */
  bool refuse_unfit_session;
} stls_object_options;

#define STLS_OBJECT_OPTIONS_INIT \
  { \
    sizeof(stls_object_options), STLS_NULL, STLS_NULL, false, STLS_NULL, false \
  }

/*
 * Makes an endpoint of the context's role. The object takes its own references
 * to context and bios, so the caller may give its own back. A bio that is NULL
 * is made, with the default limit. `options` may be NULL on a server.
 *
 * STLS_OK: *out_object is the caller's, to be released with stls_object_free.
 *   Nothing was sent: the first handshake call does that.
 * STLS_ERROR_MISUSE: context or out_object is NULL; incoming and outgoing are
 *   the same; a client that verifies names has no server_name; a server has
 *   one, or a session; a client is told to choose a context.
 * STLS_ERROR_INPUT: server_name is not a valid name or address; the message
 *   quotes it. Or, with refuse_unfit_session, the session is not for this
 *   connection, or not resumable any more: see stls_session_check.
 * STLS_ERROR_UNSUPPORTED: server_name needs STLS_FEATURE_IDN.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_new(stls_context *context, stls_bio *incoming, stls_bio *outgoing,
                const stls_object_options *options, stls_object **out_object,
                stls_error *err);

/*
 * Ends the object. It sends nothing: for a clean end call stls_object_close_write
 * and drain first. From one of its callbacks: takes effect when the call at
 * work returns. NULL is fine.
 */
STLS_EXPORT void stls_object_free(stls_object *object);

/*
 * For a connection that idles: gives back all memory that holds nothing, of the
 * object, of its bios and of libssl's records. Whatever waits stays, in queues,
 * corked, or read in part, and so does room that is reserved in `incoming`. The
 * next call takes new memory; nothing else changes, and none is needed for
 * correctness. Does nothing from a callback. NULL is fine.
 */
STLS_EXPORT void stls_object_trim(stls_object *object);

/* The bios, borrowed for the object's life. */
STLS_EXPORT stls_bio *stls_object_incoming(const stls_object *object);
STLS_EXPORT stls_bio *stls_object_outgoing(const stls_object *object);

/* The context, borrowed for the object's life; with choose_context, until one is
 * chosen, and from then on that one. */
STLS_EXPORT stls_context *stls_object_context(const stls_object *object);

/* What the options held. */
STLS_EXPORT void *stls_object_user_data(const stls_object *object);

/*
 * Goes on with the handshake as far as the records at hand allow
 * (SSL_do_handshake; SSLObject.do_handshake).
 *
 * STLS_OK: established, by this call or an earlier one.
 * STLS_WANT_READ: more records are needed.
 * STLS_WANT_WRITE: `outgoing` is at its limit.
 * STLS_WANT_CONTEXT: with choose_context, a context has to be chosen first: see
 *   stls_object_set_context. Reads and writes that would go on with the
 *   handshake answer so, too, having taken nothing.
 * STLS_ERROR_CERTIFICATE, _ALERT, _TRUNCATED, _TLS, _MEMORY: it failed for
 *   good; the alert for the peer, if any, is in `outgoing`.
 * STLS_ERROR_MISUSE: called from a callback, or the object was closed before
 *   it was established.
 *
 * A server that sent a HelloRetryRequest refuses a second ClientHello that is not
 * the first one, with illegal_parameter and STLS_ERROR_TLS (RFC 8446, 4.1.2). Only
 * key_share, pre_shared_key, early_data, cookie, padding and
 * encrypted_client_hello (RFC 9849) may have changed, and the order of
 * extensions.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_handshake(stls_object *object);

/*
 * Decrypts into `out` as many records as are at hand and fit (SSL_read_ex;
 * SSLObject.read). Goes on with the handshake first where it is not done.
 *
 * STLS_OK: *out_read bytes, from 1 to out_len (0 when out_len is 0, which
 *   touches nothing). Fewer than out_len means that the object is starved or
 *   the stream ended, or that the peer had so many messages of TLS itself (32)
 *   between its data that the rest is for the next call: that one says which.
 *   Exactly out_len means that there may be more.
 * STLS_WANT_READ: nothing at hand, see above. *out_read is 0.
 * STLS_WANT_WRITE: answers to the peer wait in `outgoing` in such number
 *   (STLS_LIMIT_REPLY_BYTES) that it must be drained first. Not where our
 *   direction is closed.
 * STLS_CLOSED: the peer's close_notify has come, and all data before it was
 *   read. Said again by every later call. Records behind close_notify stay in
 *   `incoming`.
 * STLS_ERROR_TRUNCATED: the end of the transport without close_notify. All data
 *   before it was read.
 * STLS_ERROR_TLS, _ALERT, _CERTIFICATE, _MEMORY: the connection failed for good.
 * STLS_ERROR_MISUSE: a NULL argument, a call from a callback, or an object that
 *   was closed before it was established.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_read(stls_object *object,
                                                      void *out, size_t out_len,
                                                      size_t *out_read);

/*
 * Decrypts into `out` without taking anything: a later read returns the same bytes,
 * and so does a later peek (SSL_peek_ex). For a look at what the peer speaks
 * first. Goes on with the handshake first where it is not done, and works on the
 * records at hand as a read does; what it decrypted stays within the object.
 *
 * STLS_OK: *out_read bytes, from 1 to out_len (0 when out_len is 0, which touches
 *   nothing). They are of one record: that there are fewer than out_len says
 *   nothing of what is at hand behind it, which no peek shows before it is read.
 * STLS_WANT_READ, STLS_WANT_WRITE, STLS_WANT_CONTEXT: as stls_object_read.
 * STLS_CLOSED, STLS_ERROR_TRUNCATED and other failures: all data before was read;
 *   as stls_object_read, which answers the same from then on.
 * STLS_ERROR_MISUSE: as stls_object_read. *out_read is 0 with every result but
 *   STLS_OK.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_peek(stls_object *object,
                                                      void *out, size_t out_len,
                                                      size_t *out_read);

/* A writable piece of memory, for stls_object_readv. */
typedef struct stls_writable_span {
  void *data;
  size_t len;
} stls_writable_span;

/* stls_object_read into several pieces, filled one after another. */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_readv(stls_object *object, const stls_writable_span *spans,
                  size_t num_spans, size_t *out_read);

/*
 * stls_object_read straight from the caller's receive buffer: whole records are
 * decrypted where they lie; only an incomplete tail is copied to `incoming`.
 * Records that already wait in `incoming` come first.
 *
 * On every result *out_used bytes of `in` were taken and must not be offered
 * again; the rest must be, with the next call. It is all of in_len unless `out`
 * is full, the stream ended, or STLS_WANT_WRITE or STLS_WANT_CONTEXT stopped the
 * call. Results as
 * stls_object_read. With in_len 0 it is stls_object_read. STLS_ERROR_MISUSE
 * also, when in_len is not 0, if the end of `incoming` was marked or a
 * reservation on it is open: what is reserved would come before `in`.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_read_from(
    stls_object *object, const void *in, size_t in_len, size_t *out_used,
    void *out, size_t out_len, size_t *out_read);

/*
 * Encrypts bytes into `outgoing`, as many as its limit leaves room for, one
 * record at a time (SSL_write_ex; SSLObject.write). Goes on with the handshake
 * first where it is not done. An empty `outgoing` always takes one record, of
 * at least 512 bytes of plaintext, however small its limit.
 *
 * STLS_OK: *out_written bytes were taken, from 1 to len (0 when len is 0, which
 *   touches nothing). Fewer than len: drain, and go on with the rest.
 * STLS_WANT_WRITE: `outgoing` is at its limit, nothing was taken.
 * STLS_WANT_READ: the handshake needs records, or the rest of a message that
 *   the peer has begun; nothing was taken.
 * STLS_CLOSED: nothing can be sent any more, though nobody closed this direction:
 *   the transport takes no more, or a key of TLS 1.2 has protected as much as it
 *   may (see stls_object_key_update). Nothing was taken; reads go on.
 * STLS_ERROR_*: the connection failed for good; nothing was taken by this call.
 * STLS_ERROR_MISUSE: a NULL argument, a call from a callback, or this direction
 *   was closed by stls_object_close_write or stls_object_unwrap.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_write(stls_object *object,
                                                       const void *data,
                                                       size_t len,
                                                       size_t *out_written);

/* stls_object_write of several pieces: small ones share a record. */
STLS_EXPORT STLS_CHECKED stls_result stls_object_writev(stls_object *object,
                                                        const stls_span *spans,
                                                        size_t num_spans,
                                                        size_t *out_written);

/*
 * From here on, gathers what is written into full records instead of sealing a
 * record per write. Full records go to `outgoing` at once. At most one record
 * of plaintext is held back.
 *
 * STLS_OK, also when corked already.
 * STLS_CLOSED: as stls_object_write.
 * STLS_ERROR_MISUSE: object is NULL, a call from a callback, or the direction is
 *   closed. An earlier failure of the connection is repeated.
 */
STLS_EXPORT stls_result stls_object_cork(stls_object *object);

/*
 * Seals what was gathered and ends the cork.
 *
 * STLS_OK: nothing is held back any more (also when nothing was corked, unless
 *   the connection has failed).
 * STLS_WANT_WRITE, STLS_WANT_READ, STLS_CLOSED: as stls_object_write; what is left
 *   stays gathered, and the cork stays.
 * Failures as stls_object_write.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_flush(stls_object *object);

/*
 * Closes this endpoint's direction: flushes what is corked and sends
 * close_notify, once (RFC 8446, 6.1). Takes no data in; the other direction goes
 * on.
 * Before the handshake is established nothing can be sent: the object is
 * abandoned. After a failure there is nothing to do.
 *
 * STLS_OK: closed, by this call or an earlier one, or nothing to do.
 * STLS_WANT_WRITE: corked data does not fit under the limit of `outgoing`.
 * STLS_WANT_READ: the peer is in the middle of a message (a ticket in several
 *   records, say), and libssl writes nothing before it has the rest.
 * STLS_CLOSED: the transport took no more before close_notify could go out.
 * STLS_ERROR_*: it could not be sent; the connection failed.
 * STLS_ERROR_MISUSE: object is NULL, or a call from a callback.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_close_write(stls_object *object);

/*
 * The two-way close of SSLObject.unwrap: takes the peer's close_notify, and sends
 * our own if that is still to do. After it, bytes that remain in `incoming` belong
 * to whatever follows TLS on the transport.
 *
 * STLS_OK: both directions are closed.
 * STLS_WANT_READ: the peer's close_notify has not come.
 * STLS_CLOSED: it has come, and the transport takes ours no more.
 * STLS_WANT_WRITE: as stls_object_close_write, or as stls_object_read.
 * STLS_ERROR_MISUSE: application data came first: read it, nothing is lost; or
 *   the handshake is not done; or a call from a callback.
 * Other failures as stls_object_read.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_unwrap(stls_object *object);

/*
 * Sends new keys' notice, and protects what follows with them (TLS 1.3; RFC 8446,
 * 4.6.3; SSL_key_update). With `request_peer` the peer is asked to do the same,
 * which it does with an answer that a later read takes. Corked data comes after
 * it. An answer that is owed to a KeyUpdate of the peer goes out before.
 *
 * Not needed for safety: OpenSSL does not count what a key protects, but this
 * library does (RFC 8446, 5.5: 2^24.5 records of full size with AES-GCM; RFC 9147,
 * 4.5.3: 2^23 with AES-CCM; nothing within reach with ChaCha20-Poly1305). Before
 * record 2^24 under one key (CCM: 2^22) a write sends a KeyUpdate by itself, which
 * does not ask for one in return: the other direction has its own count. A peer
 * that goes on beyond this number is asked, once for each of its keys, for a
 * KeyUpdate, by a read, which leaves that in `outgoing`; OpenSSL, which does not
 * count, obeys. A direction of TLS 1.2 has one key: after as many bytes as 2^24
 * full records have (256 GiB; CCM: 64 GiB) a write sends close_notify instead and
 * answers STLS_CLOSED. What a cork holds by then still goes out by a flush, and
 * close_notify behind it.
 *
 * STLS_OK: it is in `outgoing`.
 * STLS_CLOSED: the transport takes no more.
 * STLS_WANT_WRITE: `outgoing` is at its limit; nothing changed.
 * STLS_WANT_READ: the peer is in the middle of a message; nothing changed.
 * STLS_ERROR_MISUSE: object is NULL; a call from a callback; the handshake is
 *   not done; this direction is closed; not TLS 1.3.
 * STLS_ERROR_MEMORY, with nothing changed. Failures of the connection.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_key_update(stls_object *object,
                                                            bool request_peer);

/* The answer to "what may I do now?": bits of stls_object_wants. */
typedef enum stls_interest {
  /* Records in: bytes from the transport are welcome, and there is room. */
  STLS_INTEREST_RECORDS_IN = 1,
  /* Records out: `outgoing` has bytes for the transport, which takes them. */
  STLS_INTEREST_RECORDS_OUT = 2,
  /* Plaintext in: a write takes bytes, however many it is given. Without this
   * bit a write of less than a record may still be taken, and one that finds the
   * rest of a message that the peer has begun at hand, which only a look at it
   * tells. */
  STLS_INTEREST_PLAINTEXT_IN = 4,
  /* Plaintext out: a read has something to work on. */
  STLS_INTEREST_PLAINTEXT_OUT = 8,
  /* A handshake call has something to do. */
  STLS_INTEREST_HANDSHAKE = 16,
  /* A context has to be chosen; until then nothing else is wanted but that
   * records out are sent. */
  STLS_INTEREST_CONTEXT = 32
} stls_interest;

/*
 * Computed from the buffers at the moment of the call, in O(1); what it says is
 * what the next call then does. 0 for NULL, and where nothing more can happen: a
 * connection that is over, and drained or without a transport to drain to. From a
 * callback, where no call is legal, only the bits of the two queues.
 */
STLS_EXPORT unsigned stls_object_wants(const stls_object *object);

/* Decrypted bytes that a read returns without new records (SSL_pending). */
STLS_EXPORT size_t stls_object_pending(const stls_object *object);

/* Plaintext that is gathered under a cork, in bytes. */
STLS_EXPORT size_t stls_object_corked(const stls_object *object);

/*
 * The connection's first failure, or, where there is none, the last misuse.
 * Writes it to *out_error (its `size` set by the caller), which may be NULL,
 * and returns its class: STLS_OK, and *out_error untouched, when there is
 * neither. The alert numbers are filled in as far as they are known.
 */
STLS_EXPORT stls_result stls_object_error(const stls_object *object,
                                          stls_error *out_error);

/* The description of the last alert that went out or came in, close_notify being
 * 0; -1 for none (stls_alert_name). */
STLS_EXPORT int stls_object_alert_sent(const stls_object *object);
STLS_EXPORT int stls_object_alert_received(const stls_object *object);

/*
 * Escape hatch: the SSL, borrowed for the object's life; NULL before a context
 * was chosen. Reading, writing or swapping BIOs through it breaks the object.
 */
STLS_EXPORT SSL *stls_object_ssl(const stls_object *object);

STLS_END_DECLS

#endif
