/* SPDX-License-Identifier: MIT */
/* fake_uv: stands in for libuv, with connections to fake peers and a clock that
 * takes no time. */
#include "fake_uv.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_uv_world.h"

#define DAY_MS 86400000u
#define MAX_TURNS 10000u /* In which nothing moves: the program spins. */

typedef fake_uv_node node;

fake_uv_world fake_uv_state;
static fake_uv_world *const world = &fake_uv_state;

/* --- What the test calls --------------------------------------------------- */

void fake_uv_note(const char *format, ...)
{
  va_list args;
  if (world->fault[0] != '\0') return;
  va_start(args, format);
  (void)vsnprintf(world->fault, sizeof world->fault, format, args);
  va_end(args);
}

static void free_node(node *n)
{
  if (n->type == UV_TCP) fake_uv_tcp_release(n);
  free(n);
}

static void forget_all(void)
{
  for (node *n = world->nodes, *next; n != NULL; n = next) {
    next = n->next;
    free_node(n);
  }
  world->nodes = NULL;
  fake_uv_drop_work();
}

void fake_uv_start(void)
{
  forget_all();
  memset(world, 0, sizeof *world);
}

void fake_uv_connect(const fake_peer *peer, const fake_faults *faults)
{
  if (world->num_lines == FAKE_UV_MAX) {
    fake_uv_note("more than %d connections", FAKE_UV_MAX);
    return;
  }
  fake_line_open(&world->lines[world->num_lines++], peer, faults);
}

void fake_uv_close_in_order(void)
{
  world->is_in_order = true;
}

static const char *name_of(const node *n)
{
  if (n->type == UV_TCP) return n->line != NULL ? "connection" : "listener";
  return n->type == UV_TIMER ? "timer" : "signal";
}

const char *fake_uv_end(void)
{
  for (node *n = world->nodes; n != NULL; n = n->next) {
    if (n->line != NULL || world->is_terminated) {
      fake_uv_note("a handle was not closed (%s)", name_of(n));
    }
  }
  for (size_t i = 0; i < world->num_lines; i++) {
    const char *failure = world->lines[i].failure;
    if (failure != NULL) fake_uv_note("peer %zu: %s", i, failure);
    if (i >= world->num_opened) fake_uv_note("connection %zu was not made", i);
  }
  forget_all();
  return world->fault[0] != '\0' ? world->fault : NULL;
}

uint64_t fake_uv_now_ms(void)
{
  return world->now_ms;
}

const fake_line *fake_uv_line(size_t index)
{
  return index < world->num_lines ? &world->lines[index] : NULL;
}

/* --- Handles --------------------------------------------------------------- */

node *fake_uv_find(const void *handle, const char *call)
{
  for (node *n = world->nodes; n != NULL; n = n->next) {
    if ((const void *)n->handle == handle) return n;
  }
  if (call != NULL) fake_uv_note("%s: not an open handle", call);
  return NULL;
}

node *fake_uv_find_usable(const void *handle, const char *call)
{
  node *n = fake_uv_find(handle, call);
  return n != NULL && !n->is_closing ? n : NULL;
}

int fake_uv_add(uv_loop_t *loop, void *handle, uv_handle_type type)
{
  node **last = &world->nodes;
  if (fake_uv_find(handle, NULL) != NULL)
    fake_uv_note("a handle was initialized twice");
  while (*last != NULL) last = &(*last)->next;
  node *n = *last = calloc(1, sizeof *n);
  if (n == NULL) return UV_ENOMEM;
  n->handle = handle;
  n->handle->loop = loop;
  n->handle->type = n->type = type;
  n->number = -1;
  return 0;
}

static bool is_active(const node *n)
{
  bool has_request =
      n->flights != NULL || n->connect != NULL || n->shutdown != NULL;
  return n->is_closing || n->on.read != NULL || has_request;
}

int uv_is_active(const uv_handle_t *handle)
{
  const node *n = fake_uv_find(handle, "uv_is_active");
  return n != NULL && is_active(n);
}

