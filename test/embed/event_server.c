/* SPDX-License-Identifier: MIT */
/*
 * event_server: an HTTPS server on libevent's plain bufferevents. Records are
 * decrypted where the input buffer holds them, and written from where the
 * object's queue holds them.
 *
 * Every event ends in pump(), and pump() is the only place from which the
 * object is called. It moves plaintext as far as that goes, and then drains
 * `outgoing`: so no call, no result and no error can miss the draining.
 */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <sanstls/sanstls.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "event_listen.h"
#include "http.h"
#include "options.h"
#include "report.h"
#include "setup.h"

typedef struct server {
  server_options options;
  stls_context *context;
  struct event_base *base;
  struct event *terminate;
  struct event *interrupt;
  event_listen listen;
  LIST_HEAD(conns, conn) conns;
  unsigned num_accepted;
} server;

typedef enum phase {
  OPEN,      /* TLS is at work. */
  ENDING,    /* The last records, close_notify or an alert, are on their way. */
  LINGERING, /* Our side is shut; the peer's bytes are read and dropped. */
  CLOSED     /* To be freed when pump() is through. */
} phase;

typedef struct conn {
  LIST_ENTRY(conn) link;
  server *server;
  struct bufferevent *socket;
  struct event *idle;     /* Nothing moves. */
  struct event *deadline; /* A request is not complete in time. */
  char name[48];          /* For the log. */
  phase phase;
  bool impatient; /* Nothing moved for a while: end it. */
  bool transport_ended;
  uint64_t due;     /* What `deadline` is running for. */
  size_t in_flight; /* Bytes of `outgoing` that the output buffer refers to. */
  stls_object *tls;
  http_server http;
} conn;

static void pump(conn *c);

/* --- Timers -------------------------------------------------------------- */

static void start_timer(conn *c, struct event *timer, unsigned seconds)
{
  struct timeval patience = {.tv_sec = (time_t)seconds};
  if (event_add(timer, &patience) < 0) c->phase = CLOSED;
}

/* Called when plaintext has moved or records were written. Bytes that complete
 * no record keep nobody waiting. */
static void something_moved(conn *c)
{
  start_timer(c, c->idle, c->server->options.idle_timeout_s);
}

/* The handshake with the first request, and each later part of one, has to be
 * complete in time, however its bytes drip. */
static void watch_request(conn *c)
{
  uint64_t due = c->phase == OPEN ? http_server_due(&c->http) : 0;
  if (due == c->due) return;
  c->due = due;
  if (due == 0) {
    event_del(c->deadline);
  } else {
    start_timer(c, c->deadline, c->server->options.request_timeout_s);
  }
}

/* --- Plaintext: the only code that calls the object ---------------------- */

/* The object remembers the first failure; so does the log. Many clients leave
 * without close_notify when they have their answers. */
static void fail(conn *c)
{
  stls_result result = stls_object_error(c->tls, NULL);
  if (c->phase != OPEN) return;
  if (result == STLS_ERROR_TRUNCATED && http_server_idle(&c->http)) {
    report_server_left(c->name);
  } else {
    report_server_failure(c->name, c->tls);
  }
  c->phase = ENDING; /* The alert is still to be drained. */
}

/* Plaintext out: what there is no room for stays in the input buffer. */
static bool pull(conn *c)
{
  struct evbuffer *input = bufferevent_get_input(c->socket);
  struct evbuffer_iovec run = {NULL, 0};
  stls_writable_span room = http_server_room(&c->http);
  size_t used = 0;
  size_t got = 0;
  if (room.len == 0) return false;
  (void)evbuffer_peek(input, -1, NULL, &run, 1);
  if (run.iov_len == 0 && c->transport_ended) {
    stls_bio_write_eof(stls_object_incoming(c->tls));
  }
  stls_result result = stls_object_read_from(c->tls, run.iov_base, run.iov_len,
                                             &used, room.data, room.len, &got);
  (void)evbuffer_drain(input, used);
  http_server_took(&c->http, got);
  if (got > 0) something_moved(c);
  if (result == STLS_CLOSED) http_server_end(&c->http);
  if (result < 0) fail(c);
  return used > 0 || got > 0;
}

