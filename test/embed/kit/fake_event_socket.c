/* SPDX-License-Identifier: MIT */
/* fake_event_socket: the bufferevents of fake_event, each one end of a pair. */
#include <errno.h>
#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>

#include "fake_event_world.h"

enum {
  MAX_PIECE = 16384 /* libevent receives no more at once. */
};

typedef fake_event_conn conn;

static fake_event_world *const world = &fake_event_state;

/* --- Bufferevents ---------------------------------------------------------- */

static conn *find(struct bufferevent *socket)
{
  for (size_t i = 0; i < world->num_conns; i++) {
    if (world->conns[i].socket == socket) return &world->conns[i];
  }
  fake_event_note("not a bufferevent, or freed");
  return NULL;
}

/* Copies bytes of an output buffer; evbuffer_copyout() is for the pair alone. */
static bool copy_from(struct evbuffer *output, size_t start, char *out,
                      size_t len)
{
  struct evbuffer_iovec runs[64];
  struct evbuffer_ptr at;
  evbuffer_ptr_set(output, &at, start, EVBUFFER_PTR_SET);
  int num_runs = evbuffer_peek(output, (ev_ssize_t)len, &at, runs, 64);
  for (int i = 0; i < num_runs && i < 64 && len > 0; i++) {
    size_t part = runs[i].iov_len < len ? runs[i].iov_len : len;
    memcpy(out, runs[i].iov_base, part);
    out += part;
    len -= part;
  }
  return len == 0;
}

/* Keeps what the program lends, as it is at that moment. */
static void on_lent(struct evbuffer *output,
                    const struct evbuffer_cb_info *info, void *data)
{
  conn *c = data;
  if (info->n_added == 0) return;
  char *lent = realloc(c->lent, c->lent_len + info->n_added);
  if (lent == NULL) abort();
  c->lent = lent;
  if (!copy_from(output, info->orig_size, lent + c->lent_len, info->n_added)) {
    fake_event_note("too many pieces in an output buffer");
  }
  if (c->lent_len == 0 && c->line != NULL) {
    c->write_due_ms = world->now_ms + c->line->faults.write_delay_ms;
  }
  c->lent_len += info->n_added;
}

/* Whether the lent bytes are still what they were. */
static bool is_unmoved(const conn *c)
{
  struct evbuffer *output = bufferevent_get_output(c->socket);
  char *bytes = malloc(c->lent_len);
  if (bytes == NULL) abort();
  bool is_same = copy_from(output, 0, bytes, c->lent_len) &&
                 memcmp(bytes, c->lent, c->lent_len) == 0;
  free(bytes);
  return is_same;
}

struct bufferevent *fake_event_socket_new(struct event_base *base,
                                          evutil_socket_t fd, int options)
{
  struct bufferevent *pair[2];
  (void)options;
  if (world->num_conns == FAKE_EVENT_MAX) return NULL;
  if (bufferevent_pair_new(base, BEV_OPT_DEFER_CALLBACKS, pair) < 0)
    return NULL;
  conn *c = &world->conns[world->num_conns++];
  c->socket = pair[0];
  c->wire = pair[1];
  if (fd >= FAKE_EVENT_FIRST_FD) {
    c->line = &world->lines[fd - FAKE_EVENT_FIRST_FD];
    c->is_connected = true;
  }
  evbuffer_add_cb(bufferevent_get_output(c->socket), on_lent, c);
  return c->socket;
}

int fake_event_socket_connect(struct bufferevent *socket,
                              const struct sockaddr *address, int len)
{
  conn *c = find(socket);
  (void)address;
  (void)len;
  if (c == NULL) return -1;
  c->is_connecting = true;
  return 0;
}

evutil_socket_t fake_event_getfd(struct bufferevent *socket)
{
  const conn *c = find(socket);
  bool is_known = c != NULL && c->line != NULL;
  return is_known
             ? (evutil_socket_t)(FAKE_EVENT_FIRST_FD + (c->line - world->lines))
             : -1;
}

void fake_event_socket_free(struct bufferevent *socket)
{
  conn *c = find(socket);
  if (c == NULL) return;
  c->socket = NULL;
  if (c->line != NULL) fake_line_finish(c->line);
  bufferevent_free(socket);
  bufferevent_free(c->wire);
}

int fake_event_shutdown(int fd, int how)
{
  for (size_t i = 0; i < world->num_conns; i++) {
    conn *c = &world->conns[i];
    if (c->line == NULL ||
        fd != FAKE_EVENT_FIRST_FD + (int)(c->line - world->lines))
      continue;
    if (c->line->is_reset) {
      errno = ENOTCONN;
      return -1;
    }
    c->is_shut = true;
    fake_line_finish(c->line);
    return 0;
  }
  return shutdown(fd, how);
}