int uv_is_closing(const uv_handle_t *handle)
{
  const node *n = fake_uv_find(handle, NULL);
  return n == NULL || n->is_closing;
}

void uv_close(uv_handle_t *handle, uv_close_cb on_closed)
{
  node *n = fake_uv_find(handle, "uv_close");
  if (n == NULL) return;
  if (n->is_closing) fake_uv_note("a handle was closed twice");
  if (n->is_closing) return;
  n->is_closing = true;
  n->closed_as = ++world->num_closed;
  n->on_closed = on_closed;
  n->on.read = NULL;
}

void uv_unref(uv_handle_t *handle)
{
  node *n = fake_uv_find(handle, "uv_unref");
  if (n != NULL) n->is_unreferenced = true;
}

void uv_ref(uv_handle_t *handle)
{
  node *n = fake_uv_find(handle, "uv_ref");
  if (n != NULL) n->is_unreferenced = false;
}

void uv_walk(uv_loop_t *loop, uv_walk_cb visit, void *arg)
{
  (void)loop;
  for (node *n = world->nodes; n != NULL; n = n->next) visit(n->handle, arg);
}

/* --- Timers and signals ---------------------------------------------------- */

int uv_timer_init(uv_loop_t *loop, uv_timer_t *timer)
{
  return fake_uv_add(loop, timer, UV_TIMER);
}

int uv_timer_start(uv_timer_t *timer, uv_timer_cb on_timer, uint64_t timeout,
                   uint64_t repeat)
{
  node *n = fake_uv_find_usable(timer, "uv_timer_start");
  if (n == NULL || on_timer == NULL) return UV_EINVAL;
  n->on.timer = n->on_timer = on_timer;
  n->due_ms = world->now_ms + timeout;
  n->repeat_ms = repeat;
  return 0;
}

int uv_timer_stop(uv_timer_t *timer)
{
  node *n = fake_uv_find_usable(timer, "uv_timer_stop");
  if (n != NULL) n->on.timer = NULL;
  return 0;
}

int uv_timer_again(uv_timer_t *timer)
{
  node *n = fake_uv_find_usable(timer, "uv_timer_again");
  if (n == NULL || n->on_timer == NULL) return UV_EINVAL;
  if (n->repeat_ms > 0) {
    return uv_timer_start(timer, n->on_timer, n->repeat_ms, n->repeat_ms);
  }
  return 0;
}

int uv_signal_init(uv_loop_t *loop, uv_signal_t *signal)
{
  return fake_uv_add(loop, signal, UV_SIGNAL);
}

int uv_signal_start(uv_signal_t *signal, uv_signal_cb on_signal, int number)
{
  node *n = fake_uv_find_usable(signal, "uv_signal_start");
  if (n == NULL || on_signal == NULL) return UV_EINVAL;
  n->on.signal = on_signal;
  n->number = signal->signum = number;
  return 0;
}

int uv_signal_stop(uv_signal_t *signal)
{
  node *n = fake_uv_find_usable(signal, "uv_signal_stop");
  if (n != NULL) n->on.signal = NULL;
  return 0;
}

/* Whether anybody waits for it. */
static bool send_signal(int number)
{
  bool is_caught = false;
  for (node *n = world->nodes; n != NULL; n = n->next) {
    if (n->type != UV_SIGNAL || n->on.signal == NULL || n->number != number)
      continue;
    is_caught = true;
    n->on.signal((uv_signal_t *)n->handle, number);
  }
  return is_caught;
}

/* --- The loop -------------------------------------------------------------- */

static bool run_timers(void)
{
  bool has_run = false;
  for (node *n = world->nodes; n != NULL; n = n->next) {
    if (n->type != UV_TIMER || n->on.timer == NULL) continue;
    if (n->due_ms > world->now_ms) continue;
    uv_timer_t *timer = (uv_timer_t *)n->handle;
    n->on.timer = NULL;
    (void)uv_timer_again(timer);
    n->on_timer(timer);
    has_run = true;
  }
  return has_run;
}

