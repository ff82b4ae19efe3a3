/* SPDX-License-Identifier: MIT */
/* random: bytes that nobody can guess. */
#ifndef SANSTLS_RANDOM_H
#define SANSTLS_RANDOM_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>

#include <sanstls/error.h>

STLS_BEGIN_DECLS

/*
 * Fills `out` with random bytes (ssl.RAND_bytes, RAND_bytes_ex) from a library
 * context, NULL for the default one. Any thread.
 *
 * STLS_OK: all of them, none for len 0.
 * STLS_ERROR_UNSUPPORTED: the library context has no random generator, or it has
 *   no entropy; `out` is all zeroes.
 * STLS_ERROR_MISUSE: `out` is NULL, though len is not 0. STLS_ERROR_MEMORY, and
 *   `out` is all zeroes.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_random_bytes(OSSL_LIB_CTX *libctx,
                                                       void *out, size_t len,
                                                       stls_error *err);

/* Whether the default library context's generator is seeded, which it does by
 * itself (ssl.RAND_status). Any thread. */
STLS_EXPORT bool stls_random_status(void);

/*
 * Mixes bytes into the default library context's generator, of which at most
 * `entropy` are unpredictable (ssl.RAND_add). OpenSSL seeds itself: nobody has to
 * call this. Any thread.
 *
 * STLS_OK. STLS_ERROR_MISUSE: `data` is NULL, though len is not 0; `len` is above
 *   INT_MAX; `entropy` is negative, above len, or no number.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_random_add(const void *data,
                                                     size_t len, double entropy,
                                                     stls_error *err);

STLS_END_DECLS

#endif
