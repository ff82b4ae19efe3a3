/* SPDX-License-Identifier: MIT */
/* bench_trust: measures trust that contexts share, and trust that they do not. */
/*
 * Usage: bench_trust [--full] DATA_DIR. Takes the system's bundle where there is
 * one, else DATA_DIR/both-cas.pem, and says so. Tells of the heap that each
 * context holds, the time to load, and the time that a look-up of an unknown
 * issuer takes.
 */
#include <math.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>

#include "support/bench.h"
#include "support/heap.h"

enum {
  NUM_SHARED = 1000,
  NUM_OWN = 20,
  NUM_LOOKUPS = 50
};

static stls_error err = STLS_ERROR_INIT;
static char bundle[4096];

static stls_trust *new_trust(void)
{
  stls_trust *trust = NULL;

  bench_must(stls_trust_new(NULL, NULL, &trust, &err), "trust", &err);
  return trust;
}

static stls_trust *load(void)
{
  stls_trust *trust = new_trust();

  bench_must(stls_trust_add_file(trust, bundle, &err), bundle, &err);
  return trust;
}

static stls_context *new_client(stls_trust *trust)
{
  stls_context *context = NULL;

  bench_must(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, &err),
      "client", &err);
  bench_must(stls_context_set_trust(context, trust, &err), "client", &err);
  return context;
}

/* --- memory --- */

/* Bytes for each of `num` clients, with the trust that they hold. */
static double memory_of(size_t num, bool is_shared)
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
  (void)memory_of(1, true);
  shared = memory_of(NUM_SHARED, true);
  own = memory_of(NUM_OWN, false);
  bench_figure("trust_memory", "shared_by_1000", shared, "B/context");
  bench_figure("trust_memory", "own", own, "B/context");
  bench_at_least("trust_memory", "own/shared", own / shared, NAN);
}

/* --- time to load --- */

static double time_own(void *state, size_t count)
{
  double began = bench_now_ns();

  (void)state;
  for (size_t i = 0; i < count; i++) {
    stls_trust *trust = load();
    stls_context *context = new_client(trust);
    stls_context_free(context);
    stls_trust_free(trust);
  }
  return bench_now_ns() - began;
}

static double time_shared(void *state, size_t count)
{
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) stls_context_free(new_client(state));
  return bench_now_ns() - began;
}

static double time_system(void *state, size_t count)
{
  double began = bench_now_ns();

  (void)state;
  for (size_t i = 0; i < count; i++) {
    stls_trust *trust = new_trust();
    bench_must(stls_trust_add_system(trust, &err), "system", &err);
    stls_trust_free(trust);
  }
  return bench_now_ns() - began;
}

static double time_openssl(void *state, size_t count)
{
  double began = bench_now_ns();

  (void)state;
  for (size_t i = 0; i < count; i++) {
    X509_STORE *store = X509_STORE_new();
    bench_need(X509_STORE_load_file(store, bundle) == 1, bundle);
    X509_STORE_free(store);
  }
  return bench_now_ns() - began;
}

static void compare_load(void)
{
  stls_trust *shared = load();
  struct bench_variant variants[] = {
      {.name = "context_with_own_trust", .run = time_own},
      {.name = "context_with_shared_trust", .run = time_shared},
      {.name = "system", .run = time_system},
      {.name = "openssl_store_load_file", .run = time_openssl}};

  variants[1].state = shared;
  bench_compare("trust_load", variants, 4, 1, 1000, "us");
  bench_at_least("trust_load", "own/shared",
                 bench_ratio_of(&variants[0], &variants[1]), NAN);
  bench_at_most("trust_load", "system/file",
                bench_ratio_of(&variants[2], &variants[0]), NAN);
  stls_trust_free(shared);
}

/* --- an unknown issuer --- */

static X509 *leaf;

static double time_lookups(void *state, size_t count)
{
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) {
    X509_STORE_CTX *run = X509_STORE_CTX_new();
    bench_need(run != NULL && X509_STORE_CTX_init(run, state, leaf, NULL) == 1,
               "X509_STORE_CTX_init");
    bench_need(X509_verify_cert(run) != 1, "an issuer that nobody knows");
    X509_STORE_CTX_free(run);
  }
  return bench_now_ns() - began;
}

static X509 *load_leaf(void)
{
  char path[4096];
  FILE *file;
  X509 *cert;

  snprintf(path, sizeof path, "%s/server-ecdsa.pem", bench_data_dir());
  file = fopen(path, "r");
  bench_need(file != NULL, path);
  cert = PEM_read_X509(file, NULL, NULL, NULL);
  bench_need(cert != NULL, path);
  fclose(file);
  return cert;
}

static void compare_lookups(void)
{
  stls_trust *trust = new_trust();
  X509_STORE *lazy = X509_STORE_new();
  struct bench_variant variants[] = {
      {.name = "system", .run = time_lookups},
      {.name = "openssl_default_paths", .run = time_lookups, .state = lazy}};
  stls_context *context;

  bench_must(stls_trust_add_system(trust, &err), "system", &err);
  bench_need(lazy != NULL && X509_STORE_set_default_paths(lazy) == 1, "paths");
  context = new_client(trust);
  variants[0].state = SSL_CTX_get_cert_store(stls_context_ssl_ctx(context));
  leaf = load_leaf();
  bench_compare("trust_unknown_issuer", variants, 2, NUM_LOOKUPS, 1000, "us");
  bench_at_least("trust_unknown_issuer", "openssl/system",
                 bench_ratio_of(&variants[1], &variants[0]), NAN);
  X509_free(leaf);
  X509_STORE_free(lazy);
  stls_context_free(context);
  stls_trust_free(trust);
}

int main(int argc, char **argv)
{
  stls_trust_paths paths = STLS_TRUST_PATHS_INIT;
  stls_trust_counts counts = STLS_TRUST_COUNTS_INIT;
  stls_trust *trust;

  bench_begin(argc, argv);
  heap_install();
  bench_must(stls_trust_default_paths(&paths, &err), "paths", &err);
  if (paths.cafile[0] != '\0')
    snprintf(bundle, sizeof bundle, "%s", paths.cafile);
  else
    snprintf(bundle, sizeof bundle, "%s/both-cas.pem", bench_data_dir());
  trust = load();
  bench_must(stls_trust_count(trust, &counts, &err), "count", &err);
  bench_figure("trust_bundle",
               paths.cafile[0] != '\0' ? "system" : "both-cas.pem",
               (double)counts.x509, "certificates");
  stls_trust_free(trust);
  compare_memory();
  compare_load();
  compare_lookups();
  return bench_end();
}
