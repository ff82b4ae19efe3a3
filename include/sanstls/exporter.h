/* SPDX-License-Identifier: MIT */
/* exporter: exported keying material and channel bindings. */
#ifndef SANSTLS_EXPORTER_H
#define SANSTLS_EXPORTER_H

#include <stddef.h>

#include <sanstls/error.h>
#include <sanstls/object.h>

STLS_BEGIN_DECLS

/*
 * stls_object_export_key and stls_object_channel_binding need a connection that was
 * established; it may be closed by now. They change nothing, and their failures are
 * not failures of the connection.
 */

/* The most bytes of one call of stls_object_export_key: 255 SHA-256 hashes. */
#define STLS_EXPORT_KEY_MAX 8160

/* The longest label (RFC 8446, 7.1: after "tls13 "), in bytes. */
#define STLS_EXPORT_LABEL_MAX 249

/*
 * Derives `out_len` bytes, 1 to STLS_EXPORT_KEY_MAX, that the peer derives from the
 * same label and context (RFC 5705; RFC 8446, 7.5; SSL_export_keying_material).
 * They are a secret: wipe them after use (OPENSSL_cleanse). `label` is at most
 * STLS_EXPORT_LABEL_MAX bytes, `context` at most 65535. A NULL context, which
 * needs context_len 0, is none: on TLS 1.2 that gives other bytes than an empty
 * one, on TLS 1.3 the same.
 *
 * An empty label, for which `label` may be NULL, is accepted for protocols that
 * prescribe it, although RFC 8446, 7.1, demands at least one byte and an empty
 * label does not separate uses.
 *
 * STLS_OK: `out` has the bytes.
 * STLS_ERROR_MISUSE: a NULL or meaningless argument, which the message names; the
 *   handshake is not done; a call from a callback; the label begins like one that
 *   TLS itself uses (RFC 5705, 4); or TLS 1.2 without the extended master secret,
 *   where a third party may know the same bytes (RFC 7627, 5.4).
 * STLS_ERROR_UNSUPPORTED: the library context lacks the algorithm; or, on TLS 1.2,
 *   label and context have more than 958 bytes together, and this OpenSSL takes no
 *   more, as 3.0.
 * STLS_ERROR_MEMORY: out of memory.
 * After a failure of the connection the call returns the same failure.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_export_key(stls_object *object, const void *label, size_t label_len,
                       const void *context, size_t context_len, void *out,
                       size_t out_len, stls_error *err);

/* Channel binding types. A channel binding ties an authentication within the
 * connection to the connection, as in SCRAM and Kerberos (RFC 5056). */
typedef enum stls_channel_binding {
  /* RFC 9266, 32 bytes. On TLS 1.2 with extended master secret only. */
  STLS_CHANNEL_BINDING_TLS_EXPORTER = 0,
  /* RFC 5929, 4: the hash of the server's certificate, by the hash function of
   * its signature, and SHA-256 in place of MD5 and SHA-1. Not defined for
   * signatures with no hash function of their own (Ed25519, Ed448, ML-DSA) or
   * with two (RSA-PSS with another one in its mask), and not on a server that
   * resumed a session and has several certificates, because it cannot know
   * which one was used. */
  STLS_CHANNEL_BINDING_TLS_SERVER_END_POINT = 1,
  /* RFC 5929, 3: the first Finished message. Not defined on TLS 1.3 (RFC 8446,
   * C.5), nor on a connection that resumed a session without extended master
   * secret (RFC 7627, 5.4). */
  STLS_CHANNEL_BINDING_TLS_UNIQUE = 2
} stls_channel_binding;

/* The most bytes of any channel binding. */
#define STLS_CHANNEL_BINDING_MAX 64

/*
 * Writes the binding data (CPython's get_channel_binding, which has only
 * tls-unique, also on TLS 1.3). `NULL, 0` asks for the length (an output buffer:
 * sanstls.h).
 *
 * STLS_OK: *out_len is the number of bytes.
 * STLS_ERROR_MISUSE: a NULL or meaningless argument, which the message names; the
 *   handshake is not done; a call from a callback; out_cap is too small; or the
 *   binding is not defined for this connection, and the message says why.
 * STLS_ERROR_UNSUPPORTED: the library context lacks the algorithm.
 * STLS_ERROR_MEMORY: out of memory.
 * After a failure of the connection the call returns the same failure.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_channel_binding(
    stls_object *object, stls_channel_binding type, void *out, size_t out_cap,
    size_t *out_len, stls_error *err);

/* The name in the registry of IANA, such as "tls-exporter"; "unknown" for a
 * number that is not an stls_channel_binding. Static text. Any thread. */
STLS_EXPORT const char *stls_channel_binding_name(stls_channel_binding type);

/*
 * Finds the type of a name, which is case-sensitive.
 *
 * STLS_OK: *out_type is set.
 * STLS_ERROR_INPUT: this library has no such type; the message quotes the name.
 * STLS_ERROR_MISUSE: an argument is NULL.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_channel_binding_from_name(
    const char *name, stls_channel_binding *out_type, stls_error *err);

STLS_END_DECLS

#endif
