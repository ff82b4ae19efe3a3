/* SPDX-License-Identifier: MIT */
/* ticket_size: replaces a ticket that exceeds one record by an empty one. */
#ifndef STLS_LIB_TICKET_SIZE_H
#define STLS_LIB_TICKET_SIZE_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

/* The encoding of a session whose peer certificate is hidden from libssl for a
 * while. Zeroes are the initial state. */
struct stls_ticket_size {
  /* Both are borrowed. */
  OSSL_LIB_CTX *libctx;
  const char *propq;
  unsigned char *saved_der;
  size_t saved_len;
};

/* Returns an upper bound of the ticket's size on a server's connection. */
size_t stls_ticket_size_max(const SSL *ssl);

/* Whether the ticket would exceed one record, the longest message that clients
 * must accept after the handshake. */
bool stls_ticket_size_is_too_long(const SSL *ssl);

/*
 * For TLS 1.2, where a ticket was promised before the client's certificate
 * came, and libssl fails if it is too long. `hide_certificate` takes the
 * certificate out of the session; `restore_certificate`, called where the
 * ticket is encrypted, puts it back, so that an empty ticket is sent. The
 * certificate is decoded again then, with this library context and property
 * query. Both return false when memory is short. The caller guards the error
 * queue of `hide_certificate`.
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
