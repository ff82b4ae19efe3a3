/* SPDX-License-Identifier: MIT */
/* port_event: what is ported: libevent's OpenSSL filter, as an echo server. */
/*
 * cc -o port_event port_event.c $(pkg-config --cflags --libs libevent_openssl openssl)
 * ./port_event PORT CHAIN.pem KEY.pem
 */
#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_plaintext(struct bufferevent *bev, void *unused)
{
  (void)unused;
  bufferevent_write_buffer(bev, bufferevent_get_input(bev));
}

static void on_event(struct bufferevent *bev, short events, void *unused)
{
  unsigned long code;
  (void)unused;
  if (events & BEV_EVENT_CONNECTED) return;
  while ((code = bufferevent_get_openssl_error(bev)) != 0)
    fprintf(stderr, "%s\n", ERR_reason_error_string(code));
  bufferevent_free(bev);
}

static void on_connection(struct evconnlistener *listener, evutil_socket_t fd,
                          struct sockaddr *address, int len, void *ctx)
{
  (void)address, (void)len;
  struct bufferevent *bev = bufferevent_openssl_socket_new(
      evconnlistener_get_base(listener), fd, SSL_new(ctx),
      BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
  if (bev == NULL) return;
  bufferevent_setcb(bev, on_plaintext, NULL, on_event, NULL);
  bufferevent_enable(bev, EV_READ | EV_WRITE);
}

int main(int argc, char **argv)
{
  if (argc != 4) return 2;
  struct sockaddr_in address = {.sin_family = AF_INET};
  struct event_base *base = event_base_new();
  SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
  address.sin_port = htons((unsigned short)atoi(argv[1]));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (base == NULL || ctx == NULL ||
      SSL_CTX_use_certificate_chain_file(ctx, argv[2]) != 1 ||
      SSL_CTX_use_PrivateKey_file(ctx, argv[3], SSL_FILETYPE_PEM) != 1)
    return 1;
  struct evconnlistener *listener = evconnlistener_new_bind(
      base, on_connection, ctx, LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_FREE, -1,
      (struct sockaddr *)&address, sizeof address);
  if (listener == NULL) return 1;
  signal(SIGPIPE, SIG_IGN);
  printf("listening on port %s\n", argv[1]);
  fflush(stdout);
  return event_base_dispatch(base);
}
