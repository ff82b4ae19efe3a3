/* SPDX-License-Identifier: MIT */
/*
 * uv_server: an HTTPS server on libuv. The socket is read straight into the
 * object's queue, and written straight out of it.
 *
 * Every event ends in pump(), and pump() is the only place from which the
 * object is called. It moves plaintext as far as that goes, and then drains
 * `outgoing`: so no call, no result and no error can miss the draining.
 */
#include <sanstls/sanstls.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "http.h"
#include "loop.h"
#include "loopback.h"
#include "options.h"
#include "report.h"
#include "setup.h"

typedef struct server {
  server_options options;
  stls_context *context;
  uv_loop_t loop;
  uv_tcp_t listeners[LOOPBACK_MAX]; /* One for each family. */
  uv_signal_t terminate;
  uv_signal_t interrupt;
  unsigned num_accepted;
  int exit_code;
} server;

typedef enum phase {
  OPEN,      /* TLS is at work. */
  ENDING,    /* The last records, close_notify or an alert, are on their way. */
  LINGERING, /* Our side is shut; the peer's bytes are read and dropped. */
  CLOSED     /* Only libuv still holds on to the handles. */
} phase;

typedef struct conn {
  uv_tcp_t tcp;
  uv_timer_t idle;     /* Started anew when something has moved. */
  uv_timer_t deadline; /* Started anew when something else is due. */
  uint64_t due;        /* As of http_server_due. */
  uv_write_t write;
  uv_shutdown_t shutdown;
  unsigned num_handles;
  char name[48]; /* For the log. */
  phase phase;
  bool impatient;   /* A timer has fired: end it. */
  size_t in_flight; /* Bytes of `outgoing` that libuv is writing. */
  stls_object *tls;
  http_server http;
} conn;

static void pump(conn *c);

/* --- Plaintext: the only code that calls the object ---------------------- */

/* The object remembers the first failure; so does the log. Who has all his
 * answers may go as he likes. */
static void fail(conn *c)
{
  if (c->phase != OPEN) return;
  bool cut_off = stls_object_error(c->tls, NULL) == STLS_ERROR_TRUNCATED;
  if (cut_off && http_server_idle(&c->http)) {
    report_server_left(c->name);
  } else {
    report_server_failure(c->name, c->tls);
  }
  c->phase = ENDING; /* The alert is still to be drained. */
}

/* Plaintext out: from the peer to the application, while it has room. */
static bool pull(conn *c)
{
  stls_writable_span room = http_server_room(&c->http);
  size_t got = 0;
  if (room.len == 0) return false;
  stls_result result = stls_object_read(c->tls, room.data, room.len, &got);
  http_server_took(&c->http, got);
  if (result == STLS_CLOSED) http_server_end(&c->http);
  if (result < 0) fail(c);
  return got > 0;
}

/* Plaintext in: from the application to the peer, while `outgoing` has room. */
static bool push(conn *c)
{
  stls_span ready = http_server_ready(&c->http);
  size_t taken = 0;
  if (ready.len == 0) return false;
  stls_result result = stls_object_write(c->tls, ready.data, ready.len, &taken);
  http_server_sent(&c->http, taken);
  if (result < 0) fail(c);
  return taken > 0;
}

static void exchange(conn *c)
{
  bool moved = true;
  while (moved) {
    moved = pull(c);
    moved = push(c) || moved;
    if (moved) uv_timer_again(&c->idle);
  }
  http_server_rest(&c->http); /* Idle connections hold no buffers. */
  if (c->impatient || http_server_done(&c->http)) {
    if (stls_object_close_write(c->tls) < 0) fail(c);
    c->phase = ENDING;
  }
}

/* --- Records out --------------------------------------------------------- */

/* The socket takes no more. What the peer said last, such as an alert, may still
 * come: it is read, and the object says how the connection ended. */
static void end_output(conn *c)
{
  stls_bio_write_eof(stls_object_outgoing(c->tls));
  http_server_cut(&c->http);
}

static void on_written(uv_write_t *write, int status)
{
  conn *c = write->data;
  if (c->phase == CLOSED) return;
  stls_bio *outgoing = stls_object_outgoing(c->tls);
  if (status == 0) stls_bio_consume(outgoing, c->in_flight, NULL);
  c->in_flight = 0;
  if (status < 0) end_output(c);
  uv_timer_again(&c->idle);
  pump(c);
}