/* Plaintext in: from the application to the peer, while `outgoing` has room. */
static bool push(conn *c)
{
  stls_span ready = http_server_ready(&c->http);
  size_t taken = 0;
  if (ready.len == 0) return false;
  stls_result result = stls_object_write(c->tls, ready.data, ready.len, &taken);
  http_server_sent(&c->http, taken);
  if (taken > 0) something_moved(c);
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
  http_server_rest(&c->http); /* Idle connections hold no buffers. */
  if (c->impatient || http_server_done(&c->http)) {
    if (stls_object_close_write(c->tls) < 0) fail(c);
    c->phase = ENDING;
  }
}

/* --- Records out --------------------------------------------------------- */

/* Closing with unread bytes would reset the connection, and a reset can
 * overtake what was sent last: shut our side and read on. */
static void linger(conn *c)
{
  c->phase = LINGERING;
  if (shutdown(bufferevent_getfd(c->socket), SHUT_WR) < 0) c->phase = CLOSED;
}

/*
 * Lends everything that waits to the output buffer, which writes it from where
 * it is: the bytes stay in the queue until they are consumed in on_written.
 */
static void drain(conn *c)
{
  stls_span spans[16];
  struct evbuffer *output = bufferevent_get_output(c->socket);
  if (!(stls_object_wants(c->tls) & STLS_INTEREST_RECORDS_OUT)) {
    if (c->phase == ENDING) linger(c);
    return;
  }
  if (c->in_flight > 0) return;
  size_t num_spans = stls_bio_peekv(stls_object_outgoing(c->tls), spans, 16);
  for (size_t i = 0; i < num_spans; i++) {
    if (evbuffer_add_reference(output, spans[i].data, spans[i].len, NULL, NULL))
      c->phase = CLOSED;
    c->in_flight += spans[i].len;
  }
}

/* The socket takes no more. What the peer said last, such as an alert, may still
 * come: it is read, and the object says how the connection ended. */
static void end_output(conn *c)
{
  stls_bio_write_eof(stls_object_outgoing(c->tls));
  http_server_cut(&c->http);
}

/*
 * Only an empty output buffer says that the lent bytes were written. Deferred
 * callbacks and bufferevent_trigger call this at other times, too.
 */
static void on_written(struct bufferevent *socket, void *data)
{
  conn *c = data;
  size_t unwritten = evbuffer_get_length(bufferevent_get_output(socket));
  if (c->in_flight == 0 || unwritten > 0) return;
  stls_bio *outgoing = stls_object_outgoing(c->tls);
  if (stls_bio_consume(outgoing, c->in_flight, NULL) < 0) c->phase = CLOSED;
  c->in_flight = 0;
  something_moved(c);
  pump(c);
}

static void on_received(struct bufferevent *socket, void *data)
{
  (void)socket;
  pump(data);
}

static void on_event(struct bufferevent *socket, short what, void *data)
{
  conn *c = data;
  (void)socket;
  if (what & BEV_EVENT_WRITING) {
    end_output(c);
  } else {
    c->transport_ended = true;
  }
  pump(c);
}

/* Nothing moved: say close_notify; if that does not move either, drop it. */
static void on_idle(evutil_socket_t none, short what, void *data)
{
  conn *c = data;
  (void)none;
  (void)what;
  if (c->phase == OPEN) report_server_idle(c->name);
  if (c->phase != OPEN) c->phase = CLOSED;
  c->impatient = true;
  something_moved(c);
  pump(c);
}

static void on_deadline(evutil_socket_t none, short what, void *data)
{
  conn *c = data;
  (void)none;
  (void)what;
  report_server_slow(c->name);
  c->impatient = true;
  pump(c);
}

static void free_conn(conn *c)
{
  LIST_REMOVE(c, link);
  http_server_free(&c->http);
  if (c->idle != NULL) event_free(c->idle);
  if (c->deadline != NULL) event_free(c->deadline);
  if (c->socket != NULL) bufferevent_free(c->socket);
  stls_object_free(c->tls);
  free(c);
}

