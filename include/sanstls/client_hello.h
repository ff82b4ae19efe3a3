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
 * Nothing in it is authenticated, and it is not judged: an extension that is
 * malformed, or that a server has to refuse, is listed with its bytes and counts
 * as absent elsewhere. libssl sees the same bytes and answers them. Of an
 * extension that is there twice, which libssl refuses, the first is decoded.
 *
 * Immutable and reference-counted: any thread may read it. What a getter returns
 * lives as long as the value. All getters take NULL, for which they say what
 * they say of an empty one. A list has a count and a getter by index, which is -1
 * or NULL past the end; GREASE values (RFC 8701) are in them.
 */
typedef struct stls_client_hello stls_client_hello;

/*
 * Decodes one handshake message: its type, its length of three bytes, its body,
 * and nothing behind it. `libctx` is where the digests of the fingerprints come
 * from; borrowed, NULL for OpenSSL's default.
 *
 * STLS_OK: *out_hello is the caller's, to be released with
 *   stls_client_hello_free. The bytes were copied.
 * STLS_ERROR_INPUT: another message, or one whose lengths do not fit together;
 *   the message says which part.
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_client_hello_new(const void *message, size_t len, OSSL_LIB_CTX *libctx,
                      stls_client_hello **out_hello, stls_error *err);

/* Gives back one reference. NULL is fine. */
STLS_EXPORT void stls_client_hello_free(const stls_client_hello *hello);

/* Takes one more reference and returns `hello`. NULL gives NULL. */
STLS_EXPORT const stls_client_hello *stls_client_hello_up_ref(
    const stls_client_hello *hello);

/* legacy_version, such as 0x0303; 0 for NULL. */
STLS_EXPORT int stls_client_hello_legacy_version(
    const stls_client_hello *hello);

/* 32 bytes; up to 32 bytes; a byte for each compression method. */
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

/* supported_versions (RFC 8446, 4.2.1), such as 0x0304. */
STLS_EXPORT size_t
stls_client_hello_supported_version_count(const stls_client_hello *hello);
STLS_EXPORT int stls_client_hello_supported_version(
    const stls_client_hello *hello, size_t index);

/* supported_groups (4.2.7), and the groups of key_share (4.2.8). */
STLS_EXPORT size_t
stls_client_hello_group_count(const stls_client_hello *hello);
STLS_EXPORT int stls_client_hello_group(const stls_client_hello *hello,
                                        size_t index);
STLS_EXPORT size_t
stls_client_hello_key_share_group_count(const stls_client_hello *hello);
STLS_EXPORT int stls_client_hello_key_share_group(
    const stls_client_hello *hello, size_t index);

/* signature_algorithms (4.2.3). */
STLS_EXPORT size_t
stls_client_hello_signature_algorithm_count(const stls_client_hello *hello);
STLS_EXPORT int stls_client_hello_signature_algorithm(
    const stls_client_hello *hello, size_t index);

/* ec_point_formats (RFC 8422, 5.1.2). */
STLS_EXPORT size_t
stls_client_hello_point_format_count(const stls_client_hello *hello);
STLS_EXPORT int stls_client_hello_point_format(const stls_client_hello *hello,
                                               size_t index);

/*
 * The host name of server_name (RFC 6066, 3) in lower case, without a trailing
 * dot: fit for a look-up. NULL when there is none, or one that is no DNS name,
 * such as an address.
 */
STLS_EXPORT const char *stls_client_hello_server_name(
    const stls_client_hello *hello);

/* The ALPN names (RFC 7301), most wanted first: *out_len bytes of any value,
 * which are not terminated. 0 with NULL. */
STLS_EXPORT size_t stls_client_hello_alpn_count(const stls_client_hello *hello);
STLS_EXPORT const char *stls_client_hello_alpn(const stls_client_hello *hello,
                                               size_t index, size_t *out_len);

/* The extensions in the order of the wire: the type, and in *out_data, which may
 * be NULL and is written for a type only, the bytes. */
STLS_EXPORT size_t
stls_client_hello_extension_count(const stls_client_hello *hello);
STLS_EXPORT int stls_client_hello_extension(const stls_client_hello *hello,
                                            size_t index, stls_span *out_data);

/* Whether it has an extension of this type; *out_data as above. */
STLS_EXPORT bool stls_client_hello_has_extension(const stls_client_hello *hello,
                                                 int type, stls_span *out_data);

