/* SPDX-License-Identifier: MIT */
/* event_listen: listens on the loopback, both families, with libevent. */
#ifndef EMBED_EVENT_LISTEN_H
#define EMBED_EVENT_LISTEN_H

#include <event2/event.h>
#include <event2/listener.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loopback.h"

/* The first four are the caller's to set; the others are zero at first. */
typedef struct event_listen {
  struct event_base *base;
  const char *program; /* For the log. */
  void (*on_connection)(evutil_socket_t fd, void *data);
  void *data;
  struct evconnlistener *listeners[LOOPBACK_MAX];
  size_t num_listeners;
} event_listen;

/*
 * Listens on `port`, where 0 lets the system choose, and says so on stdout. A
 * process that cannot accept, mostly for want of a descriptor, logs it and tries
 * again each second.
 *
 * False: errno says why. The struct lives until event_listen_end, which is
 * called in both cases.
 */
bool event_listen_start(event_listen *it, uint16_t port);
void event_listen_end(event_listen *it);

#endif
