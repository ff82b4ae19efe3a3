/* SPDX-License-Identifier: MIT */
/* conninfo: the facts about a connection, taken when its handshake ended. */
#ifndef SANSTLS_CONNINFO_H
#define SANSTLS_CONNINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/error.h>

STLS_BEGIN_DECLS

/*
 * A snapshot that belongs to an object (stls_object_conninfo). It is taken once,
 * when the handshake succeeds or fails, and never changes afterwards; text it
 * hands out lives as long as the object. After a failed handshake it tells what
 * was known by then. NULL is fine everywhere and gives the "nothing" value.
 */
typedef struct stls_conninfo stls_conninfo;

/* Whether the handshake succeeded. */
STLS_EXPORT bool stls_conninfo_established(const stls_conninfo *info);

/* ProtocolVersion on the wire (an stls_version), and OpenSSL's name for it,
 * such as "TLSv1.3"; 0 and NULL when none was negotiated. */
STLS_EXPORT int stls_conninfo_version(const stls_conninfo *info);
STLS_EXPORT const char *stls_conninfo_version_name(const stls_conninfo *info);

/* The cipher suite in OpenSSL's spelling, or NULL; its two-byte number (RFC
 * 8446, B.4); its secret bits. */
STLS_EXPORT const char *stls_conninfo_cipher_name(const stls_conninfo *info);
STLS_EXPORT int stls_conninfo_cipher_id(const stls_conninfo *info);
STLS_EXPORT int stls_conninfo_cipher_bits(const stls_conninfo *info);

/* The key-exchange group, such as "x25519"; NULL where OpenSSL does not know
 * (SSL_get_negotiated_group: 3.0 knows it on TLS 1.3 and ECDHE). */
STLS_EXPORT const char *stls_conninfo_group_name(const stls_conninfo *info);

/* The ALPN protocol, terminated, or NULL; *out_len may be NULL. */
STLS_EXPORT const char *stls_conninfo_alpn(const stls_conninfo *info,
                                           size_t *out_len);

/* The server name: what the client asked for (SNI, or the name or address given
 * to stls_object_new), or NULL. */
STLS_EXPORT const char *stls_conninfo_server_name(const stls_conninfo *info);

/* Whether the session was resumed (SSL_session_reused). */
STLS_EXPORT bool stls_conninfo_resumed(const stls_conninfo *info);

/*
 * Whether the peer sent a certificate and the handshake verified it: this one,
 * or, on a resumed connection, the one that made the session. It is the policy
 * of the handshake that counts, not what a context says later.
 */
STLS_EXPORT bool stls_conninfo_peer_verified(const stls_conninfo *info);

/* The first check that failed: an X509_V_ERR_* code (X509_V_OK for none), its
 * depth in the chain (-1 for none) and OpenSSL's words for it. */
STLS_EXPORT long stls_conninfo_verify_code(const stls_conninfo *info);
STLS_EXPORT int stls_conninfo_verify_depth(const stls_conninfo *info);
STLS_EXPORT const char *stls_conninfo_verify_text(const stls_conninfo *info);

/*
 * Copies the peer's certificate as DER, whether it was verified or not.
 * *out_len is its length in bytes, 0 when the peer sent none; `out` is filled
 * only when out_cap is enough. To learn the length pass NULL and 0.
 *
 * STLS_OK: *out_len set; filled if it fits, or asked for the length only.
 * STLS_ERROR_MISUSE: out_len is NULL, or out_cap is neither 0 nor enough; then
 *   *out_len, where given, says how much is.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_conninfo_peer_certificate_der(
    const stls_conninfo *info, uint8_t *out, size_t out_cap, size_t *out_len,
    stls_error *err);

STLS_END_DECLS

#endif
