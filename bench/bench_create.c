/* SPDX-License-Identifier: MIT */
/* bench_create: measures making and freeing objects, contexts and sessions. */
/*
 * Usage: bench_create [--full] DATA_DIR. Freeing is part of each figure.
 *
 * object_client, object_server: one object, against SSL_new with two BIO_s_mem
 *   and, on a client, the server's name to send and to check.
 * objects_100: a hundred clients that live at a time, from one context that is
 *   sealed or from one SSL_CTX, and each from a context of its own, which shares
 *   trust; for one client.
 * context_*_shared: a context with trust or a credential that is in memory,
 *   against an SSL_CTX with the same store, or certificate and key;
 *   naive_like_library sets the lists of ciphers and groups as the library does,
 *   which is what most of it costs.
 * context_*_files: the same from PEM files.
 * session_serialize, session_parse: against i2d_SSL_SESSION, d2i_SSL_SESSION.
 */
#include <math.h>
#include <stdio.h>

#include <sanstls/session.h>

#include "support/bench.h"
#include "support/pair.h"

enum {
  NUM_ALIVE = 100,
  MAX_SESSION = 8192
};

static const struct pair_config config = {TLS1_3_VERSION, PAIR_DEFAULTS,
                                          PAIR_ECDSA, false, STLS_RECORDS_AUTO};

/* What the variants are made from. */
static struct {
  stls_context *contexts[2];
  SSL_CTX *ctxs[2];
  stls_trust *trust;
  stls_credential *credential;
  X509_STORE *store;
  X509 *cert;
  EVP_PKEY *key;
  stls_session *session;
  SSL_SESSION *ssl_session;
  uint8_t written[MAX_SESSION];
  size_t written_len;
  uint8_t der[MAX_SESSION];
  long der_len;
} made;

/* --- objects --- */

static stls_object *new_object(stls_context *context)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object = NULL;

  if (stls_context_role(context) == STLS_CLIENT)
    options.server_name = "localhost";
  bench_must(stls_object_new(context, NULL, NULL, &options, &object, NULL),
             "stls_object_new", NULL);
  return object;
}

static SSL *new_ssl(SSL_CTX *ctx, bool is_client)
{
  SSL *ssl = SSL_new(ctx);

  bench_need(ssl != NULL, "SSL_new");
  SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  if (!is_client) {
    SSL_set_accept_state(ssl);
    return ssl;
  }
  SSL_set_connect_state(ssl);
  bench_need(SSL_set_tlsext_host_name(ssl, "localhost") == 1 &&
                 SSL_set1_host(ssl, "localhost") == 1,
             "name");
  return ssl;
}

/* `state` is the place of the context. */
static double time_objects(void *state, size_t count)
{
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++)
    stls_object_free(new_object(*(stls_context **)state));
  return bench_now_ns() - began;
}

static double time_ssls(void *state, size_t count)
{
  SSL_CTX **ctx = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++)
    SSL_free(new_ssl(*ctx, ctx == &made.ctxs[0]));
  return bench_now_ns() - began;
}

/* --- contexts --- */

static stls_context *new_context(stls_role role)
{
  stls_context *context = NULL;

  bench_must(stls_context_new_without_trust(role, NULL, NULL, &context, NULL),
             "stls_context_new_without_trust", NULL);
  if (role == STLS_CLIENT)
    bench_must(stls_context_set_trust(context, made.trust, NULL), "trust",
               NULL);
  else
    bench_must(stls_context_set_credential(context, made.credential, NULL),
               "credential", NULL);
  bench_must(stls_context_seal(context, NULL), "stls_context_seal", NULL);
  return context;
}

static SSL_CTX *new_ctx(stls_role role)
{
  SSL_CTX *ctx = SSL_CTX_new(TLS_method());

  bench_need(ctx != NULL, "SSL_CTX_new");
  if (role == STLS_CLIENT) {
    SSL_CTX_set1_cert_store(ctx, made.store);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
  } else {
    bench_need(SSL_CTX_use_cert_and_key(ctx, made.cert, made.key, NULL, 1) == 1,
               "SSL_CTX_use_cert_and_key");
  }
  return ctx;
}

static stls_context *read_context(stls_role role)
{
  return pair_library_context(role, &config);
}

static SSL_CTX *read_ctx(stls_role role)
{
  return pair_openssl_context(role, &config);
}

