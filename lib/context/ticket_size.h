/* SPDX-License-Identifier: MIT */
/* ticket_size: tickets that would be too long, and connections that go on
 * without. */
#ifndef STLS_LIB_TICKET_SIZE_H
#define STLS_LIB_TICKET_SIZE_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

/* A session whose peer's certificate libssl does not see for a moment. Zeroes are
 * none. */
struct stls_ticket_size {
  /* Borrowed. */
  OSSL_LIB_CTX *libctx;
  const char *propq;
  unsigned char *saved_der;
  size_t saved_len;
};

/* At most how many bytes the ticket of a server's connection has. */
size_t stls_ticket_size_max(const SSL *ssl);

/* Whether it would not fit into one record, which is as long as clients have to
 * take a message after the handshake. */
bool stls_ticket_size_is_too_long(const SSL *ssl);

/*
 * TLS 1.2, where a ticket was promised before the certificate came, and libssl
 * fails if it is too long: `hide` takes the certificate out of the session, and
 * `show`, from where the ticket is sealed, puts it back, so that an empty ticket is
 * sent. The certificate is decoded anew then, in this library context. False: no
 * memory. The caller guards the error queue of `hide`.
 */
bool stls_ticket_size_hide_certificate(struct stls_ticket_size *size,
                                       const SSL *ssl, OSSL_LIB_CTX *libctx,
                                       const char *propq);
bool stls_ticket_size_is_certificate_hidden(
    const struct stls_ticket_size *size);
bool stls_ticket_size_restore_certificate(struct stls_ticket_size *size,
                                          const SSL *ssl);

void stls_ticket_size_clear(struct stls_ticket_size *size);

#endif
