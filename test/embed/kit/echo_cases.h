/* SPDX-License-Identifier: MIT */
/* echo_cases: what every echo server of the embeddings has to stand. */
#ifndef ECHO_CASES_H
#define ECHO_CASES_H

#include "fake_peer.h"
#include "kit.h"

/* An echo server under test: the kit that it is linked with, and its name. It takes
 * PORT CHAIN KEY SECONDS ADDRESS. */
typedef struct echo_under_test {
  kit kit;
  const char *name;
} echo_under_test;

/* For the suite: .init and .fini. */
void echo_cases_set_up(void);
void echo_cases_tear_down(void);

/* What is sent comes back, whole and in pieces. */
void echo_answers(const echo_under_test *server);

/* What the client sends ends at every byte, and once it is whole. */
void echo_stands_cuts(const echo_under_test *server, fake_cut cut);

/* Writes fail at every third byte. */
void echo_stands_failing_writes(const echo_under_test *server);

/* SIGTERM or SIGINT comes at every byte. */
void echo_stands_signals(const echo_under_test *server);

/* A client that was recorded: test/data/transcripts. */
void echo_answers_recorded(const echo_under_test *server);

#endif
