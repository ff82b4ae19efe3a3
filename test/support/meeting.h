/* SPDX-License-Identifier: MIT */
/* meeting: a client and a server that meet several times. */
#ifndef STLS_TEST_MEETING_H
#define STLS_TEST_MEETING_H

#include <openssl/ssl.h>
#include <stdint.h>

#include "pair.h"

/* Both contexts, and how bytes are cut; `name` is the server's. */
typedef struct meeting {
  stls_context *client;
  stls_context *server;
  const char *name;
  pair_feed feed;
} meeting;

meeting meeting_open(const pair_options *options);
void meeting_close(meeting *again);

/* One connection that offers `session`, or NULL, before its handshake. */
test_pair meeting_pair(const meeting *again, stls_session *session);

/* The same, and its handshake, which has to work. */
test_pair meeting_meet(const meeting *again, stls_session *session);

/* Has the server write, and the client read, so that tickets come. */
void meeting_greet(test_pair *pair);

/* The next session of a client, the caller's; NULL for none. */
stls_session *meeting_next(stls_object *client);

/* Takes and drops all of them; how many there were. */
size_t meeting_take_all(stls_object *client);

/* A session, at once: a connection is made, greeted and ended for it. */
stls_session *meeting_session(const meeting *again);

/* Has a session be made at another time, in seconds since the epoch. */
void meeting_backdate(SSL_SESSION *session, int64_t seconds);

/* Whether a connection that offers the session resumes it. */
bool meeting_resumes(const meeting *again, stls_session *session);

/* What the client says to it, and in *err, if not NULL, why. */
stls_result meeting_offer(const meeting *again, const char *name,
                          stls_session *session, stls_error *err);

#endif