static SSL_CTX *new_set_ctx(stls_role role)
{
  SSL_CTX *ctx = new_ctx(role);

  pair_openssl_like_library(ctx);
  return ctx;
}

/* One of the two makes it. */
struct way {
  stls_role role;
  stls_context *(*library)(stls_role role);
  SSL_CTX *(*openssl)(stls_role role);
};

static double time_contexts(void *state, size_t count)
{
  const struct way *way = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) {
    if (way->library != NULL)
      stls_context_free(way->library(way->role));
    else
      SSL_CTX_free(way->openssl(way->role));
  }
  return bench_now_ns() - began;
}

static void live_as_objects(bool has_own, size_t count)
{
  stls_object *alive[NUM_ALIVE];

  for (size_t i = 0; i < count; i++) {
    stls_context *context = has_own ? new_context(STLS_CLIENT)
                                    : stls_context_up_ref(made.contexts[0]);
    alive[i] = new_object(context);
    stls_context_free(context);
  }
  for (size_t i = 0; i < count; i++) stls_object_free(alive[i]);
}

static void live_as_ssls(bool has_own, size_t count)
{
  SSL *alive[NUM_ALIVE];

  for (size_t i = 0; i < count; i++) {
    SSL_CTX *ctx = has_own ? new_ctx(STLS_CLIENT) : made.ctxs[0];
    alive[i] = new_ssl(ctx, true);
    if (has_own) SSL_CTX_free(ctx);
  }
  for (size_t i = 0; i < count; i++) SSL_free(alive[i]);
}

struct life {
  void (*live)(bool has_own, size_t count);
  bool has_own;
};

/* The first time finds the heap as another variant left it. */
static double time_lives(void *state, size_t count)
{
  const struct life *life = state;
  double began;

  life->live(life->has_own, count);
  began = bench_now_ns();
  life->live(life->has_own, count);
  return bench_now_ns() - began;
}

/* --- sessions --- */

static double time_serialize(void *state, size_t count)
{
  double began = bench_now_ns();

  (void)state;
  for (size_t i = 0; i < count; i++)
    bench_must(
        stls_session_serialize(made.session, made.written, sizeof made.written,
                               &made.written_len, NULL),
        "stls_session_serialize", NULL);
  return bench_now_ns() - began;
}

static double time_i2d(void *state, size_t count)
{
  double began = bench_now_ns();

  (void)state;
  for (size_t i = 0; i < count; i++) {
    uint8_t *at = made.der;
    made.der_len = i2d_SSL_SESSION(made.ssl_session, &at);
    bench_need(made.der_len > 0, "i2d_SSL_SESSION");
  }
  return bench_now_ns() - began;
}

static double time_parse(void *state, size_t count)
{
  double began = bench_now_ns();

  (void)state;
  for (size_t i = 0; i < count; i++) {
    stls_session *session = NULL;
    bench_must(stls_session_new_serialized(made.written, made.written_len, NULL,
                                           NULL, &session, NULL),
               "stls_session_new_serialized", NULL);
    stls_session_free(session);
  }
  return bench_now_ns() - began;
}

static double time_d2i(void *state, size_t count)
{
  double began = bench_now_ns();

  (void)state;
  for (size_t i = 0; i < count; i++) {
    const uint8_t *at = made.der;
    SSL_SESSION *session = d2i_SSL_SESSION(NULL, &at, made.der_len);
    bench_need(session != NULL, "d2i_SSL_SESSION");
    SSL_SESSION_free(session);
  }
  return bench_now_ns() - began;
}

/* --- all --- */

/* The library's way first and OpenSSL's second; a third and fourth by choice. */
static void compare(const char *scenario, struct bench_variant *variants,
                    size_t num, size_t count)
{
  bench_compare(scenario, variants, num, count, 1000, "us");
  bench_at_least(scenario, "naive/library",
                 bench_ratio_of(&variants[1], &variants[0]), NAN);
}

