/* SPDX-License-Identifier: MIT */
/* client_cases: what every client of the embeddings has to stand. */
#ifndef CLIENT_CASES_H
#define CLIENT_CASES_H

#include <stdbool.h>

#include "fake_peer.h"
#include "kit.h"

/* The answer of the server, and its body. */
#define CLIENT_BODY "Hello from a test.\n"
#define CLIENT_ANSWER \
  "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n" CLIENT_BODY

/* A client under test: the kit that it is linked with, its command line, what it
 * prints of the answer, and its exit statuses. */
typedef struct client_under_test {
  kit kit;
  const char *arguments;
  const char *printed;
  int truncated, late, no_connection;
  /* How long it waits for the peer, and after its own end. */
  unsigned patience_ms, linger_ms;
  /* An answer without close_notify is not complete. */
  bool needs_close_notify;
} client_under_test;

/* For the suite: .init and .fini. */
void client_cases_set_up(void);
void client_cases_tear_down(void);

/* An answer comes, whole and in pieces. */
void client_fetches(const client_under_test *client);

/* What the server sends ends at every byte, and once it is whole. */
void client_stands_cuts(const client_under_test *client, fake_cut cut);

/* Writes fail at every byte. */
void client_stands_failing_writes(const client_under_test *client);

/* Nobody is waited for without end: not while a write is under way, nor while bytes
 * drip. */
void client_gives_up(const client_under_test *client);

/* A signal that the program does not catch interrupts it at every byte. */
void client_stands_interruptions(const client_under_test *client, int number);

/* A server that leaves without close_notify, before the end and behind it. */
void client_stands_rudeness(const client_under_test *client);

/* No connection is made. */
void client_is_refused(const client_under_test *client);

/* Connections at once. */
void client_fetches_many(const client_under_test *client,
                         const char *arguments);

#endif
