/* SPDX-License-Identifier: MIT */
/* server_cases: what every server of the embeddings has to stand. */
#ifndef SERVER_CASES_H
#define SERVER_CASES_H

#include "fake_peer.h"
#include "kit.h"

/* A server under test: the kit that it is linked with, its command line, and what its log
 * has. */
typedef struct server_under_test {
  kit kit;
  const char *arguments;
  const char *cut_off; /* Of a client that was in the middle of something. */
  const char *left;    /* Of one without close_notify that lacks nothing. */
  const char *late[2]; /* Of one that is waited for in vain. */
  /* Between which times that is given up, and how long a signal may take. */
  unsigned first_ms, last_ms, signal_ms;
} server_under_test;

/* For the suite: .init and .fini. */
void server_cases_set_up(void);
void server_cases_tear_down(void);

/* A request is answered, whole and in pieces. */
void server_answers(const server_under_test *server);

/* What the client sends ends at every byte, and once it is whole. */
void server_stands_cuts(const server_under_test *server, fake_cut cut);

/* Writes fail at every byte. */
void server_stands_failing_writes(const server_under_test *server);

/* SIGTERM or SIGINT comes at every byte. `prepare` may be NULL; it is called after
 * the start of each run. */
void server_stands_signals(const server_under_test *server,
                           void (*prepare)(size_t at));

/* Bytes that drip do not extend the time for a request. */
void server_stands_dripping(const server_under_test *server);

/* Writes that take long lose nothing, and those without an end are given up. */
void server_stands_slow_writes(const server_under_test *server);

/* Connections at once, of which some are reset. */
void server_stands_many(const server_under_test *server);

#endif
