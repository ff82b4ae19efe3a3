/* SPDX-License-Identifier: MIT */
/* sha256: SHA-256 in somebody's library context. */
#ifndef STLS_LIB_SHA256_H
#define STLS_LIB_SHA256_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>

#define STLS_SHA256_LEN 32

/* false when memory is short or there is no SHA-256. The caller guards the error
 * queue. */
bool stls_sha256(OSSL_LIB_CTX *libctx, const char *propq, const void *data,
                 size_t len, unsigned char out[STLS_SHA256_LEN]);

/* The same, by a SHA-256 that was fetched before, for those who need it often. */
bool stls_sha256_with(const EVP_MD *sha256, const void *data, size_t len,
                      unsigned char out[STLS_SHA256_LEN]);

#endif
