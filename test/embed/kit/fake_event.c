/* SPDX-License-Identifier: MIT */
/* fake_event: gives programs on libevent a bufferevent_pair for a socket, and a clock
 * that takes no time. */
#include "fake_event.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_event_world.h"

#define DAY_MS 86400000u

enum {
  MAX_TURNS = 10000, /* In which nothing moves: the program spins. */
  QUIET_TURNS = 3    /* What libevent defers comes within so many. */
};

typedef fake_event_timer timer;

fake_event_world fake_event_state;
static fake_event_world *const world = &fake_event_state;

/* --- What the test calls --------------------------------------------------- */

void fake_event_note(const char *format, ...)
{
  va_list args;
  if (world->fault[0] != '\0') return;
  va_start(args, format);
  (void)vsnprintf(world->fault, sizeof world->fault, format, args);
  va_end(args);
}

void fake_event_start(void)
{
  for (size_t i = 0; i < world->num_conns; i++) free(world->conns[i].lent);
  memset(world, 0, sizeof *world);
}

void fake_event_connect(const fake_peer *peer, const fake_faults *faults)
{
  if (world->num_lines == FAKE_EVENT_MAX) {
    fake_event_note("more than %d connections", FAKE_EVENT_MAX);
    return;
  }
  fake_line_open(&world->lines[world->num_lines++], peer, faults);
}

const char *fake_event_end(void)
{
  for (size_t i = 0; i < world->num_conns; i++) {
    if (world->conns[i].socket != NULL)
      fake_event_note("bufferevent %zu was not freed", i);
    free(world->conns[i].lent);
  }
  world->num_conns = 0;
  if (world->num_timers > 0) fake_event_note("a timer was not deleted");
  for (size_t i = 0; i < world->num_lines; i++) {
    const char *failure = world->lines[i].failure;
    if (failure != NULL) fake_event_note("peer %zu: %s", i, failure);
    if (i >= world->num_opened)
      fake_event_note("connection %zu was not made", i);
  }
  return world->fault[0] != '\0' ? world->fault : NULL;
}

uint64_t fake_event_now_ms(void)
{
  return world->now_ms;
}

const fake_line *fake_event_line(size_t index)
{
  return index < world->num_lines ? &world->lines[index] : NULL;
}

fake_line *fake_event_open_line(void)
{
  if (world->num_opened == world->num_lines) return NULL;
  return &world->lines[world->num_opened++];
}

/* --- Timers and signals ---------------------------------------------------- */

static bool is_timer(const struct event *event)
{
  return (event_get_events(event) & (EV_READ | EV_WRITE | EV_SIGNAL)) == 0;
}

static void stop_timer(const struct event *event)
{
  for (size_t i = 0; i < world->num_timers; i++) {
    if (world->timers[i].event != event) continue;
    world->timers[i] = world->timers[--world->num_timers];
    return;
  }
}

static int start_timer(timer it, const struct timeval *timeout)
{
  if (world->num_timers == FAKE_EVENT_MAX_TIMERS) return -1;
  it.due_ms = world->now_ms + (uint64_t)timeout->tv_sec * 1000 +
              (uint64_t)timeout->tv_usec / 1000;
  world->timers[world->num_timers++] = it;
  return 0;
}

int fake_event_add(struct event *event, const struct timeval *timeout)
{
  size_t max_signals = sizeof world->signals / sizeof world->signals[0];
  if (timeout != NULL && is_timer(event)) {
    stop_timer(event);
    return start_timer((timer){.event = event}, timeout);
  }
  if (event_get_events(event) & EV_SIGNAL && world->num_signals < max_signals) {
    world->signals[world->num_signals++] = event;
  }
  return event_add(event, timeout);
}

static void forget_signal(const struct event *event)
{
  for (size_t i = 0; i < world->num_signals; i++) {
    if (world->signals[i] != event) continue;
    world->signals[i] = world->signals[--world->num_signals];
    return;
  }
}

int fake_event_del(struct event *event)
{
  stop_timer(event);
  forget_signal(event);
  return event_del(event);
}

void fake_event_free(struct event *event)
{
  stop_timer(event);
  forget_signal(event);
  event_free(event);
}

int fake_event_once(struct event_base *base, evutil_socket_t fd, short what,
                    event_callback_fn callback, void *arg,
                    const struct timeval *timeout)
{
  if (timeout == NULL || what != EV_TIMEOUT) {
    return event_base_once(base, fd, what, callback, arg, timeout);
  }
  return start_timer((timer){.callback = callback, .arg = arg}, timeout);
}

/* Whether anybody waits for it. */
static bool send_signal(int number)
{
  bool is_caught = false;
  for (size_t i = 0; i < world->num_signals; i++) {
    if (event_get_signal(world->signals[i]) != number) continue;
    event_active(world->signals[i], EV_SIGNAL, 1);
    is_caught = true;
  }
  return is_caught;
}

/* --- Listeners ------------------------------------------------------------- */

static struct evconnlistener *keep(struct evconnlistener *listener,
                                   evconnlistener_cb callback, void *arg)
{
  if (listener == NULL || world->listener != NULL) return listener;
  world->listener = listener;
  world->on_connection = callback;
  world->arg = arg;
  return listener;
}