static void compare_objects(void)
{
  static const char *const names[] = {"object_client", "object_server"};
  struct life lives[] = {{live_as_objects, false},
                         {live_as_ssls, false},
                         {live_as_objects, true},
                         {live_as_ssls, true}};
  struct bench_variant many[] = {
      {.name = "library_sealed", .run = time_lives, .state = &lives[0]},
      {.name = "naive", .run = time_lives, .state = &lives[1]},
      {.name = "library_context_each", .run = time_lives, .state = &lives[2]},
      {.name = "naive_context_each", .run = time_lives, .state = &lives[3]}};

  for (int i = 0; i < 2; i++) {
    struct bench_variant one[] = {
        {.name = "library", .run = time_objects, .state = &made.contexts[i]},
        {.name = "naive", .run = time_ssls, .state = &made.ctxs[i]}};
    compare(names[i], one, 2, 200);
  }
  compare("objects_100", many, 4, NUM_ALIVE);
}

static void compare_contexts(void)
{
  static const char *const shared[] = {"context_client_shared",
                                       "context_server_shared"};
  static const char *const files[] = {"context_client_files",
                                      "context_server_files"};
  static const stls_role roles[] = {STLS_CLIENT, STLS_SERVER};

  for (int i = 0; i < 2; i++) {
    struct way ways[] = {{roles[i], new_context, NULL},
                         {roles[i], NULL, new_ctx},
                         {roles[i], NULL, new_set_ctx},
                         {roles[i], read_context, NULL},
                         {roles[i], NULL, read_ctx}};
    struct bench_variant in_memory[] = {
        {.name = "library", .run = time_contexts, .state = &ways[0]},
        {.name = "naive", .run = time_contexts, .state = &ways[1]},
        {.name = "naive_like_library",
         .run = time_contexts,
         .state = &ways[2]}};
    struct bench_variant in_files[] = {
        {.name = "library", .run = time_contexts, .state = &ways[3]},
        {.name = "naive", .run = time_contexts, .state = &ways[4]}};
    compare(shared[i], in_memory, 3, 10);
    bench_at_least(shared[i], "naive_like_library/library",
                   bench_ratio_of(&in_memory[2], &in_memory[0]), NAN);
    compare(files[i], in_files, 2, 10);
  }
}

static void compare_sessions(void)
{
  static struct bench_variant writes[] = {
      {.name = "library", .run = time_serialize},
      {.name = "naive", .run = time_i2d}};
  static struct bench_variant reads[] = {{.name = "library", .run = time_parse},
                                         {.name = "naive", .run = time_d2i}};

  compare("session_serialize", writes, 2, 200);
  compare("session_parse", reads, 2, 200);
}

/* One session for both, so that the bytes are of the same connection. */
static void make_session(void)
{
  void *pair = pair_library.open(&config);
  stls_object *client = pair_library_client(pair);
  stls_object *server = pair_library_server(pair);
  uint8_t byte = 0;
  size_t len = 0;

  bench_must(stls_object_write(server, "x", 1, &len), "write", NULL);
  pair_library_move(server, client);
  bench_must(stls_object_read(client, &byte, 1, &len), "read", NULL);
  bench_must(stls_object_take_session(client, &made.session, NULL), "session",
             NULL);
  made.ssl_session = SSL_get1_session(stls_object_ssl(client));
  bench_need(made.session != NULL && made.ssl_session != NULL, "a session");
  pair_library.close(pair);
}

static void make_all(void)
{
  static const stls_role roles[] = {STLS_CLIENT, STLS_SERVER};

  for (int i = 0; i < 2; i++) {
    made.contexts[i] = pair_library_context(roles[i], &config);
    bench_must(stls_context_seal(made.contexts[i], NULL), "seal", NULL);
    made.ctxs[i] = pair_openssl_context(roles[i], &config);
  }
  made.trust = pair_library_trust();
  made.credential = pair_library_credential(config.key);
  made.store = SSL_CTX_get_cert_store(made.ctxs[0]);
  made.cert = SSL_CTX_get0_certificate(made.ctxs[1]);
  made.key = SSL_CTX_get0_privatekey(made.ctxs[1]);
  make_session();
}

int main(int argc, char **argv)
{
  bench_begin(argc, argv);
  make_all();
  compare_objects();
  compare_contexts();
  compare_sessions();
  for (int i = 0; i < 2; i++) {
    stls_context_free(made.contexts[i]);
    SSL_CTX_free(made.ctxs[i]);
  }
  stls_trust_free(made.trust);
  stls_credential_free(made.credential);
  stls_session_free(made.session);
  SSL_SESSION_free(made.ssl_session);
  return bench_end();
}
