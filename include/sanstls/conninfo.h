/* SPDX-License-Identifier: MIT */
/* conninfo: facts about a connection: negotiated parameters, peer, counters. */
#ifndef SANSTLS_CONNINFO_H
#define SANSTLS_CONNINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/certificate.h>
#include <sanstls/error.h>
#include <sanstls/object.h>

STLS_BEGIN_DECLS

/*
 * A snapshot that belongs to an object (stls_object_conninfo). It is taken
 * once, when the handshake succeeds or fails, and does not change afterwards;
 * text that it returns lives as long as the object. After a failed handshake it
 * contains what was known by then. All functions take NULL and return 0, false
 * or NULL for it.
 */
typedef struct stls_conninfo stls_conninfo;

/* Whether the handshake succeeded. */
STLS_EXPORT bool stls_conninfo_established(const stls_conninfo *info);

/* ProtocolVersion on the wire (an stls_protocol), and OpenSSL's name for it,
 * such as "TLSv1.3"; 0 and NULL when none was negotiated. The name is static. */
STLS_EXPORT int stls_conninfo_version(const stls_conninfo *info);
STLS_EXPORT const char *stls_conninfo_version_name(const stls_conninfo *info);

/* The cipher suite in OpenSSL's spelling, static text, or NULL; its two-byte number
 * (RFC 8446, B.4); its secret bits. */
STLS_EXPORT const char *stls_conninfo_cipher_name(const stls_conninfo *info);
STLS_EXPORT int stls_conninfo_cipher_id(const stls_conninfo *info);
STLS_EXPORT int stls_conninfo_cipher_bits(const stls_conninfo *info);

/* The group in which this connection exchanged keys, such as "x25519"; NULL for
 * none, as when TLS 1.2 resumes a session, and if OpenSSL does not report it
 * (SSL_get_negotiated_group: 3.0 reports it for TLS 1.3 and ECDHE). Lives as long
 * as the object. */
STLS_EXPORT const char *stls_conninfo_group_name(const stls_conninfo *info);

/* The ALPN protocol, terminated, or NULL; out_len may be NULL. Lives as long as the
 * object. */
STLS_EXPORT const char *stls_conninfo_alpn(const stls_conninfo *info,
                                           size_t *out_len);

/*
 * The server name that the client asked for in this connection, resumed or not,
 * in ASCII, in lower case and without a trailing dot; NULL for none. On a server
 * it is that of the ClientHello, as stls_client_hello_server_name returns it: also
 * NULL if it is not a DNS name. On a client it is that of stls_object_new,
 * which may be an address. Lives as long as the object.
 */
STLS_EXPORT const char *stls_conninfo_server_name(const stls_conninfo *info);

/* Whether a session of an earlier handshake was resumed. */
STLS_EXPORT bool stls_conninfo_resumed(const stls_conninfo *info);

/*
 * The identifier of the connection's session when the handshake ended, on clients
 * and servers (SSL_SESSION_get_id; SSLObject.session.id), at most 32 bytes, which
 * live as long as the object; NULL and 0 where there is none. `out_len` may be NULL.
 * With TLS 1.2 both sides have the same identifier if the server stores the session,
 * or resumed it; a server that issues the first ticket has none. With TLS 1.3 the
 * two sides have different ones, because each ticket is a session of its own.
 */
STLS_EXPORT const uint8_t *stls_conninfo_session_id(const stls_conninfo *info,
                                                    size_t *out_len);

/* Whether a session was resumed, as SSL_session_reused and
 * ssl.SSLObject.session_reused say: as stls_conninfo_resumed, and true also for an
 * external pre-shared key of TLS 1.3, which OpenSSL keeps as a session. */
STLS_EXPORT bool stls_conninfo_session_reused(const stls_conninfo *info);

/* The signature algorithms by which the server and the client signed the handshake,
 * in the spelling of RFC 8446, 4.2.3, such as "ecdsa_secp256r1_sha256"
 * (server_sigalg, client_sigalg). NULL if there was no signature, as on a resumed
 * connection or with static RSA; and if it is not in 4.2.3 and
 * STLS_FEATURE_SIGALG_NAME is not available. */
