/* SPDX-License-Identifier: MIT */
/* session: what a client keeps of a connection, to resume it by another. */
#ifndef SANSTLS_SESSION_H
#define SANSTLS_SESSION_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/context.h>
#include <sanstls/error.h>

STLS_BEGIN_DECLS

/*
 * CPython's ssl.SSLSession, on clients. A session carries the identity that was
 * verified when it was made over to each connection that resumes it, where no
 * certificate is looked at again. So it remembers for whom and under which
 * policy that was, and is offered for no other: see `session` in
 * stls_object_options.
 *
 * Sessions come out of stls_object_next_session and never change. They are
 * reference-counted, belong to no context, and may be used by any number of
 * threads at a time. NULL is fine in every getter and gives the "nothing"
 * value.
 *
 * One session may be offered for any number of connections. Whoever watches the
 * network can then tell that a ticket of TLS 1.3 comes again, and so that these
 * connections are of one client (RFC 8446, C.4): a client that minds that uses
 * each session once, and takes new ones from each connection.
 */
typedef struct stls_session stls_session;

struct stls_object;

/*
 * Takes the oldest of the sessions that the server has given to a client's
 * connection so far: with TLS 1.3 one per NewSessionTicket, which come at any
 * time after the handshake and are noticed by reads; with TLS 1.2 one at the end
 * of the handshake, unless it resumed a session and brought nothing new, or has
 * no extended master secret (RFC 7627, 5.3). Tickets that the server wants
 * discarded are. At most 8 wait, and a ninth takes the place of the oldest. A
 * ticket is lost when there is no memory for it, or when the context's trust or
 * policy has changed since the object was made.
 *
 * How the connection ends is nothing to its sessions, with one exception: TLS 1.2
 * forbids to resume after a fatal alert (RFC 5246, 7.2.2), so that the session
 * is not resumable any more.
 *
 * STLS_OK: *out_session is the caller's, to be released with stls_session_free;
 *   NULL where none waits, as always on a server.
 * STLS_ERROR_MISUSE: a NULL argument, or a call from a callback.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_next_session(
    struct stls_object *object, stls_session **out_session, stls_error *err);

/* Gives back one reference; the last wipes the secrets. NULL is fine. */
STLS_EXPORT void stls_session_free(stls_session *session);

/* Takes one more reference and returns `session`. NULL gives NULL. */
STLS_EXPORT stls_session *stls_session_up_ref(stls_session *session);

/*
 * Whether an object would offer the session for a connection of `context` to
 * `server_name` (spelled as in stls_object_options, or NULL).
 *
 * STLS_OK: it would.
 * STLS_ERROR_INPUT: it would not: the session is not resumable any more, was
 *   made for another name, or under another policy; or server_name is not valid.
 *   The message says which.
 * STLS_ERROR_MISUSE: session or context is NULL, or the context is a server's.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_session_check(const stls_session *session, const stls_context *context,
                   const char *server_name, stls_error *err);

/* The session's identifier, borrowed for its life; *out_len, which may be NULL,
 * is at most 32. In TLS 1.3, and with tickets, it is made up by OpenSSL. */
STLS_EXPORT const uint8_t *stls_session_id(const stls_session *session,
                                           size_t *out_len);

/* Whether both have the same identifier, as CPython compares them. NULL equals
 * nothing. */
STLS_EXPORT bool stls_session_equal(const stls_session *a,
                                    const stls_session *b);

/* When it was made, in seconds since the epoch, and how many seconds from then
 * it is good for. */
STLS_EXPORT int64_t stls_session_time(const stls_session *session);
STLS_EXPORT int64_t stls_session_timeout(const stls_session *session);

/* The seconds that the server wants its ticket to be kept; 0 for not said. */
STLS_EXPORT uint64_t
stls_session_ticket_lifetime_hint(const stls_session *session);

/* Whether there is a ticket in it: always in TLS 1.3. Without one the server has
 * to remember the session. */
STLS_EXPORT bool stls_session_has_ticket(const stls_session *session);

/*
 * Whether there is still a point in offering it: it has an identifier or a
 * ticket that was not to be discarded, its time is not over, the full handshake
 * that it descends from is at most seven days ago (RFC 8446, 4.6.1; less where
 * stls_context_set_session_max_age says so, which stls_session_check looks at),
 * the certificates that verified the server are still valid, no handshake that
 * offered it has failed (for another reason than TRUNCATED or MEMORY), and no
 * fatal alert has ended it (TLS 1.2). The server may refuse it all the same, and
 * shakes hands in full.
 */
STLS_EXPORT bool stls_session_is_resumable(const stls_session *session);

/* The protocol version (an stls_version) and OpenSSL's name of the cipher suite,
 * static. */
STLS_EXPORT int stls_session_version(const stls_session *session);
STLS_EXPORT const char *stls_session_cipher_name(const stls_session *session);

/* The server's name or address, borrowed, as it is checked; NULL where the
 * connection had none. */
STLS_EXPORT const char *stls_session_server_name(const stls_session *session);

/* Whether the server was verified when the session was made. */
STLS_EXPORT bool stls_session_peer_verified(const stls_session *session);

/*
 * Writes a session down, to be resumed by another process. The bytes are SECRET:
 * whoever reads them can read and take part in what is resumed, and whoever
 * can change them can have it resumed with a server of his own, unverified.
 * Keep them as private keys are kept, and wipe copies.
 *
 * They hold a magic number, the version of the form, the server's name, when,
 * whether and until when it was verified, under which policy (as a digest that is
 * the same in every process with the same settings and certificates; where the
 * context looks up pre-shared keys, also the same number of look-ups that the
 * process has set before), OpenSSL's own encoding, and a checksum against
 * accidents. Whether the session was given up after a failure is not among it.
 *
 * An output buffer.
 *
 * STLS_OK.
 * STLS_ERROR_MISUSE: a NULL argument, or out_cap is too small.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_session_serialize(const stls_session *session, void *out, size_t out_cap,
                       size_t *out_len, stls_error *err);

/*
 * Reads a session from what stls_session_serialize wrote: all of it, and nothing
 * else. Certificates in it are decoded for `libctx` and `propq`, both of which
 * may be NULL (before OpenSSL 3.2 always for the default library context).
 * The input is not kept.
 *
 * STLS_OK: *out_session is the caller's.
 * STLS_ERROR_INPUT: it is no such thing, damaged, or written in a version of the
 *   form, or with a cipher suite, that is not known here.
 * STLS_ERROR_MISUSE: data or out_session is NULL.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_session_new_serialized(
    const void *data, size_t len, OSSL_LIB_CTX *libctx, const char *propq,
    stls_session **out_session, stls_error *err);

STLS_END_DECLS

#endif
