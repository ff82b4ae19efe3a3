/* SPDX-License-Identifier: MIT */
/* session: resumable sessions, and the tickets of servers. */
#ifndef SANSTLS_SESSION_H
#define SANSTLS_SESSION_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/context.h>
#include <sanstls/error.h>

STLS_BEGIN_DECLS

struct stls_object;

/*
 * CPython's ssl.SSLSession, on clients. A session carries the identity that was
 * verified when it was made over to each connection that resumes it, where no
 * certificate is looked at again. So it remembers for whom and under which
 * policy that was, and is offered for no other: see `session` in
 * stls_object_options.
 *
 * Sessions come out of stls_object_take_session and never change. They are
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
STLS_EXPORT STLS_CHECKED stls_result stls_object_take_session(
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

/* The protocol version (an stls_protocol) and OpenSSL's name of the cipher suite,
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

/*
 * Servers resume sessions of clients that they have verified, or not, under the
 * policy that holds now: verify mode and flags, security level, what is in the
 * trust and its settings, versions, cipher suites, groups and signature
 * algorithms. Any other session they take for none, and shake hands in full.
 * So they do where the client asks for another server name than the one that the
 * session was made with (RFC 6066, 3; in TLS 1.3, too, where a client should not
 * offer it: RFC 8446, 4.6.1), where it offers other groups than before (TLS 1.2),
 * and where the session has no extended master secret (RFC 7627, 5.3).
 *
 * What a client resumes with is a ticket, which the client keeps, unless it
 * cannot (TLS 1.2 without the extension), or SSL_OP_NO_TICKET was set, or the
 * library context has no AES-256-CBC: then the context remembers the session
 * itself. That memory is bounded, but not small: OpenSSL keeps the newest 20480
 * sessions of a context and drops older ones, and each takes 1.2 kB, or more with
 * a client's certificate. Clients of TLS 1.2 that offer no tickets can so make a
 * context hold 25 MB; SSL_CTX_sess_set_cache_size on stls_context_ssl_ctx sets
 * another number. (With OpenSSL before 3.0.14, 3.1.6, 3.2.2 and 3.3.1
 * SSL_OP_NO_TICKET in TLS 1.3 can make it grow without bound, CVE-2024-2511.)
 *
 * All settings are setters of stls_context, and answer as those do.
 */

/*
 * Server only: how many tickets a client gets after a full TLS 1.3 handshake, at
 * most 255, default 2 (ssl.SSLContext.num_tickets); after a resumed one it gets
 * one. A client that proves who it is later (post_handshake_auth.h) gets as many
 * again, which say so. 0: none. Clients may bound how many messages they take in a
 * row. The tickets of TLS 1.2 are a part of the handshake, and sent to all clients
 * that ask, whatever is set here.
 *
 * A ticket carries the client's certificate. A client whose certificate is so
 * large (15 KB) that the ticket would not fit into one record gets none, in TLS
 * 1.2 an empty one (RFC 5077, 3.3), and the connection goes on. So does a client of
 * TLS 1.2 that resumes what the server remembers, and would have a ticket of it.
 *
 * A ticket for whose key there is no memory, or no randomness, is not sent, in TLS
 * 1.2 an empty one is, and the connection goes on. OpenSSL goes on without less: a
 * connection fails, established or not, with internal_error where it has no memory
 * to encode or encrypt a ticket, or no randomness for its nonce; with OpenSSL before
 * 3.0.6 also in the first case, in TLS 1.3.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_num_tickets(
    stls_context *context, size_t num_tickets, stls_error *err);

/* 0 on a client. */
STLS_EXPORT size_t stls_context_num_tickets(const stls_context *context);

/* When the tickets of TLS 1.3 go out. */
typedef enum stls_ticket_timing {
  /*
   * As the handshake ends, as OpenSSL and CPython send them: when
   * stls_object_handshake has answered STLS_OK on a server, the tickets are in
   * `outgoing`. They are what acknowledges the client's Finished at once: a
   * client that has TCP gather small segments (no TCP_NODELAY) otherwise holds
   * its request back until the server's system sends a delayed ACK, about 40 ms
   * later.
   *
   * Nobody has to read them. They never make a handshake wait: those for which
   * `outgoing` has no room are kept, and go with the first data for which it has
   * (one goes into an empty queue whatever its limit). A client may close as soon
   * as it has what it wants (RFC 8446, 6.1): then the event loop finds out, when
   * it sends them, that nobody is there any more; that is no failure of the
   * connection, whose data was read.
   */
  STLS_TICKETS_WITH_HANDSHAKE = 0,
  /*
   * Just before the first data that the server writes; a server that never
   * writes sends none. For protocols in which only the client speaks, where a
   * reset in answer to tickets could cost the data before it, or where the
   * application sends greetings first, so that they travel together.
   */
  STLS_TICKETS_WITH_DATA = 1,
  /* None, as if their number was 0. */
  STLS_TICKETS_NEVER = 2
} stls_ticket_timing;

