/* SPDX-License-Identifier: MIT */
/* test_threads: a sealed context in many threads, each object in one. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(threads, .timeout = 120);

enum {
  NUM_THREADS = 4
};

struct shared {
  stls_context *client;
  stls_context *server;
  atomic_int num_failed;
};

static stls_object *open_object(stls_context *context, const char *name)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object = NULL;

  options.server_name = name;
  return stls_object_new(context, NULL, NULL, &options, &object, NULL) ==
                 STLS_OK
             ? object
             : NULL;
}

static void move(stls_object *from, stls_object *to)
{
  unsigned char bytes[20000];
  size_t len, done;

  while (stls_bio_read(stls_object_outgoing(from), bytes, sizeof bytes, &len,
                       NULL) == STLS_OK)
    if (stls_bio_write(stls_object_incoming(to), bytes, len, &done, NULL) !=
        STLS_OK)
      return;
}

/* Criterion's assertions belong to one thread, so this returns its verdict. */
static bool say_hello(stls_object *client, stls_object *server)
{
  stls_result result = STLS_WANT_READ;
  char in[10];
  size_t done;

  for (int turn = 0; turn < 10 && result == STLS_WANT_READ; turn++) {
    if (stls_object_handshake(client) < 0) return false;
    move(client, server);
    result = stls_object_handshake(server);
    move(server, client);
  }
  if (result != STLS_OK || stls_object_handshake(client) != STLS_OK)
    return false;
  if (stls_object_write(client, "hello", 5, &done) != STLS_OK) return false;
  move(client, server);
  return stls_object_read(server, in, sizeof in, &done) == STLS_OK &&
         done == 5 && memcmp(in, "hello", 5) == 0;
}

static void *connect_often(void *arg)
{
  struct shared *shared = arg;

  for (int i = 0; i < (check_quick() ? 5 : 50); i++) {
    /* Every fifth is a stranger: failures must not spill over. */
    bool is_good = i % 5 != 0;
    stls_object *client = open_object(
        shared->client, is_good ? "server.example" : "other.example");
    stls_object *server = open_object(shared->server, NULL);
    bool worked = client != NULL && server != NULL && say_hello(client, server);
    if (worked != is_good) atomic_fetch_add(&shared->num_failed, 1);
    stls_object_free(client);
    stls_object_free(server);
  }
  return NULL;
}

Test(threads, share_a_sealed_context)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t v = 0; v < 2; v++) {
    pair_options options = {.version = versions[v]};
    struct shared shared = {pair_context(&options, STLS_CLIENT),
                            pair_context(&options, STLS_SERVER), 0};
    pthread_t threads[NUM_THREADS];

    for (size_t i = 0; i < NUM_THREADS; i++)
      cr_assert_eq(pthread_create(&threads[i], NULL, connect_often, &shared),
                   0);
    /* The last objects keep the contexts alive. */
    for (size_t i = 0; i < NUM_THREADS; i++) pthread_join(threads[i], NULL);
    cr_expect_eq(atomic_load(&shared.num_failed), 0, "TLS 1.%zu", v + 2);
    stls_context_free(shared.client);
    stls_context_free(shared.server);
  }
}

/* One session, offered by all, while the server's keys change. */
struct resumption {
  struct shared shared;
  stls_session *session;
  atomic_int num_resumed;
};

static bool resume_once(struct resumption *resumption)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *client = NULL;
  stls_object *server = open_object(resumption->shared.server, NULL);
  bool worked;

  options.server_name = "server.example";
  options.session = resumption->session;
  worked = server != NULL &&
           stls_object_new(resumption->shared.client, NULL, NULL, &options,
                           &client, NULL) == STLS_OK &&
           say_hello(client, server);
  if (worked && stls_conninfo_resumed(stls_object_conninfo(client)))
    atomic_fetch_add(&resumption->num_resumed, 1);
  stls_object_free(client);
  stls_object_free(server);
  return worked;
}

static unsigned char keys[2 * STLS_TICKET_KEY_LEN] = "first";

static void *resume_often(void *arg)
{
  struct resumption *resumption = arg;

  for (int i = 0; i < (check_quick() ? 5 : 50); i++) {
    if (stls_context_set_ticket_keys(
            resumption->shared.server, keys,
            STLS_TICKET_KEY_LEN * (i % 2 == 0 ? (size_t)1 : (size_t)2),
            NULL) != STLS_OK ||
        !resume_once(resumption))
      atomic_fetch_add(&resumption->shared.num_failed, 1);
  }
  return NULL;
}

static void use_keys(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_ticket_keys(context, keys, STLS_TICKET_KEY_LEN, NULL),
      STLS_OK);
}

static void *fetch_session(struct resumption *resumption)
{
  stls_object *client =
      open_object(resumption->shared.client, "server.example");
  stls_object *server = open_object(resumption->shared.server, NULL);
  char byte;
  size_t done;

  cr_assert(say_hello(client, server));
  ASSERT_RETURNS(stls_object_write(server, "x", 1, &done), STLS_OK);
  move(server, client);
  ASSERT_RETURNS(stls_object_read(client, &byte, 1, &done), STLS_OK);
  ASSERT_RETURNS(stls_object_take_session(client, &resumption->session, NULL),
                 STLS_OK);
  stls_object_free(client);
  stls_object_free(server);
  return resumption->session;
}

Test(threads, share_a_session_and_change_keys)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};
  const int all = NUM_THREADS * (check_quick() ? 5 : 50);

  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v],
                                  .tune_server = use_keys};
    struct resumption resumption = {
        .shared = {pair_context(&options, STLS_CLIENT),
                   pair_context(&options, STLS_SERVER), 0}};
    pthread_t threads[NUM_THREADS];

    cr_assert_not_null(fetch_session(&resumption));
    for (size_t i = 0; i < NUM_THREADS; i++)
      cr_assert_eq(pthread_create(&threads[i], NULL, resume_often, &resumption),
                   0);
    for (size_t i = 0; i < NUM_THREADS; i++) pthread_join(threads[i], NULL);
    cr_expect_eq(atomic_load(&resumption.shared.num_failed), 0);
    cr_expect_eq(atomic_load(&resumption.num_resumed), all);
    stls_session_free(resumption.session);
    stls_context_free(resumption.shared.client);
    stls_context_free(resumption.shared.server);
  }
}

/* The first uses of the library, by several threads at a time. */
static void *make_context(void *arg)
{
  stls_context *context = NULL;
  stls_object *object = NULL;
  atomic_int *num_failed = arg;

  if (stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &context, NULL) !=
          STLS_OK ||
      stls_object_new(context, NULL, NULL, NULL, &object, NULL) != STLS_OK)
    atomic_fetch_add(num_failed, 1);
  stls_object_free(object);
  stls_context_free(context);
  return NULL;
}

Test(threads, begin_at_a_time)
{
  pthread_t threads[NUM_THREADS];
  atomic_int num_failed = 0;

  for (size_t i = 0; i < NUM_THREADS; i++)
    cr_assert_eq(pthread_create(&threads[i], NULL, make_context, &num_failed),
                 0);
  for (size_t i = 0; i < NUM_THREADS; i++) pthread_join(threads[i], NULL);
  cr_expect_eq(atomic_load(&num_failed), 0);
}
