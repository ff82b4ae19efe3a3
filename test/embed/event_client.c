/* SPDX-License-Identifier: MIT */
/*
 * event_client: HTTPS fetches on libevent's plain bufferevents, many at once.
 * Records are decrypted where the input buffer holds them, and written from
 * where the object's queue holds them.
 *
 * Every event ends in pump(), and pump() is the only place from which the
 * object is called. It moves plaintext as far as that goes, and then drains
 * `outgoing`: so no call, no result and no error can miss the draining.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <sanstls/sanstls.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "http.h"
#include "options.h"
#include "report.h"
#include "setup.h"

/* How long a peer may take to end its side after we have ended ours. */
#define LINGER_S 1

typedef struct client {
  client_options options;
  stls_context *context;
  struct event_base *base;
  report_total total;
} client;

typedef enum phase {
  CONNECTING,
  OPEN,      /* TLS is at work. */
  ENDING,    /* The last records, close_notify or an alert, are on their way. */
  LINGERING, /* Our side is shut; the peer's bytes are read and dropped. */
  CLOSED     /* To be freed when pump() is through. */
} phase;

typedef struct conn {
  client *client;
  struct bufferevent *socket;
  struct event *idle;
  phase phase;
  bool established; /* The handshake is done. */
  bool transport_ended;
  size_t in_flight; /* Bytes of `outgoing` that the output buffer refers to. */
  stls_object *tls;
  http_client http;
  report report;
} conn;

static void be_patient(conn *c, unsigned seconds)
{
  struct timeval patience = {.tv_sec = (time_t)seconds};
  if (event_add(c->idle, &patience) < 0) {
    report_trouble(&c->report, EXIT_TROUBLE, "no memory");
    c->phase = CLOSED;
  }
}

/* Called when plaintext has moved, the handshake has ended, or records were
 * written. Bytes that complete no record keep nobody waiting. */
static void something_moved(conn *c)
{
  be_patient(c, c->client->options.timeout_s);
}

/* --- Plaintext: the only code that calls the object ---------------------- */

/* A slow stdout stops the loop, and with it the reading: backpressure. */
static void deliver(conn *c)
{
  stls_span body = http_client_body(&c->http);
  if (c->client->options.count == 1) {
    (void)fwrite(body.data, 1, body.len, stdout);
  }
  http_client_used(&c->http, body.len);
}

/* Plaintext out: from the peer to the application. The first call begins the
 * handshake, and the next ones go on with it: it needs no code of its own. */
static bool pull(conn *c)
{
  struct evbuffer *input = bufferevent_get_input(c->socket);
  struct evbuffer_iovec run = {NULL, 0};
  stls_writable_span room = http_client_room(&c->http);
  size_t used = 0;
  size_t got = 0;
  (void)evbuffer_peek(input, -1, NULL, &run, 1);
  if (run.iov_len == 0 && c->transport_ended) {
    stls_bio_write_eof(stls_object_incoming(c->tls));
  }
  stls_result result = stls_object_read_from(c->tls, run.iov_base, run.iov_len,
                                             &used, room.data, room.len, &got);
  (void)evbuffer_drain(input, used);
  c->report.records_in += used;
  c->report.plaintext_out += got;
  report_call(&c->report, c->tls, "read_from", result);
  http_client_took(&c->http, got);
  if (got > 0) something_moved(c);
  deliver(c);
  if (result == STLS_CLOSED) http_client_end(&c->http);
  if (result < 0) report_failure(&c->report, c->tls);
  return used > 0 || got > 0;
}

/* Plaintext in: from the application to the peer, while `outgoing` has room. */
static bool push(conn *c)
{
  stls_span ready = http_client_ready(&c->http);
  size_t taken = 0;
  if (ready.len == 0) return false;
  if (!(stls_object_wants(c->tls) & STLS_INTEREST_PLAINTEXT_IN)) return false;
  stls_result result = stls_object_write(c->tls, ready.data, ready.len, &taken);
  c->report.plaintext_in += taken;
  report_call(&c->report, c->tls, "write", result);
  http_client_sent(&c->http, taken);
  if (taken > 0) something_moved(c);
  if (result < 0) report_failure(&c->report, c->tls);
  return taken > 0;
}

static void exchange(conn *c)
{
  bool moved = true;
  while (moved && http_client_waits(&c->http)) {
    moved = pull(c);
    moved = push(c) || moved;
  }
  if (!c->established && stls_object_conninfo(c->tls) != NULL) {
    c->established = true;
    something_moved(c);
  }
  if (!http_client_waits(&c->http)) {
    report_response(&c->report, c->tls, &c->http);
  }
  if (c->report.ended) {
    /* After a failure this does nothing: the alert has said it. */
    if (stls_object_close_write(c->tls) < 0) report_failure(&c->report, c->tls);
    c->phase = ENDING;
  }
}

