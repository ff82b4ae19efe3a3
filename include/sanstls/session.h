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

/* --- sessions of clients --- */

/*
 * A client's session (CPython's ssl.SSLSession). A connection that resumes a
 * session takes over the identity that was verified when the session was made;
 * no certificate is verified again. Therefore a session records the server name
 * and the policy of that verification, and is not offered for others: see
 * `session` in stls_object_options.
 *
 * stls_object_take_session returns sessions. They never change, are
 * reference-counted, belong to no context, and may be used by any number of
 * threads at a time. Getters take NULL, for which they return 0, false or NULL.
 *
 * One session may be offered for any number of connections. An observer of the
 * network then sees the same TLS 1.3 ticket again, and can tell that these
 * connections belong to one client (RFC 8446, C.4). A client that wants to
 * prevent this uses each session once, and takes new ones from each connection.
 */
typedef struct stls_session stls_session;

/*
 * Returns and removes the oldest waiting session of a client's connection. With
 * TLS 1.3 there is one for each NewSessionTicket; these may arrive at any time
 * after the handshake, and reads process them. With TLS 1.2 there is one at the
 * end of the handshake, unless the handshake resumed a session and received no
 * new ticket, or has no extended master secret (RFC 7627, 5.3). Tickets with a
 * lifetime of 0 are discarded. At most 8 sessions wait; a ninth replaces the
 * oldest. A ticket is lost if there is no memory for it, or if the context's
 * trust or policy has changed since the object was made.
 *
 * Sessions stay resumable however the connection ends, with one exception: TLS 1.2
 * forbids resumption after a fatal alert (RFC 5246, 7.2.2).
 *
 * STLS_OK: *out_session is the caller's, to be released with stls_session_free;
 *   NULL if none waits, and always on a server.
 * STLS_ERROR_MISUSE: a NULL argument, or a call from a callback.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_take_session(
    struct stls_object *object, stls_session **out_session, stls_error *err);

/* Releases one reference; the last release wipes the secrets. NULL is fine. */
STLS_EXPORT void stls_session_free(stls_session *session);

/* Takes one more reference and returns `session`. NULL returns NULL. */
STLS_EXPORT stls_session *stls_session_up_ref(stls_session *session);

/*
 * Checks whether an object of `context` would offer the session to `server_name`
 * (spelled as in stls_object_options, or NULL).
 *
 * STLS_OK: it would.
 * STLS_ERROR_INPUT: it would not: the session is not resumable any more, or was
 *   made for another name or under another policy; or server_name is not valid.
 *   The message says which.
 * STLS_ERROR_MISUSE: session or context is NULL, or the context is a server's.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_session_check(const stls_session *session, const stls_context *context,
                   const char *server_name, stls_error *err);

/* The session's identifier, borrowed for its life; *out_len, which may be NULL,
 * is at most 32. With tickets, and in TLS 1.3, OpenSSL generates it. */
STLS_EXPORT const uint8_t *stls_session_id(const stls_session *session,
                                           size_t *out_len);

/* Whether both have the same identifier, as CPython compares them. NULL equals
 * nothing. */
STLS_EXPORT bool stls_session_equal(const stls_session *a,
                                    const stls_session *b);

/* The time when it was made, in seconds since the epoch, and for how many seconds
 * after that it can be resumed. */
STLS_EXPORT int64_t stls_session_time(const stls_session *session);
STLS_EXPORT int64_t stls_session_timeout(const stls_session *session);

/* The ticket lifetime that the server sent, in seconds; 0 for none. */
STLS_EXPORT uint64_t
stls_session_ticket_lifetime_hint(const stls_session *session);

/* Whether it has a ticket: always in TLS 1.3. Without one the server has to store
 * the session. */
STLS_EXPORT bool stls_session_has_ticket(const stls_session *session);

/*
 * Whether the session can still be offered. All of this must hold:
 *
 * - it has an identifier, or a ticket whose lifetime is not 0;
 * - its timeout has not passed;
 * - the full handshake that it descends from is at most seven days ago (RFC 8446,
 *   4.6.1; stls_session_check also applies stls_context_set_session_max_age);
 * - the certificates that verified the server are still valid;
 * - no handshake that offered it has failed (except with TRUNCATED or MEMORY);
 * - no fatal alert has ended its connection (TLS 1.2).
 *
 * The server may still refuse it; the handshake is a full one then.
 */
STLS_EXPORT bool stls_session_is_resumable(const stls_session *session);

/* The protocol version (an stls_protocol) and OpenSSL's name of the cipher suite,
 * static. */
STLS_EXPORT int stls_session_version(const stls_session *session);
STLS_EXPORT const char *stls_session_cipher_name(const stls_session *session);

/* The server's name or address in the form that is checked, borrowed; NULL if the
 * connection had none. */
STLS_EXPORT const char *stls_session_server_name(const stls_session *session);

/* Whether the server was verified when the session was made. */
STLS_EXPORT bool stls_session_peer_verified(const stls_session *session);

