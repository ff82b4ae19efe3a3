/* SPDX-License-Identifier: MIT */
/* bearssl: BearSSL's engine, driven by hand; it ends at TLS 1.2. */
#include <bearssl.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"

enum {
  MAX_PART = 8192
};

struct pair {
  br_ssl_client_context client;
  br_ssl_server_context server;
  br_x509_minimal_context verifier;
  uint8_t client_buffer[BR_SSL_BUFSIZE_BIDI];
  uint8_t server_buffer[BR_SSL_BUFSIZE_BIDI];
};

/* Bytes that a decoder hands out piece by piece. */
struct bytes {
  uint8_t data[MAX_PART];
  size_t len;
};

static struct bytes ca_der, ca_name, chain_der;
static br_x509_decoder_context ca;
static br_skey_decoder_context key;
static br_x509_trust_anchor anchor;
static br_x509_certificate chain;

static void append(void *state, const void *data, size_t len)
{
  struct bytes *bytes = state;

  peer_need(len <= sizeof bytes->data - bytes->len, "room");
  memcpy(bytes->data + bytes->len, data, len);
  bytes->len += len;
}

static bool is_shaken(const br_ssl_engine_context *engine)
{
  return (br_ssl_engine_current_state(engine) & BR_SSL_SENDAPP) != 0;
}

/* Everything that can go out and come in at one end. */
static void move(br_ssl_engine_context *engine, struct wire *out,
                 struct wire *in)
{
  size_t len, part;
  unsigned char *bytes;

  while ((bytes = br_ssl_engine_sendrec_buf(engine, &len)) != NULL) {
    wire_put(out, bytes, len);
    br_ssl_engine_sendrec_ack(engine, len);
  }
  while ((bytes = br_ssl_engine_recvrec_buf(engine, &len)) != NULL) {
    part = wire_take(in, bytes, len);
    if (part == 0) return;
    br_ssl_engine_recvrec_ack(engine, part);
  }
}

static void *open_pair(void)
{
  static const uint16_t suite = BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
  struct pair *pair = malloc(sizeof *pair);
  br_ssl_engine_context *client, *server;

  peer_need(pair != NULL, "memory");
  client = &pair->client.eng;
  server = &pair->server.eng;
  br_ssl_client_init_full(&pair->client, &pair->verifier, &anchor, 1);
  br_ssl_server_init_full_ec(&pair->server, &chain, 1, BR_KEYTYPE_EC,
                             br_skey_decoder_get_ec(&key));
  br_ssl_engine_set_suites(client, &suite, 1);
  br_ssl_engine_set_suites(server, &suite, 1);
  br_ssl_engine_set_buffer(client, pair->client_buffer,
                           sizeof pair->client_buffer, 1);
  br_ssl_engine_set_buffer(server, pair->server_buffer,
                           sizeof pair->server_buffer, 1);
  peer_need(br_ssl_client_reset(&pair->client, "localhost", 0) == 1 &&
                br_ssl_server_reset(&pair->server) == 1,
            "reset");
  for (int i = 0; i < 8 && !(is_shaken(client) && is_shaken(server)); i++) {
    move(client, &peer_to_server, &peer_to_client);
    move(server, &peer_to_client, &peer_to_server);
  }
  peer_need(is_shaken(client) && is_shaken(server), "handshake");
  peer_need(br_ssl_engine_get_ecdhe_curve(client) == BR_EC_curve25519,
            "X25519");
  return pair;
}

static void close_pair(void *pair)
{
  free(pair);
}

static void write_message(void *state, const uint8_t *data, size_t len)
{
  br_ssl_engine_context *engine = &((struct pair *)state)->client.eng;
  size_t room;

  while (len > 0) {
    unsigned char *space = br_ssl_engine_sendapp_buf(engine, &room);
    size_t part = room < len ? room : len;
    peer_need(space != NULL, "room to write");
    memcpy(space, data, part);
    br_ssl_engine_sendapp_ack(engine, part);
    br_ssl_engine_flush(engine, 0);
    while ((space = br_ssl_engine_sendrec_buf(engine, &room)) != NULL) {
      wire_put(&peer_to_server, space, room);
      br_ssl_engine_sendrec_ack(engine, room);
    }
    data += part;
    len -= part;
  }
}

static size_t read_message(void *state, uint8_t *out, size_t len)
{
  br_ssl_engine_context *engine = &((struct pair *)state)->server.eng;
  size_t room = 0, got = 0, total = 0;
  unsigned char *bytes;

  for (;;) {
    while ((bytes = br_ssl_engine_recvapp_buf(engine, &room)) != NULL) {
      peer_need(room <= len - total, "room to read");
      memcpy(out + total, bytes, room);
      br_ssl_engine_recvapp_ack(engine, room);
      total += room;
    }
    bytes = br_ssl_engine_recvrec_buf(engine, &room);
    if (bytes == NULL || (got = wire_take(&peer_to_server, bytes, room)) == 0)
      return total;
    br_ssl_engine_recvrec_ack(engine, got);
  }
}

/* The first object of a PEM file. */
static void load_pem(const char *name, struct bytes *out)
{
  br_pem_decoder_context pem;
  size_t len;
  uint8_t *text = peer_load(name, &len);
  bool is_open = false;

  br_pem_decoder_init(&pem);
  for (size_t at = 0; at < len;) {
    at += br_pem_decoder_push(&pem, text + at, len - at);
    switch (br_pem_decoder_event(&pem)) {
      case BR_PEM_BEGIN_OBJ:
        is_open = out->len == 0;
        br_pem_decoder_setdest(&pem, is_open ? append : NULL, out);
        break;
      case BR_PEM_ERROR:
        peer_need(false, name);
        break;
      default:
        break;
    }
  }
  free(text);
  peer_need(out->len > 0, name);
}

static void load(void)
{
  struct bytes key_der = {.len = 0};

  load_pem("ca.pem", &ca_der);
  br_x509_decoder_init(&ca, append, &ca_name);
  br_x509_decoder_push(&ca, ca_der.data, ca_der.len);
  peer_need(br_x509_decoder_get_pkey(&ca) != NULL, "ca.pem");
  anchor.dn.data = ca_name.data;
  anchor.dn.len = ca_name.len;
  anchor.pkey = *br_x509_decoder_get_pkey(&ca);
  anchor.flags = BR_X509_TA_CA;
  load_pem("server-ecdsa.pem", &chain_der);
  chain.data = chain_der.data;
  chain.data_len = chain_der.len;
  load_pem("server-ecdsa.key", &key_der);
  br_skey_decoder_init(&key);
  br_skey_decoder_push(&key, key_der.data, key_der.len);
  peer_need(br_skey_decoder_key_type(&key) == BR_KEYTYPE_EC,
            "server-ecdsa.key");
}

int main(int argc, char **argv)
{
  static const struct peer peer = {"bearssl",  "1.2",         open_pair,
                                   close_pair, write_message, read_message};

  peer_begin(argc, argv);
  load();
  peer_is("BearSSL,", "whose headers tell no version");
  peer_run(&peer);
  return 0;
}
