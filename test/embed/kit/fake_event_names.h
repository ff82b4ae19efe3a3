/* SPDX-License-Identifier: MIT */
/* fake_event_names: puts the functions of fake_event in the place of libevent's. */
#ifndef FAKE_EVENT_NAMES_H
#define FAKE_EVENT_NAMES_H

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <sys/socket.h>

/* Each has the contract of the function whose name it takes below. */
struct bufferevent *fake_event_socket_new(struct event_base *base,
                                          evutil_socket_t fd, int options);
int fake_event_socket_connect(struct bufferevent *socket,
                              const struct sockaddr *address, int len);
evutil_socket_t fake_event_getfd(struct bufferevent *socket);
void fake_event_socket_free(struct bufferevent *socket);
int fake_event_shutdown(int fd, int how);
int fake_event_add(struct event *event, const struct timeval *timeout);
int fake_event_del(struct event *event);
void fake_event_free(struct event *event);
int fake_event_once(struct event_base *base, evutil_socket_t fd, short what,
                    event_callback_fn callback, void *arg,
                    const struct timeval *timeout);
int fake_event_dispatch(struct event_base *base);
struct evconnlistener *fake_event_listener_new(struct event_base *base,
                                               evconnlistener_cb callback,
                                               void *arg, unsigned flags,
                                               int backlog, evutil_socket_t fd);
struct evconnlistener *fake_event_listener_new_bind(
    struct event_base *base, evconnlistener_cb callback, void *arg,
    unsigned flags, int backlog, const struct sockaddr *address, int len);
void fake_event_listener_set_error_cb(struct evconnlistener *listener,
                                      evconnlistener_errorcb callback);
void fake_event_listener_free(struct evconnlistener *listener);

/* fake_event.c itself needs libevent's. */
#ifndef FAKE_EVENT_IS_REAL
#define bufferevent_socket_new fake_event_socket_new
#define bufferevent_socket_connect fake_event_socket_connect
#define bufferevent_getfd fake_event_getfd
#define bufferevent_free fake_event_socket_free
#define shutdown fake_event_shutdown
#define event_add fake_event_add
#define event_del fake_event_del
#define event_free fake_event_free
#define event_base_once fake_event_once
#define event_base_dispatch fake_event_dispatch
#define evconnlistener_new fake_event_listener_new
#define evconnlistener_new_bind fake_event_listener_new_bind
#define evconnlistener_set_error_cb fake_event_listener_set_error_cb
#define evconnlistener_free fake_event_listener_free
#endif

#endif