/*
 * Serializes a session, so that another process can resume it. The bytes are
 * SECRET. Someone who reads them can decrypt and join resumed connections;
 * someone who can change them can make a client resume with another server,
 * unverified. Store them like private keys, and wipe copies.
 *
 * They contain a magic number, a format version, the server's name, whether,
 * when and until when the server was verified, a digest of the policy,
 * OpenSSL's own encoding, and a checksum against accidental damage. The digest
 * is the same in every process with the same settings and certificates; if the
 * context has a PSK look-up, the number of look-ups that the process has set
 * before must also be the same. They do not contain whether the session became
 * unusable after a failure.
 *
 * `NULL, 0` asks for the length (an output buffer: sanstls.h).
 *
 * STLS_OK: *out_len is the number of bytes.
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
 * STLS_ERROR_INPUT: it is not a serialized session, or damaged, or has a format
 *   version or a cipher suite that is not known here.
 * STLS_ERROR_MISUSE: data or out_session is NULL.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_session_new_serialized(
    const void *data, size_t len, OSSL_LIB_CTX *libctx, const char *propq,
    stls_session **out_session, stls_error *err);

/* --- sessions and tickets of servers --- */

/*
 * Server sessions. A server resumes a session only under the policy that it was
 * made under: verify mode and flags, security level, the content and settings
 * of the trust, versions, cipher suites, groups and signature algorithms. It
 * ignores any other session, and the handshake is a full one. The same happens
 * if the client asks for another server name than in the session (RFC 6066, 3;
 * in TLS 1.3, too, where a client should not offer it: RFC 8446, 4.6.1), if it
 * offers other groups than before (TLS 1.2), or if the session has no extended
 * master secret (RFC 7627, 5.3).
 *
 * Sessions are kept in tickets, which the client stores. The context stores the
 * session itself if the client cannot use tickets (TLS 1.2 without the
 * extension), if SSL_OP_NO_TICKET was set, or if the library context has no
 * AES-256-CBC. This store is bounded, but not small: OpenSSL keeps the newest
 * 20480 sessions of a context, and each takes 1.2 kB, or more with a client's
 * certificate. Clients of TLS 1.2 without tickets can therefore make a context
 * hold 25 MB; SSL_CTX_sess_set_cache_size on stls_context_ssl_ctx sets another
 * number. (With OpenSSL before 3.0.14, 3.1.6, 3.2.2 and 3.3.1 SSL_OP_NO_TICKET
 * in TLS 1.3 can make it grow without bound, CVE-2024-2511.)
 *
 * The settings below are setters of stls_context; results as in context.h.
 */

/*
 * Server only: sets how many tickets a client gets after a full TLS 1.3
 * handshake, at most 255, default 2, 0 for none (ssl.SSLContext.num_tickets).
 * After a resumed handshake it gets one. A client that authenticates later
 * (post_handshake_auth.h) gets the same number again, and these include its
 * certificate. Clients may limit how many messages they accept in a row. In TLS
 * 1.2 the ticket is a part of the handshake, and is sent to all clients that
 * ask for it, whatever is set here.
 *
 * A ticket contains the client's certificate. If the certificate is so large
 * (15 KB) that the ticket does not fit into one record, no ticket is sent (in
 * TLS 1.2 an empty one: RFC 5077, 3.3), and the connection continues. The same
 * holds for a client of TLS 1.2 that resumes a stored session and asks for a
 * ticket.
 *
 * If there is no memory or randomness for a ticket key, no ticket is sent (in
 * TLS 1.2 an empty one), and the connection continues; in TLS 1.3 with OpenSSL
 * before 3.0.6 it fails. It also fails, established or not, with
 * internal_error, if OpenSSL has no memory to encode or encrypt a ticket, or no
 * randomness for its nonce.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_num_tickets(
    stls_context *context, size_t num_tickets, stls_error *err);

/* Returns the number of tickets; 0 on a client. */
STLS_EXPORT size_t stls_context_num_tickets(const stls_context *context);

/* When the tickets of TLS 1.3 are sent. */
typedef enum stls_ticket_timing {
  /*
   * At the end of the handshake, as with OpenSSL and CPython: after
   * stls_object_handshake has returned STLS_OK on a server, the tickets are in
   * `outgoing`. They acknowledge the client's Finished at once. A client without
   * TCP_NODELAY would otherwise hold its request back until the server's system
   * sends a delayed ACK, about 40 ms later.
   *
   * The client need not read them. The handshake never waits for them: tickets for
   * which `outgoing` has no room are sent later, with the first data for which
   * it has room (an empty queue takes one, whatever its limit). A client may
   * close as soon as it has received its data (RFC 8446, 6.1). Sending the
   * tickets then fails in the transport; this is not a failure of the
   * connection, whose data was read.
   */
  STLS_TICKETS_WITH_HANDSHAKE = 0,
  /*
   * Just before the first data that the server writes; a server that never writes
   * sends none. For protocols in which only the client sends, where a TCP reset in
   * response to tickets could destroy data; and for those in which the server sends
   * first, so that tickets and data share a segment.
   */
  STLS_TICKETS_WITH_DATA = 1,
  /* None, as if their number was 0. */
  STLS_TICKETS_NEVER = 2
} stls_ticket_timing;