/* --- What moves on a connection -------------------------------------------- */

static void tell(conn *c, short what, int number)
{
  EVUTIL_SET_SOCKET_ERROR(number);
  bufferevent_trigger_event(c->socket, what, 0);
}

static bool step_connecting(conn *c)
{
  fake_line *line = fake_event_open_line();
  int number = line != NULL ? line->faults.open_errno : ECONNREFUSED;
  c->is_connecting = false;
  c->is_connected = number == 0;
  if (c->is_connected) c->line = line;
  tell(c, c->is_connected ? BEV_EVENT_CONNECTED : BEV_EVENT_ERROR, number);
  return true;
}

/* The pair moves the bytes as soon as the other end reads. */
static void take_output(conn *c, size_t len)
{
  struct evbuffer *arrived = bufferevent_get_input(c->wire);
  bufferevent_setwatermark(c->wire, EV_READ, 0, len);
  bufferevent_enable(c->wire, EV_READ);
  bufferevent_disable(c->wire, EV_READ);
  evbuffer_drain(arrived, evbuffer_get_length(arrived));
  memmove(c->lent, c->lent + len, c->lent_len - len);
  c->lent_len -= len;
}

static bool step_output(conn *c)
{
  size_t max = c->line->faults.max_write;
  size_t len = c->lent_len;
  if (len == 0 || c->has_failed || c->write_due_ms > world->now_ms)
    return false;
  if (!(bufferevent_get_enabled(c->socket) & EV_WRITE)) return false;
  if (!is_unmoved(c)) fake_event_note("bytes changed while they were lent");
  if (max > 0 && len > max) len = max;
  c->write_due_ms = world->now_ms + c->line->faults.write_delay_ms;
  if (fake_line_leave(c->line, c->lent, len)) {
    take_output(c, len);
    /* libevent may call on_written while bytes still wait: so it does here. */
    if (c->lent_len > 0) {
      bufferevent_trigger(c->socket, EV_WRITE, BEV_TRIG_IGNORE_WATERMARKS);
    }
  } else {
    c->has_failed = true;
    bufferevent_disable(c->socket, EV_WRITE);
    tell(c, BEV_EVENT_WRITING | BEV_EVENT_ERROR, EPIPE);
  }
  return true;
}

static bool step_input(conn *c)
{
  static char bytes[MAX_PIECE];
  size_t high = 0;
  size_t room = sizeof bytes;
  size_t len = 0;
  size_t held = evbuffer_get_length(bufferevent_get_input(c->socket));
  if (c->has_ended || c->read_due_ms > world->now_ms) return false;
  if (!(bufferevent_get_enabled(c->socket) & EV_READ)) return false;
  bufferevent_getwatermark(c->socket, EV_READ, NULL, &high);
  if (high > 0 && held >= high) return false;
  if (high > 0 && high - held < room) room = high - held;
  fake_arrival arrival = fake_line_arrive(c->line, bytes, room, &len);
  if (arrival == FAKE_NOTHING) return false;
  c->read_due_ms = world->now_ms + c->line->faults.read_delay_ms;
  if (arrival == FAKE_BYTES) {
    evbuffer_add(bufferevent_get_output(c->wire), bytes, len);
    return true;
  }
  c->has_ended = true;
  bufferevent_disable(c->socket, EV_READ);
  bool is_reset = arrival == FAKE_RESET;
  tell(c, BEV_EVENT_READING | (is_reset ? BEV_EVENT_ERROR : BEV_EVENT_EOF),
       is_reset ? ECONNRESET : 0);
  return true;
}

bool fake_event_socket_step(conn *c)
{
  bool has_moved = false;
  if (c->socket != NULL && c->is_connecting) return step_connecting(c);
  if (c->socket == NULL || !c->is_connected) return false;
  has_moved = step_output(c);
  if (c->socket != NULL) has_moved = step_input(c) || has_moved;
  return has_moved;
}

uint64_t fake_event_socket_due_ms(const conn *c)
{
  uint64_t due_ms = UINT64_MAX;
  if (c->socket == NULL || !c->is_connected) return due_ms;
  short enabled = bufferevent_get_enabled(c->socket);
  bool is_writing = enabled & EV_WRITE && c->lent_len > 0;
  bool is_reading = enabled & EV_READ && !c->has_ended;
  if (is_writing && c->write_due_ms > world->now_ms) due_ms = c->write_due_ms;
  if (is_reading && c->read_due_ms > world->now_ms && c->read_due_ms < due_ms) {
    due_ms = c->read_due_ms;
  }
  return due_ms;
}
