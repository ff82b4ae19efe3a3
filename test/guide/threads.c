/* SPDX-License-Identifier: MIT */
/* threads: one sealed context for all threads, and a new one while they work. */
/*
 * cc -pthread -o threads threads.c memory_pair.c $(pkg-config --cflags --libs sanstls)
 */
#include <pthread.h>
#include <stdio.h>

#include "memory_pair.h"

enum {
  NUM_THREADS = 4,
  NUM_CONNECTIONS = 20
};

/* What new connections are made of. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static stls_context *current;

/* The context of the moment, with a reference of the caller's. */
static stls_context *take_current(void)
{
  pthread_mutex_lock(&lock);
  stls_context *context = stls_context_up_ref(current);
  pthread_mutex_unlock(&lock);
  return context;
}

/* Loads certificate and key again. Where that fails all is as before; where it
 * works, new connections have the new context, and those that are open keep
 * theirs. */
static stls_result reload(const char *chain, const char *key, stls_error *err)
{
  stls_context *context = NULL;
  stls_result result =
      stls_context_new_server_from_files(chain, key, &context, err);
  if (result == STLS_OK) result = stls_context_seal(context, err);
  if (result == STLS_OK) {
    pthread_mutex_lock(&lock);
    stls_context *before = current;
    current = context;
    pthread_mutex_unlock(&lock);
    context = before;
  }
  stls_context_free(context);
  return result;
}

static void *work(void *client)
{
  size_t num_good = 0;
  for (int i = 0; i < NUM_CONNECTIONS; i++) {
    stls_context *server = take_current();
    memory_pair pair = pair_new(client, server, NULL);
    if (pair_handshake(&pair) == STLS_OK) num_good++;
    pair_free(&pair);
    stls_context_free(server);
  }
  return num_good == NUM_CONNECTIONS ? client : NULL;
}

int main(void)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *client = client_context();
  pthread_t threads[NUM_THREADS];
  void *is_good;
  int status = 0;
  must(stls_context_seal(client, &err), &err);
  must(reload("a.example.pem", "a.example.key", &err), &err);
  for (int i = 0; i < NUM_THREADS; i++)
    pthread_create(&threads[i], NULL, work, client);
  must(reload("a.example.pem", "a.example.key", &err), &err);
  if (reload("a.example.pem", "b.example.key", &err) != STLS_OK)
    printf("%s\n", err.message);
  for (int i = 0; i < NUM_THREADS; i++) {
    pthread_join(threads[i], &is_good);
    if (is_good == NULL) status = 1;
  }
  stls_context_free(client);
  stls_context_free(current);
  return status;
}
