/* SPDX-License-Identifier: MIT */
/* resumption: a client and a server that connect repeatedly, and resume sessions. */
#ifndef STLS_TEST_RESUMPTION_H
#define STLS_TEST_RESUMPTION_H

#include <openssl/ssl.h>
#include <stdint.h>

#include "pair.h"

/* Both contexts, and how bytes are cut; `name` is the server's. */
typedef struct resumption {
  stls_context *client;
  stls_context *server;
  const char *name;
  pair_feed feed;
} resumption;

resumption resumption_open(const pair_options *options);
void resumption_close(resumption *peers);

/* One connection that offers `session`, or NULL, before its handshake. */
test_pair resumption_pair(const resumption *peers, stls_session *session);

/* The same of two contexts, joined whole; the server is "server.example". */
test_pair resumption_join(stls_context *client, stls_context *server,
                          stls_session *session);

/* A session of a first connection is resumed by a second one, which has to work;
 * the second one is returned. */
test_pair resumption_open_resumed(const pair_options *options);

/* resumption_pair and its handshake, which has to work. */
test_pair resumption_connect(const resumption *peers, stls_session *session);

/* The server writes and the client reads, so that tickets arrive. */
void resumption_send_tickets(test_pair *pair);

/* The same; returns the first session, the caller's, or NULL for none. */
stls_session *resumption_fetch_session(test_pair *pair);

/* The next session of a client, the caller's; NULL for none. */
stls_session *resumption_take_session(stls_object *client);

/* Takes and frees all of them; returns how many there were. */
size_t resumption_drop_sessions(stls_object *client);

/* A session of a connection that is made and ended for it. */
stls_session *resumption_new_session(const resumption *peers);

/* Sets the time when a session was made, in seconds since the epoch. */
void resumption_set_time(SSL_SESSION *session, int64_t seconds);

/* Whether a connection that offers the session resumes it. */
bool resumption_succeeds(const resumption *peers, stls_session *session);

/* The result of a client that is made to offer it, and the reason in *err, if not
 * NULL. */
stls_result resumption_offer(const resumption *peers, const char *name,
                             stls_session *session, stls_error *err);

#endif
