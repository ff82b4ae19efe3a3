/* SPDX-License-Identifier: MIT */
/* sha256: computes SHA-256 in a library context. */
#ifndef STLS_LIB_SHA256_H
#define STLS_LIB_SHA256_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>

#define STLS_SHA256_LEN 32

/* Returns false when memory is short or the context has no SHA-256. The caller
 * guards the error queue. */
bool stls_sha256(OSSL_LIB_CTX *libctx, const char *propq, const void *data,
                 size_t len, unsigned char out[STLS_SHA256_LEN]);

/* The same with a SHA-256 that the caller fetched: it saves the fetch. */
bool stls_sha256_with(const EVP_MD *sha256, const void *data, size_t len,
                      unsigned char out[STLS_SHA256_LEN]);

#endif
