/* SPDX-License-Identifier: MIT */
/* shake_openssl: repeats handshakes of SSLs, over BIO_s_mem or over flat. */
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "flat.h"
#include "shake.h"

/* More than any flight of these handshakes takes. */
#define FLIGHT_MAX 16384

struct shaker {
  SSL_CTX *client;
  SSL_CTX *server;
  SSL_SESSION *session;
  unsigned flags;
};

struct ends {
  SSL *client;
  SSL *server;
  bool is_custom;
  struct flat client_flat;
  struct flat server_flat;
  uint8_t memory[2][FLIGHT_MAX];
};

static void add_ca(SSL_CTX *ctx);
static void connect_ends(const struct shaker *shaker, struct ends *ends);
static void make_ends(const struct shaker *shaker, struct ends *ends);
static void set_bios(struct ends *ends);
static void carry(struct ends *ends, bool from_client);
static void say_byte(struct ends *ends);
static SSL_SESSION *obtain_session(const struct shaker *shaker);
static void free_ends(const struct ends *ends);

static void *open_shaker(const struct pair_config *config, unsigned flags)
{
  struct shaker *shaker = calloc(1, sizeof *shaker);

  bench_need(shaker != NULL, "memory");
  shaker->flags = flags;
  shaker->client = pair_openssl_context(STLS_CLIENT, config);
  shaker->server = pair_openssl_context(STLS_SERVER, config);
  if (flags & SHAKE_SERVER_HAS_CA) add_ca(shaker->server);
  if (flags & SHAKE_LIKE_LIBRARY) {
    pair_openssl_like_library(shaker->client);
    pair_openssl_like_library(shaker->server);
  }
  if (flags & SHAKE_NO_TICKETS) SSL_CTX_set_num_tickets(shaker->server, 0);
  if (flags & SHAKE_RESUMED) shaker->session = obtain_session(shaker);
  return shaker;
}

static double shake_once(const void *state)
{
  const struct shaker *shaker = state;
  double began = bench_now_ns();
  struct ends ends;

  connect_ends(shaker, &ends);
  if (shaker->flags & SHAKE_AND_BYTE) say_byte(&ends);
  began = bench_now_ns() - began;
  bench_need(SSL_get_verify_result(ends.client) == X509_V_OK, "verification");
  bench_need(SSL_session_reused(ends.client) == (shaker->session != NULL),
             "resumption");
  free_ends(&ends);
  return began;
}

static void close_shaker(void *state)
{
  struct shaker *shaker = state;

  SSL_SESSION_free(shaker->session);
  SSL_CTX_free(shaker->client);
  SSL_CTX_free(shaker->server);
  free(shaker);
}

const struct shake_kind shake_openssl = {open_shaker, shake_once, close_shaker};

static void add_ca(SSL_CTX *ctx)
{
  char path[4096];

  snprintf(path, sizeof path, "%s/ca.pem", bench_data_dir());
  bench_need(SSL_CTX_load_verify_file(ctx, path) == 1, path);
}

static void connect_ends(const struct shaker *shaker, struct ends *ends)
{
  int client, server;

  make_ends(shaker, ends);
  for (int flight = 0; flight < 4; flight++) {
    client = SSL_do_handshake(ends->client);
    carry(ends, true);
    server = SSL_do_handshake(ends->server);
    /* Behind it may be tickets, which nobody has to read. */
    if (client == 1 && server == 1) return;
    carry(ends, false);
  }
  bench_need(false, "handshake");
}

static void make_ends(const struct shaker *shaker, struct ends *ends)
{
  ends->client = SSL_new(shaker->client);
  ends->server = SSL_new(shaker->server);
  ends->is_custom = (shaker->flags & SHAKE_CUSTOM_BIO) != 0;
  bench_need(ends->client != NULL && ends->server != NULL, "SSL_new");
  set_bios(ends);
  SSL_set_connect_state(ends->client);
  SSL_set_accept_state(ends->server);
  bench_need(SSL_set_tlsext_host_name(ends->client, "localhost") == 1 &&
                 SSL_set1_host(ends->client, "localhost") == 1,
             "name");
  if (shaker->session != NULL)
    bench_need(SSL_set_session(ends->client, shaker->session) == 1, "session");
}

static void set_bios(struct ends *ends)
{
  BIO *client, *server;

  if (!ends->is_custom) {
    SSL_set_bio(ends->client, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_bio(ends->server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    return;
  }
  ends->client_flat = (struct flat){NULL, 0, ends->memory[0], 0};
  ends->server_flat = (struct flat){NULL, 0, ends->memory[1], 0};
  client = flat_bio_new(&ends->client_flat);
  server = flat_bio_new(&ends->server_flat);
  SSL_set_bio(ends->client, client, client);
  SSL_set_bio(ends->server, server, server);
}

static void carry(struct ends *ends, bool from_client)
{
  SSL *from = from_client ? ends->client : ends->server;
  SSL *to = from_client ? ends->server : ends->client;
  uint8_t part[4096];
  int len;

  if (ends->is_custom && from_client)
    flat_show(&ends->client_flat, &ends->server_flat);
  else if (ends->is_custom)
    flat_show(&ends->server_flat, &ends->client_flat);
  else
    while ((len = BIO_read(SSL_get_wbio(from), part, sizeof part)) > 0)
      bench_need(BIO_write(SSL_get_rbio(to), part, len) == len, "BIO_write");
}

static void say_byte(struct ends *ends)
{
  uint8_t byte = 0;

  bench_need(SSL_write(ends->server, "x", 1) == 1, "SSL_write");
  carry(ends, false);
  bench_need(SSL_read(ends->client, &byte, 1) == 1 && byte == 'x', "the byte");
}

static SSL_SESSION *obtain_session(const struct shaker *shaker)
{
  struct ends ends;
  SSL_SESSION *session;

  connect_ends(shaker, &ends);
  say_byte(&ends);
  session = SSL_get1_session(ends.client);
  bench_need(SSL_SESSION_is_resumable(session) == 1, "a session");
  free_ends(&ends);
  return session;
}

/* As after close_notify: SSL_free takes a session for spoilt otherwise. */
static void free_ends(const struct ends *ends)
{
  SSL_set_shutdown(ends->client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_set_shutdown(ends->server, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ends->client);
  SSL_free(ends->server);
}