/* The connection may be gone when this returns. */
static void pump(conn *c)
{
  if (c->phase == OPEN) exchange(c);
  watch_request(c);
  if (c->phase < LINGERING) drain(c);
  if (c->phase == LINGERING) {
    struct evbuffer *input = bufferevent_get_input(c->socket);
    (void)evbuffer_drain(input, evbuffer_get_length(input));
    if (c->transport_ended) c->phase = CLOSED;
  }
  if (c->phase == CLOSED) free_conn(c);
}

static bool make_socket(conn *c, evutil_socket_t fd)
{
  struct event_base *base = c->server->base;
  c->idle = evtimer_new(base, on_idle, c);
  c->deadline = evtimer_new(base, on_deadline, c);
  c->socket = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
  if (c->socket == NULL) evutil_closesocket(fd);
  if (c->idle == NULL || c->deadline == NULL || c->socket == NULL) return false;
  bufferevent_setcb(c->socket, on_received, on_written, on_event, c);
  bufferevent_setwatermark(c->socket, EV_READ, 0, 65536); /* A few records. */
  return bufferevent_enable(c->socket, EV_READ | EV_WRITE) == 0;
}

static void on_connection(evutil_socket_t fd, void *data)
{
  server *s = data;
  stls_error error = STLS_ERROR_INIT;
  conn *c = calloc(1, sizeof *c);
  if (c == NULL) {
    fprintf(stderr, "%s: no memory\n", s->options.program);
    evutil_closesocket(fd);
    return;
  }
  LIST_INSERT_HEAD(&s->conns, c, link);
  c->server = s;
  (void)snprintf(c->name, sizeof c->name, "%s: connection %u",
                 s->options.program, ++s->num_accepted);
  http_server_init(&c->http);
  bool made = make_socket(c, fd);
  if (!made ||
      stls_object_new(s->context, NULL, NULL, NULL, &c->tls, &error) < 0) {
    fprintf(stderr, "%s: %s\n", c->name, made ? error.message : "no memory");
    free_conn(c);
    return;
  }
  something_moved(c);
  pump(c);
}

/* --- The program --------------------------------------------------------- */

static void on_signal(evutil_socket_t number, short what, void *base)
{
  (void)number;
  (void)what;
  event_base_loopbreak(base);
}

/* Whatever fails here has left its reason in errno. */
static bool start(server *s)
{
  s->base = event_base_new();
  if (s->base == NULL) return false;
  s->listen.base = s->base;
  s->terminate = evsignal_new(s->base, SIGTERM, on_signal, s->base);
  s->interrupt = evsignal_new(s->base, SIGINT, on_signal, s->base);
  return s->terminate != NULL && event_add(s->terminate, NULL) == 0 &&
         s->interrupt != NULL && event_add(s->interrupt, NULL) == 0 &&
         event_listen_start(&s->listen, s->options.port);
}

static void end(server *s)
{
  while (!LIST_EMPTY(&s->conns)) free_conn(LIST_FIRST(&s->conns));
  event_listen_end(&s->listen);
  if (s->terminate != NULL) event_free(s->terminate);
  if (s->interrupt != NULL) event_free(s->interrupt);
  if (s->base != NULL) event_base_free(s->base);
  stls_context_free(s->context);
  libevent_global_shutdown();
}

int main(int argc, char **argv)
{
  server s = {.conns = LIST_HEAD_INITIALIZER(s.conns)};
  options_read_server(argc, argv, &s.options);
  s.listen.program = s.options.program;
  s.listen.on_connection = on_connection;
  s.listen.data = &s;
  s.context = setup_server(&s.options);
  if (s.context == NULL) return EXIT_TROUBLE;
  signal(SIGPIPE, SIG_IGN); /* A write to a gone peer is an error code. */
  bool ran = start(&s) && event_base_dispatch(s.base) >= 0;
  if (!ran) perror(s.options.program);
  end(&s);
  return ran ? EXIT_COMPLETE : EXIT_TROUBLE;
}
