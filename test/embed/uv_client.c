/* SPDX-License-Identifier: MIT */
/*
 * uv_client: HTTPS fetches on libuv, many at once. The socket is read straight
 * into the object's queue, and written straight out of it.
 *
 * Every event ends in pump(), and pump() is the only place from which the
 * object is called. It moves plaintext as far as that goes, and then drains
 * `outgoing`: so no call, no result and no error can miss the draining.
 */
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "http.h"
#include "loop.h"
#include "options.h"
#include "report.h"
#include "setup.h"

/* How long a peer may take to end its side after we have ended ours. */
#define LINGER_MS 1000

typedef struct client {
  client_options options;
  stls_context *context;
  uv_loop_t loop;
  report_total total;
} client;

typedef enum phase {
  CONNECTING,
  OPEN,      /* TLS is at work. */
  ENDING,    /* The last records, close_notify or an alert, are on their way. */
  LINGERING, /* Our side is shut; the peer's bytes are read and dropped. */
  CLOSED     /* Only libuv still holds on to the handles. */
} phase;

typedef struct conn {
  client *client;
  uv_tcp_t tcp;
  uv_timer_t idle;
  uv_connect_t connect;
  uv_write_t write;
  uv_shutdown_t shutdown;
  unsigned num_handles;
  phase phase;
  size_t in_flight; /* Bytes of `outgoing` that libuv is writing. */
  stls_object *tls;
  http_client http;
  report report;
} conn;

static void pump(conn *c);
static void on_idle(uv_timer_t *timer);

/* The system does not want to: that ends the connection. */
static void give_up(conn *c, int status)
{
  report_trouble(&c->report, EXIT_CONNECT, uv_strerror(status));
  c->phase = CLOSED;
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
  stls_writable_span room = http_client_room(&c->http);
  size_t got = 0;
  stls_result result = stls_object_read(c->tls, room.data, room.len, &got);
  c->report.plaintext_out += got;
  report_call(&c->report, c->tls, "read", result);
  http_client_took(&c->http, got);
  deliver(c);
  if (result == STLS_CLOSED) http_client_end(&c->http);
  if (result < 0) report_failure(&c->report, c->tls);
  return got > 0;
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
  if (result < 0) report_failure(&c->report, c->tls);
  return taken > 0;
}

static void exchange(conn *c)
{
  bool moved = true;
  while (moved && http_client_waits(&c->http)) {
    moved = pull(c);
    moved = push(c) || moved;
    if (moved) uv_timer_again(&c->idle);
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

static void on_written(uv_write_t *write, int status)
{
  conn *c = write->data;
  if (c->phase == CLOSED) return;
  stls_bio *outgoing = stls_object_outgoing(c->tls);
  if (status == 0) stls_bio_consume(outgoing, c->in_flight, NULL);
  if (status == 0) c->report.records_out += c->in_flight;
  if (status < 0) stls_bio_write_eof(outgoing);
  c->in_flight = 0;
  if (c->phase == OPEN) uv_timer_again(&c->idle);
  pump(c);
}

/* Closing with unread bytes would reset the connection, and a reset can
 * overtake what was sent last: shut our side and read on, for a while. */
static void linger(conn *c)
{
  c->phase = LINGERING;
  uv_timer_start(&c->idle, on_idle, LINGER_MS, 0);
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
  if (c->in_flight > 0) return;
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
    c->report.records_in += received;
    if (len < 0) stls_bio_write_eof(incoming);
  } else if (len < 0) {
    c->phase = CLOSED;
  }
  pump(c);
}

/* Reads from the socket only while somebody has room for it. */
static void choose_reading(conn *c)
{
  bool welcome = (stls_object_wants(c->tls) & STLS_INTEREST_RECORDS_IN) != 0;
  if (c->phase == LINGERING || (c->phase == OPEN && welcome)) {
    int status = uv_read_start((uv_stream_t *)&c->tcp, on_room, on_received);
    if (status < 0 && status != UV_EALREADY) give_up(c, status);
  } else {
    uv_read_stop((uv_stream_t *)&c->tcp);
  }
}

static void on_closed(uv_handle_t *handle)
{
  conn *c = handle->data;
  if (--c->num_handles > 0) return;
  stls_object_free(c->tls);
  http_client_free(&c->http);
  free(c);
}

static void pump(conn *c)
{
  if (c->phase == OPEN) exchange(c);
  if (c->phase == OPEN || c->phase == ENDING) drain(c);
  choose_reading(c);
  if (c->phase == CLOSED && !uv_is_closing((uv_handle_t *)&c->tcp)) {
    /* Memory lives on until libuv has let go of both handles. */
    uv_close((uv_handle_t *)&c->tcp, on_closed);
    uv_close((uv_handle_t *)&c->idle, on_closed);
  }
}

static void on_idle(uv_timer_t *timer)
{
  conn *c = timer->data;
  report_trouble(&c->report, EXIT_TIMEOUT, "nothing moved for too long");
  if (c->phase != OPEN) c->phase = CLOSED;
  pump(c);
}

static void on_connected(uv_connect_t *connect, int status)
{
  conn *c = connect->data;
  if (c->phase == CLOSED) return;
  c->phase = OPEN;
  if (status < 0) give_up(c, status);
  pump(c);
}

static void start(client *it)
{
  client_options *options = &it->options;
  stls_object_options how = STLS_OBJECT_OPTIONS_INIT;
  uint64_t patience_ms = (uint64_t)options->timeout_s * 1000;
  conn *c = calloc(1, sizeof *c);
  if (c == NULL) loop_must(UV_ENOMEM, "connection");
  c->client = it;
  c->num_handles = 2;
  c->tcp.data = c->idle.data = c->connect.data = c->write.data = c;
  report_init(&c->report, &it->total);
  http_client_init(&c->http, options->server_name, options->path,
                   options->post_len);
  uv_tcp_init(&it->loop, &c->tcp);
  uv_timer_init(&it->loop, &c->idle);
  uv_timer_start(&c->idle, on_idle, patience_ms, patience_ms);
  how.server_name = options->server_name;
  how.user_data = &c->report;
  stls_error error = STLS_ERROR_INIT;
  if (stls_object_new(it->context, NULL, NULL, &how, &c->tls, &error) < 0) {
    report_trouble(&c->report, EXIT_USAGE, error.message);
    c->phase = CLOSED;
  } else {
    int status = uv_tcp_connect(&c->connect, &c->tcp,
                                (const struct sockaddr *)&options->address,
                                on_connected);
    if (status < 0) give_up(c, status);
  }
  pump(c);
}

int main(int argc, char **argv)
{
  static client it;
  options_read_client(argc, argv, &it.options);
  it.context = setup_client(&it.options, report_message);
  if (it.context == NULL) return EXIT_TROUBLE;
  loop_start(&it.loop);
  report_total_init(&it.total, &it.options);
  for (unsigned i = 0; i < it.options.count; i++) start(&it);
  uv_run(&it.loop, UV_RUN_DEFAULT);
  uv_loop_close(&it.loop);
  stls_context_free(it.context);
  return report_total_end(&it.total);
}
