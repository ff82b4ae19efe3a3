/* SPDX-License-Identifier: MIT */
/* object: one TLS connection, a state machine between two byte queues. */
#ifndef SANSTLS_OBJECT_H
#define SANSTLS_OBJECT_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>

#include <sanstls/bio.h>
#include <sanstls/context.h>
#include <sanstls/error.h>
#include <sanstls/session.h>
#include <sanstls/transfer.h>

STLS_BEGIN_DECLS

/*
 * An stls_object is one TLS endpoint: CPython's ssl.SSLObject. The contract
 * of the loop:
 *
 * 1. After every call on an object, drain `outgoing`: also after a read, also
 *    after an error (the alert is there). Consume only what has really been
 *    written (stls_bio_consume).
 * 2. STLS_WANT_READ means that nothing more can happen until records arrive; a
 *    read returns as many records as fit before it says so.
 * 3. STLS_WANT_WRITE means the same for `outgoing`; no argument has to be
 *    repeated on retry: a write returns the number of bytes that it took.
 * 4. At the end of the transport the caller calls stls_bio_write_eof(incoming); a
 *    missing close_notify is then STLS_ERROR_TRUNCATED. The two directions close
 *    independently.
 * 5. One object, one thread at a time. A sealed context may be shared by
 *    threads; objects keep the context alive.
 *
 * After our close_notify nothing is sent (RFC 8446, 6.1). What OpenSSL would
 * send by itself is dropped: replies to KeyUpdates and to post-handshake
 * certificate requests, and alerts, also fatal ones. Observers and counters do
 * not see it, and no read waits for room for it.
 *
 * When the transport takes no more bytes (a write failed, as with EPIPE), the
 * caller calls stls_bio_write_eof(outgoing). What waits there and what would
 * follow is dropped. Calls that would send something return STLS_CLOSED:
 * nothing was taken, nothing changed, and the connection has not failed. Reads
 * still work, because the peer's last data or its alert may still arrive. A
 * handshake that has something to send fails with STLS_ERROR_TRUNCATED.
 *
 * Calls on an object that take no stls_error record their failure in the object:
 * see stls_object_error. The first failure of the connection is final, and every
 * later call returns it again. STLS_ERROR_MISUSE and STLS_ERROR_UNSUPPORTED are not
 * failures of the connection: nothing changed, and later calls are not affected.
 * The same holds for STLS_ERROR_MEMORY if the library itself could not get memory
 * before it called OpenSSL.
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
  /* Returned by stls_object_user_data. */
  void *user_data;
  /* Server only: the application chooses the context after the ClientHello has
   * arrived, see stls_object_set_context. */
  bool choose_context;
  /*
   * Client: a session to resume, or NULL. Borrowed during the call and not changed;
   * see sanstls/session.h on using it several times. Server: NULL.
   *
   * It is offered to the server if it fits: it is resumable, and was made for this
   * server_name and under the same policy as the context has now: verify mode and
   * flags, hostflags, certificate policies, stapling, security level, trust and its
   * settings, versions, cipher suites, groups, signature algorithms, and the client's
   * own credential. A
   * session that does not fit is not offered, because nothing is verified again
   * when a session is resumed; stls_session_check reports the reason. The
   * server may refuse a session, too. In both cases the handshake is a full one
   * and verifies everything; see stls_conninfo_resumed.
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
 *   the same; server_name is missing on a client that verifies names; server_name
 *   or session is set on a server; choose_context is set on a client.
 * STLS_ERROR_INPUT: server_name is not a valid name or address; the message
 *   quotes it. Or, with refuse_unfit_session, the session does not fit this
 *   connection, or is not resumable any more: see stls_session_check.
 * STLS_ERROR_UNSUPPORTED: server_name needs STLS_FEATURE_IDN.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_new(stls_context *context, stls_bio *incoming, stls_bio *outgoing,
                const stls_object_options *options, stls_object **out_object,
                stls_error *err);

/*
 * Frees the object. Sends nothing: for a clean end call stls_object_close_write and
 * drain `outgoing` first. If it is called from one of the object's callbacks, it
 * takes effect when the call that runs the callback returns. NULL is fine.
 */
STLS_EXPORT void stls_object_free(stls_object *object);

/*
 * Gives back unused memory of an idle connection: of the object, of its bios and of
 * libssl's records; in TLS 1.3 with STLS_BUFFERS_KEEP also the keys of the key exchange,
 * which are given back earlier without that.
 * Queued, corked and partly read data stays, and so does room that is reserved in
 * `incoming`. The next call allocates memory again; nothing else changes. It is never
 * required. Does nothing in a callback. NULL is fine.
 */
STLS_EXPORT void stls_object_trim(stls_object *object);

/* The bios, borrowed for the object's life. */
STLS_EXPORT stls_bio *stls_object_incoming(const stls_object *object);
STLS_EXPORT stls_bio *stls_object_outgoing(const stls_object *object);