/* --- Records out --------------------------------------------------------- */

/* Closing with unread bytes would reset the connection, and a reset can
 * overtake what was sent last: shut our side and read on, for a while. */
static void linger(conn *c)
{
  c->phase = LINGERING;
  be_patient(c, LINGER_S);
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

/* --- The connection ------------------------------------------------------ */

static void free_conn(conn *c)
{
  if (c->idle != NULL) event_free(c->idle);
  if (c->socket != NULL) bufferevent_free(c->socket);
  stls_object_free(c->tls);
  http_client_free(&c->http);
  free(c);
}

/* The connection may be gone when this returns. */
static void pump(conn *c)
{
  if (c->phase == OPEN) exchange(c);
  if (c->phase == OPEN || c->phase == ENDING) drain(c);
  if (c->phase == LINGERING) {
    struct evbuffer *input = bufferevent_get_input(c->socket);
    (void)evbuffer_drain(input, evbuffer_get_length(input));
    if (c->transport_ended) c->phase = CLOSED;
  }
  if (c->phase == CLOSED) free_conn(c);
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
  c->report.records_out += c->in_flight;
  c->in_flight = 0;
  if (c->phase == OPEN && c->established) something_moved(c);
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
  if (what & BEV_EVENT_CONNECTED) {
    c->phase = OPEN;
  } else if (c->phase == CONNECTING) {
    const char *why = evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR());
    report_trouble(&c->report, EXIT_CONNECT, why);
    c->phase = CLOSED;
  } else if (what & BEV_EVENT_WRITING) {
    stls_bio_write_eof(stls_object_outgoing(c->tls));
  } else {
    c->transport_ended = true;
  }
  pump(c);
}

static void on_idle(evutil_socket_t none, short what, void *data)
{
  conn *c = data;
  (void)none;
  (void)what;
  report_trouble(&c->report, EXIT_TIMEOUT, "nothing moved for too long");
  if (c->phase != OPEN) c->phase = CLOSED;
  be_patient(c, LINGER_S);
  pump(c);
}

/* --- The program --------------------------------------------------------- */

static bool make_socket(conn *c)
{
  struct event_base *base = c->client->base;
  c->socket = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
  c->idle = evtimer_new(base, on_idle, c);
  if (c->socket == NULL || c->idle == NULL) return false;
  bufferevent_setcb(c->socket, on_received, on_written, on_event, c);
  bufferevent_setwatermark(c->socket, EV_READ, 0, 65536); /* A few records. */
  return bufferevent_enable(c->socket, EV_READ | EV_WRITE) == 0;
}

/* When this fails, as without a descriptor for the socket, no event says so.
 * That a peer refuses is told to on_event. */
static bool start_connecting(conn *c)
{
  client_options *options = &c->client->options;
  return bufferevent_socket_connect(c->socket,
                                    (struct sockaddr *)&options->address,
                                    (int)options->address_len) == 0;
}

static void start(client *it, conn *c)
{
  client_options *options = &it->options;
  stls_object_options how = STLS_OBJECT_OPTIONS_INIT;
  stls_error error = STLS_ERROR_INIT;
  how.server_name = options->server_name;
  how.user_data = &c->report;
  c->client = it;
  report_init(&c->report, &it->total);
  http_client_init(&c->http, options->server_name, options->path,
                   options->post_len);
  if (stls_object_new(it->context, NULL, NULL, &how, &c->tls, &error) < 0) {
    report_trouble(&c->report, EXIT_USAGE, error.message);
  } else if (!make_socket(c)) {
    report_trouble(&c->report, EXIT_TROUBLE, "no memory");
  } else if (!start_connecting(c)) {
    report_trouble(&c->report, EXIT_CONNECT, strerror(errno));
  } else {
    something_moved(c);
    return;
  }
  free_conn(c);
}

static bool run(client *it)
{
  it->base = event_base_new();
  if (it->base == NULL) return false;
  for (unsigned i = 0; i < it->options.count; i++) {
    conn *c = calloc(1, sizeof *c);
    if (c == NULL) return false;
    start(it, c);
  }
  return event_base_dispatch(it->base) >= 0;
}

int main(int argc, char **argv)
{
  client it = {.context = NULL};
  options_read_client(argc, argv, &it.options);
  it.context = setup_client(&it.options, report_message);
  if (it.context == NULL) return EXIT_TROUBLE;
  signal(SIGPIPE, SIG_IGN); /* A write to a gone peer is an error code. */
  report_total_init(&it.total, &it.options);
  bool ran = run(&it);
  if (!ran) perror(it.options.program);
  if (it.base != NULL) event_base_free(it.base);
  stls_context_free(it.context);
  libevent_global_shutdown();
  int exit_code = report_total_end(&it.total);
  return ran ? exit_code : EXIT_TROUBLE;
}
