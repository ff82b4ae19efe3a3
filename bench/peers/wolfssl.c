/* SPDX-License-Identifier: MIT */
/* wolfssl: wolfSSL with send and receive callbacks. */
/* clang-format off: the options come first. */
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
/* clang-format on */
#include <stdlib.h>

#include "peer.h"

struct pair {
  WOLFSSL *client;
  WOLFSSL *server;
};

static WOLFSSL_CTX *clients, *servers;

static int put(WOLFSSL *ssl, char *data, int len, void *state)
{
  (void)ssl;
  wire_put(state, data, (size_t)len);
  return len;
}

static int take(WOLFSSL *ssl, char *out, int len, void *state)
{
  size_t got = wire_take(state, out, (size_t)len);

  (void)ssl;
  return got > 0 ? (int)got : WOLFSSL_CBIO_ERR_WANT_READ;
}

static WOLFSSL *start(WOLFSSL_CTX *ctx, struct wire *out, struct wire *in)
{
  WOLFSSL *ssl = wolfSSL_new(ctx);

  peer_need(ssl != NULL, "wolfSSL_new");
  wolfSSL_SetIOWriteCtx(ssl, out);
  wolfSSL_SetIOReadCtx(ssl, in);
  return ssl;
}

static bool is_waiting(WOLFSSL *ssl, int result)
{
  return wolfSSL_get_error(ssl, result) == WOLFSSL_ERROR_WANT_READ;
}

static void *open_pair(void)
{
  struct pair *pair = calloc(1, sizeof *pair);
  int a, b;

  peer_need(pair != NULL, "memory");
  pair->client = start(clients, &peer_to_server, &peer_to_client);
  pair->server = start(servers, &peer_to_client, &peer_to_server);
  peer_need(wolfSSL_UseSNI(pair->client, WOLFSSL_SNI_HOST_NAME, "localhost",
                           9) == WOLFSSL_SUCCESS &&
                wolfSSL_check_domain_name(pair->client, "localhost") ==
                    WOLFSSL_SUCCESS &&
                wolfSSL_UseKeyShare(pair->client, WOLFSSL_ECC_X25519) ==
                    WOLFSSL_SUCCESS,
            "the client's settings");
  do {
    a = wolfSSL_connect(pair->client);
    b = wolfSSL_accept(pair->server);
    peer_need((a == WOLFSSL_SUCCESS || is_waiting(pair->client, a)) &&
                  (b == WOLFSSL_SUCCESS || is_waiting(pair->server, b)),
              "handshake");
  } while (a != WOLFSSL_SUCCESS || b != WOLFSSL_SUCCESS);
  return pair;
}

static void close_pair(void *state)
{
  struct pair *pair = state;

  wolfSSL_free(pair->client);
  wolfSSL_free(pair->server);
  free(pair);
}

static void write_message(void *state, const uint8_t *data, size_t len)
{
  struct pair *pair = state;

  peer_need(wolfSSL_write(pair->client, data, (int)len) == (int)len,
            "wolfSSL_write");
}

static size_t read_message(void *state, uint8_t *out, size_t len)
{
  struct pair *pair = state;
  int got = wolfSSL_read(pair->server, out, (int)len);

  peer_need(got > 0, "wolfSSL_read");
  return (size_t)got;
}

static WOLFSSL_CTX *configure(WOLFSSL_METHOD *method)
{
  WOLFSSL_CTX *ctx = wolfSSL_CTX_new(method);

  peer_need(ctx != NULL &&
                wolfSSL_CTX_set_cipher_list(ctx, "TLS13-AES128-GCM-SHA256") ==
                    WOLFSSL_SUCCESS,
            "wolfSSL_CTX_new");
  wolfSSL_CTX_SetIOSend(ctx, put);
  wolfSSL_CTX_SetIORecv(ctx, take);
  return ctx;
}

int main(int argc, char **argv)
{
  static const struct peer peer = {"wolfssl",  "1.3",         open_pair,
                                   close_pair, write_message, read_message};

  peer_begin(argc, argv);
  peer_need(wolfSSL_Init() == WOLFSSL_SUCCESS, "wolfSSL_Init");
  clients = configure(wolfTLSv1_3_client_method());
  servers = configure(wolfTLSv1_3_server_method());
  peer_need(wolfSSL_CTX_load_verify_locations(clients, peer_file("ca.pem"),
                                              NULL) == WOLFSSL_SUCCESS,
            "ca.pem");
  wolfSSL_CTX_set_verify(clients, WOLFSSL_VERIFY_PEER, NULL);
  peer_need(wolfSSL_CTX_use_certificate_chain_file(
                servers, peer_file("server-ecdsa.pem")) == WOLFSSL_SUCCESS &&
                wolfSSL_CTX_use_PrivateKey_file(
                    servers, peer_file("server-ecdsa.key"),
                    WOLFSSL_FILETYPE_PEM) == WOLFSSL_SUCCESS,
            "server-ecdsa.pem");
  peer_need(wolfSSL_CTX_no_ticket_TLSv13(servers) == 0, "no tickets");
  peer_is("wolfSSL", wolfSSL_lib_version());
  peer_run(&peer);
  wolfSSL_CTX_free(clients);
  wolfSSL_CTX_free(servers);
  wolfSSL_Cleanup();
  return 0;
}
