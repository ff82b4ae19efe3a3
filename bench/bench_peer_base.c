/* SPDX-License-Identifier: MIT */
/* bench_peer_base: does the work that other TLS stacks are measured with. */
/*
 * Usage: bench_peer_base DATA_DIR; bench/peers/run.sh runs it in turns with the
 * programs of bench/peers/.
 */
#include <stdio.h>
#include <stdlib.h>

#include <sanstls/ciphers.h>
#include <sanstls/session.h>

#include "peers/peer.h"
#include "support/bench.h"
#include "support/pair.h"

struct pair {
  stls_object *client;
  stls_object *server;
};

/* How the contexts are made. */
enum {
  LIBRARY_1_3,
  LIBRARY_1_2,
  DIRECT_1_3,
  DIRECT_1_2,
  NUM_CONTEXTS
};

static stls_context *clients[NUM_CONTEXTS], *servers[NUM_CONTEXTS];

static void make_contexts(void);
static void drain(stls_object *object, struct wire *wire);
static void fill(stls_object *object, struct wire *wire);

static void *open_pair(size_t which)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  struct pair *pair = calloc(1, sizeof *pair);
  stls_result a, b;

  bench_need(pair != NULL, "memory");
  options.server_name = "localhost";
  bench_must(stls_object_new(clients[which], NULL, NULL, &options,
                             &pair->client, NULL),
             "client", NULL);
  bench_must(
      stls_object_new(servers[which], NULL, NULL, NULL, &pair->server, NULL),
      "server", NULL);
  do {
    bench_must(a = stls_object_handshake(pair->client), "client", NULL);
    drain(pair->client, &peer_to_server);
    fill(pair->server, &peer_to_server);
    bench_must(b = stls_object_handshake(pair->server), "server", NULL);
    drain(pair->server, &peer_to_client);
    fill(pair->client, &peer_to_client);
  } while (a != STLS_OK || b != STLS_OK);
  return pair;
}

static void *open_1_3(void)
{
  return open_pair(LIBRARY_1_3);
}

static void *open_1_2(void)
{
  return open_pair(LIBRARY_1_2);
}

static void *open_direct_1_3(void)
{
  return open_pair(DIRECT_1_3);
}

static void *open_direct_1_2(void)
{
  return open_pair(DIRECT_1_2);
}

static void close_pair(void *state)
{
  struct pair *pair = state;

  stls_object_free(pair->client);
  stls_object_free(pair->server);
  free(pair);
}

static void write_message(void *state, const uint8_t *data, size_t len)
{
  struct pair *pair = state;
  size_t sent = 0, part = 0;

  for (; sent < len; sent += part) {
    bench_must(stls_object_write(pair->client, data + sent, len - sent, &part),
               "write", NULL);
    drain(pair->client, &peer_to_server);
  }
}

/* The records lie where the program has received them. */
static size_t read_in_place(void *state, uint8_t *out, size_t len)
{
  struct pair *pair = state;
  size_t there = 0, used = 0, got = 0;
  const uint8_t *records = wire_peek(&peer_to_server, &there);

  bench_must(stls_object_read_from(pair->server, records, there, &used, out,
                                   len, &got),
             "read", NULL);
  wire_skip(&peer_to_server, used);
  return got;
}

/* The records are received into room that `incoming` gives. */
static size_t read_received(void *state, uint8_t *out, size_t len)
{
  struct pair *pair = state;
  size_t got = 0;

  fill(pair->server, &peer_to_server);
  bench_must(stls_object_read(pair->server, out, len, &got), "read", NULL);
  return got;
}

int main(int argc, char **argv)
{
  static const struct peer ways[] = {
      {"library", "1.3", open_1_3, close_pair, write_message, read_in_place},
      {"library_received", "1.3", open_1_3, close_pair, write_message,
       read_received},
      {"library", "1.2", open_1_2, close_pair, write_message, read_in_place},
      {"library_received", "1.2", open_1_2, close_pair, write_message,
       read_received},
      {"library_direct", "1.3", open_direct_1_3, close_pair, write_message,
       read_in_place},
      {"library_direct_received", "1.3", open_direct_1_3, close_pair,
       write_message, read_received},
      {"library_direct", "1.2", open_direct_1_2, close_pair, write_message,
       read_in_place},
      {"library_direct_received", "1.2", open_direct_1_2, close_pair,
       write_message, read_received}};

  bench_begin(argc, argv);
  peer_begin(argc, argv);
  make_contexts();
  for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) peer_run(&ways[i]);
  for (size_t i = 0; i < NUM_CONTEXTS; i++) {
    stls_context_free(clients[i]);
    stls_context_free(servers[i]);
  }
  return bench_end();
}

/* Tickets are switched off at every stack that can do without. */
static void make_contexts(void)
{
  static const int versions[NUM_CONTEXTS] = {TLS1_3_VERSION, TLS1_2_VERSION,
                                             TLS1_3_VERSION, TLS1_2_VERSION};
  stls_error err = STLS_ERROR_INIT;

  for (size_t i = 0; i < NUM_CONTEXTS; i++) {
    struct pair_config config = {
        versions[i], PAIR_AES_128_GCM, PAIR_ECDSA, false,
        i < DIRECT_1_3 ? STLS_RECORDS_LIBSSL : STLS_RECORDS_DIRECT};
    clients[i] = pair_library_context(STLS_CLIENT, &config);
    servers[i] = pair_library_context(STLS_SERVER, &config);
    bench_must(stls_context_set_num_tickets(servers[i], 0, &err), "tickets",
               &err);
    /* TLS 1.2 counts the certificate's curve among the groups. */
    bench_must(stls_context_set_groups(clients[i], "X25519:P-256", &err),
               "groups", &err);
  }
}

static void drain(stls_object *object, struct wire *wire)
{
  stls_bio *outgoing = stls_object_outgoing(object);
  stls_span span;

  while ((span = stls_bio_peek(outgoing)).len > 0) {
    wire_put(wire, span.data, span.len);
    bench_must(stls_bio_consume(outgoing, span.len, NULL), "consume", NULL);
  }
}

static void fill(stls_object *object, struct wire *wire)
{
  stls_bio *incoming = stls_object_incoming(object);
  size_t there = 0, room = 0;
  void *space = NULL;

  wire_peek(wire, &there);
  if (there == 0) return;
  bench_must(stls_bio_reserve(incoming, there, &space, &room, NULL), "reserve",
             NULL);
  bench_must(stls_bio_commit(incoming, wire_take(wire, space, room), NULL),
             "commit", NULL);
}
