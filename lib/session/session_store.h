/* SPDX-License-Identifier: MIT */
/* session_store: keeps a server's sessions by a clock that OpenSSL does not know. */
#ifndef STLS_LIB_SESSION_STORE_H
#define STLS_LIB_SESSION_STORE_H

#include <openssl/ssl.h>
#include <stdint.h>

/* In place of the cache of an SSL_CTX, which goes by the system's time. Any
 * thread may use it; the caller guards the error queue. */
typedef struct stls_session_store stls_session_store;

/* What has happened since the store was made, and how many sessions it has. */
struct stls_session_store_counts {
  size_t number;
  size_t misses;
  size_t timeouts;
  size_t cache_full;
};

/* Returns NULL when memory is short. */
stls_session_store *stls_session_store_new(void);

/* Accepts NULL. */
void stls_session_store_free(stls_session_store *store);

/* Stores a copy of a session, whose times are those of the clock. Of more than
 * `max` sessions the oldest are dropped; 0 is no limit. Without memory nothing
 * is stored. */
void stls_session_store_put(stls_session_store *store,
                            const SSL_SESSION *session, size_t max);

/* Returns a copy of the session with this identifier, which the caller owns. NULL
 * for none, without memory, and for one whose time is over at `now`, or of the
 * future. */
SSL_SESSION *stls_session_store_find(stls_session_store *store,
                                     const unsigned char *id, size_t id_len,
                                     int64_t now);

/* Drops the session with the identifier of this one, if there is one. */
void stls_session_store_remove(stls_session_store *store,
                               const SSL_SESSION *session);

struct stls_session_store_counts stls_session_store_count(
    stls_session_store *store);

#endif
