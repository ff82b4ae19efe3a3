/* SPDX-License-Identifier: MIT */
/* session: stores a client's session for resumption by a later connection. */
#ifndef STLS_LIB_SESSION_H
#define STLS_LIB_SESSION_H

#include <openssl/ssl.h>
#include <sanstls/session.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "base/refs.h"
#include "session/session_lifetime.h"
#include "util/clock.h"

struct stls_session {
  stls_refs refs;
  /* Never given to an SSL, which would change it: an SSL gets a copy. Its
   * session-id context is the digest of the policy (policy_digest.h). */
  SSL_SESSION *ssl_session;
  /* In its resolved form; owned. NULL for none. */
  char *server_name;
  bool peer_verified;
  /* An external pre-shared key authenticated the peer, not a certificate. */
  bool is_by_psk;
  struct stls_session_lifetime lifetime;
  /* The clock of the context that made it. */
  struct stls_clock clock;
  /* It must not be resumed any more. Other threads may read this. */
  atomic_bool is_invalidated;
  /* The next one in a queue, which owns it. */
  stls_session *next;
};

/* The attributes of a session that the SSL_SESSION does not have. */
struct stls_session_facts {
  /* May be NULL; copied. */
  const char *server_name;
  bool peer_verified;
  bool is_by_psk;
  struct stls_session_lifetime lifetime;
  struct stls_clock clock;
};

/* Returns a new session, which owns `ssl_session` then; NULL when memory is short,
 * and `ssl_session` stays the caller's. */
stls_session *stls_session_new(SSL_SESSION *ssl_session,
                               const struct stls_session_facts *facts);

/* Marks the session as not resumable, after a connection with it has failed. Any
 * thread. Accepts NULL. */
void stls_session_invalidate(stls_session *session);

/* Whether the ticket's lifetime is 0, with which a client must not store it (RFC
 * 8446, 4.6.1). */
bool stls_session_must_be_discarded(const SSL_SESSION *session);

/* Whether a client may offer the session at the time `now`, its full handshake
 * being not more than `max_age` seconds ago: STLS_OK, or STLS_ERROR_INPUT with
 * the reason. */
stls_result stls_session_check_validity(const stls_session *session,
                                        int64_t max_age, int64_t now,
                                        stls_error *err);

#endif
