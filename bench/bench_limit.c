/* SPDX-License-Identifier: MIT */
/* bench_limit: what the limit of a queue costs or saves. */
/*
 * Usage: bench_limit DATA_DIR. One side writes, the other reads, and every turn
 * of the loop fills `outgoing` to its limit before it moves on, as a loop under
 * load does. Prints "scenario,variant,value,unit" lines: the thread's CPU time
 * per byte of plaintext, median over rounds in which the limits take turns.
 */
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 9
#define ROUND_BYTES ((size_t)16 * 1024 * 1024)

static const size_t limits_kib[] = {8, 17, 32, 64, 128, 256, 1024};
#define NUM_LIMITS (sizeof limits_kib / sizeof limits_kib[0])

static unsigned char plaintext[1024 * 1024];
static stls_error err = STLS_ERROR_INIT;

static void must(stls_result result, const char *what)
{
  if (result >= 0) return;
  fprintf(stderr, "%s: %s: %s\n", what, stls_result_name(result), err.message);
  exit(1);
}

static double thread_ns(void)
{
  struct timespec now;

  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static stls_object *open_server(const char *data_dir)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  char chain[4096], key[4096];
  stls_credential *credential = NULL;
  stls_context *context = NULL;
  stls_object *object = NULL;

  snprintf(chain, sizeof chain, "%s/server-ecdsa.pem", data_dir);
  snprintf(key, sizeof key, "%s/server-ecdsa.key", data_dir);
  source.chain_file = chain;
  source.key_file = key;
  must(stls_credential_new_pem(&source, NULL, NULL, &credential, &err), chain);
  must(stls_context_new(STLS_SERVER, NULL, NULL, &context, &err), "server");
  must(stls_context_set_credential(context, credential, &err), "server");
  must(stls_object_new(context, NULL, NULL, NULL, &object, &err), "server");
  stls_credential_free(credential);
  stls_context_free(context);
  return object;
}

static stls_object *open_client(const char *data_dir)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  char ca[4096];
  stls_trust *trust = NULL;
  stls_context *context = NULL;
  stls_object *object = NULL;

  snprintf(ca, sizeof ca, "%s/ca.pem", data_dir);
  must(stls_trust_new(NULL, NULL, &trust, &err), "trust");
  must(stls_trust_add_file(trust, ca, &err), ca);
  must(stls_context_new(STLS_CLIENT, NULL, NULL, &context, &err), "client");
  must(stls_context_set_trust(context, trust, &err), "client");
  must(stls_context_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256", &err),
       "client");
  options.server_name = "localhost";
  must(stls_object_new(context, NULL, NULL, &options, &object, &err), "client");
  stls_trust_free(trust);
  stls_context_free(context);
  return object;
}

static void move(stls_object *from, stls_object *to)
{
  stls_bio *source = stls_object_outgoing(from);
  stls_bio *sink = stls_object_incoming(to);
  stls_span span;
  size_t moved = 0;

  while ((span = stls_bio_peek(source)).len > 0) {
    must(stls_bio_write(sink, span.data, span.len, &moved, &err), "move");
    if (moved == 0) return;
    must(stls_bio_consume(source, moved, &err), "move");
  }
}

static void shake_hands(stls_object *client, stls_object *server)
{
  stls_result a, b;

  do {
    must(a = stls_object_handshake(client), "client");
    move(client, server);
    must(b = stls_object_handshake(server), "server");
    move(server, client);
  } while (a != STLS_OK || b != STLS_OK);
}

static double run(stls_object *from, stls_object *to, size_t limit)
{
  static unsigned char out[65536];
  size_t sent = 0, part = 0;
  double began;

  must(stls_bio_set_limit(stls_object_outgoing(from), limit, &err), "limit");
  must(stls_bio_set_limit(stls_object_incoming(to), limit, &err), "limit");
  began = thread_ns();
  while (sent < ROUND_BYTES) {
    must(stls_object_write(from, plaintext, sizeof plaintext, &part), "write");
    sent += part;
    do {
      move(from, to);
      while (stls_object_read(to, out, sizeof out, &part) == STLS_OK) continue;
    } while (stls_bio_pending(stls_object_outgoing(from)) > 0);
  }
  return (thread_ns() - began) / (double)sent;
}

static int by_value(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
  double results[NUM_LIMITS][ROUNDS];
  stls_object *client, *server;

  if (argc != 2) {
    fprintf(stderr, "usage: %s DATA_DIR\n", argv[0]);
    return 2;
  }
  client = open_client(argv[1]);
  server = open_server(argv[1]);
  shake_hands(client, server);
  for (size_t round = 0; round < ROUNDS; round++)
    for (size_t i = 0; i < NUM_LIMITS; i++)
      results[i][round] = run(client, server, limits_kib[i] * 1024);
  for (size_t i = 0; i < NUM_LIMITS; i++) {
    qsort(results[i], ROUNDS, sizeof(double), by_value);
    printf("transfer_1.3_aes128gcm,limit_%zuKiB,%.4f,ns/B\n", limits_kib[i],
           results[i][ROUNDS / 2]);
  }
  for (size_t i = 0; i < NUM_LIMITS; i++)
    printf("transfer_1.3_aes128gcm,limit_%zuKiB_vs_64KiB,%.3f,ratio\n",
           limits_kib[i], results[i][ROUNDS / 2] / results[3][ROUNDS / 2]);
  stls_object_free(client);
  stls_object_free(server);
  return 0;
}