struct evconnlistener *fake_event_listener_new(struct event_base *base,
                                               evconnlistener_cb callback,
                                               void *arg, unsigned flags,
                                               int backlog, evutil_socket_t fd)
{
  return keep(evconnlistener_new(base, callback, arg, flags, backlog, fd),
              callback, arg);
}

struct evconnlistener *fake_event_listener_new_bind(
    struct event_base *base, evconnlistener_cb callback, void *arg,
    unsigned flags, int backlog, const struct sockaddr *address, int len)
{
  return keep(evconnlistener_new_bind(base, callback, arg, flags, backlog,
                                      address, len),
              callback, arg);
}

void fake_event_listener_set_error_cb(struct evconnlistener *listener,
                                      evconnlistener_errorcb callback)
{
  if (listener == world->listener) world->on_accept_error = callback;
  evconnlistener_set_error_cb(listener, callback);
}

void fake_event_listener_free(struct evconnlistener *listener)
{
  if (listener == world->listener) world->listener = NULL;
  evconnlistener_free(listener);
}

static bool step_listener(void)
{
  struct sockaddr address = {.sa_family = AF_UNSPEC};
  fake_line *line = world->listener != NULL ? fake_event_open_line() : NULL;
  if (line == NULL) return false;
  EVUTIL_SET_SOCKET_ERROR(line->faults.open_errno);
  if (line->faults.open_errno == 0) {
    evutil_socket_t fd = FAKE_EVENT_FIRST_FD + (int)(line - world->lines);
    world->on_connection(world->listener, fd, &address, sizeof address,
                         world->arg);
  } else if (world->on_accept_error != NULL) {
    world->on_accept_error(world->listener, world->arg);
  }
  return true;
}

/* --- The loop -------------------------------------------------------------- */

static bool run_timers(void)
{
  bool has_run = false;
  for (size_t i = 0; i < world->num_timers;) {
    timer due = world->timers[i];
    if (due.due_ms > world->now_ms) {
      i++;
      continue;
    }
    world->timers[i] = world->timers[--world->num_timers];
    if (due.event != NULL)
      event_active(due.event, EV_TIMEOUT, 1);
    else
      due.callback(-1, EV_TIMEOUT, due.arg);
    has_run = true;
  }
  return has_run;
}

static bool run_all(void)
{
  bool has_run = run_timers();
  has_run = step_listener() || has_run;
  for (size_t i = 0; i < world->num_conns; i++) {
    has_run = fake_event_socket_step(&world->conns[i]) || has_run;
  }
  for (size_t i = 0; i < world->num_opened; i++) {
    fake_line *line = &world->lines[i];
    if (fake_line_is_signal_due(line))
      has_run = send_signal(line->faults.signal) || has_run;
  }
  return has_run;
}

/* Sets the clock to the next thing that waits for it. */
static bool advance(void)
{
  uint64_t next_ms = UINT64_MAX;
  for (size_t i = 0; i < world->num_timers; i++) {
    if (world->timers[i].due_ms < next_ms) next_ms = world->timers[i].due_ms;
  }
  for (size_t i = 0; i < world->num_conns; i++) {
    uint64_t due_ms = fake_event_socket_due_ms(&world->conns[i]);
    if (due_ms < next_ms) next_ms = due_ms;
  }
  if (next_ms == UINT64_MAX) return false;
  world->now_ms = next_ms;
  return true;
}

/* Nothing can happen any more: the program is asked to end, once. */
static bool terminate(void)
{
  if (!world->is_terminated && send_signal(SIGTERM)) {
    world->is_terminated = true;
    return true;
  }
  for (size_t i = 0; i < world->num_conns; i++) {
    if (world->conns[i].socket == NULL) continue;
    fake_event_note("bufferevent %zu is open, and nothing can happen any more",
                    i);
  }
  return false;
}

/* Runs once in each turn of libevent's loop, until nothing can happen any more. */
static void on_turn(evutil_socket_t none, short what, void *base)
{
  static const struct timeval now = {0, 0};
  bool goes_on = true;
  (void)none;
  (void)what;
  bool has_run = run_all();
  size_t sum = fake_line_sum(world->lines, world->num_opened);
  bool is_idle = has_run && sum == world->last_sum;
  world->num_turns = is_idle ? world->num_turns + 1 : 0;
  world->last_sum = sum;
  world->num_quiet = has_run ? 0 : world->num_quiet + 1;
  if (world->num_quiet > QUIET_TURNS) {
    world->num_quiet = 0;
    goes_on = advance() || terminate();
  }
  if (world->num_turns > MAX_TURNS) fake_event_note("the program spins");
  if (world->now_ms > DAY_MS) fake_event_note("a day has passed");
  if (world->num_turns > MAX_TURNS || world->now_ms > DAY_MS) goes_on = false;
  if (goes_on)
    event_add(world->turn, &now);
  else
    event_base_loopbreak(base);
}

int fake_event_dispatch(struct event_base *base)
{
  world->turn = evtimer_new(base, on_turn, base);
  if (world->turn == NULL) return -1;
  event_active(world->turn, EV_TIMEOUT, 1);
  int status = event_base_dispatch(base);
  event_free(world->turn);
  return status;
}
