/* SPDX-License-Identifier: MIT */
/* fake_uv_tcp: the streams of fake_uv, as libuv treats them. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_uv_world.h"

enum {
  ROOM = 65536 /* What libuv suggests, and receives at once. */
};

typedef fake_uv_node node;
typedef fake_uv_flight flight;

static fake_uv_world *const world = &fake_uv_state;

/* --- Connections ----------------------------------------------------------- */

int uv_tcp_init(uv_loop_t *loop, uv_tcp_t *tcp)
{
  return fake_uv_add(loop, tcp, UV_TCP);
}

int uv_tcp_open(uv_tcp_t *tcp, uv_os_sock_t fd)
{
  node *n = fake_uv_find_usable(tcp, "uv_tcp_open");
  if (n == NULL) return UV_EINVAL;
  n->number = fd;
  return 0;
}

int uv_tcp_bind(uv_tcp_t *tcp, const struct sockaddr *address, unsigned flags)
{
  (void)address;
  (void)flags;
  return fake_uv_find_usable(tcp, "uv_tcp_bind") != NULL ? 0 : UV_EINVAL;
}

int uv_tcp_keepalive(uv_tcp_t *tcp, int enable, unsigned delay_s)
{
  (void)enable;
  (void)delay_s;
  return fake_uv_find_usable(tcp, "uv_tcp_keepalive") != NULL ? 0 : UV_EINVAL;
}

int uv_tcp_nodelay(uv_tcp_t *tcp, int enable)
{
  (void)enable;
  return fake_uv_find_usable(tcp, "uv_tcp_nodelay") != NULL ? 0 : UV_EINVAL;
}

/* 127.0.0.1, port 4433, whatever it was bound to. */
int uv_tcp_getsockname(const uv_tcp_t *tcp, struct sockaddr *out_address,
                       int *len)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(4433)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fake_uv_find_usable(tcp, "uv_tcp_getsockname") == NULL) return UV_EINVAL;
  if (*len < (int)sizeof address) return UV_ENOBUFS;
  memcpy(out_address, &address, sizeof address);
  *len = (int)sizeof address;
  return 0;
}

int uv_tcp_getpeername(const uv_tcp_t *tcp, struct sockaddr *out_address,
                       int *len)
{
  return uv_tcp_getsockname(tcp, out_address, len);
}

static int attach(node *n, fake_line *line)
{
  n->received = malloc(ROOM);
  if (n->received == NULL) return UV_ENOMEM;
  n->line = line;
  return 0;
}

static fake_line *open_line(void)
{
  if (world->num_opened == world->num_lines) return NULL;
  return &world->lines[world->num_opened++];
}

int uv_listen(uv_stream_t *stream, int backlog, uv_connection_cb on_connection)
{
  node *n = fake_uv_find_usable(stream, "uv_listen");
  (void)backlog;
  if (n == NULL) return UV_EINVAL;
  n->on.connection = on_connection;
  return 0;
}

int uv_accept(uv_stream_t *listener, uv_stream_t *stream)
{
  node *n = fake_uv_find_usable(stream, "uv_accept");
  fake_line *line = world->accepted;
  (void)listener;
  if (n == NULL) return UV_EINVAL;
  if (line == NULL) return UV_EAGAIN;
  world->accepted = NULL;
  return attach(n, line);
}

static bool step_listener(node *n)
{
  fake_line *line = open_line();
  if (line == NULL) return false;
  int status = uv_translate_sys_error(line->faults.open_errno);
  world->accepted = status == 0 ? line : NULL;
  n->on.connection((uv_stream_t *)n->handle, status);
  if (world->accepted != NULL) fake_uv_note("a connection was not accepted");
  world->accepted = NULL;
  return true;
}

int uv_tcp_connect(uv_connect_t *connect, uv_tcp_t *tcp,
                   const struct sockaddr *address, uv_connect_cb on_connected)
{
  node *n = fake_uv_find_usable(tcp, "uv_tcp_connect");
  (void)address;
  if (n == NULL) return UV_EINVAL;
  if (n->connect != NULL || n->line != NULL) return UV_EALREADY;
  connect->handle = (uv_stream_t *)tcp;
  n->connect = connect;
  n->on_connected = on_connected;
  return 0;
}

