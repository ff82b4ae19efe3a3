/* SPDX-License-Identifier: MIT */
/* sessions (L4): the sessions of one connection, offered, used and given. */
#ifndef STLS_SESSIONS_H
#define STLS_SESSIONS_H

#include "bio.h"
#include "context.h"
#include "session.h"
#include "ticketsize.h"

#define STLS_SESSIONS_MAX 8

struct stls_sessions {
  /* Borrowed. */
  stls_context *context;
  /* The context's when the SSL was made, by which peers are verified. */
  unsigned char policy[STLS_DIGEST_LEN];
  /* The client's reference name, borrowed; NULL for none. */
  const char *server_name;
  /* Those that wait to be taken, oldest first; owned. */
  stls_session *first;
  unsigned num;
  /* The one that was offered, or that TLS 1.2 made: a failure ends it. Owned,
   * or NULL. */
  stls_session *used;
  /* See stls_sessions_life. */
  struct stls_lifetime life;
  bool has_life;
  bool peer_verified;
  bool is_by_psk;
  /* A handshake has succeeded: before, there is nothing to keep. */
  bool established;
  /* The peer was known by an external key, of which sessions of TLS 1.3 tell
   * nothing. */
  bool is_barred;
  /* A server's TLS 1.3 tickets that go with the next data. */
  size_t owed_tickets;
  struct stls_ticketsize size;
};

/* Has an SSL_CTX tell of the tickets that its clients are given. */
void stls_sessions_install(SSL_CTX *ctx);

/*
 * Binds the connection's sessions to the context's policy, and has its tickets
 * noticed. Starts as zeroes, and must outlive the SSL. To be called again where
 * the connection gets another context. STLS_OK or STLS_ERROR_MEMORY; the caller
 * guards the error queue.
 */
stls_result stls_sessions_open(struct stls_sessions *sessions,
                               stls_context *context, SSL *ssl,
                               stls_error *err);
void stls_sessions_close(struct stls_sessions *sessions);

/* Has a client offer `session`, of which it takes a reference. Refusals as
 * stls_session_check. The caller guards the error queue. */
stls_result stls_sessions_offer(struct stls_sessions *sessions, SSL *ssl,
                                stls_session *session, stls_error *err);

/* The handshake has succeeded: keeps TLS 1.2's session. The caller guards the
 * error queue. */
void stls_sessions_establish(struct stls_sessions *sessions, SSL *ssl,
                             bool peer_verified);

/* The connection has failed for `cause`. */
void stls_sessions_fail(struct stls_sessions *sessions, stls_result cause);

/* The oldest that waits, the caller's; NULL for none. */
stls_session *stls_sessions_take(struct stls_sessions *sessions);

/*
 * A server's client has said Finished, to a handshake or to a request for its
 * certificate: tells libssl how many TLS 1.3 tickets to send next, which are no
 * more than `outgoing` has room for, and takes note of the others. `by_psk`: the
 * client is known by an external key.
 */
void stls_sessions_schedule(struct stls_sessions *sessions, SSL *ssl,
                            const stls_bio *outgoing, bool by_psk);

/* Before a server writes data: what tickets it owes, and `outgoing` has room for,
 * are sent first. The caller guards the error queue. */
void stls_sessions_pay(struct stls_sessions *sessions, SSL *ssl,
                       const stls_bio *outgoing);

/* Until when the connection's sessions may be resumed. To be called by the end of
 * the handshake at the latest. Borrowed. The caller guards the error queue. */
const struct stls_lifetime *stls_sessions_life(struct stls_sessions *sessions,
                                               const SSL *ssl);

/* Those of a connection at work, and its context; NULL where it is none of
 * ours. */
struct stls_sessions *stls_sessions_of(const SSL *ssl);

#endif
