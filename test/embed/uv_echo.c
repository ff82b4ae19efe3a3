/* SPDX-License-Identifier: MIT */
/*
 * uv_echo: a TLS echo server on libuv, whole in one file.
 *
 *   cc -o uv_echo uv_echo.c $(pkg-config --cflags --libs sanstls libuv)
 *   ./uv_echo 4433 chain.pem chain.key
 *   openssl s_client -connect localhost:4433 -CAfile ca.pem
 *
 * The object turns bytes into bytes; this program moves them. Every event ends
 * in pump(): it lets the application go on, sends what the object has to send,
 * and chooses what to wait for.
 */
#include <sanstls/sanstls.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#define LINGER_MS 2000 /* For the peer to end its side after we ended ours. */

typedef struct server {
  uv_loop_t loop;
  uv_tcp_t listener;
  uv_signal_t interrupt;
  uv_signal_t terminate;
  stls_context *context;
  uint64_t patience_ms; /* For the handshake, and between pieces of data. */
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
  char text[4096]; /* Received, and not sent back yet. */
  size_t text_start;
  size_t text_end;
} conn;

static void pump(conn *c);
static void on_timeout(uv_timer_t *timer);

static void say(const conn *c, const char *what, const char *why)
{
  fprintf(stderr, "connection %u: %s: %s\n", c->number, what, why);
}

/* One line on how the connection failed. Many peers leave without close_notify,
 * and an echo loses nothing by that: it is not called an error. */
static void report(const conn *c, stls_result result)
{
  stls_error error = STLS_ERROR_INIT;
  stls_object_error(c->tls, &error);
  if (result == STLS_ERROR_TRUNCATED) {
    say(c, "no close_notify", uv_strerror(c->read_status));
  } else {
    say(c, "error", error.message);
  }
}

/* Starts the timer anew. Only the end of the handshake and complete data do so:
 * a peer that sends a byte now and then does not keep the connection. */
static void be_patient(conn *c)
{
  uv_timer_start(&c->timer, on_timeout, c->server->patience_ms, 0);
}

/* --- Plaintext ----------------------------------------------------------- */

/* Says close_notify; where that has to wait for the peer, pump() calls again.
 * After a failure it does nothing: `outgoing` has the alert already. */
static void start_ending(conn *c)
{
  stls_result result = stls_object_close_write(c->tls);
  if (result < 0) report(c, result);
  if (c->phase == OPEN) be_patient(c);
  c->phase = result == STLS_WANT_READ ? CLOSING : ENDING;
}

static stls_result receive_text(conn *c)
{
  c->text_start = c->text_end = 0;
  return stls_object_read(c->tls, c->text, sizeof c->text, &c->text_end);
}

static stls_result send_text(conn *c)
{
  size_t taken = 0;
  stls_result result = stls_object_write(c->tls, c->text + c->text_start,
                                         c->text_end - c->text_start, &taken);
  c->text_start += taken;
  if (result != STLS_CLOSED) return result;
  /* The transport takes no more: drop the text, and read how the peer ends. */
  c->text_start = c->text_end;
  return STLS_OK;
}

/* The application. It goes on until it needs records (STLS_WANT_READ) or room
 * (STLS_WANT_WRITE), and reads nothing while it has text to send: `incoming` then
 * fills up. With `choose_context` it has to answer STLS_WANT_CONTEXT, too. */
static void echo(conn *c)
{
  stls_result result = stls_object_handshake(c->tls);
  if (result == STLS_OK && !c->established) {
    c->established = true;
    be_patient(c);
  }
  while (result == STLS_OK) {
    bool has_text = c->text_start < c->text_end;
    result = has_text ? send_text(c) : receive_text(c);
    if (result == STLS_OK) be_patient(c);
  }
  if (result < 0) report(c, result);
  if (result < 0 || result == STLS_CLOSED) start_ending(c);
}

/* --- Records out --------------------------------------------------------- */

/* Only what was written is consumed. After a failure nobody knows how much that
 * was, and nothing more can be sent; what the peer said may still arrive. */
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

/* Starts one write of all that waits. The bytes stay in the queue, where they
 * do not move, until on_written() consumes them. */
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
  int status = uv_write(&c->write, (uv_stream_t *)&c->tcp, bufs,
                        (unsigned)count, on_written);
  if (status < 0) {
    stls_bio_write_eof(stls_object_outgoing(c->tls));
    c->in_flight = 0;
  }
}

/* --- Records in ---------------------------------------------------------- */

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

/* --- The life of a connection -------------------------------------------- */

static void on_timer_closed(uv_handle_t *timer)
{
  conn *c = timer->data;
  stls_object_free(c->tls);
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
  if (c->phase == OPEN) echo(c);
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
    say(c, "error", c->established ? "idle for too long" : "no handshake");
    start_ending(c);
    pump(c);
  } else {
    close_connection(c);
  }
}

/* --- The server ---------------------------------------------------------- */

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

/* A second signal ends the program at once: nobody catches it any more. */
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

/* "::" is every address of the machine, of IPv6 and of IPv4 in one socket. Port
 * 0 lets the system choose. */
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
  static server s;
  stls_error error = STLS_ERROR_INIT;
  if (argc < 4) {
    fprintf(stderr, "usage: uv_echo PORT CHAIN KEY [SECONDS [ADDRESS]]\n");
    return 2;
  }
  if (stls_context_new_server_from_files(argv[2], argv[3], &s.context,
                                         &error) != STLS_OK) {
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
