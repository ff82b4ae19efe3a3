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
#include "options.h"
#include "report.h"
#include "setup.h"

typedef struct server {
  server_options options;
  stls_context *context;
  uv_loop_t loop;
  uv_tcp_t listener;
  uv_signal_t terminate;
  uv_signal_t interrupt;
  unsigned num_accepted;
} server;

typedef enum phase {
  OPEN,      /* TLS is at work. */
  ENDING,    /* The last records, close_notify or an alert, are on their way. */
  LINGERING, /* Our side is shut; the peer's bytes are read and dropped. */
  CLOSED     /* Only libuv still holds on to the handles. */
} phase;

typedef struct conn {
  uv_tcp_t tcp;
  uv_timer_t idle;
  uv_write_t write;
  uv_shutdown_t shutdown;
  unsigned num_handles;
  char name[48]; /* For the log. */
  phase phase;
  bool impatient;   /* Nothing moved for a while: end it. */
  size_t in_flight; /* Bytes of `outgoing` that libuv is writing. */
  stls_object *tls;
  http_server http;
} conn;

static void pump(conn *c);

/* --- Plaintext: the only code that calls the object ---------------------- */

/* The object remembers the first failure; so does the log. */
static void fail(conn *c)
{
  if (c->phase != OPEN) return;
  report_server_failure(c->name, c->tls);
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
  }
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
  if (stls_bio_consume(outgoing, c->in_flight, NULL) < 0) c->phase = CLOSED;
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
    if (len > 0) uv_timer_again(&c->idle);
  } else if (len < 0) {
    c->phase = CLOSED;
  }
  pump(c);
}

/* Reads from the socket only while somebody has room for it. */
static void choose_reading(conn *c)
{
  bool welcome = (stls_object_wants(c->tls) & STLS_INTEREST_RECORDS_IN) != 0 &&
                 http_server_room(&c->http).len > 0;
  if (c->phase == LINGERING || (c->phase == OPEN && welcome)) {
    (void)uv_read_start((uv_stream_t *)&c->tcp, on_room, on_received);
  } else {
    (void)uv_read_stop((uv_stream_t *)&c->tcp);
  }
}

static void on_closed(uv_handle_t *handle)
{
  conn *c = handle->data;
  if (--c->num_handles > 0) return;
  stls_object_free(c->tls);
  free(c);
}

/* Memory lives on until libuv has let go of both handles and the write. */
static void close_handles(conn *c)
{
  c->phase = CLOSED;
  if (uv_is_closing((uv_handle_t *)&c->tcp)) return;
  uv_close((uv_handle_t *)&c->tcp, on_closed);
  uv_close((uv_handle_t *)&c->idle, on_closed);
}

static void pump(conn *c)
{
  if (c->phase == OPEN) exchange(c);
  drain(c);
  choose_reading(c);
  if (c->phase == CLOSED) close_handles(c);
}

/* Nothing moved: say close_notify; if that does not move either, drop it. */
static void on_idle(uv_timer_t *timer)
{
  conn *c = timer->data;
  if (c->phase == OPEN) report_server_idle(c->name);
  if (c->phase != OPEN) c->phase = CLOSED;
  c->impatient = true;
  pump(c);
}

static void on_connection(uv_stream_t *listener, int status)
{
  server *s = listener->loop->data;
  conn *c = status == 0 ? calloc(1, sizeof *c) : NULL;
  if (c == NULL) return;
  (void)snprintf(c->name, sizeof c->name, "%s: connection %u",
                 s->options.program, ++s->num_accepted);
  c->num_handles = 2;
  c->tcp.data = c->idle.data = c->write.data = c;
  http_server_init(&c->http);
  uv_tcp_init(&s->loop, &c->tcp);
  uv_timer_init(&s->loop, &c->idle);
  if (uv_accept(listener, (uv_stream_t *)&c->tcp) != 0 ||
      stls_object_new(s->context, NULL, NULL, NULL, &c->tls, NULL) != STLS_OK) {
    close_handles(c);
    return;
  }
  uint64_t idle_ms = (uint64_t)s->options.idle_timeout_s * 1000;
  uv_tcp_nodelay(&c->tcp, 1);
  uv_timer_start(&c->idle, on_idle, idle_ms, idle_ms);
  pump(c);
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

/* Listens, and says where: port 0 lets the system choose. */
static int listen_on_loopback(server *s)
{
  struct sockaddr_in address;
  int len = sizeof address;
  uv_ip4_addr("127.0.0.1", s->options.port, &address);
  uv_tcp_init(&s->loop, &s->listener);
  int status = uv_tcp_bind(&s->listener, (struct sockaddr *)&address, 0);
  if (status == 0) {
    status = uv_listen((uv_stream_t *)&s->listener, 512, on_connection);
  }
  (void)uv_tcp_getsockname(&s->listener, (struct sockaddr *)&address, &len);
  if (status == 0) printf("listening on %d\n", ntohs(address.sin_port));
  (void)fflush(stdout);
  return status;
}

int main(int argc, char **argv)
{
  static server s;
  options_read_server(argc, argv, &s.options);
  s.context = setup_server(&s.options);
  if (s.context == NULL) return EXIT_TROUBLE;
  signal(SIGPIPE, SIG_IGN); /* A write to a gone peer is an error code. */
  uv_loop_init(&s.loop);
  s.loop.data = &s;
  uv_signal_init(&s.loop, &s.terminate);
  uv_signal_init(&s.loop, &s.interrupt);
  uv_signal_start(&s.terminate, on_signal, SIGTERM);
  uv_signal_start(&s.interrupt, on_signal, SIGINT);
  int status = listen_on_loopback(&s);
  if (status < 0) {
    fprintf(stderr, "%s: %s\n", s.options.program, uv_strerror(status));
    uv_walk(&s.loop, close_any, NULL);
  }
  uv_run(&s.loop, UV_RUN_DEFAULT);
  uv_loop_close(&s.loop);
  stls_context_free(s.context);
  return status < 0 ? EXIT_TROUBLE : EXIT_COMPLETE;
}
