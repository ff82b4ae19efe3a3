/* SPDX-License-Identifier: MIT */
/* resumption: the sessions of one connection, offered, used and given. */
#ifndef STLS_LIB_RESUMPTION_H
#define STLS_LIB_RESUMPTION_H

#include "bio/bio.h"
#include "context/context.h"
#include "context/ssl_owner.h"
#include "context/ticket_size.h"
#include "session/session.h"

#define STLS_RESUMPTION_MAX 8

/* Starts as zeroes. */
struct stls_resumption {
  /* Those that wait to be taken, oldest first; owned. */
  stls_session *first;
  unsigned num;
  /* The one that was offered, or that TLS 1.2 made: a failure ends it. Owned,
   * or NULL. */
  stls_session *used;
  /* See stls_resumption_lifetime. */
  struct stls_session_lifetime lifetime;
  bool has_lifetime;
  bool peer_verified;
  /* A server's TLS 1.3 tickets that go with the next data. */
  size_t pending_tickets;
  struct stls_ticket_size size;
};

/* Has an SSL_CTX tell of the tickets that its clients are given. */
void stls_resumption_install(SSL_CTX *ctx);

void stls_resumption_clear(struct stls_resumption *resumption);

/* Has a client offer `session`, of which it takes a reference. Refusals as
 * stls_session_check. The caller guards the error queue. */
stls_result stls_resumption_offer(const struct stls_ssl_owner *owner, SSL *ssl,
                                  stls_session *session, stls_error *err);

/* The handshake has succeeded, and what became of a pre-shared key is settled:
 * keeps TLS 1.2's session. The caller guards the error queue. */
void stls_resumption_on_established(const struct stls_ssl_owner *owner,
                                    SSL *ssl, bool peer_verified);

/* The connection has failed for `cause`. */
void stls_resumption_on_failure(struct stls_resumption *resumption,
                                stls_result cause);

/* The oldest that waits, the caller's; NULL for none. */
stls_session *stls_resumption_take(struct stls_resumption *resumption);

/*
 * A server's client has said Finished, to a handshake or to a request for its
 * certificate: tells libssl how many TLS 1.3 tickets to send next, which are no
 * more than `outgoing` has room for, and takes note of the others.
 */
void stls_resumption_schedule_tickets(const struct stls_ssl_owner *owner,
                                      SSL *ssl, const stls_bio *outgoing);

/* Before a server writes data: what tickets it owes, and `outgoing` has room for,
 * are sent first. The caller guards the error queue. */
void stls_resumption_send_tickets(struct stls_resumption *resumption, SSL *ssl,
                                  const stls_bio *outgoing);

/* Until when the connection's sessions may be resumed. To be called by the end of
 * the handshake at the latest. Borrowed. The caller guards the error queue. */
const struct stls_session_lifetime *stls_resumption_lifetime(
    struct stls_resumption *resumption, const SSL *ssl);

#endif
