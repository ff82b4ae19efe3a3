/* SPDX-License-Identifier: MIT */
/* resumption: offers, stores and issues the sessions of one connection. */
#ifndef STLS_LIB_RESUMPTION_H
#define STLS_LIB_RESUMPTION_H

#include "bio/bio.h"
#include "context/context.h"
#include "context/ssl_owner.h"
#include "context/ticket_size.h"
#include "session/session.h"

#define STLS_RESUMPTION_MAX 8

/* The sessions of one connection. Zeroes are the initial state. */
struct stls_resumption {
  /* The sessions to be taken, oldest first; owned. */
  stls_session *first;
  unsigned num;
  /* The session that was offered, or that TLS 1.2 made: a failure invalidates
   * it. A counted reference, or NULL. */
  stls_session *used;
  /* See stls_resumption_lifetime. */
  struct stls_session_lifetime lifetime;
  bool has_lifetime;
  bool peer_verified;
  /* With a clock that is not the system's: when the session that a server's libssl
   * was given had been made. To libssl it was made then. */
  int64_t shown_session_time;
  /* How many TLS 1.3 tickets a server still has to send, with its next data. */
  size_t pending_tickets;
  struct stls_ticket_size size;
};

/* Makes the SSLs of a client's SSL_CTX store the sessions that they are given. */
void stls_resumption_install(SSL_CTX *ctx);

void stls_resumption_clear(struct stls_resumption *resumption);

/* Makes a client offer `session`, and takes a reference to it. Refuses what
 * stls_session_check refuses. The caller guards the error queue. */
stls_result stls_resumption_offer(const struct stls_ssl_owner *owner, SSL *ssl,
                                  stls_session *session, stls_error *err);

/* Called when the handshake has succeeded, after stls_psk_callbacks_finish:
 * stores the session of TLS 1.2. The caller guards the error queue. */
void stls_resumption_on_established(const struct stls_ssl_owner *owner,
                                    SSL *ssl, bool peer_verified);

/* Called when the connection has failed with `cause`: invalidates the session
 * in use, except after a truncation or for lack of memory. */
void stls_resumption_on_failure(struct stls_resumption *resumption,
                                stls_result cause);

/* Returns the oldest session in the queue, which the caller owns; NULL for
 * none. */
stls_session *stls_resumption_take(struct stls_resumption *resumption);

/*
 * Called when a server has the client's Finished, of a handshake or of a
 * post-handshake authentication: tells libssl how many TLS 1.3 tickets to send
 * next, at most as many as `outgoing` has room for, and counts the others as
 * pending.
 */
void stls_resumption_schedule_tickets(const struct stls_ssl_owner *owner,
                                      SSL *ssl, const stls_bio *outgoing);

/* Called before a server writes data: sends the pending tickets for which
 * `outgoing` has room. The caller guards the error queue. */
void stls_resumption_send_tickets(struct stls_resumption *resumption, SSL *ssl,
                                  const stls_bio *outgoing);

/* Returns the lifetime of the connection's sessions, borrowed. The first
 * call is at the end of the handshake or before. The caller guards the error
 * queue. */
const struct stls_session_lifetime *stls_resumption_lifetime(
    const struct stls_ssl_owner *owner, const SSL *ssl);

/*
 * Where the context's clock is not the system's: `show_session` notes the time of
 * a session that libssl is about to resume, and makes it one of this moment, so
 * that libssl finds it good. `date_session` sets the time of a server's session
 * that is about to be stored or put into a ticket.
 */
void stls_resumption_show_session(struct stls_resumption *resumption,
                                  SSL_SESSION *session);
void stls_resumption_date_session(const struct stls_ssl_owner *owner,
                                  const SSL *ssl, SSL_SESSION *session);

#endif
