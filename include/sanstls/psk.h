/* SPDX-License-Identifier: MIT */
/* psk: external pre-shared keys. */
#ifndef SANSTLS_PSK_H
#define SANSTLS_PSK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/context.h>
#include <sanstls/error.h>

STLS_BEGIN_DECLS

struct stls_object;

/*
 * External pre-shared keys (RFC 8446, 4.2.11, for TLS 1.3; RFC 4279 and RFC 5489
 * for TLS 1.2). A handshake that uses one authenticates both sides by it: no
 * certificate is sent, asked for or checked, whatever the verify mode says, and
 * no name is compared (but for RSA-PSK suites, which have a certificate, too). A
 * client still needs a server name to make an object, as it cannot know
 * beforehand what the server will choose; see
 * stls_context_set_insecure_hostname_any. stls_conninfo_psk tells whether a
 * key was used.
 *
 * TLS 1.3 offers and accepts such a key besides certificates, with ephemeral key
 * exchange. A key belongs to one digest, and only suites of that digest can use
 * it. Objects of a context with a look-up therefore prefer suites of SHA-256,
 * unless stls_context_set_ciphersuites was called; for keys of SHA-384, let it
 * allow one side nothing but suites of SHA-384, such as
 * "TLS_AES_256_GCM_SHA384". A server that knows the key but chose a suite of the
 * other digest goes on with certificates. A server sends no session tickets
 * after such a handshake, because a ticket would not tell it whose key it was.
 *
 * TLS 1.2 has cipher suites for it, which are not in the default list: name them
 * in stls_context_set_ciphers, such as "ECDHE-PSK-CHACHA20-POLY1305" or, for
 * ECDHE with AES-CBC, "kECDHEPSK+AES". Suites of plain PSK or RSA-PSK have no
 * forward secrecy.
 *
 * A key must come from a random generator: with a recorded handshake an
 * attacker can try passwords.
 */

/* The longest identity and key, in bytes. A key may not be empty, an identity in
 * TLS 1.2 only (RFC 4279, 5.1; RFC 8446, 4.2.11). */
#define STLS_PSK_IDENTITY_MAX 256
#define STLS_PSK_KEY_MAX 512

/* The digest that a key belongs to in TLS 1.3. */
typedef enum stls_psk_digest {
  STLS_PSK_SHA256 = 0,
  STLS_PSK_SHA384 = 1
} stls_psk_digest;

/*
 * The result of one look-up. It exists during the look-up, holds copies, and is
 * wiped afterwards.
 */
typedef struct stls_psk stls_psk;

/*
 * Set the identity, key and digest of a result, which holds copies.
 *
 * The identity is what the client sends: clear text on the wire. A client has to
 * set one, be it of length 0 (CPython's None), which needs a context without TLS
 * 1.3: a key that cannot be offered fails the handshake. In TLS 1.2 it cannot
 * contain a zero byte. A server has no need to set one. The digest is
 * STLS_PSK_SHA256 unless set, and means nothing in TLS 1.2.
 *
 * STLS_OK: set.
 * STLS_ERROR_INPUT: too long, an empty key, or not an stls_psk_digest; then the
 *   handshake fails with this as its reason, whatever the look-up returns.
 * STLS_ERROR_MISUSE: psk, or what has a length, is NULL.
 */
STLS_EXPORT stls_result stls_psk_set_identity(stls_psk *psk,
                                              const void *identity, size_t len);
STLS_EXPORT stls_result stls_psk_set_key(stls_psk *psk, const void *key,
                                         size_t len);
STLS_EXPORT stls_result stls_psk_set_digest(stls_psk *psk,
                                            stls_psk_digest digest);

/*
 * Look-up callbacks, which cannot wait. `object` is the connection. Calls that
 * would read, write or continue its handshake return STLS_ERROR_MISUSE in the
 * callback, and stls_object_free takes effect when the running call returns.
 * Callbacks run in the thread of that call. They return whether there is a key;
 * true without a key fails the handshake.
 *
 * The client's is called for each ClientHello when TLS 1.3 is among the versions,
 * with `hint` NULL, and once more when TLS 1.2 was chosen, with a suite that needs
 * a key, and the server's hint, or NULL. Without a key TLS 1.3 goes on with
 * certificates; TLS 1.2 fails.
 *
 * The server's is called for each identity of up to STLS_PSK_IDENTITY_MAX bytes
 * that a client offers until one is known; in TLS 1.3 that may be a session
 * ticket. With no identity known TLS 1.3 goes on with a session, or with
 * certificates where there are any; TLS 1.2 fails with the alert
 * unknown_psk_identity. `identity` is borrowed for the duration of the call; in
 * TLS 1.2 it ends before the first zero byte.
 */
typedef bool (*stls_psk_client_fn)(struct stls_object *object, const char *hint,
                                   stls_psk *psk, void *user_data);
typedef bool (*stls_psk_server_fn)(struct stls_object *object,
                                   const uint8_t *identity, size_t identity_len,
                                   stls_psk *psk, void *user_data);

/*
 * Client only: sets the look-up of objects made afterwards, in place of the one
 * before; NULL for none (ssl.SSLContext.set_psk_client_callback).
 *
 * STLS_ERROR_UNSUPPORTED: OpenSSL was built without pre-shared keys.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_psk_client(stls_context *context, stls_psk_client_fn look_up,
                            void *user_data, stls_error *err);

/*
 * Server only: sets the look-up of objects made afterwards, in place of the one
 * before; NULL for none (ssl.SSLContext.set_psk_server_callback). `identity_hint`, NULL
 * for none, is sent to the client in TLS 1.2, and is copied; with `look_up` NULL
 * it has to be NULL. Sessions that were made before do not resume any more, nor do
 * those of another context of the process that has the same ticket keys: its
 * look-up may know other keys. Servers of several processes that share ticket keys
 * have to know the same pre-shared keys.
 *
 * STLS_ERROR_INPUT: the hint is longer than STLS_PSK_IDENTITY_MAX.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_psk_server(
    stls_context *context, stls_psk_server_fn look_up,
    const char *identity_hint, void *user_data, stls_error *err);

/* Returns whether a look-up is set; false for NULL. */
STLS_EXPORT bool stls_context_has_psk(const stls_context *context);

STLS_END_DECLS

#endif
