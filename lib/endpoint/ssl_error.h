/* SPDX-License-Identifier: MIT */
/* ssl_error: why an operation of libssl failed. */
#ifndef STLS_LIB_SSL_ERROR_H
#define STLS_LIB_SSL_ERROR_H

#include <openssl/ssl.h>
#include <sanstls/error.h>
#include <sanstls/reason.h>

/* In as few bytes as an idle connection deserves. */
struct stls_ssl_error {
  /* STLS_OK until there is one. */
  stls_result result;
  stls_reason reason;
  /* OpenSSL's packed code, 0 for none. */
  unsigned long code;
  /* Static text. */
  const char *text;
  /* What follows it, from the allocator; NULL for nothing. */
  char *detail;
};

/* What `ret`, not positive, of the operation just done means: STLS_WANT_READ,
 * STLS_CLOSED, or a failure, which is kept. */
stls_result stls_ssl_error_classify(struct stls_ssl_error *error,
                                    const SSL *ssl, int ret);

/* Says of the failure just kept that these bytes, the first ones of the peer, are
 * no TLS. Without memory they are not quoted. */
void stls_ssl_error_quote_bytes(struct stls_ssl_error *error, const void *bytes,
                                size_t len);

/* NULL stays NULL. */
void stls_ssl_error_clear(struct stls_ssl_error *error);

/* Keeps a failure unless there is one; returns the first. */
stls_result stls_ssl_error_keep(struct stls_ssl_error *error,
                                stls_result result, stls_reason reason,
                                unsigned long code, const char *text);

#endif