/* The context, borrowed for the object's life. With choose_context it is borrowed
 * until a context is chosen; afterwards the function returns the chosen one. */
STLS_EXPORT stls_context *stls_object_context(const stls_object *object);

/* Returns the user_data of the options, which belongs to the caller. */
STLS_EXPORT void *stls_object_user_data(const stls_object *object);

/*
 * Continues the handshake as far as the queued records allow
 * (SSL_do_handshake; SSLObject.do_handshake).
 *
 * STLS_OK: established, by this call or an earlier one.
 * STLS_WANT_READ: more records are needed.
 * STLS_WANT_WRITE: `outgoing` is at its limit.
 * STLS_WANT_CONTEXT: with choose_context, the caller has to choose a context: see
 *   stls_object_set_context. Reads and writes that would continue the handshake
 *   return this, too, and take nothing.
 * STLS_ERROR_CERTIFICATE, _ALERT, _TRUNCATED, _TLS, _MEMORY: it failed for
 *   good; the alert for the peer, if any, is in `outgoing`.
 * STLS_ERROR_MISUSE: called from a callback, or the object was closed before
 *   it was established.
 *
 * After a HelloRetryRequest a server refuses a second ClientHello that differs from
 * the first one, with illegal_parameter and STLS_ERROR_TLS (RFC 8446, 4.1.2). Only
 * key_share, pre_shared_key, early_data, cookie, padding and
 * encrypted_client_hello (RFC 9849), and the order of extensions, may differ.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_handshake(stls_object *object);

/*
 * Closes this endpoint's sending direction: flushes corked data and sends
 * close_notify, once (RFC 8446, 6.1). The receiving direction stays open.
 * After STLS_WANT_WRITE or STLS_WANT_READ close_notify is not sent yet: call
 * again. The limit of `outgoing` does not hold close_notify back. Before the
 * handshake is established nothing can be sent, and the object becomes
 * unusable. After a failure of the connection the call does nothing.
 *
 * STLS_OK: closed by this call or an earlier one, or nothing to do.
 * STLS_WANT_WRITE: corked data does not fit under the limit of `outgoing`.
 * STLS_WANT_READ: the peer has sent only a part of a message (such as a ticket in
 *   several records), and libssl writes nothing before it has the rest.
 * STLS_CLOSED: the transport took no more before close_notify could be sent.
 * STLS_ERROR_*: it could not be sent; the connection failed.
 * STLS_ERROR_MISUSE: object is NULL, or a call from a callback.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_close_write(stls_object *object);

/*
 * Closes both directions (SSLObject.unwrap): takes the peer's close_notify, and
 * sends our own if it was not sent yet: the first call does, before the peer's has
 * arrived. Afterwards the bytes that remain in `incoming` belong to the protocol
 * that follows TLS on the transport.
 *
 * STLS_OK: both directions are closed. Our close_notify may still be in `outgoing`:
 *   drain it before you free the object, or send what follows TLS.
 * STLS_WANT_READ: the peer's close_notify has not arrived.
 * STLS_CLOSED: it has arrived, and the transport does not take ours any more.
 * STLS_WANT_WRITE: as stls_object_close_write, or as stls_object_read.
 * STLS_ERROR_MISUSE: application data came first: read it, nothing is lost, and
 *   nothing was sent; or the handshake is not done; or a call from a callback.
 * Other failures as stls_object_read.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_unwrap(stls_object *object);

/*
 * Refuses the peer with a fatal alert (RFC 8446, 6.2), and puts it into `outgoing`:
 * instead of the choice of a context (stls_object_client_hello), for example with
 * STLS_ALERT_UNRECOGNIZED_NAME; or, with direct records (stls_context_set_records),
 * at any time after the handshake, for example with STLS_ALERT_ACCESS_DENIED. The
 * connection has failed then: later calls return STLS_ERROR_TLS, and the error's
 * alert_sent is the alert. Corked data is not sent. The limit of `outgoing` does
 * not hold the alert back. After our close_notify, and where the transport takes no
 * more, the connection fails without an alert.
 *
 * STLS_OK: refused; the alert is in `outgoing`.
 * STLS_ERROR_MISUSE: the handshake is under way, and no context is wanted; the
 *   connection is closed; `alert` is not the number of an alert that is always
 *   fatal; object is NULL; or a call from a callback. Nothing changed.
 * STLS_ERROR_UNSUPPORTED: the handshake is done, and libssl protects the records
 *   (stls_conninfo_direct_records), which sends no alert on request. Nothing
 *   changed: close the connection.
 * STLS_ERROR_MEMORY: nothing changed; call again.
 * Other STLS_ERROR_*: the connection had failed before; that failure again.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_reject(stls_object *object,
                                                        int alert);

/*
 * Sends a KeyUpdate and protects what follows with new keys (TLS 1.3; RFC 8446,
 * 4.6.3; SSL_key_update). With `request_peer` the peer is asked to do the same; a
 * later read takes its reply. Corked data is sent after the KeyUpdate. A
 * pending reply to a KeyUpdate of the peer is sent before.
 *
 * The call is not needed for safety. OpenSSL does not count what a key
 * protects, but this library does. (The limits: RFC 8446, 5.5: 2^24.5 records
 * of full size with AES-GCM; RFC 9147, 4.5.3: 2^23 with AES-CCM; none that can
 * be reached with ChaCha20-Poly1305.)
 *
 * - Sending in TLS 1.3: before record 2^24 under one key (CCM: 2^22) a write
 *   sends a KeyUpdate by itself. It does not request one of the peer, because
 *   the other direction has its own count.
 * - Receiving in TLS 1.3: a peer that exceeds this number is requested to send a
 *   KeyUpdate, once for each of its keys. A read leaves the request in `outgoing`.
 *   OpenSSL as a peer, which does not count, complies.
 * - Sending in TLS 1.2, which has one key: after the bytes of 2^24 full records
 *   (256 GiB; CCM: 64 GiB) a write sends close_notify and returns STLS_CLOSED.
 *   Data that is corked then can still be flushed; close_notify follows it.
 *
 * STLS_OK: the KeyUpdate is in `outgoing`.
 * STLS_CLOSED: the transport takes no more.
 * STLS_WANT_WRITE: `outgoing` is at its limit; nothing changed.
 * STLS_WANT_READ: the peer has sent only a part of a message; nothing changed.
 * STLS_ERROR_MISUSE: object is NULL; a call from a callback; the handshake is
 *   not done; this direction is closed; not TLS 1.3.
 * STLS_ERROR_MEMORY: nothing changed. Or a failure of the connection.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_key_update(stls_object *object,
                                                            bool request_peer);

/* Bits of stls_object_wants: what the caller can do now. */
typedef enum stls_interest {
  /* The object takes bytes from the transport: `incoming` has room. */
  STLS_INTEREST_RECORDS_IN = 1,
  /* `outgoing` has bytes to send, and the transport takes them. */
  STLS_INTEREST_RECORDS_OUT = 2,
  /* A write of any length takes bytes. Without this bit two kinds of writes may
   * still take bytes: one of less than a record, and one while the rest of a
   * message that the peer has begun is already queued. */
  STLS_INTEREST_PLAINTEXT_IN = 4,
  /* A read can make progress. */
  STLS_INTEREST_PLAINTEXT_OUT = 8,
  /* A handshake call can make progress. */
  STLS_INTEREST_HANDSHAKE = 16,
  /* The caller has to choose a context; until then the only other bit is
   * STLS_INTEREST_RECORDS_OUT. */
  STLS_INTEREST_CONTEXT = 32,
  /* Where another engine has records (sanstls/handover.h): a control record waits
   * for it, or the key that KeyUpdates gave one direction. */
  STLS_INTEREST_CONTROL_OUT = 64,
  STLS_INTEREST_KEY_IN = 128,
  STLS_INTEREST_KEY_OUT = 256
} stls_interest;