static void complete_connect(node *n)
{
  uv_connect_t *connect = n->connect;
  fake_line *line = open_line();
  int status = line == NULL ? UV_ECONNREFUSED
                            : uv_translate_sys_error(line->faults.open_errno);
  if (status == 0) status = attach(n, line);
  n->connect = NULL;
  if (n->on_connected != NULL) n->on_connected(connect, status);
}

/* --- Reading --------------------------------------------------------------- */

int uv_read_start(uv_stream_t *stream, uv_alloc_cb on_room, uv_read_cb on_read)
{
  node *n = fake_uv_find_usable(stream, "uv_read_start");
  if (n == NULL || on_room == NULL || on_read == NULL) return UV_EINVAL;
  if (n->on.read != NULL) return UV_EALREADY;
  if (n->line == NULL) return UV_ENOTCONN;
  n->on_room = on_room;
  n->on.read = on_read;
  return 0;
}

int uv_read_stop(uv_stream_t *stream)
{
  node *n = fake_uv_find(stream, "uv_read_stop");
  if (n != NULL) n->on.read = NULL;
  return 0;
}

/* Asks for room and fills it, or says what there is instead: libuv asks, too, before
 * it knows. */
static void deliver(node *n, int status)
{
  uv_stream_t *stream = (uv_stream_t *)n->handle;
  uv_buf_t buf = {.base = NULL, .len = 0};
  uv_read_cb on_read = n->on.read;
  size_t len = n->received_end - n->received_start;
  n->on_room(n->handle, ROOM, &buf);
  if (buf.base == NULL || buf.len == 0) {
    on_read(stream, UV_ENOBUFS, &buf);
    return;
  }
  if (len > buf.len) len = buf.len;
  memcpy(buf.base, n->received + n->received_start, len);
  n->received_start += len;
  n->has_received = len > 0;
  n->due_ms = world->now_ms + n->line->faults.read_delay_ms;
  if (status != 0 && status != UV_EAGAIN) n->on.read = NULL;
  ssize_t result = status == UV_EAGAIN ? 0 : status;
  on_read(stream, len > 0 ? (ssize_t)len : result, &buf);
}

static bool receive(node *n)
{
  int status = 0;
  if (n->on.read == NULL || world->now_ms < n->due_ms) return false;
  if (n->received_start == n->received_end) {
    n->received_start = 0;
    fake_arrival arrival =
        fake_line_arrive(n->line, n->received, ROOM, &n->received_end);
    if (arrival == FAKE_EOF) status = UV_EOF;
    if (arrival == FAKE_RESET) status = UV_ECONNRESET;
    if (arrival == FAKE_NOTHING) {
      if (!n->has_received) return false;
      status = UV_EAGAIN; /* libuv tells of that, too. */
    }
  }
  deliver(n, status);
  return true;
}

/* --- Writing --------------------------------------------------------------- */

static void free_flight(flight *f)
{
  free(f->bufs);
  free(f);
}

static flight *make_flight(const uv_buf_t bufs[], unsigned num_bufs)
{
  size_t len = 0;
  for (unsigned i = 0; i < num_bufs; i++) len += bufs[i].len;
  flight *f = calloc(1, sizeof *f + len);
  uv_buf_t *copies = calloc(num_bufs + 1, sizeof *copies);
  if (f == NULL || copies == NULL) {
    free(copies);
    free(f);
    return NULL;
  }
  for (unsigned i = 0; i < num_bufs; i++) {
    copies[i] = bufs[i];
    if (bufs[i].len > 0) memcpy(f->copy + f->len, bufs[i].base, bufs[i].len);
    f->len += bufs[i].len;
  }
  f->bufs = copies;
  f->num_bufs = num_bufs;
  return f;
}

int uv_write(uv_write_t *request, uv_stream_t *stream, const uv_buf_t bufs[],
             unsigned num_bufs, uv_write_cb on_written)
{
  node *n = fake_uv_find_usable(stream, "uv_write");
  if (n == NULL || n->line == NULL) return UV_EBADF;
  if (n->line->is_finished || n->shutdown != NULL) return UV_EPIPE;
  flight *f = make_flight(bufs, num_bufs);
  if (f == NULL) return UV_ENOMEM;
  flight **last = &n->flights;
  while (*last != NULL) last = &(*last)->next;
  *last = f;
  request->handle = stream;
  f->request = request;
  f->on_written = on_written;
  f->due_ms = world->now_ms + n->line->faults.write_delay_ms;
  return 0;
}

