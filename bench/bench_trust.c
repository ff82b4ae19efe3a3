/* SPDX-License-Identifier: MIT */
/* bench_trust: what trust costs, shared between contexts and not. */
/*
 * Usage: bench_trust DATA_DIR. Takes the system's bundle where there is one, else
 * DATA_DIR/both-cas.pem, and says so. Prints "scenario,variant,value,unit" lines:
 * the heap that OpenSSL and the library hold for each context, the time to load,
 * and the time that a look-up of an unknown issuer takes. Times are of the
 * thread's CPU, medians over rounds in which the variants take turns.
 */
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/heap.h"

enum {
  NUM_SHARED = 1000,
  NUM_OWN = 20,
  NUM_ROUNDS = 9,
  NUM_LOOKUPS = 50,
  NUM_VARIANTS = 4
};

static stls_error err = STLS_ERROR_INIT;
static char bundle[4096];

/* --- tools --- */

static void must(stls_result result, const char *what)
{
  if (result >= 0) return;
  fprintf(stderr, "%s: %s: %s\n", what, stls_result_name(result), err.message);
  exit(1);
}

static double thread_us(void)
{
  struct timespec now;

  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static double median(double *values)
{
  qsort(values, NUM_ROUNDS, sizeof *values, by_value);
  return values[NUM_ROUNDS / 2];
}

static stls_trust *new_trust(void)
{
  stls_trust *trust = NULL;

  must(stls_trust_new(NULL, NULL, &trust, &err), "trust");
  return trust;
}

static stls_trust *load(void)
{
  stls_trust *trust = new_trust();

  must(stls_trust_add_file(trust, bundle, &err), bundle);
  return trust;
}

static stls_context *new_client(stls_trust *trust)
{
  stls_context *context = NULL;

  must(stls_context_new(STLS_CLIENT, NULL, NULL, &context, &err), "client");
  must(stls_context_set_trust(context, trust, &err), "client");
  return context;
}

/* --- memory --- */

/* Bytes for each of `num` clients, with the trust that they hold. */
static double memory_of(size_t num, int is_shared)
{
  static stls_context *clients[NUM_SHARED];
  size_t before = heap_usage(HEAP_OTHER).requested;
  stls_trust *shared = is_shared ? load() : NULL;
  double bytes;

  for (size_t i = 0; i < num; i++) {
    stls_trust *trust = is_shared ? stls_trust_up_ref(shared) : load();
    clients[i] = new_client(trust);
    stls_trust_free(trust);
  }
  bytes = (double)(heap_usage(HEAP_OTHER).requested - before) / (double)num;
  for (size_t i = 0; i < num; i++) stls_context_free(clients[i]);
  stls_trust_free(shared);
  return bytes;
}

static void compare_memory(void)
{
  double shared, own;

  /* What OpenSSL keeps after its first time belongs to neither. */
  (void)memory_of(1, 1);
  shared = memory_of(NUM_SHARED, 1);
  own = memory_of(NUM_OWN, 0);
  printf("trust_memory,shared_by_%d_contexts,%.0f,B/context\n", NUM_SHARED,
         shared);
  printf("trust_memory,own_in_each_of_%d_contexts,%.0f,B/context\n", NUM_OWN,
         own);
  printf("trust_memory,own_vs_shared,%.1f,ratio\n", own / shared);
}

/* --- time to load --- */

static double time_of_load(int variant)
{
  double began = thread_us();
  stls_trust *trust = NULL;
  stls_context *context = NULL;
  X509_STORE *store = NULL;
  static stls_trust *shared;

  if (shared == NULL) shared = load();
  began = thread_us();
  switch (variant) {
    case 0:
      trust = load();
      context = new_client(trust);
      break;
    case 1:
      trust = stls_trust_up_ref(shared);
      context = new_client(trust);
      break;
    case 2:
      trust = new_trust();
      must(stls_trust_add_system(trust, &err), "system");
      break;
    default:
      store = X509_STORE_new();
      if (X509_STORE_load_file(store, bundle) != 1) exit(1);
      break;
  }
  began = thread_us() - began;
  stls_context_free(context);
  stls_trust_free(trust);
  X509_STORE_free(store);
  return began;
}

static void compare_load(void)
{
  static const char *const names[NUM_VARIANTS] = {
      "context_with_own_trust", "context_with_shared_trust", "system",
      "openssl_store_load_file"};
  double results[NUM_VARIANTS][NUM_ROUNDS], values[NUM_VARIANTS];

  for (size_t round = 0; round < NUM_ROUNDS; round++)
    for (int i = 0; i < NUM_VARIANTS; i++) results[i][round] = time_of_load(i);
  for (int i = 0; i < NUM_VARIANTS; i++) {
    values[i] = median(results[i]);
    printf("trust_load,%s,%.0f,us\n", names[i], values[i]);
  }
  printf("trust_load,own_vs_shared,%.0f,ratio\n", values[0] / values[1]);
}

/* --- an unknown issuer --- */

static double time_of_lookup(X509_STORE *store, X509 *leaf)
{
  double began = thread_us();

  for (int i = 0; i < NUM_LOOKUPS; i++) {
    X509_STORE_CTX *run = X509_STORE_CTX_new();
    if (run == NULL || X509_STORE_CTX_init(run, store, leaf, NULL) != 1)
      exit(1);
    if (X509_verify_cert(run) == 1) fprintf(stderr, "the issuer is known\n");
    X509_STORE_CTX_free(run);
  }
  return (thread_us() - began) / NUM_LOOKUPS;
}

static X509 *load_leaf(const char *data_dir)
{
  char path[4096];
  FILE *file;
  X509 *leaf;

  snprintf(path, sizeof path, "%s/server-ecdsa.pem", data_dir);
  file = fopen(path, "r");
  leaf = file == NULL ? NULL : PEM_read_X509(file, NULL, NULL, NULL);
  if (leaf == NULL) {
    fprintf(stderr, "%s: cannot be read\n", path);
    exit(1);
  }
  fclose(file);
  return leaf;
}

static void compare_lookups(const char *data_dir)
{
  double eager[NUM_ROUNDS], lazy[NUM_ROUNDS];
  X509 *leaf = load_leaf(data_dir);
  stls_trust *trust = new_trust();
  stls_context *context;
  X509_STORE *store = X509_STORE_new(), *filled;

  must(stls_trust_add_system(trust, &err), "system");
  context = new_client(trust);
  filled = SSL_CTX_get_cert_store(stls_context_ssl_ctx(context));
  if (X509_STORE_set_default_paths(store) != 1) exit(1);
  for (size_t round = 0; round < NUM_ROUNDS; round++) {
    eager[round] = time_of_lookup(filled, leaf);
    lazy[round] = time_of_lookup(store, leaf);
  }
  printf("trust_unknown_issuer,system,%.2f,us\n", median(eager));
  printf("trust_unknown_issuer,openssl_default_paths,%.2f,us\n", median(lazy));
  X509_STORE_free(store);
  stls_context_free(context);
  stls_trust_free(trust);
  X509_free(leaf);
}

int main(int argc, char **argv)
{
  stls_trust_paths paths = STLS_TRUST_PATHS_INIT;
  stls_trust_counts counts = STLS_TRUST_COUNTS_INIT;
  stls_trust *trust;

  if (argc != 2) {
    fprintf(stderr, "usage: %s DATA_DIR\n", argv[0]);
    return 2;
  }
  heap_install();
  must(stls_trust_default_paths(&paths, &err), "paths");
  if (paths.cafile[0] != '\0')
    snprintf(bundle, sizeof bundle, "%s", paths.cafile);
  else
    snprintf(bundle, sizeof bundle, "%s/both-cas.pem", argv[1]);
  trust = load();
  must(stls_trust_count(trust, &counts, &err), "count");
  printf("trust_bundle,%s,%zu,certificates\n",
         paths.cafile[0] != '\0' ? "system" : "both-cas.pem", counts.x509);
  stls_trust_free(trust);
  compare_memory();
  compare_load();
  compare_lookups(argv[1]);
  return 0;
}
