/* SPDX-License-Identifier: MIT */
/* libevent: the filter bufferevent_openssl over a pair of bufferevents. */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"

struct pair {
  struct bufferevent *client;
  struct bufferevent *server;
  int num_connected;
};

static struct event_base *base;
static SSL_CTX *clients, *servers;

static void on_event(struct bufferevent *bev, short what, void *state)
{
  struct pair *pair = state;

  (void)bev;
  peer_need((what & BEV_EVENT_ERROR) == 0, "handshake");
  if ((what & BEV_EVENT_CONNECTED) != 0) pair->num_connected++;
}

static struct bufferevent *start(SSL_CTX *ctx, struct bufferevent *under,
                                 struct pair *pair)
{
  bool is_client = ctx == clients;
  SSL *ssl = SSL_new(ctx);
  struct bufferevent *bev;

  peer_need(ssl != NULL, "SSL_new");
  if (is_client)
    peer_need(SSL_set_tlsext_host_name(ssl, "localhost") == 1 &&
                  SSL_set1_host(ssl, "localhost") == 1,
              "server name");
  bev = bufferevent_openssl_filter_new(
      base, under, ssl,
      is_client ? BUFFEREVENT_SSL_CONNECTING : BUFFEREVENT_SSL_ACCEPTING,
      BEV_OPT_CLOSE_ON_FREE);
  peer_need(bev != NULL, "bufferevent_openssl_filter_new");
  bufferevent_setcb(bev, NULL, NULL, on_event, pair);
  bufferevent_enable(bev, EV_READ | EV_WRITE);
  return bev;
}

static void *open_pair(void)
{
  struct pair *pair = calloc(1, sizeof *pair);
  struct bufferevent *under[2];

  peer_need(pair != NULL &&
                bufferevent_pair_new(base, BEV_OPT_CLOSE_ON_FREE, under) == 0,
            "bufferevent_pair_new");
  pair->client = start(clients, under[0], pair);
  pair->server = start(servers, under[1], pair);
  while (pair->num_connected < 2)
    peer_need(event_base_loop(base, EVLOOP_ONCE) == 0, "handshake");
  return pair;
}

static void close_pair(void *state)
{
  struct pair *pair = state;

  bufferevent_free(pair->client);
  bufferevent_free(pair->server);
  /* libevent frees what is under a filter in a later turn of the loop. */
  event_base_loop(base, EVLOOP_NONBLOCK);
  free(pair);
}

/* Writes and reads: the plaintext is used where the filter has put it. */
static void exchange(void *state, const uint8_t *data, size_t len)
{
  struct pair *pair = state;
  struct evbuffer *input = bufferevent_get_input(pair->server);

  peer_need(bufferevent_write(pair->client, data, len) == 0,
            "bufferevent_write");
  while (evbuffer_get_length(input) < len)
    peer_need(event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK) == 0,
              "the loop");
  peer_need(evbuffer_get_length(input) == len, "reading what was written");
  evbuffer_drain(input, len);
}

/* Once more with a look at what arrives. */
static void check(void)
{
  static uint8_t sent[PEER_MAX_MESSAGE], got[PEER_MAX_MESSAGE];
  struct pair *pair = open_pair();
  struct evbuffer *input = bufferevent_get_input(pair->server);

  memset(sent, 'x', sizeof sent);
  bufferevent_write(pair->client, sent, sizeof sent);
  while (evbuffer_get_length(input) < sizeof sent)
    peer_need(event_base_loop(base, EVLOOP_ONCE) == 0, "the loop");
  evbuffer_remove(input, got, sizeof got);
  peer_need(memcmp(sent, got, sizeof got) == 0, "reading what was written");
  close_pair(pair);
}

static SSL_CTX *configure(const SSL_METHOD *method)
{
  SSL_CTX *ctx = SSL_CTX_new(method);

  peer_need(ctx != NULL &&
                SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
                SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256") == 1 &&
                SSL_CTX_set1_groups_list(ctx, "X25519") == 1,
            "SSL_CTX_new");
  return ctx;
}

int main(int argc, char **argv)
{
  static const struct peer peer = {"libevent", "1.3",    open_pair,
                                   close_pair, exchange, NULL};

  peer_begin(argc, argv);
  base = event_base_new();
  clients = configure(TLS_client_method());
  servers = configure(TLS_server_method());
  peer_need(base != NULL &&
                SSL_CTX_load_verify_file(clients, peer_file("ca.pem")) == 1,
            "ca.pem");
  SSL_CTX_set_verify(clients, SSL_VERIFY_PEER, NULL);
  peer_need(
      SSL_CTX_use_certificate_chain_file(servers,
                                         peer_file("server-ecdsa.pem")) == 1 &&
          SSL_CTX_use_PrivateKey_file(servers, peer_file("server-ecdsa.key"),
                                      SSL_FILETYPE_PEM) == 1 &&
          SSL_CTX_set_num_tickets(servers, 0) == 1,
      "server-ecdsa.pem");
  peer_is("libevent", event_get_version());
  peer_is("with", OpenSSL_version(OPENSSL_VERSION));
  check();
  peer_run(&peer);
  SSL_CTX_free(clients);
  SSL_CTX_free(servers);
  event_base_free(base);
  return 0;
}