STLS_EXPORT const char *stls_conninfo_server_sigalg(const stls_conninfo *info);
STLS_EXPORT const char *stls_conninfo_client_sigalg(const stls_conninfo *info);

/* The compression method, static text, or NULL for none. Contexts allow none. */
STLS_EXPORT const char *stls_conninfo_compression(const stls_conninfo *info);

/* Whether the connection has the extended master secret (RFC 7627); always true on
 * TLS 1.3. */
STLS_EXPORT bool stls_conninfo_extended_master_secret(
    const stls_conninfo *info);

/* Whether the connection is protected against renegotiation attacks (RFC 5746);
 * always true on TLS 1.3, which has no renegotiation. */
STLS_EXPORT bool stls_conninfo_secure_renegotiation(const stls_conninfo *info);

/* Whether the server asked the client to begin again, for instance with another
 * group (HelloRetryRequest, RFC 8446, 4.1.4). */
STLS_EXPORT bool stls_conninfo_hello_retried(const stls_conninfo *info);

/* Whether early data was accepted (SSL_get_early_data_status): never, so far. */
STLS_EXPORT bool stls_conninfo_early_data(const stls_conninfo *info);

/* Whether the library protects the records of application data, not libssl
 * (stls_context_set_records). */
STLS_EXPORT bool stls_conninfo_direct_records(const stls_conninfo *info);

/*
 * Whether the peer sent a certificate and the handshake verified it: this
 * handshake, or, on a resumed connection, the one that made the session. Later
 * changes of the context have no effect.
 */
STLS_EXPORT bool stls_conninfo_peer_verified(const stls_conninfo *info);

/*
 * Whether both sides are authenticated by an external pre-shared key: by this
 * handshake or, on a resumed connection of TLS 1.2, by the one that made the
 * session. No certificate was verified then, but for suites of RSA-PSK.
 */
STLS_EXPORT bool stls_conninfo_psk(const stls_conninfo *info);

/* The identity of the pre-shared key, as the client sent it: bytes, followed by
 * a zero byte, which live as long as the object; NULL and 0 for none. `out_len` may
 * be NULL. */
STLS_EXPORT const uint8_t *stls_conninfo_psk_identity(const stls_conninfo *info,
                                                      size_t *out_len);

/* The first check that failed: an X509_V_ERR_* code of <openssl/x509_vfy.h>
 * (X509_V_OK for none), its depth in the chain (-1 for none) and OpenSSL's static
 * text for it. On a resumed connection it is the result of the handshake that made
 * the session (SSL_get_verify_result), without the depth. */
STLS_EXPORT long stls_conninfo_verify_code(const stls_conninfo *info);
STLS_EXPORT int stls_conninfo_verify_depth(const stls_conninfo *info);
STLS_EXPORT const char *stls_conninfo_verify_text(const stls_conninfo *info);

/*
 * The peer's own certificate, verified or not, also if it was refused (getpeercert,
 * SSL_get1_peer_certificate); NULL if it sent none.
 *
 * For this call and the following ones for the peer's certificates: what they
 * return belongs to the caller and outlives the connection. A certificate is
 * decoded once for all calls. The calls report what the handshake found; later
 * changes of settings have no effect.
 *
 * STLS_OK: *out_certificate is the caller's, to be released with
 *   stls_certificate_free, or NULL if there is none.
 * STLS_ERROR_MISUSE: out_certificate is NULL.
 * STLS_ERROR_INPUT: OpenSSL accepted it, but it cannot be decoded (see
 *   stls_certificate_new_x509).
 * STLS_ERROR_MEMORY: now, or when the peer was refused and its certificates were
 *   recorded.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_conninfo_peer_certificate(
    const stls_conninfo *info, stls_certificate **out_certificate,
    stls_error *err);

/*
 * The certificates that the peer sent, in its order, its own first
 * (get_unverified_chain, SSL_get_peer_cert_chain). On a resumed connection,
 * those that the session has: only the peer's own if the session was stored
 * outside of memory, such as in a ticket.
 *
 * STLS_OK: *out_list is the caller's, to be released with
 *   stls_certificate_list_free, and empty if there are none.
 * STLS_ERROR_MISUSE: out_list is NULL.
 * Other results as stls_conninfo_peer_certificate.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_conninfo_presented_chain(
    const stls_conninfo *info, stls_certificate_list **out_list,
    stls_error *err);

/*
 * The path that the handshake verified (get_verified_chain,
 * SSL_get0_verified_chain): the peer's certificate first, the trust anchor
 * last. Empty unless stls_conninfo_peer_verified is true, and on a resumed
 * connection, because sessions do not store the path.
 * Results as stls_conninfo_presented_chain.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_conninfo_verified_chain(const stls_conninfo *info,
                             stls_certificate_list **out_list, stls_error *err);

/* The path that verification built, complete or not, also if the peer was
 * refused. For diagnosis only: it is no proof of identity.
 * Results as stls_conninfo_presented_chain. */