/* Server only; the default is STLS_TICKETS_WITH_HANDSHAKE. How many there are,
 * stls_context_set_num_tickets says. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_ticket_timing(
    stls_context *context, stls_ticket_timing timing, stls_error *err);

/* STLS_TICKETS_NEVER on a client, and for NULL. */
STLS_EXPORT stls_ticket_timing
stls_context_ticket_timing(const stls_context *context);

/*
 * For how many seconds a session is good, from 1 to 604800, which is seven days
 * (SSL_CTX_set_timeout; RFC 8446, 4.6.1). Default 7200. A client goes by it where
 * the server says nothing.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_session_timeout(
    stls_context *context, int64_t seconds, stls_error *err);
STLS_EXPORT int64_t stls_context_session_timeout(const stls_context *context);

/*
 * For how many seconds after a full handshake its sessions may be resumed, and
 * those that come of resuming them, from 1 to 604800, which is seven days and the
 * default. Each resumption brings a ticket whose own time begins anew; this is
 * what ends them all, so that the peer proves again who it is (RFC 8446, 4.6.1).
 * A server's tickets carry the time of the full handshake from one to the next,
 * also between servers that share keys, each of which goes by its own setting.
 *
 * Before that, a session ends with the first of the certificates in the chain
 * that verified the peer, the trust anchor included, on clients and on servers.
 * The certificates of a peer that was not verified do not count, and no times
 * do where the verify flags have NO_CHECK_TIME or USE_CHECK_TIME.
 *
 * A clock that is set back by more than a minute ends the sessions that were made
 * before, with one exception: those of TLS 1.2 that a server's context remembers
 * itself last longer by as much, where a client still offers them.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_session_max_age(
    stls_context *context, int64_t seconds, stls_error *err);

/* 0 for NULL. */
STLS_EXPORT int64_t stls_context_session_max_age(const stls_context *context);

/* Bytes of one ticket key: name (16), HMAC-SHA-256 key (32), AES-256-CBC key
 * (32), as in SSL_CTX_set_tlsext_ticket_keys. */
#define STLS_TICKET_KEY_LEN 80

/* Keys at a time. */
#define STLS_TICKET_KEYS_MAX 16

/*
 * Server only: sets the keys that protect tickets, `len` being 1 to 16 times 80
 * bytes. The first one seals; all of them open, and what one of the others opened
 * is sealed anew. They stay until others are set. Processes that are to resume each
 * other's sessions need the same keys and the same policy. The keys are SECRET:
 * they decrypt recorded TLS 1.2 connections that were resumed, so draw them at
 * random, change them often (current, previous), and wipe them. The context's own
 * copies are wiped.
 *
 * Without this call each context makes keys of its own, and changes them by itself
 * (RFC 9325, 3.4): a key seals for 12 hours, and opens for 12 more. Keys that are
 * set by SSL_CTX_set_tlsext_ticket_keys are not heeded.
 *
 * Unlike other setters it also works on a sealed context, from any thread, where
 * it has been called before the context was sealed: so keys rotate.
 *
 * STLS_ERROR_MISUSE also: len is 0, no multiple of 80, or too much; two keys have
 *   the same name; the context was sealed without keys.
 * STLS_ERROR_UNSUPPORTED: the library context has no AES-256-CBC.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_ticket_keys(
    stls_context *context, const void *keys, size_t len, stls_error *err);

/* What happened to all objects of a context (ssl.SSLContext.session_stats,
 * SSL_CTX_sess_number(3)). Start from STLS_SESSION_STATS_INIT. */
typedef struct stls_session_stats {
  size_t size;
  /* Sessions that the context remembers at the moment. */
  size_t number;
  /* Handshakes that clients began, ended well, and began on an open
   * connection. */
  size_t connect;
  size_t connect_good;
  size_t connect_renegotiate;
  /* The same on servers. */
  size_t accept;
  size_t accept_good;
  size_t accept_renegotiate;
  /* Sessions that were resumed; that were asked for and not known; known, but
   * too old; and dropped because the memory was full. */
  size_t hits;
  size_t misses;
  size_t timeouts;
  size_t cache_full;
} stls_session_stats;

#define STLS_SESSION_STATS_INIT \
  { \
    sizeof(stls_session_stats), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
  }

/*
 * Any thread. STLS_OK; STLS_ERROR_MISUSE: a NULL argument, or the size is not set.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_session_stats(const stls_context *context,
                           stls_session_stats *out_stats, stls_error *err);

STLS_END_DECLS

#endif
