/* SPDX-License-Identifier: MIT */
/* client_hello: a decoded ClientHello, and the choice of a context by it. */
#ifndef SANSTLS_CLIENT_HELLO_H
#define SANSTLS_CLIENT_HELLO_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>

#include <sanstls/bio.h>
#include <sanstls/context.h>
#include <sanstls/error.h>
#include <sanstls/object.h>

STLS_BEGIN_DECLS

/*
 * A decoded ClientHello (RFC 8446, 4.1.2; RFC 5246, 7.4.1.2), as it was sent.
 * Nothing in it is authenticated or checked: a malformed extension, or one that a
 * server has to refuse, is listed with its bytes and counts as absent elsewhere.
 * libssl gets the same bytes and refuses them. If an extension occurs twice, which
 * libssl refuses, the first one is decoded.
 *
 * Immutable and reference-counted: any thread may read it. What a getter returns
 * lives as long as the value. All getters take NULL, and return for it what they
 * return for an empty ClientHello. A list has a count and a getter by index, which
 * returns -1 or NULL past the end. Lists include GREASE values (RFC 8701).
 */
typedef struct stls_client_hello stls_client_hello;

/*
 * Decodes one handshake message: its type, its length of three bytes, its body,
 * and nothing behind it. `libctx` is where the digests of the fingerprints come
 * from; borrowed, NULL for OpenSSL's default.
 *
 * STLS_OK: *out_hello is the caller's, to be released with
 *   stls_client_hello_free. The bytes were copied.
 * STLS_ERROR_INPUT: another message, or one with inconsistent lengths; the error
 *   message names the part.
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_client_hello_new(const void *message, size_t len, OSSL_LIB_CTX *libctx,
                      stls_client_hello **out_hello, stls_error *err);

/* Releases one reference. NULL is fine. */
STLS_EXPORT void stls_client_hello_free(const stls_client_hello *hello);

/* Takes one more reference and returns `hello`. NULL returns NULL. */
STLS_EXPORT const stls_client_hello *stls_client_hello_up_ref(
    const stls_client_hello *hello);

/* legacy_version, such as 0x0303; 0 for NULL. */
STLS_EXPORT int stls_client_hello_legacy_version(
    const stls_client_hello *hello);

/* The random (32 bytes), the session id (up to 32 bytes), and the compression
 * methods (a byte each). */
STLS_EXPORT stls_span stls_client_hello_random(const stls_client_hello *hello);
STLS_EXPORT stls_span
stls_client_hello_session_id(const stls_client_hello *hello);
STLS_EXPORT stls_span
stls_client_hello_compression_methods(const stls_client_hello *hello);

/* Cipher suites, by the numbers of IANA's registry, most wanted first. */
STLS_EXPORT size_t
stls_client_hello_cipher_suite_count(const stls_client_hello *hello);
STLS_EXPORT int stls_client_hello_cipher_suite(const stls_client_hello *hello,
                                               size_t index);

/* The versions of supported_versions (RFC 8446, 4.2.1), such as 0x0304. */
STLS_EXPORT size_t
stls_client_hello_supported_version_count(const stls_client_hello *hello);
STLS_EXPORT int stls_client_hello_supported_version(
    const stls_client_hello *hello, size_t index);

/* The groups of supported_groups (4.2.7) and of key_share (4.2.8). */
STLS_EXPORT size_t
stls_client_hello_group_count(const stls_client_hello *hello);
STLS_EXPORT int stls_client_hello_group(const stls_client_hello *hello,
                                        size_t index);
STLS_EXPORT size_t
stls_client_hello_key_share_group_count(const stls_client_hello *hello);
STLS_EXPORT int stls_client_hello_key_share_group(
    const stls_client_hello *hello, size_t index);

/* The algorithms of signature_algorithms (4.2.3). */
STLS_EXPORT size_t
stls_client_hello_signature_algorithm_count(const stls_client_hello *hello);
STLS_EXPORT int stls_client_hello_signature_algorithm(
    const stls_client_hello *hello, size_t index);

/* The formats of ec_point_formats (RFC 8422, 5.1.2). */
STLS_EXPORT size_t
stls_client_hello_point_format_count(const stls_client_hello *hello);
STLS_EXPORT int stls_client_hello_point_format(const stls_client_hello *hello,
                                               size_t index);

/*
 * The host name of server_name (RFC 6066, 3) in lower case, without a trailing dot,
 * so that it can be looked up; borrowed from `hello`. NULL if there is none, or if
 * it is not a DNS name, such as an address.
 */
STLS_EXPORT const char *stls_client_hello_server_name(
    const stls_client_hello *hello);

/* The ALPN names (RFC 7301), most wanted first: *out_len bytes of any value,
 * which are not terminated and are borrowed from `hello`. 0 with NULL. */
STLS_EXPORT size_t stls_client_hello_alpn_count(const stls_client_hello *hello);
STLS_EXPORT const char *stls_client_hello_alpn(const stls_client_hello *hello,
                                               size_t index, size_t *out_len);

