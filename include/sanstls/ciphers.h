/* SPDX-License-Identifier: MIT */
/* ciphers: cipher suites, groups, signature algorithms and the security level. */
#ifndef SANSTLS_CIPHERS_H
#define SANSTLS_CIPHERS_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/context.h>
#include <sanstls/error.h>
#include <sanstls/util.h>

STLS_BEGIN_DECLS

/* --- cipher suites --- */

/*
 * Sets the TLS 1.2 cipher list, in OpenSSL's notation (openssl-ciphers(1)). The
 * default is ECDHE with AES-128-GCM, AES-256-GCM, ChaCha20-Poly1305, in order of
 * preference. "ECDHE+AES:!SHA1" adds CBC, "DHE+AESGCM" finite fields.
 *
 * STLS_ERROR_INPUT: a suite that the list selects does not authenticate or does not
 *   encrypt, has a key exchange without forward secrecy (static RSA, plain PSK,
 *   RSA-PSK), or a MAC with SHA-1 (RFC 9325, 4.1 and 4.2). The message names the
 *   suite. Also if @SECLEVEL is lower than the context's level.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_ciphers(
    stls_context *context, const char *ciphers, stls_error *err);

/* As stls_context_set_ciphers, and accepts suites that are refused there.
 * Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_insecure_ciphers(
    stls_context *context, const char *ciphers, stls_error *err);

/* Sets the TLS 1.3 cipher suites: colon-separated names in order of preference, at
 * least one. Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_ciphersuites(
    stls_context *context, const char *ciphersuites, stls_error *err);

/* A list of cipher suites, and one suite of it. Both are immutable; any thread may
 * read them. */
typedef struct stls_cipher_list stls_cipher_list;
typedef struct stls_cipher stls_cipher;

/*
 * Returns the cipher suites that are set, in order of preference, including those
 * of TLS 1.3 (ssl.SSLContext.get_ciphers, SSL_get_ciphers). Which of them a
 * connection may use also depends on the versions and on the security level.
 *
 * STLS_OK: *out_ciphers is the caller's, to be released with
 *   stls_cipher_list_free. It may outlive the context.
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_ciphers(const stls_context *context,
                     stls_cipher_list **out_ciphers, stls_error *err);

/* Returns the number of suites; 0 for NULL. */
STLS_EXPORT size_t stls_cipher_list_count(const stls_cipher_list *list);

/* Returns one suite, borrowed until the list is freed; NULL past the end. */
STLS_EXPORT const stls_cipher *stls_cipher_list_at(const stls_cipher_list *list,
                                                   size_t index);

/* Frees the list and its suites. NULL is fine. */
STLS_EXPORT void stls_cipher_list_free(stls_cipher_list *list);

/* The functions stls_cipher_* of one suite return the entries of CPython's dictionary
 * of a suite. For NULL they return 0, false or NULL. Texts live as long as the list. */

/* OpenSSL's number of the suite: 0x03000000 and the two bytes on the wire. */
STLS_EXPORT uint32_t stls_cipher_id(const stls_cipher *cipher);

/* OpenSSL's name, "ECDHE-ECDSA-AES128-GCM-SHA256", and IANA's,
 * "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256". Borrowed from the list. */
STLS_EXPORT const char *stls_cipher_name(const stls_cipher *cipher);
STLS_EXPORT const char *stls_cipher_standard_name(const stls_cipher *cipher);

/* The oldest protocol version with this suite, such as "TLSv1.2". Borrowed from
 * the list. */
STLS_EXPORT const char *stls_cipher_protocol(const stls_cipher *cipher);

/* A description in one line, without a line end (SSL_CIPHER_description). Borrowed
 * from the list. */
STLS_EXPORT const char *stls_cipher_description(const stls_cipher *cipher);

/* The number of secret bits, and of bits in the algorithm's key. */
STLS_EXPORT int stls_cipher_strength_bits(const stls_cipher *cipher);
STLS_EXPORT int stls_cipher_alg_bits(const stls_cipher *cipher);

/* Whether the suite has authenticated encryption (AEAD). */
STLS_EXPORT bool stls_cipher_aead(const stls_cipher *cipher);

/* OpenSSL's long names of the suite's parts, such as "aes-128-gcm", "sha256",
 * "kx-ecdhe", "auth-ecdsa"; NULL if there is no such part. Borrowed from the list. */
STLS_EXPORT const char *stls_cipher_symmetric(const stls_cipher *cipher);
STLS_EXPORT const char *stls_cipher_digest(const stls_cipher *cipher);
STLS_EXPORT const char *stls_cipher_kea(const stls_cipher *cipher);
STLS_EXPORT const char *stls_cipher_auth(const stls_cipher *cipher);

/* --- key exchange --- */

