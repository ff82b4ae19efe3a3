/* SPDX-License-Identifier: MIT */
/* session: what a client keeps of a connection, to resume it by another. */
#ifndef STLS_LIB_SESSION_H
#define STLS_LIB_SESSION_H

#include <openssl/ssl.h>
#include <sanstls/session.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "base/refs.h"
#include "session/session_lifetime.h"

struct stls_session {
  stls_refs refs;
  /* Never in an SSL, which would change it: they get copies. Its session-id
   * context is the policy's digest. */
  SSL_SESSION *ssl_session;
  /* As it was resolved; NULL for none. */
  char *server_name;
  bool peer_verified;
  /* The peer is known by an external key, and by no certificate. */
  bool is_by_psk;
  struct stls_session_lifetime lifetime;
  /* Not to be resumed any more, which others may be about to do. */
  atomic_bool is_invalidated;
  /* In a queue; held by it. */
  stls_session *next;
};

/* What is known of a session beside libssl's part. */
struct stls_session_facts {
  /* May be NULL; copied. */
  const char *server_name;
  bool peer_verified;
  bool is_by_psk;
  struct stls_session_lifetime lifetime;
};

/* Takes over `ssl_session` on success. NULL when memory is short. */
stls_session *stls_session_new(SSL_SESSION *ssl_session,
                               const struct stls_session_facts *facts);

/* It was part of a failure, and is not to be offered again. NULL is fine. */
void stls_session_invalidate(stls_session *session);

/* RFC 8446, 4.6.1: a ticket with a lifetime of 0 is not to be kept. */
bool stls_session_must_be_discarded(const SSL_SESSION *session);

/* Whether there is a point in offering a session that is not to be older than
 * `max_age` seconds: STLS_OK, or STLS_ERROR_INPUT with why not. */
stls_result stls_session_check_validity(const stls_session *session,
                                        int64_t max_age, stls_error *err);

#endif