static bool run_streams(void)
{
  bool has_run = false;
  for (node *n = world->nodes; n != NULL; n = n->next) {
    if (n->type != UV_TCP || n->is_closing) continue;
    has_run = fake_uv_tcp_step(n) || has_run;
  }
  for (size_t i = 0; i < world->num_opened; i++) {
    fake_line *line = &world->lines[i];
    if (fake_line_is_signal_due(line))
      has_run = send_signal(line->faults.signal);
  }
  return has_run;
}

/* Of those that were closed up to now, the next one to be told. */
static node **next_closing(unsigned up_to)
{
  node **found = NULL;
  for (node **at = &world->nodes; *at != NULL; at = &(*at)->next) {
    node *n = *at;
    if (!n->is_closing || n->closed_as > up_to) continue;
    bool is_later = found != NULL && n->closed_as > (*found)->closed_as;
    if (found == NULL || is_later != world->is_in_order) found = at;
  }
  return found;
}

static bool run_closing(void)
{
  bool has_run = false;
  unsigned up_to = world->num_closed;
  for (node **at; (at = next_closing(up_to)) != NULL; has_run = true) {
    node *n = *at;
    uv_handle_t *handle = n->handle;
    uv_close_cb on_closed = n->on_closed;
    if (n->type == UV_TCP) fake_uv_tcp_cancel(n);
    *at = n->next; /* Callbacks add handles behind it only. */
    free_node(n);
    if (on_closed != NULL) on_closed(handle);
  }
  return has_run;
}

/* Sets the clock to the next thing that waits for it. */
static bool advance(void)
{
  uint64_t next_ms = UINT64_MAX;
  for (const node *n = world->nodes; n != NULL; n = n->next) {
    uint64_t due_ms = UINT64_MAX;
    if (n->type == UV_TIMER && n->on.timer != NULL) due_ms = n->due_ms;
    if (n->type == UV_TCP) due_ms = fake_uv_tcp_due_ms(n);
    if (due_ms < next_ms) next_ms = due_ms;
  }
  if (next_ms == UINT64_MAX) return false;
  world->now_ms = next_ms;
  return true;
}

static bool has_active(void)
{
  for (const node *n = world->nodes; n != NULL; n = n->next) {
    if (is_active(n) && (n->is_closing || !n->is_unreferenced)) return true;
  }
  return fake_uv_has_work();
}

/* Nothing can happen any more: the program is asked to end, once. */
static bool terminate(void)
{
  if (!world->is_terminated && send_signal(SIGTERM)) {
    world->is_terminated = true;
    return true;
  }
  for (const node *n = world->nodes; n != NULL; n = n->next) {
    if (n->line == NULL) continue;
    fake_uv_note("connection %d is open, and nothing can happen any more",
                 (int)(n->line - world->lines));
  }
  return false;
}

int uv_run(uv_loop_t *loop, uv_run_mode mode)
{
  (void)loop;
  size_t last_sum = 0;
  world->is_stopped = false;
  for (unsigned turns = 0; has_active() && !world->is_stopped;) {
    bool has_run = run_timers();
    has_run = run_streams() || has_run;
    has_run = fake_uv_run_work() || has_run;
    has_run = run_closing() || has_run;
    if (mode != UV_RUN_DEFAULT) break;
    size_t sum = fake_line_sum(world->lines, world->num_opened);
    turns = has_run && sum == last_sum ? turns + 1 : 0;
    last_sum = sum;
    if (!has_run && !advance() && !terminate()) break;
    if (turns > MAX_TURNS) fake_uv_note("the program spins");
    if (world->now_ms > DAY_MS) fake_uv_note("a day has passed");
    if (turns > MAX_TURNS || world->now_ms > DAY_MS) break;
  }
  return has_active();
}
