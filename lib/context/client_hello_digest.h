/* SPDX-License-Identifier: MIT */
/* client_hello_digest: compares a second ClientHello with the first. */
#ifndef STLS_LIB_CLIENT_HELLO_DIGEST_H
#define STLS_LIB_CLIENT_HELLO_DIGEST_H

#include <sanstls/error.h>
#include <stddef.h>

#include "base/sha256.h"
#include "context/context.h"

/* The parts that a client must repeat after a HelloRetryRequest (RFC 8446,
 * 4.1.2). */
enum stls_client_hello_part {
  STLS_HELLO_FIELDS,
  STLS_HELLO_SERVER_NAME,
  STLS_HELLO_EXTENSIONS,
  STLS_NUM_CLIENT_HELLO_PARTS
};

struct stls_client_hello_digest {
  unsigned char parts[STLS_NUM_CLIENT_HELLO_PARTS][STLS_SHA256_LEN];
};

/* Computes the digest of a whole ClientHello. Returns STLS_OK; STLS_ERROR_INPUT
 * if it is no ClientHello; or STLS_ERROR_MEMORY. The caller guards the error
 * queue. */
stls_result stls_client_hello_digest_compute(
    struct stls_client_hello_digest *digest, const void *message, size_t len,
    const stls_context *context);

/* Returns what differs, as a static text for an error message; NULL for
 * nothing. */
const char *stls_client_hello_digest_difference(
    const struct stls_client_hello_digest *first,
    const struct stls_client_hello_digest *second);

#endif
