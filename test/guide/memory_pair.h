/* SPDX-License-Identifier: MIT */
/* memory_pair: a client and a server that are joined in memory. */
#ifndef STLS_GUIDE_MEMORY_PAIR_H
#define STLS_GUIDE_MEMORY_PAIR_H

#include <sanstls/sanstls.h>

typedef struct memory_pair {
  stls_object *client;
  stls_object *server;
} memory_pair;

/* Ends the program with the message where a call has failed. */
void must(stls_result result, const stls_error *err);

/* The certificate of a.example, and the CA's, as chapter 2 of the guide makes them;
 * not sealed. */
stls_context *server_context(void);
stls_context *client_context(void);

/* Both ends. `session` may be NULL. */
memory_pair pair_new(stls_context *client, stls_context *server,
                     stls_session *session);
void pair_free(memory_pair *pair);

/* Moves what one end has to say into the other. */
void move(stls_object *from, stls_object *to);

/* The whole handshake, as far as it goes; the client's result, the server's where
 * the client is done. */
stls_result pair_handshake(memory_pair *pair);

/* Prints the result, and the error if it is one. */
void say(const char *who, stls_result result, const stls_object *tls);

#endif
