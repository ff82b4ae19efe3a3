/* SPDX-License-Identifier: MIT */
/*
 * poll_client: HTTPS fetches on a bare poll(2) loop, many at once. The socket
 * is read straight into the object's queue, and written straight out of it.
 *
 * Every event ends in pump(), and pump() is the only place from which the
 * object is called. It moves plaintext as far as that goes, and then drains
 * `outgoing`: so no call, no result and no error can miss the draining.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sanstls/sanstls.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "http.h"
#include "options.h"
#include "report.h"
#include "setup.h"

/* How long a peer may take to end its side after we have ended ours. */
#define LINGER_MS 1000

typedef enum phase {
  CONNECTING,
  OPEN,      /* TLS is at work. */
  ENDING,    /* The last records, close_notify or an alert, are on their way. */
  LINGERING, /* Our side is shut; the peer's bytes are read and dropped. */
  CLOSED
} phase;

typedef struct conn {
  const client_options *options;
  int fd;
  int64_t patience_ms;
  int64_t deadline_ms;
  phase phase;
  stls_object *tls;
  http_client http;
  report report;
} conn;

static int64_t now_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- Plaintext: the only code that calls the object ---------------------- */

/* A slow stdout stops the loop, and with it the reading: backpressure. */
static void deliver(conn *c)
{
  stls_span body = http_client_body(&c->http);
  if (c->options->count == 1) (void)fwrite(body.data, 1, body.len, stdout);
  http_client_used(&c->http, body.len);
}

/* Reads and writes would do this too; apart, its steps can be shown. */
static bool shake_hands(conn *c)
{
  stls_result result = stls_object_handshake(c->tls);
  report_call(&c->report, c->tls, "handshake", result);
  if (result < 0) report_failure(&c->report, c->tls);
  return result == STLS_OK;
}

/* Plaintext out: from the peer to the application. */
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
  stls_result result = stls_object_write(c->tls, ready.data, ready.len, &taken);
  c->report.plaintext_in += taken;
  report_call(&c->report, c->tls, "write", result);
  http_client_sent(&c->http, taken);
  if (result < 0) report_failure(&c->report, c->tls);
  return taken > 0;
}

static void exchange(conn *c)
{
  bool moved = stls_object_conninfo(c->tls) != NULL || shake_hands(c);
  while (moved && http_client_waits(&c->http)) {
    moved = pull(c);
    moved = push(c) || moved;
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

/* None for a socket that takes no more: then they wait for nothing. */
static bool has_records(const conn *c)
{
  return stls_object_wants(c->tls) & STLS_INTEREST_RECORDS_OUT;
}

static bool send_some(conn *c)
{
  stls_bio *outgoing = stls_object_outgoing(c->tls);
  stls_span spans[16];
  struct iovec pieces[16];
  size_t num_spans = stls_bio_peekv(outgoing, spans, 16);
  if (num_spans == 0) return false;
  for (size_t i = 0; i < num_spans; i++) {
    pieces[i].iov_base = (void *)spans[i].data;
    pieces[i].iov_len = spans[i].len;
  }
  ssize_t sent = writev(c->fd, pieces, (int)num_spans);
  if (sent < 0) {
    if (errno != EAGAIN && errno != EINTR) stls_bio_write_eof(outgoing);
    return false;
  }
  c->report.records_out += (uint64_t)sent;
  return stls_bio_consume(outgoing, (size_t)sent, NULL) == STLS_OK;
}

static void drain(conn *c)
{
  while (has_records(c) && send_some(c)) continue;
  if (c->phase != ENDING || has_records(c)) return;
  /* Closing with unread bytes would reset the connection, and a reset can
   * overtake what was sent last: shut our side and read on, for a while. */
  c->phase = LINGERING;
  c->deadline_ms = now_ms() + LINGER_MS;
  if (shutdown(c->fd, SHUT_WR) < 0) c->phase = CLOSED;
}

static void receive(conn *c)
{
  static char dropped[65536];
  stls_bio *incoming = stls_object_incoming(c->tls);
  void *room = dropped;
  size_t room_len = sizeof dropped;
  if (c->phase == OPEN && stls_bio_reserve(incoming, sizeof dropped, &room,
                                           &room_len, NULL) != STLS_OK) {
    return;
  }
  ssize_t len = recv(c->fd, room, room_len, 0);
  bool ended = len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR);
  if (c->phase == OPEN) {
    size_t received = len > 0 ? (size_t)len : 0;
    if (stls_bio_commit(incoming, received, NULL) < 0) c->phase = CLOSED;
    c->report.records_in += received;
    if (ended) stls_bio_write_eof(incoming);
  } else if (ended) {
    c->phase = CLOSED;
  }
}

static void pump(conn *c)
{
  if (c->phase == OPEN) exchange(c);
  if (c->phase == OPEN || c->phase == ENDING) drain(c);
  if (c->phase == CLOSED) {
    close(c->fd);
    c->fd = -1; /* poll() leaves it out. */
    c->deadline_ms = INT64_MAX;
  }
}

/* What poll() should wait for: nothing that could not be dealt with now. */
static short interests(const conn *c)
{
  unsigned wants = stls_object_wants(c->tls);
  bool receives = wants & STLS_INTEREST_RECORDS_IN;
  bool sends = wants & STLS_INTEREST_RECORDS_OUT ||
               (wants & STLS_INTEREST_PLAINTEXT_IN &&
                http_client_ready(&c->http).len > 0);
  if (c->phase == CONNECTING || c->phase == ENDING) return POLLOUT;
  if (c->phase == LINGERING) return POLLIN;
  return (short)((receives ? POLLIN : 0) | (sends ? POLLOUT : 0));
}

static void finish_connecting(conn *c)
{
  int error = 0;
  getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &(socklen_t){sizeof error});
  c->phase = error == 0 ? OPEN : CLOSED;
  if (error != 0) report_trouble(&c->report, EXIT_CONNECT, strerror(error));
}

