/* SPDX-License-Identifier: MIT */
/* shake_library: repeats handshakes of the library's objects. */
#include <stdlib.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "bench.h"
#include "shake.h"

struct shaker {
  stls_context *client;
  stls_context *server;
  stls_session *session;
  unsigned flags;
};

struct ends {
  stls_object *client;
  stls_object *server;
};

static struct ends connect_ends(const struct shaker *shaker);
static void say_byte(const struct ends *ends);
static stls_session *obtain_session(const struct shaker *shaker);
static void free_ends(const struct ends *ends);

static void *open_shaker(const struct pair_config *config, unsigned flags)
{
  struct shaker *shaker = calloc(1, sizeof *shaker);
  struct pair_config used = *config;

  bench_need(shaker != NULL, "memory");
  shaker->flags = flags;
  if (flags & SHAKE_DIRECT) used.records = STLS_RECORDS_DIRECT;
  shaker->client = pair_library_context(STLS_CLIENT, &used);
  shaker->server = pair_library_context(STLS_SERVER, &used);
  if (flags & SHAKE_NO_TICKETS)
    bench_must(stls_context_set_num_tickets(shaker->server, 0, NULL),
               "number of tickets", NULL);
  bench_must(stls_context_seal(shaker->client, NULL), "client", NULL);
  bench_must(stls_context_seal(shaker->server, NULL), "server", NULL);
  if (flags & SHAKE_RESUMED) shaker->session = obtain_session(shaker);
  return shaker;
}

static double shake_once(const void *state)
{
  const struct shaker *shaker = state;
  double began = bench_now_ns();
  struct ends ends = connect_ends(shaker);
  const stls_conninfo *info;

  if (shaker->flags & SHAKE_AND_BYTE) say_byte(&ends);
  began = bench_now_ns() - began;
  info = stls_object_conninfo(ends.client);
  bench_need(stls_conninfo_peer_verified(info), "verification");
  bench_need(stls_conninfo_resumed(info) == (shaker->session != NULL),
             "resumption");
  free_ends(&ends);
  return began;
}

static void close_shaker(void *state)
{
  struct shaker *shaker = state;

  stls_session_free(shaker->session);
  stls_context_free(shaker->client);
  stls_context_free(shaker->server);
  free(shaker);
}

const struct shake_kind shake_library = {open_shaker, shake_once, close_shaker};

static struct ends connect_ends(const struct shaker *shaker)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  struct ends ends = {NULL, NULL};
  stls_error err = STLS_ERROR_INIT;
  stls_result client, server;

  options.server_name = "localhost";
  options.session = shaker->session;
  bench_must(
      stls_object_new(shaker->client, NULL, NULL, &options, &ends.client, &err),
      "client", &err);
  bench_must(
      stls_object_new(shaker->server, NULL, NULL, NULL, &ends.server, &err),
      "server", &err);
  do {
    bench_must(client = stls_object_handshake(ends.client), "client", NULL);
    pair_library_move(ends.client, ends.server);
    bench_must(server = stls_object_handshake(ends.server), "server", NULL);
    pair_library_move(ends.server, ends.client);
  } while (client != STLS_OK || server != STLS_OK);
  return ends;
}

static void say_byte(const struct ends *ends)
{
  uint8_t byte = 0;
  size_t len = 0;

  bench_must(stls_object_write(ends->server, "x", 1, &len), "write", NULL);
  pair_library_move(ends->server, ends->client);
  bench_must(stls_object_read(ends->client, &byte, 1, &len), "read", NULL);
  bench_need(len == 1 && byte == 'x', "the byte");
}

static stls_session *obtain_session(const struct shaker *shaker)
{
  struct ends ends = connect_ends(shaker);
  stls_session *session = NULL;

  say_byte(&ends);
  bench_must(stls_object_take_session(ends.client, &session, NULL), "session",
             NULL);
  bench_need(session != NULL, "a session");
  free_ends(&ends);
  return session;
}

static void free_ends(const struct ends *ends)
{
  stls_object_free(ends->client);
  stls_object_free(ends->server);
}
