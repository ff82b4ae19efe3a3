/* SPDX-License-Identifier: MIT */
/* pair_openssl: is a pair of SSLs with glue: naive, or over the bound of flat. */
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "flat.h"
#include "pair.h"

struct openssl_pair {
  SSL *client;
  SSL *server;
  /* Before each SSL_read and SSL_write. */
  bool clears_errors;
  /* Only where the BIOs are custom. */
  struct flat client_flat;
  struct flat server_flat;
};

static uint8_t transport[65536];

const char *const pair_suites[] = {"TLS_AES_128_GCM_SHA256",
                                   "TLS_AES_256_GCM_SHA384",
                                   "TLS_CHACHA20_POLY1305_SHA256"};
const char *const pair_ciphers[] = {
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"};

static struct openssl_pair *new_pair(const struct pair_config *config);
static SSL_CTX *shared_context(stls_role role,
                               const struct pair_config *config);
static void check_established(const struct openssl_pair *pair);

SSL_CTX *pair_openssl_context(stls_role role, const struct pair_config *config)
{
  const char *name = pair_key_name(config->key);
  SSL_CTX *ctx = SSL_CTX_new(TLS_method());
  char path[4096];

  bench_need(ctx != NULL, "SSL_CTX_new");
  SSL_CTX_set_max_proto_version(ctx, config->version);
  if (config->cipher != PAIR_DEFAULTS) {
    SSL_CTX_set_min_proto_version(ctx, config->version);
    bench_need(
        SSL_CTX_set_ciphersuites(ctx, pair_suites[config->cipher]) == 1 &&
            SSL_CTX_set_cipher_list(ctx, pair_ciphers[config->cipher]) == 1,
        "ciphers");
  }
  if (role == STLS_SERVER) {
    snprintf(path, sizeof path, "%s/%s.pem", bench_data_dir(), name);
    bench_need(SSL_CTX_use_certificate_chain_file(ctx, path) == 1, path);
    snprintf(path, sizeof path, "%s/%s.key", bench_data_dir(), name);
    bench_need(SSL_CTX_use_PrivateKey_file(ctx, path, SSL_FILETYPE_PEM) == 1,
               path);
  } else {
    snprintf(path, sizeof path, "%s/ca.pem", bench_data_dir());
    bench_need(SSL_CTX_load_verify_file(ctx, path) == 1, path);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
  }
  return ctx;
}

void pair_openssl_like_library(SSL_CTX *ctx)
{
  SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  bench_need(
      SSL_CTX_set_cipher_list(ctx,
                              "@SECLEVEL=2:ECDH+AESGCM+AES128:ECDH+"
                              "AESGCM:ECDH+CHACHA20:!aNULL:!eNULL:!aDSS") == 1,
      "ciphers");
  bench_need(
      SSL_CTX_set1_groups_list(ctx, bench_by_version(0, 1) > 0
                                        ? "*X25519MLKEM768/*X25519:P-256/"
                                          "P-384:P-521"
                                        : "X25519:P-256:P-384:P-521") == 1,
      "groups");
}

/* --- naive: both ends' bytes are carried through a buffer --- */

static void carry(SSL *from, SSL *to)
{
  int len;

  while ((len = BIO_read(SSL_get_wbio(from), transport, sizeof transport)) > 0)
    bench_need(BIO_write(SSL_get_rbio(to), transport, len) == len, "BIO_write");
}

static void *open_naive(const struct pair_config *config)
{
  struct openssl_pair *pair = new_pair(config);

  SSL_set_bio(pair->client, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_bio(pair->server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  for (int flight = 0; flight < 4; flight++) {
    SSL_do_handshake(pair->client);
    carry(pair->client, pair->server);
    SSL_do_handshake(pair->server);
    carry(pair->server, pair->client);
  }
  check_established(pair);
  return pair;
}

static void *open_naive_errclear(const struct pair_config *config)
{
  struct openssl_pair *pair = open_naive(config);

  pair->clears_errors = true;
  return pair;
}

static size_t write_naive(void *state, const uint8_t *data, size_t len,
                          uint8_t *wire)
{
  struct openssl_pair *pair = state;
  BIO *out = SSL_get_wbio(pair->client);
  size_t total = 0;
  int part;

  if (pair->clears_errors) ERR_clear_error();
  bench_need(SSL_write(pair->client, data, (int)len) == (int)len, "SSL_write");
  while ((part = BIO_read(out, wire == NULL ? transport : wire + total,
                          sizeof transport)) > 0)
    total += (size_t)part;
  return total;
}

static int read_naive(struct openssl_pair *pair)
{
  if (pair->clears_errors) ERR_clear_error();
  return SSL_read(pair->server, pair_plaintext, sizeof pair_plaintext);
}

static size_t arrive_naive(void *state, const uint8_t *records, size_t len)
{
  struct openssl_pair *pair = state;
  size_t total = 0;
  int part;

  bench_need(
      BIO_write(SSL_get_rbio(pair->server), records, (int)len) == (int)len,
      "BIO_write");
  while ((part = read_naive(pair)) > 0) total += (size_t)part;
  bench_need(SSL_get_error(pair->server, part) == SSL_ERROR_WANT_READ,
             "SSL_read");
  return total;
}

static size_t pass_naive(void *state, const uint8_t *data, size_t len)
{
  struct openssl_pair *pair = state;
  BIO *out = SSL_get_wbio(pair->client);
  size_t total = 0;
  int part;

  if (pair->clears_errors) ERR_clear_error();
  bench_need(SSL_write(pair->client, data, (int)len) == (int)len, "SSL_write");
  while ((part = BIO_read(out, transport, sizeof transport)) > 0)
    total += arrive_naive(pair, transport, (size_t)part);
  return total;
}

/* --- custom: a BIO_METHOD of one's own --- */

static void give_memory(struct flat *flat)
{
  flat->out = malloc(PAIR_WIRE_LEN(PAIR_MAX_WRITE));
  bench_need(flat->out != NULL, "memory");
}

static void *open_custom(const struct pair_config *config)
{
  struct openssl_pair *pair = new_pair(config);
  BIO *client = flat_bio_new(&pair->client_flat);
  BIO *server = flat_bio_new(&pair->server_flat);

  give_memory(&pair->client_flat);
  give_memory(&pair->server_flat);
  SSL_set_bio(pair->client, client, client);
  SSL_set_bio(pair->server, server, server);
  for (int flight = 0; flight < 4; flight++) {
    SSL_do_handshake(pair->client);
    flat_show(&pair->client_flat, &pair->server_flat);
    SSL_do_handshake(pair->server);
    flat_show(&pair->server_flat, &pair->client_flat);
  }
  check_established(pair);
  return pair;
}

static size_t write_custom(void *state, const uint8_t *data, size_t len,
                           uint8_t *wire)
{
  struct openssl_pair *pair = state;
  struct flat *flat = &pair->client_flat;
  size_t total;

  bench_need(SSL_write(pair->client, data, (int)len) == (int)len, "SSL_write");
  total = flat->out_len;
  flat->out_len = 0;
  if (wire != NULL) memcpy(wire, flat->out, total);
  return total;
}

/* Asks only where there is something to be had, as whoever knows records does. */
static size_t arrive_custom(void *state, const uint8_t *records, size_t len)
{
  struct openssl_pair *pair = state;
  size_t total = 0;

  pair->server_flat.in = records;
  pair->server_flat.in_len = len;
  while (pair->server_flat.in_len > 0 || SSL_pending(pair->server) > 0) {
    int part = SSL_read(pair->server, pair_plaintext, sizeof pair_plaintext);
    if (part <= 0) break;
    total += (size_t)part;
  }
  return total;
}

/* All pairs' records go through the same memory: a connection keeps none. */
static size_t pass_custom(void *state, const uint8_t *data, size_t len)
{
  static uint8_t records[PAIR_WIRE_LEN(PAIR_MAX_WRITE)];
  struct openssl_pair *pair = state;
  struct flat *flat = &pair->client_flat;
  uint8_t *own = flat->out;
  size_t wire_len;

  flat->out = records;
  bench_need(SSL_write(pair->client, data, (int)len) == (int)len, "SSL_write");
  wire_len = flat->out_len;
  flat->out = own;
  flat->out_len = 0;
  return arrive_custom(pair, records, wire_len);
}

static void close_pair(void *state)
{
  struct openssl_pair *pair = state;

  SSL_free(pair->client);
  SSL_free(pair->server);
  free(pair->client_flat.out);
  free(pair->server_flat.out);
  free(pair);
}

const struct pair_kind pair_naive = {"naive",     open_naive,   close_pair,
                                     write_naive, arrive_naive, pass_naive};
const struct pair_kind pair_naive_errclear = {
    "naive_errclear", open_naive_errclear, close_pair,
    write_naive,      arrive_naive,        pass_naive};
const struct pair_kind pair_custom = {"custom_bio", open_custom,   close_pair,
                                      write_custom, arrive_custom, pass_custom};

SSL *pair_openssl_client(void *pair)
{
  return ((struct openssl_pair *)pair)->client;
}

SSL *pair_openssl_server(void *pair)
{
  return ((struct openssl_pair *)pair)->server;
}

const char *pair_config_name(const struct pair_config *config)
{
  static const char *const names[2][4] = {
      {"1.2_aes128gcm", "1.2_aes256gcm", "1.2_chacha20", "1.2_defaults"},
      {"1.3_aes128gcm", "1.3_aes256gcm", "1.3_chacha20", "1.3_defaults"}};

  return names[config->version == TLS1_3_VERSION][config->cipher];
}

const char *pair_key_name(enum pair_key key)
{
  return key == PAIR_RSA ? "server-rsa" : "server-ecdsa";
}

static struct openssl_pair *new_pair(const struct pair_config *config)
{
  struct openssl_pair *pair = calloc(1, sizeof *pair);
  SSL_CTX *client = shared_context(STLS_CLIENT, config);
  SSL_CTX *server = shared_context(STLS_SERVER, config);

  bench_need(pair != NULL, "memory");
  pair->client = SSL_new(client);
  pair->server = SSL_new(server);
  bench_need(pair->client != NULL && pair->server != NULL, "SSL_new");
  SSL_set_connect_state(pair->client);
  SSL_set_accept_state(pair->server);
  SSL_set_tlsext_host_name(pair->client, "localhost");
  SSL_set1_host(pair->client, "localhost");
  return pair;
}

/* The last config's contexts, kept to the end of the program. */
static SSL_CTX *shared_context(stls_role role, const struct pair_config *config)
{
  static SSL_CTX *contexts[2];
  static struct pair_config configs[2];
  int i = role == STLS_SERVER;

  if (contexts[i] == NULL ||
      memcmp(config, &configs[i], sizeof configs[i]) != 0) {
    SSL_CTX_free(contexts[i]);
    contexts[i] = pair_openssl_context(role, config);
    configs[i] = *config;
  }
  return contexts[i];
}

static void check_established(const struct openssl_pair *pair)
{
  bench_need(SSL_is_init_finished(pair->client) == 1 &&
                 SSL_is_init_finished(pair->server) == 1,
             "handshake");
}
