/* SPDX-License-Identifier: MIT */
/* port_membio: what is ported: libssl between two BIO_s_mem, both ends. */
/*
 * cc -o port_membio port_membio.c $(pkg-config --cflags --libs openssl)
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>

static SSL_CTX *make_client(const char *ca)
{
  SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
  SSL_CTX_load_verify_locations(ctx, ca, NULL);
  return ctx;
}

static SSL_CTX *make_server(const char *chain, const char *key)
{
  SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate_chain_file(ctx, chain);
  SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM);
  return ctx;
}

static SSL *make_ssl(SSL_CTX *ctx, const char *name)
{
  SSL *ssl = SSL_new(ctx);
  BIO *rbio = BIO_new(BIO_s_mem()), *wbio = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl, rbio, wbio);
  if (name != NULL) {
    SSL_set_tlsext_host_name(ssl, name);
    SSL_set1_host(ssl, name);
    SSL_set_connect_state(ssl);
  } else {
    SSL_set_accept_state(ssl);
  }
  return ssl;
}

static void move(SSL *from, SSL *to)
{
  BIO *wbio = SSL_get_wbio(from), *rbio = SSL_get_rbio(to);
  char records[4096];
  int len;
  while ((len = BIO_read(wbio, records, sizeof records)) > 0)
    BIO_write(rbio, records, len);
}

static int shake_hands(SSL *ssl)
{
  ERR_clear_error();
  int ret = SSL_do_handshake(ssl);
  if (ret == 1) return 1;
  return SSL_get_error(ssl, ret) == SSL_ERROR_WANT_READ ? 0 : -1;
}

/* A record a call; more may wait behind it. */
static int read_all(SSL *ssl, char *data, int cap)
{
  int sum = 0, len;
  for (;;) {
    ERR_clear_error();
    len = SSL_read(ssl, data + sum, cap - sum);
    if (len <= 0) break;
    sum += len;
  }
  switch (SSL_get_error(ssl, len)) {
    case SSL_ERROR_WANT_READ:
      return sum;
    case SSL_ERROR_ZERO_RETURN:
      return sum;
    default:
      return -1;
  }
}

static int is_verified(SSL *ssl)
{
  X509 *peer = SSL_get1_peer_certificate(ssl);
  int good = peer != NULL && SSL_get_verify_result(ssl) == X509_V_OK;
  X509_free(peer);
  return good;
}

int main(void)
{
  SSL_CTX *client_ctx = make_client("ca.pem");
  SSL_CTX *server_ctx = make_server("a.example.pem", "a.example.key");
  SSL *client = make_ssl(client_ctx, "a.example"),
      *server = make_ssl(server_ctx, NULL);
  char data[100];
  int turn = 0, len = -1;
  while (turn++ < 9 && (shake_hands(client) != 1 || shake_hands(server) != 1)) {
    move(client, server);
    (void)shake_hands(server);
    move(server, client);
  }
  if (is_verified(client) && SSL_write(client, "hello", 5) == 5) {
    SSL_shutdown(client);
    move(client, server);
    len = read_all(server, data, sizeof data);
  }
  BIO_set_mem_eof_return(SSL_get_rbio(server),
                         0); /* The transport has ended. */
  if (len > 0) printf("%.*s\n", len, data);
  SSL_free(client);
  SSL_free(server);
  SSL_CTX_free(client_ctx);
  SSL_CTX_free(server_ctx);
  return len > 0 ? 0 : 1;
}
