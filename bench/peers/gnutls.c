/* SPDX-License-Identifier: MIT */
/* gnutls: GnuTLS with push and pull functions. */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <sys/types.h>

#include "peer.h"

#define PRIORITY \
  "NONE:+VERS-TLS1.3:+AES-128-GCM:+AEAD:+GROUP-X25519:+CTYPE-X509:" \
  "+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SHA256"

/* One end: where it sends to and receives from. */
struct end {
  gnutls_session_t session;
  struct wire *out;
  struct wire *in;
};

struct pair {
  struct end client;
  struct end server;
};

static gnutls_certificate_credentials_t trust, credential;
static gnutls_priority_t priority;

static void need(int code, const char *what)
{
  peer_need(code >= 0, what);
}

static ssize_t push(gnutls_transport_ptr_t state, const void *data, size_t len)
{
  struct end *end = state;

  wire_put(end->out, data, len);
  return (ssize_t)len;
}

static ssize_t pull(gnutls_transport_ptr_t state, void *out, size_t len)
{
  struct end *end = state;
  size_t got = wire_take(end->in, out, len);

  if (got > 0) return (ssize_t)got;
  gnutls_transport_set_errno(end->session, EAGAIN);
  return -1;
}

static void start(struct end *end, unsigned flags, struct wire *out,
                  struct wire *in)
{
  end->out = out;
  end->in = in;
  need(gnutls_init(&end->session, flags | GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS),
       "gnutls_init");
  need(gnutls_priority_set(end->session, priority), "priority");
  need(
      gnutls_credentials_set(end->session, GNUTLS_CRD_CERTIFICATE,
                             (flags & GNUTLS_SERVER) != 0 ? credential : trust),
      "credentials");
  gnutls_transport_set_ptr(end->session, end);
  gnutls_transport_set_push_function(end->session, push);
  gnutls_transport_set_pull_function(end->session, pull);
}

static void *open_pair(void)
{
  struct pair *pair = calloc(1, sizeof *pair);
  int a, b;

  peer_need(pair != NULL, "memory");
  start(&pair->client, GNUTLS_CLIENT, &peer_to_server, &peer_to_client);
  start(&pair->server, GNUTLS_SERVER, &peer_to_client, &peer_to_server);
  need(gnutls_server_name_set(pair->client.session, GNUTLS_NAME_DNS,
                              "localhost", 9),
       "server name");
  gnutls_session_set_verify_cert(pair->client.session, "localhost", 0);
  do {
    a = gnutls_handshake(pair->client.session);
    b = gnutls_handshake(pair->server.session);
    peer_need(gnutls_error_is_fatal(a) == 0 && gnutls_error_is_fatal(b) == 0,
              "handshake");
  } while (a < 0 || b < 0);
  peer_need(
      gnutls_group_get(pair->client.session) == GNUTLS_GROUP_X25519 &&
          gnutls_cipher_get(pair->client.session) == GNUTLS_CIPHER_AES_128_GCM,
      "the choice of algorithms");
  return pair;
}

static void close_pair(void *state)
{
  struct pair *pair = state;

  gnutls_deinit(pair->client.session);
  gnutls_deinit(pair->server.session);
  free(pair);
}

static void write_message(void *state, const uint8_t *data, size_t len)
{
  struct pair *pair = state;

  peer_need(gnutls_record_send(pair->client.session, data, len) == (ssize_t)len,
            "gnutls_record_send");
}

static size_t read_message(void *state, uint8_t *out, size_t len)
{
  struct pair *pair = state;
  ssize_t got = gnutls_record_recv(pair->server.session, out, len);

  peer_need(got > 0, "gnutls_record_recv");
  return (size_t)got;
}

int main(int argc, char **argv)
{
  static const struct peer peer = {"gnutls",   "1.3",         open_pair,
                                   close_pair, write_message, read_message};

  peer_begin(argc, argv);
  need(gnutls_priority_init(&priority, PRIORITY, NULL), "priority");
  need(gnutls_certificate_allocate_credentials(&trust), "credentials");
  need(gnutls_certificate_allocate_credentials(&credential), "credentials");
  peer_need(gnutls_certificate_set_x509_trust_file(trust, peer_file("ca.pem"),
                                                   GNUTLS_X509_FMT_PEM) == 1,
            "ca.pem");
  need(gnutls_certificate_set_x509_key_file(
           credential, peer_file("server-ecdsa.pem"),
           peer_file("server-ecdsa.key"), GNUTLS_X509_FMT_PEM),
       "server-ecdsa.pem");
  peer_is("GnuTLS", gnutls_check_version(NULL));
  peer_run(&peer);
  gnutls_certificate_free_credentials(trust);
  gnutls_certificate_free_credentials(credential);
  gnutls_priority_deinit(priority);
  return 0;
}
