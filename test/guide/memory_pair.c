/* SPDX-License-Identifier: MIT */
/* memory_pair: a client and a server that are joined in memory. */
#include "memory_pair.h"

#include <stdio.h>
#include <stdlib.h>

void must(stls_result result, const stls_error *err)
{
  if (result == STLS_OK) return;
  fprintf(stderr, "%s: %s\n", stls_result_name(result), err->message);
  exit(1);
}

stls_context *server_context(void)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *context = NULL;
  must(stls_context_new_server_from_files("a.example.pem", "a.example.key",
                                          &context, &err),
       &err);
  return context;
}

stls_context *client_context(void)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *context = NULL;
  must(stls_context_new_client_from_files("ca.pem", &context, &err), &err);
  return context;
}

memory_pair pair_new(stls_context *client, stls_context *server,
                     stls_session *session)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_error err = STLS_ERROR_INIT;
  memory_pair pair = {NULL, NULL};
  options.server_name = "a.example";
  options.session = session;
  must(stls_object_new(client, NULL, NULL, &options, &pair.client, &err), &err);
  must(stls_object_new(server, NULL, NULL, NULL, &pair.server, &err), &err);
  return pair;
}

void pair_free(memory_pair *pair)
{
  stls_object_free(pair->client);
  stls_object_free(pair->server);
}

void move(stls_object *from, stls_object *to)
{
  stls_bio *outgoing = stls_object_outgoing(from);
  stls_bio *incoming = stls_object_incoming(to);
  stls_span records;
  while ((records = stls_bio_peek(outgoing)).len > 0) {
    size_t taken = 0;
    if (stls_bio_write(incoming, records.data, records.len, &taken, NULL) !=
        STLS_OK)
      return; /* The queue is full: the other end has to read first. */
    stls_bio_consume(outgoing, taken, NULL);
  }
}

stls_result pair_handshake(memory_pair *pair)
{
  stls_result client, server;
  do {
    client = stls_object_handshake(pair->client);
    move(pair->client, pair->server);
    server = stls_object_handshake(pair->server);
    move(pair->server, pair->client);
  } while (client == STLS_WANT_READ || server == STLS_WANT_READ);
  return client != STLS_OK ? client : server;
}

void say(const char *who, stls_result result, const stls_object *tls)
{
  stls_error err = STLS_ERROR_INIT;
  printf("%s: %s", who, stls_result_name(result));
  if (result < 0 && stls_object_error(tls, &err) == result)
    printf(": %s", err.message);
  printf("\n");
}
