/* SPDX-License-Identifier: MIT */
/*
 * uv_https: an HTTPS server on libuv, whole in one file. It answers every GET.
 *
 *   cc -o uv_https uv_https.c $(pkg-config --cflags --libs sanstls libuv)
 *   ./uv_https 4433 chain.pem chain.key
 *   curl --cacert ca.pem https://localhost:4433/
 *
 * The skeleton is that of uv_echo.c, which is the one to read first.
 */
#include <sanstls/sanstls.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define LINGER_MS 2000 /* For the peer to end its side after we ended ours. */
#define MAX_REQUEST 8192

typedef struct server {
  uv_loop_t loop;
  uv_tcp_t listener;
  uv_signal_t interrupt, terminate;
  stls_context *context;
  uint64_t patience_ms; /* For handshake, request, answer, and between them. */
  unsigned num_accepted;
  int exit_code;
} server;

typedef enum phase {
  OPEN,      /* TLS is at work. */
  CLOSING,   /* close_notify waits for the rest of a message of the peer. */
  ENDING,    /* The last records, close_notify or an alert, are being sent. */
  LINGERING, /* Our side is shut; what the peer still sends is dropped. */
  CLOSED     /* Only libuv still holds on to the handles. */
} phase;

typedef struct conn {
  server *server;
  uv_tcp_t tcp;
  uv_timer_t timer;
  uv_write_t write;
  uv_shutdown_t shutdown;
  unsigned number; /* For the log. */
  phase phase;
  bool established; /* The handshake is done. */
  int read_status;  /* Negative: the peer's bytes have ended, and how. */
  size_t in_flight; /* Bytes of `outgoing` that libuv is writing. */
  stls_object *tls;
  char *request; /* NULL between requests: who is idle holds no buffer. */
  size_t request_len;
  const char *answer; /* What is not sent yet. */
  size_t answer_len;
  bool last; /* The connection ends behind this answer. */
} conn;

static const char hello[] =
    "HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\nHello from libsanstls.\n";
static const char refusal[] =
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: "
    "close\r\n\r\n";

static void pump(conn *c);
static void on_timeout(uv_timer_t *timer);

static void say(const conn *c, const char *what, const char *why)
{
  fprintf(stderr, "connection %u: %s: %s\n", c->number, what, why);
}

/* Whether the client has all its answers, and does not ask. */
static bool is_idle(const conn *c)
{
  return c->established && c->request_len == 0 && c->answer_len == 0;
}

/* One line on how the connection failed. Many clients leave without close_notify
 * when they have what they want: it is not called an error. */
static void report(const conn *c, stls_result result)
{
  stls_error error = STLS_ERROR_INIT;
  stls_object_error(c->tls, &error);
  bool left = result == STLS_ERROR_TRUNCATED && is_idle(c);
  if (left) say(c, "no close_notify", uv_strerror(c->read_status));
  if (!left) say(c, "error", error.message);
}

/* Starts the timer anew: for what is whole, and when a request begins. */
static void be_patient(conn *c)
{
  uv_timer_start(&c->timer, on_timeout, c->server->patience_ms, 0);
}

/* Says close_notify; where that has to wait for the peer, pump() calls again.
 * After a failure it does nothing: `outgoing` has the alert already. */
static void start_ending(conn *c)
{
  stls_result result = stls_object_close_write(c->tls);
  if (result < 0) report(c, result);
  if (c->phase == OPEN) be_patient(c);
  c->phase = result == STLS_WANT_READ ? CLOSING : ENDING;
}

/* Answers the request if its head is whole. What is too long, or no GET, or more
 * than one request at a time, is refused. HTTP/1.0 has no second request. */
static void answer_request(conn *c)
{
  c->request[c->request_len] = '\0';
  const char *end = strstr(c->request, "\r\n\r\n");
  if (end == NULL && c->request_len < MAX_REQUEST) return;
  bool good = end != NULL && end[4] == '\0';
  good = good && strncmp(c->request, "GET ", 4) == 0;
  c->last = !good || strstr(c->request, " HTTP/1.1\r\n") == NULL ||
            strstr(c->request, "onnection: close") != NULL;
  c->answer = good ? hello : refusal;
  c->answer_len = strlen(c->answer);
  c->request_len = 0;
}

static stls_result receive_request(conn *c)
{
  size_t received = 0;
  size_t room = MAX_REQUEST - c->request_len;
  if (c->request == NULL) c->request = malloc(MAX_REQUEST + 1);
  if (c->request == NULL) return STLS_CLOSED;
  char *end = c->request + c->request_len;
  stls_result result = stls_object_read(c->tls, end, room, &received);
  if (received > 0 && c->request_len == 0) be_patient(c);
  c->request_len += received;
  answer_request(c);
  return result;
}

static stls_result send_answer(conn *c)
{
  size_t taken = 0;
  stls_result result =
      stls_object_write(c->tls, c->answer, c->answer_len, &taken);
  c->answer += taken;
  c->answer_len -= taken;
  return c->answer_len == 0 && c->last ? STLS_CLOSED : result;
}