static void on_ready(conn *c, short events)
{
  if (c->phase == CONNECTING) finish_connecting(c);
  if (c->phase != CLOSED && events != POLLOUT) receive(c);
  if (c->phase == OPEN) c->deadline_ms = now_ms() + c->patience_ms;
  pump(c);
}

static void on_deadline(conn *c)
{
  report_trouble(&c->report, EXIT_TIMEOUT, "nothing moved for too long");
  if (c->phase != OPEN) c->phase = CLOSED;
  c->deadline_ms = now_ms() + LINGER_MS;
  pump(c);
}

static void start(conn *c, stls_context *context)
{
  stls_object_options how = STLS_OBJECT_OPTIONS_INIT;
  stls_error error = STLS_ERROR_INIT;
  how.server_name = c->options->server_name;
  how.user_data = &c->report;
  c->patience_ms = (int64_t)c->options->timeout_s * 1000;
  c->deadline_ms = now_ms() + c->patience_ms;
  http_client_init(&c->http, c->options->server_name, c->options->path,
                   c->options->post_len);
  if (stls_object_new(context, NULL, NULL, &how, &c->tls, &error) < 0) {
    report_trouble(&c->report, EXIT_USAGE, error.message);
    c->phase = CLOSED;
    pump(c);
    return;
  }
  const struct sockaddr *address =
      (const struct sockaddr *)&c->options->address;
  c->fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int status = connect(c->fd, address, c->options->address_len);
  if (status < 0 && errno != EINPROGRESS) {
    report_trouble(&c->report, EXIT_CONNECT, strerror(errno));
    c->phase = CLOSED;
  }
  pump(c);
}

/* Waits, and serves each connection once. False when none is left. */
static bool turn(conn *conns, struct pollfd *polled, unsigned count)
{
  int64_t deadline_ms = INT64_MAX;
  for (unsigned i = 0; i < count; i++) {
    polled[i] = (struct pollfd){.fd = conns[i].fd};
    polled[i].events = interests(&conns[i]);
    if (conns[i].deadline_ms < deadline_ms) deadline_ms = conns[i].deadline_ms;
  }
  if (deadline_ms == INT64_MAX) return false;
  int64_t patience_ms = deadline_ms - now_ms();
  (void)poll(polled, count, patience_ms > 0 ? (int)patience_ms : 0);
  for (unsigned i = 0; i < count; i++) {
    if (polled[i].revents != 0) {
      on_ready(&conns[i], polled[i].revents);
    } else if (now_ms() >= conns[i].deadline_ms) {
      on_deadline(&conns[i]);
    }
  }
  return true;
}

int main(int argc, char **argv)
{
  client_options options;
  report_total total;
  options_read_client(argc, argv, &options);
  stls_context *context = setup_client(&options, report_message);
  if (context == NULL) return EXIT_TROUBLE;
  conn *conns = calloc(options.count, sizeof *conns);
  struct pollfd *polled = calloc(options.count, sizeof *polled);
  if (conns == NULL || polled == NULL) return EXIT_TROUBLE;
  signal(SIGPIPE, SIG_IGN); /* A write to a gone peer is an error code. */
  report_total_init(&total, &options);
  for (unsigned i = 0; i < options.count; i++) {
    conns[i].fd = -1;
    conns[i].options = &options;
    report_init(&conns[i].report, &total);
    start(&conns[i], context);
  }
  while (turn(conns, polled, options.count)) continue;
  for (unsigned i = 0; i < options.count; i++) stls_object_free(conns[i].tls);
  free(polled);
  free(conns);
  stls_context_free(context);
  return report_total_end(&total);
}