STLS_EXPORT STLS_CHECKED stls_result
stls_conninfo_built_chain(const stls_conninfo *info,
                          stls_certificate_list **out_list, stls_error *err);

/* The certificate at which the first check failed, at
 * stls_conninfo_verify_depth (X509_STORE_CTX_get_current_cert). NULL when none
 * failed, or it was the path as a whole, such as its policies.
 * Results as stls_conninfo_peer_certificate. */
STLS_EXPORT STLS_CHECKED stls_result stls_conninfo_failed_certificate(
    const stls_conninfo *info, stls_certificate **out_certificate,
    stls_error *err);

/*
 * Server: the cipher suites that the client offers and the context allows, in the
 * server's order (shared_ciphers), also where a session was resumed. 0 on a client,
 * and before the ClientHello.
 */
STLS_EXPORT size_t stls_object_shared_cipher_count(const stls_object *object);

/* The name of one of these suites, NULL where there is none; its protocol, such as
 * "TLSv1.3", and secret bits where these are not NULL. Static text. */
STLS_EXPORT const char *stls_object_shared_cipher(const stls_object *object,
                                                  size_t index,
                                                  const char **out_protocol,
                                                  int *out_bits);

/* Facts about the connection, borrowed for the object's life; NULL until the
 * handshake succeeded or failed. */
STLS_EXPORT const stls_conninfo *stls_object_conninfo(
    const stls_object *object);

/*
 * Counts since the object was made. Records in are counted when libssl takes
 * them, not when they are put into `incoming`; records out when they are put
 * into `outgoing`; plaintext in when it was sealed into records, not while it
 * is corked; plaintext out when it was read. Bytes include headers and the
 * handshake.
 */
typedef struct stls_counters {
  size_t size;
  uint64_t bytes_in;
  uint64_t bytes_out;
  uint64_t records_in;
  uint64_t records_out;
  uint64_t plaintext_in;
  uint64_t plaintext_out;
} stls_counters;

#define STLS_COUNTERS_INIT \
  { \
    sizeof(stls_counters), 0, 0, 0, 0, 0, 0 \
  }

/*
 * Writes the counts. In a callback, too; the record in progress then counts as
 * far as it was processed.
 *
 * STLS_OK: *out_counters is set.
 * STLS_ERROR_MISUSE: an argument is NULL, or the size is not set.
 */
STLS_EXPORT stls_result stls_object_counters(const stls_object *object,
                                             stls_counters *out_counters,
                                             stls_error *err);

/* Room for any text of stls_object_describe with a terminating NUL. */
#define STLS_DESCRIPTION_SIZE 1024

/*
 * Writes one line about the connection for a log, without line feed: role,
 * protocol, cipher suite and group, alpn= and sni= (the server's name or
 * address) if there are any, whether the handshake verified the peer or resumed
 * a session, auth= with the state of post-handshake authentication, the
 * connection's state, handed-over= with the directions whose records another engine
 * has (sanstls/handover.h), its bytes on the wire, and "insecure randomness" where
 * that follows from a seed (libsanstls-testing). Words are separated by a space;
 * unknown ones are left out. The line contains no secret. In text from
 * the peer, unprintable bytes, spaces and quotes are replaced by '?'. The
 * format is for people and may change.
 *
 * `NULL, 0` asks for the length (an output buffer: sanstls.h).
 *
 * STLS_OK: *out_len is the length of the line.
 * STLS_ERROR_MISUSE: a NULL argument, or out_cap is too small.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_describe(const stls_object *object, char *out, size_t out_cap,
                     size_t *out_len, stls_error *err);

STLS_END_DECLS

#endif