/* A slow transport takes nothing at once. */
int uv_try_write(uv_stream_t *stream, const uv_buf_t bufs[], unsigned num_bufs)
{
  node *n = fake_uv_find_usable(stream, "uv_try_write");
  if (n == NULL || n->line == NULL) return UV_EBADF;
  if (n->line->is_finished || n->shutdown != NULL) return UV_EPIPE;
  if (n->flights != NULL || n->line->faults.write_delay_ms > 0)
    return UV_EAGAIN;
  size_t max = n->line->faults.max_write;
  int sent = 0;
  for (unsigned i = 0; i < num_bufs; i++) {
    size_t len = bufs[i].len;
    if (max > 0 && len > max - (size_t)sent) len = max - (size_t)sent;
    if (len == 0) continue;
    if (!fake_line_leave(n->line, bufs[i].base, len)) return UV_EPIPE;
    sent += (int)len;
  }
  return sent;
}

size_t uv_stream_get_write_queue_size(const uv_stream_t *stream)
{
  const node *n = fake_uv_find(stream, "uv_stream_get_write_queue_size");
  size_t len = 0;
  for (flight *f = n != NULL ? n->flights : NULL; f != NULL; f = f->next) {
    len += f->len;
  }
  return len;
}

/* libuv writes from the program's memory until it calls back. */
static bool is_unmoved(const flight *f)
{
  const char *copy = f->copy;
  for (unsigned i = 0; i < f->num_bufs; i++) {
    size_t len = f->bufs[i].len;
    if (len > 0 && memcmp(copy, f->bufs[i].base, len) != 0) return false;
    copy += len;
  }
  return true;
}

static void complete_write(node *n)
{
  flight *f = n->flights;
  int status = UV_ECANCELED;
  n->flights = f->next;
  if (!n->is_closing) {
    if (!is_unmoved(f)) fake_uv_note("bytes changed while they were written");
    status = fake_line_leave(n->line, f->copy, f->len) ? 0 : UV_EPIPE;
  }
  if (f->on_written != NULL) f->on_written(f->request, status);
  free_flight(f);
}

int uv_shutdown(uv_shutdown_t *request, uv_stream_t *stream,
                uv_shutdown_cb on_shutdown)
{
  node *n = fake_uv_find_usable(stream, "uv_shutdown");
  if (n == NULL || n->line == NULL || n->line->is_finished ||
      n->shutdown != NULL) {
    return UV_ENOTCONN;
  }
  request->handle = stream;
  n->shutdown = request;
  n->on_shutdown = on_shutdown;
  return 0;
}

static void complete_shutdown(node *n)
{
  uv_shutdown_t *request = n->shutdown;
  n->shutdown = NULL;
  if (!n->is_closing) fake_line_finish(n->line);
  int status = n->is_closing ? UV_ECANCELED : 0;
  if (n->on_shutdown != NULL) n->on_shutdown(request, status);
}

/* --- What the loop calls --------------------------------------------------- */

bool fake_uv_tcp_step(node *n)
{
  bool is_write_due = n->flights != NULL && n->flights->due_ms <= world->now_ms;
  if (n->connect != NULL) {
    complete_connect(n);
  } else if (is_write_due) {
    complete_write(n);
  } else if (n->shutdown != NULL && n->flights == NULL) {
    complete_shutdown(n);
  } else if (n->line == NULL) {
    return n->on.connection != NULL && step_listener(n);
  } else {
    return receive(n);
  }
  return true;
}

uint64_t fake_uv_tcp_due_ms(const node *n)
{
  uint64_t due_ms = UINT64_MAX;
  if (n->flights != NULL) due_ms = n->flights->due_ms;
  bool is_reading = n->line != NULL && n->on.read != NULL;
  if (is_reading && n->due_ms > world->now_ms && n->due_ms < due_ms) {
    due_ms = n->due_ms;
  }
  return due_ms;
}

void fake_uv_tcp_cancel(node *n)
{
  uv_connect_t *connect = n->connect;
  n->connect = NULL;
  if (connect != NULL && n->on_connected != NULL) {
    n->on_connected(connect, UV_ECANCELED);
  }
  while (n->flights != NULL) complete_write(n);
  if (n->shutdown != NULL) complete_shutdown(n);
  if (n->line != NULL) fake_line_finish(n->line);
}

void fake_uv_tcp_release(node *n)
{
  for (flight *f = n->flights, *next; f != NULL; f = next) {
    next = f->next;
    free_flight(f);
  }
  if (n->number >= 0) close(n->number);
  free(n->received);
}
