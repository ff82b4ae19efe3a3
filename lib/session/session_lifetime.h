/* SPDX-License-Identifier: MIT */
/* session_lifetime: until when a session may be resumed. */
#ifndef STLS_LIB_SESSION_LIFETIME_H
#define STLS_LIB_SESSION_LIFETIME_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

/* RFC 8446, 4.6.1. */
#define STLS_SESSION_LIFETIME_MAX_AGE 604800

/* For `expires_at`: no certificate ends it. */
#define STLS_SESSION_LIFETIME_UNLIMITED INT64_MAX

/* What each resumption hands on to the next, in seconds since the epoch. */
struct stls_session_lifetime {
  /* When the full handshake was, in which the peer proved who it is. */
  int64_t authenticated_at;
  /* The last second in which the chain of the peer's certificates was valid. */
  int64_t expires_at;
};

/* Seconds since the epoch. */
int64_t stls_session_lifetime_now(void);

/* Of a full handshake that is here now; `end` follows. */
struct stls_session_lifetime stls_session_lifetime_new(void);

/*
 * Brings the end forward to that of the chain that this handshake, or a request
 * for the client's certificate, has verified. A peer that is not verified has no
 * certificates that count; nor do their times where the verify flags say that
 * they are not to be looked at, or looked at with another clock. The caller
 * guards the error queue.
 */
void stls_session_lifetime_limit_to_chain(
    struct stls_session_lifetime *lifetime, const SSL *ssl);

/* NULL while it lasts, for at most `max_age` seconds from its birth; else what
 * has ended it, as a static text. */
const char *stls_session_lifetime_expiry_reason(
    const struct stls_session_lifetime *lifetime, int64_t max_age);

/* The last second of it. */
int64_t stls_session_lifetime_end(const struct stls_session_lifetime *lifetime,
                                  int64_t max_age);

/* When a session was made (SSL_SESSION_get_time). */
int64_t stls_session_lifetime_creation_time(const SSL_SESSION *session);

/*
 * What a ticket carries of it, beside libssl's part; nobody changes it, because a
 * ticket is authenticated as a whole. `put`: false when memory is short. `get`:
 * false when the session has none of ours. The caller guards the error queue.
 */
bool stls_session_lifetime_store(const struct stls_session_lifetime *lifetime,
                                 SSL_SESSION *session);
bool stls_session_lifetime_load(struct stls_session_lifetime *out_life,
                                const SSL_SESSION *session);

/* Whether a time is later than now by more than clocks differ: the clock that it
 * was taken from has been set back since, or was wrong. */
bool stls_session_lifetime_is_in_future(int64_t seconds);

#endif
