/* SPDX-License-Identifier: MIT */
/* fake_event_world: the connections and timers of fake_event, for its own files. */
#ifndef FAKE_EVENT_WORLD_H
#define FAKE_EVENT_WORLD_H

#define FAKE_EVENT_IS_REAL
#include <stddef.h>
#include <stdint.h>

#include "fake_event.h"
#include "fake_event_names.h"

enum {
  FAKE_EVENT_FIRST_FD = 1 << 20, /* No descriptor of the system. */
  FAKE_EVENT_MAX_TIMERS = 4 * FAKE_EVENT_MAX
};

/* A bufferevent of the program. */
typedef struct fake_event_conn {
  fake_line *line; /* NULL: not connected. */
  struct bufferevent *socket, *wire;
  bool is_connecting, is_connected, has_ended, has_failed, is_shut;
  uint64_t read_due_ms, write_due_ms;
  char *lent; /* What is in the output buffer, as it was when it came. */
  size_t lent_len;
} fake_event_conn;

/* A timer that runs: an event, or a callback for once. */
typedef struct fake_event_timer {
  struct event *event;
  event_callback_fn callback;
  void *arg;
  uint64_t due_ms;
} fake_event_timer;

typedef struct fake_event_world {
  uint64_t now_ms;
  fake_line lines[FAKE_EVENT_MAX];
  size_t num_lines, num_opened;
  fake_event_conn conns[FAKE_EVENT_MAX];
  size_t num_conns;
  fake_event_timer timers[FAKE_EVENT_MAX_TIMERS];
  size_t num_timers;
  struct event *signals[4];
  size_t num_signals;
  struct evconnlistener *listener; /* The first one gets all connections. */
  evconnlistener_cb on_connection;
  evconnlistener_errorcb on_accept_error;
  void *arg;
  struct event *turn;
  unsigned num_turns, num_quiet;
  size_t last_sum;
  bool is_terminated;
  char fault[256];
} fake_event_world;

extern fake_event_world fake_event_state;

/* Keeps the first fault. */
void fake_event_note(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* The connection that is the next one to be made; NULL: there is none left. */
fake_line *fake_event_open_line(void);

/* Moves what can be moved now on a connection; false if there was nothing. */
bool fake_event_socket_step(fake_event_conn *c);

/* When the next thing will be due that waits for the clock; UINT64_MAX: none. */
uint64_t fake_event_socket_due_ms(const fake_event_conn *c);

#endif