/* Server only: sets when tickets are sent. The default is
 * STLS_TICKETS_WITH_HANDSHAKE. The number of tickets is that of
 * stls_context_set_num_tickets. Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_ticket_timing(
    stls_context *context, stls_ticket_timing timing, stls_error *err);

/* Returns when tickets are sent; STLS_TICKETS_NEVER on a client, and for NULL. */
STLS_EXPORT stls_ticket_timing
stls_context_ticket_timing(const stls_context *context);

/*
 * Sets for how many seconds a session can be resumed, from 1 to 604800, which
 * is seven days (SSL_CTX_set_timeout; RFC 8446, 4.6.1). Default 7200. On a client
 * it is the limit also where the server allows more.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_session_timeout(
    stls_context *context, int64_t seconds, stls_error *err);

/* Returns the timeout in seconds; 0 for NULL. */
STLS_EXPORT int64_t stls_context_session_timeout(const stls_context *context);

/*
 * Sets for how many seconds after a full handshake its sessions, and the
 * sessions of connections that resumed them, can be resumed: from 1 to 604800,
 * which is seven days and the default. Each resumption brings a ticket with a
 * new timeout; this limit ends them all, so that the peer has to authenticate
 * again (RFC 8446, 4.6.1). A server's tickets carry the time of the full
 * handshake, also between servers that share keys; each server applies its own
 * setting.
 *
 * A session ends earlier if a certificate of the chain that verified the peer
 * expires, the trust anchor included, on clients and on servers. Certificates
 * of a peer that was not verified do not count, and no certificate does if the
 * verify flags have NO_CHECK_TIME or USE_CHECK_TIME.
 *
 * If the clock is set back by more than a minute, sessions that were made
 * before end. Exception: TLS 1.2 sessions that a server's context stores last
 * longer by the same time, if a client still offers them, unless it has a clock
 * of its own (stls_context_set_clock).
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_session_max_age(
    stls_context *context, int64_t seconds, stls_error *err);

/* Returns the limit in seconds; 0 for NULL. */
STLS_EXPORT int64_t stls_context_session_max_age(const stls_context *context);

/* Bytes of one ticket key: name (16), HMAC-SHA-256 key (32), AES-256-CBC key
 * (32), as in SSL_CTX_set_tlsext_ticket_keys. */
#define STLS_TICKET_KEY_LEN 80

/* Keys at a time. */
#define STLS_TICKET_KEYS_MAX 16

/*
 * Server only: sets the keys that protect tickets, `len` being 1 to 16 times 80
 * bytes. The first key encrypts; all of them decrypt, and a client whose ticket was
 * encrypted with another key than the first gets a new ticket. Keys stay until
 * others are set. Processes that resume each other's sessions need the same
 * keys and the same policy. The keys are SECRET: with them recorded TLS 1.2
 * connections that were resumed can be decrypted. Generate them at random,
 * change them often (current, previous), and wipe them. The context's own
 * copies are wiped.
 *
 * Without this call each context generates its own keys and replaces them by itself
 * (RFC 9325, 3.4): a key encrypts for 12 hours, and decrypts for 12 more. Keys of
 * SSL_CTX_set_tlsext_ticket_keys have no effect.
 *
 * NULL and 0 go back to keys that the context generates. Tickets of the keys that
 * were set are then ignored, and their clients make a full handshake.
 *
 * Unlike other setters it also works on a sealed context, from any thread, if
 * keys were set when the context was sealed. This allows key rotation, also to
 * generated keys and back.
 *
 * STLS_ERROR_MISUSE also: keys is NULL, but len is not 0; len is 0 with keys, no
 *   multiple of 80, or too much; two keys have the same name; the context was
 *   sealed without keys.
 * STLS_ERROR_UNSUPPORTED: the library context has no AES-256-CBC.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_ticket_keys(
    stls_context *context, const void *keys, size_t len, stls_error *err);

/* Returns whether the keys are those of stls_context_set_ticket_keys, and not the
 * context's own; false for NULL. Any thread. */
STLS_EXPORT bool stls_context_has_ticket_keys(const stls_context *context);

/* Counts of all objects of a context (ssl.SSLContext.session_stats,
 * SSL_CTX_sess_number(3)). Start from STLS_SESSION_STATS_INIT. */
typedef struct stls_session_stats {
  size_t size;
  /* Sessions that the context stores at the moment. */
  size_t number;
  /* Handshakes of clients: begun, completed, and begun to renegotiate. */
  size_t connect;
  size_t connect_good;
  size_t connect_renegotiate;
  /* The same on servers. */
  size_t accept;
  size_t accept_good;
  size_t accept_renegotiate;
  /* Sessions that were resumed; offered, but not found; found, but too old; and
   * dropped because the store was full. */
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
 * Writes the counts. Any thread.
 *
 * STLS_OK: *out_stats is set.
 * STLS_ERROR_MISUSE: a NULL argument, or the size is not set.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_session_stats(const stls_context *context,
                           stls_session_stats *out_stats, stls_error *err);

STLS_END_DECLS

#endif
