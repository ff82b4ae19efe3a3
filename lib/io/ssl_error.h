/* SPDX-License-Identifier: MIT */
/* ssl_error: maps SSL_get_error and the error queue to a result. */
#ifndef STLS_LIB_SSL_ERROR_H
#define STLS_LIB_SSL_ERROR_H

#include <openssl/ssl.h>
#include <sanstls/error.h>
#include <sanstls/reason.h>
#include <stdbool.h>

/* Small, because every idle connection has one. */
struct stls_ssl_error {
  /* STLS_OK until there is a failure. */
  stls_result result;
  stls_reason reason;
  /* OpenSSL's packed error code, 0 for none. */
  unsigned long code;
  /* Static text. */
  const char *text;
  /* Text to append, from the allocator; NULL for none. */
  char *detail;
};

/* Maps the return value `ret`, not positive, of the last operation to
 * STLS_WANT_READ, STLS_CLOSED, or a failure, which is stored. `took_certificate`:
 * the last handshake message received was the peer's certificate. */
stls_result stls_ssl_error_classify(struct stls_ssl_error *error,
                                    const SSL *ssl, int ret,
                                    bool took_certificate);

/* Changes the stored failure to say that these bytes, the peer's first, are
 * not TLS. Without memory they are not quoted. */
void stls_ssl_error_quote_bytes(struct stls_ssl_error *error, const void *bytes,
                                size_t len);

/* Frees `detail`. */
void stls_ssl_error_clear(struct stls_ssl_error *error);

/* Stores a failure unless one is stored. Returns the result of the first
 * one. */
stls_result stls_ssl_error_keep(struct stls_ssl_error *error,
                                stls_result result, stls_reason reason,
                                unsigned long code, const char *text);

#endif