/* The application. It goes on until it needs records (STLS_WANT_READ) or room
 * in `outgoing` (STLS_WANT_WRITE), and reads nothing while it has to answer. */
static void serve(conn *c)
{
  stls_result result = stls_object_handshake(c->tls);
  if (result == STLS_OK && !c->established) {
    c->established = true;
    be_patient(c);
  }
  while (result == STLS_OK) {
    result = c->answer_len > 0 ? send_answer(c) : receive_request(c);
  }
  if (result < 0) report(c, result);
  if (is_idle(c)) {
    free(c->request);
    c->request = NULL;
  }
  if (result < 0 || result == STLS_CLOSED) start_ending(c);
}

/* Only what was written is consumed. After a failure nothing more can be sent. */
static void on_written(uv_write_t *write, int status)
{
  conn *c = write->data;
  stls_bio *outgoing = stls_object_outgoing(c->tls);
  if (status == 0) stls_bio_consume(outgoing, c->in_flight, NULL);
  if (status < 0) stls_bio_write_eof(outgoing);
  c->in_flight = 0;
  if (c->phase == CLOSED) return;
  if (c->established) be_patient(c);
  pump(c);
}

/* The bytes stay in the queue, unmoved, until on_written() consumes them. */
static void drain(conn *c)
{
  stls_span spans[16];
  uv_buf_t bufs[16];
  bool waiting = stls_object_wants(c->tls) & STLS_INTEREST_RECORDS_OUT;
  if (c->in_flight > 0 || !waiting) return;
  size_t count = stls_bio_peekv(stls_object_outgoing(c->tls), spans, 16);
  for (size_t i = 0; i < count; i++) {
    bufs[i] = uv_buf_init((char *)spans[i].data, (unsigned)spans[i].len);
    c->in_flight += spans[i].len;
  }
  if (uv_write(&c->write, (uv_stream_t *)&c->tcp, bufs, (unsigned)count,
               on_written) < 0) {
    stls_bio_write_eof(stls_object_outgoing(c->tls));
    c->in_flight = 0;
  }
}

/* libuv receives straight into the queue. */
static void on_room(uv_handle_t *tcp, size_t wish, uv_buf_t *out_buf)
{
  static char dropped[4096];
  conn *c = tcp->data;
  void *room = dropped;
  size_t room_len = sizeof dropped;
  if (c->phase <= CLOSING &&
      stls_bio_reserve(stls_object_incoming(c->tls), wish, &room, &room_len,
                       NULL) != STLS_OK) {
    room_len = 0; /* on_received() then gets UV_ENOBUFS. */
  }
  *out_buf = uv_buf_init(room, (unsigned)room_len);
}

static void on_received(uv_stream_t *tcp, ssize_t len, const uv_buf_t *buf)
{
  conn *c = tcp->data;
  stls_bio *incoming = stls_object_incoming(c->tls);
  (void)buf;
  size_t received = len > 0 ? (size_t)len : 0;
  if (c->phase <= CLOSING) stls_bio_commit(incoming, received, NULL);
  if (len < 0) stls_bio_write_eof(incoming);
  if (len < 0) c->read_status = (int)len;
  pump(c);
}

static void on_timer_closed(uv_handle_t *timer)
{
  conn *c = timer->data;
  stls_object_free(c->tls);
  free(c->request);
  free(c);
}

static void on_tcp_closed(uv_handle_t *tcp)
{
  conn *c = tcp->data;
  uv_close((uv_handle_t *)&c->timer, on_timer_closed);
}

/* The memory lives on until libuv has let go of the write and both handles. */
static void close_connection(conn *c)
{
  if (c->phase != CLOSED) uv_close((uv_handle_t *)&c->tcp, on_tcp_closed);
  c->phase = CLOSED;
}

/* All is sent. To close a socket with unread bytes in it resets the connection,
 * and a reset can overtake the alert: shut our side, and wait for the peer's. */
static void linger(conn *c)
{
  c->phase = LINGERING;
  uv_timer_start(&c->timer, on_timeout, LINGER_MS, 0);
  if (uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, NULL) < 0) {
    close_connection(c);
  }
}

/* Reads from the socket while somebody has room for the bytes. */
static void choose_reading(conn *c)
{
  bool room = stls_object_wants(c->tls) & STLS_INTEREST_RECORDS_IN;
  if (c->phase <= CLOSING && !room) {
    uv_read_stop((uv_stream_t *)&c->tcp);
  } else if (c->read_status == 0) {
    int status = uv_read_start((uv_stream_t *)&c->tcp, on_room, on_received);
    if (status < 0 && status != UV_EALREADY) close_connection(c);
  }
}

static void pump(conn *c)
{
  if (c->phase == OPEN) serve(c);
  if (c->phase == CLOSING) start_ending(c);
  drain(c);
  if (c->phase == ENDING && c->in_flight == 0) linger(c);
  if (c->phase == LINGERING && c->read_status < 0) close_connection(c);
  if (c->phase != CLOSED) choose_reading(c);
}

