/* SPDX-License-Identifier: MIT */
/* session_lifetime: computes until when a session may be resumed. */
#ifndef STLS_LIB_SESSION_LIFETIME_H
#define STLS_LIB_SESSION_LIFETIME_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

/* RFC 8446, 4.6.1. */
#define STLS_SESSION_LIFETIME_MAX_AGE 604800

/* `expires_at` without a certificate that limits it. */
#define STLS_SESSION_LIFETIME_UNLIMITED INT64_MAX

/* The times that a resumed session inherits, in seconds since the epoch. */
struct stls_session_lifetime {
  /* When the full handshake authenticated the peer. */
  int64_t authenticated_at;
  /* The last second in which the chain of the peer's certificates was valid. */
  int64_t expires_at;
};

/* `now` is the present time of the connection's clock, in seconds since the
 * epoch. */

/* Returns the lifetime of a full handshake that ends now, without a limit by
 * certificates. */
struct stls_session_lifetime stls_session_lifetime_new(int64_t now);

/*
 * Lowers `expires_at` to the earliest notAfter of the chain that this handshake,
 * or a post-handshake authentication, has verified. Does nothing where the peer is
 * not verified, or where the verify flags disable the check of times or set
 * another time (X509_V_FLAG_NO_CHECK_TIME, X509_V_FLAG_USE_CHECK_TIME). The caller
 * guards the error queue.
 */
void stls_session_lifetime_limit_to_chain(
    struct stls_session_lifetime *lifetime, const SSL *ssl);

/* Returns NULL while the session may be resumed, at most `max_age` seconds after
 * the full handshake; else the reason why not, as a static text. */
const char *stls_session_lifetime_expiry_reason(
    const struct stls_session_lifetime *lifetime, int64_t max_age, int64_t now);

/* Returns the last second in which the session may be resumed. */
int64_t stls_session_lifetime_end(const struct stls_session_lifetime *lifetime,
                                  int64_t max_age);

/* Return and set the time of a session (SSL_SESSION_get_time). A time that a
 * `long` cannot hold becomes its maximum, with which a session is over. */
int64_t stls_session_lifetime_creation_time(const SSL_SESSION *session);
void stls_session_lifetime_set_creation_time(SSL_SESSION *session,
                                             int64_t seconds);

/*
 * Write the lifetime into the application data of a ticket, and read it. Nobody
 * else can change it there, because a ticket is authenticated as a whole. `store`
 * returns false when memory is short, `load` where the session has no lifetime of
 * this format. The caller guards the error queue.
 */
bool stls_session_lifetime_store(const struct stls_session_lifetime *lifetime,
                                 SSL_SESSION *session);
bool stls_session_lifetime_load(struct stls_session_lifetime *out_life,
                                const SSL_SESSION *session);

/* Whether a time is later than now by more than clocks may differ: then the clock
 * was wrong, or has been set back since. */
bool stls_session_lifetime_is_in_future(int64_t seconds, int64_t now);

#endif