/*
 * Returns bits of stls_interest, computed from the queues at the moment of the
 * call, in O(1). The next call behaves as the bits say. 0 for NULL, and when
 * nothing more can happen: the connection is over, and `outgoing` is drained or
 * its end was marked. In a callback, where no call is legal, only the bits of
 * the two queues.
 */
STLS_EXPORT unsigned stls_object_wants(const stls_object *object);

/*
 * Returns the result of the connection's first failure; if there is none, of
 * the last misuse or unsupported call; if there is none, STLS_OK. The alert numbers
 * are set as far as they are known.
 *
 * STLS_OK: no call on the object has failed; *out_error is not written.
 * STLS_ERROR_*: the result of that failure. The error is written to *out_error,
 *   which may be NULL, and whose `size` the caller has set.
 */
STLS_EXPORT stls_result stls_object_error(const stls_object *object,
                                          stls_error *out_error);

/* The description of the last alert that was sent or received, 0 for close_notify,
 * -1 for none (stls_alert_name). */
STLS_EXPORT int stls_object_alert_sent(const stls_object *object);
STLS_EXPORT int stls_object_alert_received(const stls_object *object);

/*
 * Returns the SSL, an escape hatch: borrowed for the object's life; NULL before a
 * context was chosen. It may be asked. Reading, writing, closing, SSL_key_update,
 * SSL_set_read_ahead or replacing BIOs through it breaks the object; with direct records
 * (stls_conninfo_direct_records) libssl does not even know all records.
 */
STLS_EXPORT SSL *stls_object_ssl(const stls_object *object);

STLS_END_DECLS

#endif