/* The extensions in their order: returns the type, and writes the bytes to
 * *out_data, which may be NULL, unless it returns -1. */
STLS_EXPORT size_t
stls_client_hello_extension_count(const stls_client_hello *hello);
STLS_EXPORT int stls_client_hello_extension(const stls_client_hello *hello,
                                            size_t index, stls_span *out_data);

/* Whether it has an extension of this type; *out_data as above. */
STLS_EXPORT bool stls_client_hello_has_extension(const stls_client_hello *hello,
                                                 int type, stls_span *out_data);

/* Whether it offers a session or a pre-shared key: it has pre_shared_key, a session
 * ticket that is not empty, or a session id. With TLS 1.3 a session id does not
 * count. */
STLS_EXPORT bool stls_client_hello_offers_resumption(
    const stls_client_hello *hello);

/* Whether early data follows (RFC 8446, 4.2.10). */
STLS_EXPORT bool stls_client_hello_offers_early_data(
    const stls_client_hello *hello);

/*
 * The JA3 text, in the notation of its authors (github.com/salesforce/ja3):
 * version, cipher suites, extensions, groups and point formats, without GREASE.
 * `NULL, 0` asks for the length (an output buffer: sanstls.h).
 *
 * STLS_OK: *out_len is the length of the text.
 * STLS_ERROR_MISUSE: a NULL argument, or out_cap is too small.
 * STLS_ERROR_MEMORY: out of memory.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_client_hello_ja3(const stls_client_hello *hello, char *out, size_t out_cap,
                      size_t *out_len, stls_error *err);

/* Room for the following texts with a terminating NUL. */
#define STLS_JA3_HASH_SIZE 33
#define STLS_JA4_SIZE 37

/*
 * The MD5 digest of the JA3 text in hexadecimal digits: a name, not a protection.
 * `NULL, 0` asks for the length (an output buffer: sanstls.h). Other results as
 * stls_client_hello_ja3.
 *
 * STLS_ERROR_UNSUPPORTED: the library context has no MD5, as with FIPS.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_client_hello_ja3_hash(const stls_client_hello *hello, char *out,
                           size_t out_cap, size_t *out_len, stls_error *err);

/*
 * The JA4 text of TLS over TCP, such as t13d1516h2_8daaf6152771_e5627efa2ab1
 * (github.com/FoxIO-LLC/ja4, technical_details/JA4.md). `NULL, 0` asks for the length
 * (an output buffer: sanstls.h). Other results as stls_client_hello_ja3.
 *
 * STLS_ERROR_UNSUPPORTED: the library context has no SHA-256.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_client_hello_ja4(const stls_client_hello *hello, char *out, size_t out_cap,
                      size_t *out_len, stls_error *err);

/*
 * Returns the ClientHello by which a server chooses a context. With choose_context the
 * handshake stops after a whole ClientHello has arrived. Calls return
 * STLS_WANT_CONTEXT until the caller calls stls_object_set_context or
 * stls_object_reject, now or in a later turn of its loop. libssl has received no
 * bytes until then, so that everything in the chosen context takes effect:
 * credential, verification, versions, ciphers, ALPN, options, sessions, limits,
 * observer.
 *
 * The choice is made once, for the first ClientHello. The second one, after a
 * HelloRetryRequest, has to ask for the same: see stls_object_handshake. These
 * go to libssl at once, which refuses them: bytes that are not a ClientHello
 * (RFC 8446, 4.1.2), such as an HTTP request; a ClientHello of more than 132096
 * bytes of records; and one that the end of the transport truncates.
 *
 * A context that was not chosen is never used: if libssl finds a ClientHello in
 * such bytes, it is refused before it is processed, and the object fails with
 * STLS_ERROR_TLS. The SSL 2.0 form gets the alert protocol_version (RFC 6176; RFC
 * 8446, D.5); a message in too many records gets unexpected_message, because the
 * message itself is correct.
 *
 * The ClientHello is borrowed: the function returns it from STLS_WANT_CONTEXT until
 * a context is chosen or the object is freed, and NULL at all other times. To keep
 * it for longer take a reference (stls_client_hello_up_ref).
 *
 * If the object is freed before the choice, the records are put back to the
 * front of `incoming`, so that the connection can be handed to another
 * implementation.
 */
STLS_EXPORT const stls_client_hello *stls_object_client_hello(
    const stls_object *object);

/*
 * Chooses the context, which must be a server's. NULL chooses the context that the
 * object was made from. The object takes a reference, and releases that of the
 * other context.
 *
 * STLS_OK: call again what returned STLS_WANT_CONTEXT, with the same arguments or
 *   others: it had taken nothing.
 * STLS_ERROR_MISUSE: no context is wanted, the context is a client's, or a call
 *   from a callback. Nothing changed.
 * STLS_ERROR_MEMORY: nothing changed; call again.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_set_context(stls_object *object, stls_context *context);

STLS_END_DECLS

#endif
