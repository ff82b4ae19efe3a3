/* SPDX-License-Identifier: MIT */
/* fleet_client: drives the client ends of the connections. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "bench.h"
#include "fleet.h"

static SSL *connect_ssl(SSL_CTX *ctx, uint16_t port, unsigned max_seconds);
static int connect_socket(uint16_t port, unsigned max_seconds);
static void exchange(SSL *ssl);
static void tell(int control);
static void await_word(int control);

void fleet_visit(const struct fleet_plan *plan, uint16_t port, int control)
{
  SSL_CTX *ctx = pair_openssl_context(STLS_CLIENT, &plan->config);
  SSL **ends = calloc(plan->num_connections, sizeof *ends);

  bench_need(ends != NULL, "memory");
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
  for (size_t i = 0; i < FLEET_NUM_FIRST; i++)
    exchange(connect_ssl(ctx, port, plan->max_seconds));
  tell(control);
  await_word(control);
  /* All are open before the first sends, as on a server that is busy. */
  for (size_t i = 0; i < plan->num_connections; i++) {
    if (i % 100 == 0) bench_progress("connections", i, plan->num_connections);
    ends[i] = connect_ssl(ctx, port, plan->max_seconds);
  }
  bench_progress_end();
  for (size_t i = 0; i < plan->num_connections; i++) exchange(ends[i]);
  tell(control);
  await_word(control);
}

static SSL *connect_ssl(SSL_CTX *ctx, uint16_t port, unsigned max_seconds)
{
  SSL *ssl = SSL_new(ctx);

  bench_need(ssl != NULL, "SSL_new");
  SSL_set_tlsext_host_name(ssl, "localhost");
  SSL_set1_host(ssl, "localhost");
  bench_need(SSL_set_fd(ssl, connect_socket(port, max_seconds)) == 1,
             "SSL_set_fd");
  bench_need(SSL_connect(ssl) == 1, "SSL_connect");
  return ssl;
}

static int connect_socket(uint16_t port, unsigned max_seconds)
{
  /* A reset at the end leaves no port behind to wait. */
  struct linger reset = {1, 0};
  struct timeval patience = {(time_t)max_seconds, 0};
  struct sockaddr_in address;
  int end = socket(AF_INET, SOCK_STREAM, 0);

  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  bench_need(end >= 0, "socket");
  setsockopt(end, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  setsockopt(end, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(end, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  bench_need(connect(end, (struct sockaddr *)&address, sizeof address) == 0,
             "connect");
  return end;
}

static void exchange(SSL *ssl)
{
  static uint8_t sent[FLEET_MESSAGE_LEN], got[FLEET_MESSAGE_LEN];
  size_t total = 0;

  bench_fill(sent, sizeof sent);
  bench_need(SSL_write(ssl, sent, sizeof sent) == sizeof sent, "SSL_write");
  while (total < sizeof got) {
    int part = SSL_read(ssl, got + total, (int)(sizeof got - total));
    bench_need(part > 0, "SSL_read");
    total += (size_t)part;
  }
  bench_need(memcmp(sent, got, sizeof sent) == 0, "reading what was sent");
}

static void tell(int control)
{
  bench_need(write(control, "d", 1) == 1, "telling the server");
}

/* Or the end of the server. */
static void await_word(int control)
{
  char word;

  bench_need(read(control, &word, 1) >= 0, "hearing from the server");
}