static void on_timeout(uv_timer_t *timer)
{
  conn *c = timer->data;
  if (c->phase == OPEN) {
    const char *due = c->established ? "no whole request" : "no handshake";
    if (!is_idle(c)) say(c, "error", due);
    start_ending(c);
    pump(c);
  } else {
    close_connection(c);
  }
}

/* Ends the program when it cannot even start. */
static void must(int status, const char *what)
{
  if (status >= 0) return;
  fprintf(stderr, "error: %s: %s\n", what, uv_strerror(status));
  exit(1);
}

/* Connections end with close_notify, and have a moment for it. */
static void end_handle(uv_handle_t *handle, void *s)
{
  conn *c = handle->data;
  if (handle->data == s) { /* The listener and the signals. */
    uv_close(handle, NULL);
  } else if (handle->type == UV_TCP && c->phase == OPEN) {
    start_ending(c);
    uv_timer_start(&c->timer, on_timeout, LINGER_MS, 0);
    pump(c);
  }
}

/* A second signal is not caught any more. */
static void on_signal(uv_signal_t *signal, int number)
{
  (void)number;
  uv_walk(signal->loop, end_handle, signal->data);
}

static void on_connection(uv_stream_t *listener, int status)
{
  server *s = listener->data;
  stls_error error = STLS_ERROR_INIT;
  conn *c = status == 0 ? calloc(1, sizeof *c) : NULL;
  if (c == NULL) {
    /* libuv tries a connection that it cannot take again, without end. */
    if (status == 0) status = UV_ENOMEM;
    fprintf(stderr, "error: accept: %s\n", uv_strerror(status));
    s->exit_code = 1;
    uv_walk(&s->loop, end_handle, s);
    return;
  }
  c->server = s;
  c->number = ++s->num_accepted;
  c->tcp.data = c->timer.data = c->write.data = c;
  uv_timer_init(&s->loop, &c->timer);
  uv_tcp_init(&s->loop, &c->tcp);
  uv_accept(listener, (uv_stream_t *)&c->tcp); /* Cannot fail here. */
  uv_tcp_nodelay(&c->tcp, 1);
  if (stls_object_new(s->context, NULL, NULL, NULL, &c->tls, &error) < 0) {
    say(c, "error", error.message);
    close_connection(c);
    return;
  }
  be_patient(c);
  pump(c);
}

/* "::" is every address of the machine, of IPv6 and of IPv4 in one socket. */
static void start_listening(server *s, int port, const char *address)
{
  struct sockaddr_storage name;
  struct sockaddr *any = (struct sockaddr *)&name;
  struct sockaddr_in *v4 = (struct sockaddr_in *)&name;
  int name_len = sizeof name;
  if (uv_ip6_addr(address, port, (struct sockaddr_in6 *)&name) < 0) {
    must(uv_ip4_addr(address, port, v4), address);
  }
  must(uv_tcp_init(&s->loop, &s->listener), "socket");
  must(uv_tcp_bind(&s->listener, any, 0), address);
  must(uv_listen((uv_stream_t *)&s->listener, 512, on_connection), address);
  must(uv_tcp_getsockname(&s->listener, any, &name_len), address);
  s->listener.data = s;
  /* Both families have the port in the same place. */
  printf("listening on %d\n", ntohs(v4->sin_port));
  fflush(stdout);
}

static void catch_signal(server *s, uv_signal_t *signal, int number)
{
  must(uv_signal_init(&s->loop, signal), "signal");
  must(uv_signal_start(signal, on_signal, number), "signal");
  signal->data = s;
}

int main(int argc, char **argv)
{
  static const char *const protocols[] = {"http/1.1"};
  static server s;
  stls_error error = STLS_ERROR_INIT;
  if (argc < 4) {
    fprintf(stderr, "usage: uv_https PORT CHAIN KEY [SECONDS [ADDRESS]]\n");
    return 2;
  }
  if (stls_context_new_server_from_files(argv[2], argv[3], &s.context, &error) <
          0 ||
      stls_context_set_alpn(s.context, protocols, 1, &error) < 0) {
    fprintf(stderr, "error: %s\n", error.message);
    return 1;
  }
  s.patience_ms = 1000 * (argc > 4 ? strtoull(argv[4], NULL, 10) : 30);
  signal(SIGPIPE, SIG_IGN); /* To write to a gone peer is an error code. */
  must(uv_loop_init(&s.loop), "loop");
  catch_signal(&s, &s.interrupt, SIGINT);
  catch_signal(&s, &s.terminate, SIGTERM);
  start_listening(&s, atoi(argv[1]), argc > 5 ? argv[5] : "::");
  uv_run(&s.loop, UV_RUN_DEFAULT);
  uv_loop_close(&s.loop);
  stls_context_free(s.context);
  return s.exit_code;
}
