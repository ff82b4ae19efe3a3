/* SPDX-License-Identifier: MIT */
/* deferred: has libevent defer its callbacks, and call on_written too early. */
#ifndef EMBED_DEFERRED_H
#define EMBED_DEFERRED_H

#include <event2/bufferevent.h>
#include <event2/event.h>

/*
 * The programs x_deferred are x.c with this header in front of it.
 *
 * A deferred write callback may belong to an earlier moment at which the
 * output buffer was empty: the read callback of the same turn runs first, and
 * has filled it again. libevent 2.1 does that to an accepted socket whose peer
 * speaks at once, and bufferevent_trigger does it at any time. A program that
 * takes the callback for "written" frees memory that is still to be written.
 */
static inline struct evbuffer *
trigger_and_get_output(struct bufferevent *socket)
{
  static unsigned num_calls; /* Each time would not end: on_written asks, too. */
  if (++num_calls % 4 == 0) {
    bufferevent_trigger(socket, EV_WRITE,
                        BEV_OPT_DEFER_CALLBACKS | BEV_TRIG_IGNORE_WATERMARKS);
  }
  return bufferevent_get_output(socket);
}

#define bufferevent_get_output trigger_and_get_output
#define bufferevent_socket_new(base, fd, options) \
  bufferevent_socket_new(base, fd, (options) | BEV_OPT_DEFER_CALLBACKS)

#endif
