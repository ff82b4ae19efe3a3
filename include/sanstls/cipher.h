/* SPDX-License-Identifier: MIT */
/* cipher: the cipher suites of a context, described. */
#ifndef SANSTLS_CIPHER_H
#define SANSTLS_CIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/context.h>

STLS_BEGIN_DECLS

/* Both do not change; any thread may read them. */
typedef struct stls_cipher_list stls_cipher_list;
typedef struct stls_cipher stls_cipher;

/*
 * The cipher suites that are set, most wanted first, those of TLS 1.3 included
 * (ssl.SSLContext.get_ciphers, SSL_get_ciphers). Which of them a connection may
 * use also depends on the versions, and on the security level.
 *
 * STLS_OK: *out_ciphers is the caller's, to be released with
 *   stls_cipher_list_free. It does not need the context.
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_ciphers(const stls_context *context,
                     stls_cipher_list **out_ciphers, stls_error *err);

/* 0 for NULL. */
STLS_EXPORT size_t stls_cipher_list_count(const stls_cipher_list *list);

/* Borrowed until the list is freed; NULL past the end. */
STLS_EXPORT const stls_cipher *stls_cipher_list_at(const stls_cipher_list *list,
                                                   size_t index);

/* NULL is fine. */
STLS_EXPORT void stls_cipher_list_free(stls_cipher_list *list);

/* What follows is CPython's dictionary of a suite, one function for each key.
 * For NULL all give 0, false or NULL. Texts live as long as the list. */

/* OpenSSL's number: 0x03000000 and the two bytes on the wire. */
STLS_EXPORT uint32_t stls_cipher_id(const stls_cipher *cipher);

/* OpenSSL's name, "ECDHE-ECDSA-AES128-GCM-SHA256", and IANA's,
 * "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256". */
STLS_EXPORT const char *stls_cipher_name(const stls_cipher *cipher);
STLS_EXPORT const char *stls_cipher_standard_name(const stls_cipher *cipher);

/* The oldest protocol that has it, such as "TLSv1.2". */
STLS_EXPORT const char *stls_cipher_protocol(const stls_cipher *cipher);

/* One line, without its end (SSL_CIPHER_description). */
STLS_EXPORT const char *stls_cipher_description(const stls_cipher *cipher);

/* Bits that are secret, and bits of the algorithm's key. */
STLS_EXPORT int stls_cipher_strength_bits(const stls_cipher *cipher);
STLS_EXPORT int stls_cipher_alg_bits(const stls_cipher *cipher);

/* Whether it authenticates what it encrypts by itself. */
STLS_EXPORT bool stls_cipher_aead(const stls_cipher *cipher);

/* OpenSSL's long names of its parts, such as "aes-128-gcm", "sha256",
 * "kx-ecdhe", "auth-ecdsa"; NULL where there is no such part. */
STLS_EXPORT const char *stls_cipher_symmetric(const stls_cipher *cipher);
STLS_EXPORT const char *stls_cipher_digest(const stls_cipher *cipher);
STLS_EXPORT const char *stls_cipher_kea(const stls_cipher *cipher);
STLS_EXPORT const char *stls_cipher_auth(const stls_cipher *cipher);

STLS_END_DECLS

#endif