/*
 * Sets the groups for key exchange: colon-separated names in order of preference,
 * such as "X25519:P-256" or, with OpenSSL 3.5, "P-256/X25519MLKEM768" (see
 * SSL_CTX_set1_groups_list(3) of the running version).
 *
 * The default is X25519:P-256:P-384:P-521, with OpenSSL 3.5 and newer
 * X25519MLKEM768 before these, as far as the library context has them. "DEFAULT"
 * alone goes back to this default with any version. With it, a client sends key
 * shares of X25519MLKEM768 and of X25519. A server prefers X25519MLKEM768, then
 * X25519 or P-256, then the others, even if it has to ask for a key share
 * (HelloRetryRequest).
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_groups(
    stls_context *context, const char *groups, stls_error *err);

/*
 * Sets a single group for key exchange, in place of all others
 * (ssl.SSLContext.set_ecdh_curve): "prime256v1", "P-256", "secp256r1", "X25519".
 * stls_context_set_groups sets several. In TLS 1.2 a client accepts only ECDSA
 * certificates whose curve is one of its groups. A `name`
 * that is not a single name is STLS_ERROR_INPUT.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_ecdh_curve(
    stls_context *context, const char *name, stls_error *err);

/* Returns the text that stls_context_set_groups or stls_context_set_ecdh_curve
 * set last; NULL for the default, and for a NULL context. Borrowed until one of
 * them succeeds again, or until the context is freed. */
STLS_EXPORT const char *stls_context_group_list(const stls_context *context);

/*
 * Returns the groups that the context's library context has for its versions
 * (ssl.SSLContext.get_groups). With `include_aliases` the list also has their other
 * names.
 *
 * STLS_OK: *out_names is the caller's, to be released with stls_string_list_free.
 * STLS_ERROR_UNSUPPORTED: this needs OpenSSL 3.5 (STLS_FEATURE_GROUP_LIST).
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_groups(const stls_context *context, bool include_aliases,
                    stls_string_list **out_names, stls_error *err);

/*
 * Server only: sets the group for cipher suites with ephemeral finite-field
 * Diffie-Hellman in TLS 1.2 (ssl.SSLContext.load_dh_params,
 * SSL_CTX_set0_tmp_dh_pkey), as PEM or DER, from memory or from a file.
 * Without a group, a server does not choose such a suite, and refuses a client that
 * offers no other. The default ciphers contain no such suite. TLS 1.3 has groups
 * of its own.
 *
 * stls_context_set_dh_params with NULL and 0 goes back to the default: no group.
 * The parameters, as the bytes that were read, are part of the policy that
 * sessions belong to (session.h).
 *
 * STLS_ERROR_INPUT: the input has no parameters, they are broken, or they are too
 *   weak for the security level (below 2048 bits at level 2). The message names file
 *   and line. Whether the prime is a prime number is not checked.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_dh_params(
    stls_context *context, const void *data, size_t len, stls_error *err);
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_dh_params_file(
    stls_context *context, const char *path, stls_error *err);

/* Returns whether a group is set; false for NULL. */
STLS_EXPORT bool stls_context_has_dh_params(const stls_context *context);

/* --- signature algorithms --- */

/*
 * Set the signature algorithms for the authentication of servers
 * (SSL_CTX_set1_sigalgs_list) and of clients (SSL_CTX_set1_client_sigalgs_list), in
 * order of preference, such as "ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256".
 * Algorithms that the security level does not allow are never used. Until a list for
 * clients is set, the list for servers counts for both. The default is OpenSSL's own
 * list. A context cannot go back to it, because OpenSSL has no call for that: make a
 * new context.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_server_sigalgs(
    stls_context *context, const char *sigalgs, stls_error *err);
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_client_sigalgs(
    stls_context *context, const char *sigalgs, stls_error *err);

/* Return the text that was set; NULL if none was, and for a NULL context.
 * Borrowed until the setter succeeds again, or until the context is freed. */
STLS_EXPORT const char *stls_context_server_sigalgs(
    const stls_context *context);
STLS_EXPORT const char *stls_context_client_sigalgs(
    const stls_context *context);

/*
 * Returns the signature algorithms for TLS of a library context, NULL for the
 * default one (ssl.get_sigalgs). Results as stls_context_groups.
 *
 * STLS_ERROR_UNSUPPORTED: this needs OpenSSL 3.4 (STLS_FEATURE_SIGALG_LIST).
 */
STLS_EXPORT STLS_CHECKED stls_result stls_signature_algorithms(
    OSSL_LIB_CTX *libctx, stls_string_list **out_names, stls_error *err);

/* --- the security level --- */

/*
 * Raises the security level (SSL_CTX_set_security_level, 0 to 5), which is the
 * minimal strength of keys, signatures and cipher suites. The default is 2: 112
 * bits. If a credential or group that was set before is too weak for the new level,
 * handshakes fail. A level below the present one is refused with STLS_ERROR_MISUSE.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_security_level(
    stls_context *context, int level, stls_error *err);

/* As stls_context_set_security_level, and accepts a level below the present one.
 * Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_insecure_security_level(
    stls_context *context, int level, stls_error *err);

/* Returns the level (ssl.SSLContext.security_level); -1 for NULL. */
STLS_EXPORT int stls_context_security_level(const stls_context *context);

STLS_END_DECLS

#endif
