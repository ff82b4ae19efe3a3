/* SPDX-License-Identifier: MIT */
/* event_listen: listens on the loopback, both families, with libevent. */
#include "event_listen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void on_accepted(struct evconnlistener *listener, evutil_socket_t fd,
                        struct sockaddr *address, int address_len, void *data)
{
  event_listen *it = data;
  (void)listener;
  (void)address;
  (void)address_len;
  it->on_connection(fd, it->data);
}

static void accept_again(evutil_socket_t none, short what, void *data)
{
  event_listen *it = data;
  (void)none;
  (void)what;
  for (size_t i = 0; i < it->num_listeners; i++) {
    evconnlistener_enable(it->listeners[i]);
  }
}

/* The connection stays in the queue of the kernel. Without a pause libevent
 * would make this call again at once, for as long as it does. */
static void on_error(struct evconnlistener *listener, void *data)
{
  event_listen *it = data;
  struct timeval second = {.tv_sec = 1};
  fprintf(stderr, "%s: accept: %s\n", it->program, strerror(errno));
  evconnlistener_disable(listener);
  if (event_base_once(it->base, -1, EV_TIMEOUT, accept_again, it, &second) <
      0) {
    evconnlistener_enable(listener);
  }
}

static bool listen_on(event_listen *it, int fd)
{
  struct evconnlistener *listener = evconnlistener_new(
      it->base, on_accepted, it, LEV_OPT_CLOSE_ON_FREE, 512, fd);
  if (listener == NULL) {
    evutil_closesocket(fd);
    return false;
  }
  evconnlistener_set_error_cb(listener, on_error);
  it->listeners[it->num_listeners++] = listener;
  return true;
}

bool event_listen_start(event_listen *it, uint16_t port)
{
  int fds[LOOPBACK_MAX];
  size_t num_fds = 0;
  bool listens = true;
  errno = loopback_bind(port, fds, &num_fds, &port);
  if (errno != 0) return false;
  for (size_t i = 0; i < num_fds; i++) {
    listens = listen_on(it, fds[i]) && listens;
  }
  if (!listens) return false;
  if (num_fds < LOOPBACK_MAX) printf("on one family of addresses only\n");
  printf("listening on %d\n", port);
  return fflush(stdout) == 0;
}

void event_listen_end(event_listen *it)
{
  while (it->num_listeners > 0) {
    evconnlistener_free(it->listeners[--it->num_listeners]);
  }
}