/* Closing with unread bytes would reset the connection, and a reset can
 * overtake what was sent last: shut our side and read on. */
static void linger(conn *c)
{
  c->phase = LINGERING;
  if (uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, NULL) < 0) {
    c->phase = CLOSED;
  }
}

/*
 * Starts one write of everything that waits. The bytes stay in the queue until
 * they are consumed, so libuv may write from there while the object goes on.
 */
static void drain(conn *c)
{
  stls_span spans[16];
  uv_buf_t bufs[16];
  if (c->in_flight > 0 || c->phase >= LINGERING) return;
  if (!(stls_object_wants(c->tls) & STLS_INTEREST_RECORDS_OUT)) {
    if (c->phase == ENDING) linger(c);
    return;
  }
  size_t num_spans = stls_bio_peekv(stls_object_outgoing(c->tls), spans, 16);
  for (size_t i = 0; i < num_spans; i++) {
    bufs[i] = uv_buf_init((char *)spans[i].data, (unsigned)spans[i].len);
    c->in_flight += spans[i].len;
  }
  if (num_spans > 0 && uv_write(&c->write, (uv_stream_t *)&c->tcp, bufs,
                                (unsigned)num_spans, on_written) < 0) {
    c->phase = CLOSED;
  }
}

/* --- Records in ---------------------------------------------------------- */

static void on_room(uv_handle_t *tcp, size_t wish, uv_buf_t *out_buf)
{
  static char dropped[65536];
  conn *c = tcp->data;
  void *room = dropped;
  size_t room_len = sizeof dropped;
  if (c->phase == OPEN && stls_bio_reserve(stls_object_incoming(c->tls), wish,
                                           &room, &room_len, NULL) != STLS_OK) {
    room_len = 0; /* libuv then reports UV_ENOBUFS to on_received. */
  }
  *out_buf = uv_buf_init(room, (unsigned)room_len);
}

static void on_received(uv_stream_t *tcp, ssize_t len, const uv_buf_t *buf)
{
  conn *c = tcp->data;
  stls_bio *incoming = stls_object_incoming(c->tls);
  (void)buf;
  if (c->phase == OPEN) {
    size_t received = len > 0 ? (size_t)len : 0;
    if (stls_bio_commit(incoming, received, NULL) < 0) c->phase = CLOSED;
    if (len < 0) stls_bio_write_eof(incoming);
  } else if (len < 0) {
    c->phase = CLOSED;
  }
  pump(c);
}

/* Reads from the socket only while somebody has room for it. */
static void choose_reading(conn *c)
{
  bool welcome = (stls_object_wants(c->tls) & STLS_INTEREST_RECORDS_IN) != 0 &&
                 http_server_has_room(&c->http);
  if (c->phase == LINGERING || (c->phase == OPEN && welcome)) {
    int status = uv_read_start((uv_stream_t *)&c->tcp, on_room, on_received);
    if (status < 0 && status != UV_EALREADY) c->phase = CLOSED;
  } else {
    uv_read_stop((uv_stream_t *)&c->tcp);
  }
}

/* Bytes that come one by one do not delay the deadline: only what is whole. */
static void choose_deadline(conn *c)
{
  uint64_t due = http_server_due(&c->http);
  if (due == c->due) return;
  c->due = due;
  if (due != 0) {
    uv_timer_again(&c->deadline);
  } else {
    uv_timer_stop(&c->deadline);
  }
}

static void on_closed(uv_handle_t *handle)
{
  conn *c = handle->data;
  if (--c->num_handles > 0) return;
  stls_object_free(c->tls);
  http_server_free(&c->http);
  free(c);
}

/* Memory lives on until libuv has let go of the handles and the write. */
static void close_handles(conn *c)
{
  c->phase = CLOSED;
  if (uv_is_closing((uv_handle_t *)&c->tcp)) return;
  uv_close((uv_handle_t *)&c->tcp, on_closed);
  uv_close((uv_handle_t *)&c->idle, on_closed);
  uv_close((uv_handle_t *)&c->deadline, on_closed);
}

static void pump(conn *c)
{
  if (c->phase == OPEN) exchange(c);
  drain(c);
  choose_reading(c);
  if (c->phase == OPEN) choose_deadline(c);
  if (c->phase == CLOSED) close_handles(c);
}