/* Whether it offers something to resume or a shared key: pre_shared_key, a
 * session ticket that is not empty, or a session id, unless it also offers
 * TLS 1.3, where that says nothing. */
STLS_EXPORT bool stls_client_hello_offers_resumption(
    const stls_client_hello *hello);

/* Whether early data follows (RFC 8446, 4.2.10). */
STLS_EXPORT bool stls_client_hello_offers_early_data(
    const stls_client_hello *hello);

/*
 * The JA3 text, in the notation of its authors (github.com/salesforce/ja3):
 * version, cipher suites, extensions, groups and point formats, without GREASE.
 * An output buffer, as those below.
 *
 * STLS_OK. STLS_ERROR_MISUSE: a NULL argument, or out_cap is too small.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_client_hello_ja3(const stls_client_hello *hello, char *out, size_t out_cap,
                      size_t *out_len, stls_error *err);

/* Room for the following texts with a terminating NUL. */
#define STLS_JA3_HASH_SIZE 33
#define STLS_JA4_SIZE 37

/*
 * The MD5 digest of that in hexadecimal digits: a name, not a protection.
 *
 * STLS_OK, STLS_ERROR_MISUSE, STLS_ERROR_MEMORY.
 * STLS_ERROR_UNSUPPORTED: the library context has no MD5, as with FIPS.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_client_hello_ja3_hash(const stls_client_hello *hello, char *out,
                           size_t out_cap, size_t *out_len, stls_error *err);

/*
 * The JA4 text of TLS over TCP, such as t13d1516h2_8daaf6152771_e5627efa2ab1
 * (github.com/FoxIO-LLC/ja4, technical_details/JA4.md). Results as above, with
 * SHA-256.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_client_hello_ja4(const stls_client_hello *hello, char *out, size_t out_cap,
                      size_t *out_len, stls_error *err);

/*
 * Choosing the context of a server by what the client asks for. With
 * choose_context the handshake stops when a whole ClientHello has come: it
 * answers STLS_WANT_CONTEXT, again and again, until one of the two following
 * calls; they may come in any later turn of the loop. libssl has not seen a byte
 * by then, so the context that is chosen holds in all that it says: credential,
 * verification, versions, ciphers, ALPN, options, sessions, limits, observer.
 *
 * Of a handshake the first ClientHello is asked for, not the one that answers a
 * HelloRetryRequest, which has to ask for the same: see
 * stls_object_handshake. What is no ClientHello (RFC 8446, 4.1.2), such as a
 * request in plain HTTP, what takes more than 132096 bytes of records, and what
 * the end of the transport cuts, goes to libssl at once, which refuses it.
 *
 * No context is ever used that nobody chose: where libssl finds a ClientHello in
 * such bytes, it is refused before anything is done with it, and the object fails
 * with STLS_ERROR_TLS. The form of SSL 2.0 gets the alert protocol_version (RFC
 * 6176; RFC 8446, D.5), a message in too many records unexpected_message, as
 * there is nothing wrong in the message itself.
 *
 * The ClientHello, from STLS_WANT_CONTEXT until a context was chosen or the
 * object is gone, and NULL at all other times; take a reference to keep it for
 * longer (stls_client_hello_up_ref).
 *
 * An object that is freed before the choice gives the records back: they are in
 * front of `incoming`, so that the connection can be passed on as it is.
 */
STLS_EXPORT const stls_client_hello *stls_object_client_hello(
    const stls_object *object);

/*
 * Chooses the context, a server's; NULL is the one that the object was made from.
 * The object takes a reference of its own, and gives back the other.
 *
 * STLS_OK: call stls_object_handshake next.
 * STLS_ERROR_MISUSE: no context is wanted, the context is a client's, or a call
 *   from a callback. STLS_ERROR_MEMORY: call again. Nothing changed with either.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_set_context(stls_object *object, stls_context *context);

/*
 * Ends the handshake with a fatal alert (RFC 8446, 6.2) instead, such as 112,
 * unrecognized_name: it is in `outgoing`. From here on every call answers
 * STLS_ERROR_TLS, and the error's alert_sent is the alert.
 *
 * STLS_OK.
 * STLS_ERROR_MISUSE: no context is wanted, `alert` is not the number of an alert
 *   that is always fatal, or a call from a callback. STLS_ERROR_MEMORY: call
 *   again. Nothing changed with either.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_reject(stls_object *object,
                                                        int alert);

STLS_END_DECLS

#endif