/* Says close_notify; if that does not move either, drops the connection. */
static void lose_patience(conn *c)
{
  if (c->phase != OPEN) c->phase = CLOSED;
  c->impatient = true;
  pump(c);
}

static void on_idle(uv_timer_t *timer)
{
  conn *c = timer->data;
  if (c->phase == OPEN) report_server_idle(c->name);
  lose_patience(c);
}

static void on_deadline(uv_timer_t *timer)
{
  conn *c = timer->data;
  if (c->phase == OPEN) report_server_slow(c->name);
  lose_patience(c);
}

/* --- The server ---------------------------------------------------------- */

static void start_timers(conn *c, const server_options *options)
{
  uint64_t idle_ms = (uint64_t)options->idle_timeout_s * 1000;
  uint64_t request_ms = (uint64_t)options->request_timeout_s * 1000;
  c->due = http_server_due(&c->http);
  uv_timer_start(&c->idle, on_idle, idle_ms, idle_ms);
  uv_timer_start(&c->deadline, on_deadline, request_ms, request_ms);
}

static void close_any(uv_handle_t *handle, void *unused)
{
  (void)unused;
  if (handle->data != NULL) {
    close_handles(handle->data);
  } else if (!uv_is_closing(handle)) {
    uv_close(handle, NULL);
  }
}

static void on_signal(uv_signal_t *signal, int number)
{
  (void)number;
  uv_walk(signal->loop, close_any, NULL);
}

static void on_connection(uv_stream_t *listener, int status)
{
  server *s = listener->loop->data;
  conn *c = status == 0 ? calloc(1, sizeof *c) : NULL;
  if (c == NULL) {
    /* libuv tries a connection that it cannot take again, without end. */
    if (status == 0) status = UV_ENOMEM;
    fprintf(stderr, "uv_server: accept: %s\n", uv_strerror(status));
    s->exit_code = EXIT_TROUBLE;
    uv_walk(&s->loop, close_any, NULL);
    return;
  }
  (void)snprintf(c->name, sizeof c->name, "%s: connection %u",
                 s->options.program, ++s->num_accepted);
  c->num_handles = 3;
  c->tcp.data = c->idle.data = c->deadline.data = c->write.data = c;
  http_server_init(&c->http);
  uv_tcp_init(&s->loop, &c->tcp);
  uv_timer_init(&s->loop, &c->idle);
  uv_timer_init(&s->loop, &c->deadline);
  if (uv_accept(listener, (uv_stream_t *)&c->tcp) != 0 ||
      stls_object_new(s->context, NULL, NULL, NULL, &c->tls, NULL) != STLS_OK) {
    close_handles(c);
    return;
  }
  uv_tcp_nodelay(&c->tcp, 1);
  start_timers(c, &s->options);
  pump(c);
}

/* Listens on both families, and says where: port 0 lets the system choose. */
static void start_listening(server *s)
{
  int fds[LOOPBACK_MAX];
  size_t num_fds = 0;
  uint16_t port = 0;
  int cause = loopback_bind(s->options.port, fds, &num_fds, &port);
  loop_must(uv_translate_sys_error(cause), "bind");
  for (size_t i = 0; i < num_fds; i++) {
    uv_stream_t *listener = (uv_stream_t *)&s->listeners[i];
    loop_must(uv_tcp_init(&s->loop, &s->listeners[i]), "socket");
    loop_must(uv_tcp_open(&s->listeners[i], fds[i]), "socket");
    loop_must(uv_listen(listener, 512, on_connection), "listen");
  }
  printf("listening on %u\n", port);
  (void)fflush(stdout);
}

int main(int argc, char **argv)
{
  static server s;
  options_read_server(argc, argv, &s.options);
  s.context = setup_server(&s.options);
  if (s.context == NULL) return EXIT_TROUBLE;
  loop_start(&s.loop);
  loop_catch(&s.loop, &s.terminate, SIGTERM, on_signal);
  loop_catch(&s.loop, &s.interrupt, SIGINT, on_signal);
  s.loop.data = &s;
  start_listening(&s);
  uv_run(&s.loop, UV_RUN_DEFAULT);
  uv_loop_close(&s.loop);
  stls_context_free(s.context);
  return s.exit_code;
}
