/* SPDX-License-Identifier: MIT */
/*
 * event_echo: a TLS echo server on libevent's bufferevents, whole in one file.
 *
 *   cc -o event_echo event_echo.c $(pkg-config --cflags --libs sanstls libevent)
 *   ./event_echo 4433 chain.pem chain.key
 *   openssl s_client -connect localhost:4433 -CAfile ca.pem
 *
 * The object turns bytes into bytes; this program moves them. Every event ends
 * in pump(): it lets the application go on, and sends what the object has to
 * send. Records are decrypted where the input buffer holds them, and written
 * from where the object holds them.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <sanstls/sanstls.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define LINGER_S 2 /* For the peer to end its side after we ended ours. */

typedef struct server {
  struct event_base *base;
  struct evconnlistener *listener;
  struct event *interrupt, *terminate;
  stls_context *context;
  LIST_HEAD(conns, conn) conns;
  int patience_s; /* For the handshake, and between pieces of data. */
  unsigned num_accepted;
} server;

typedef enum phase {
  OPEN,      /* TLS is at work. */
  CLOSING,   /* close_notify waits for the rest of a message of the peer. */
  ENDING,    /* The last records, close_notify or an alert, are being sent. */
  LINGERING, /* Our side is shut; what the peer still sends is dropped. */
  CLOSED     /* To be freed. */
} phase;

typedef struct conn {
  LIST_ENTRY(conn) link;
  server *server;
  struct bufferevent *socket;
  struct event *timer;
  unsigned number; /* For the log. */
  phase phase;
  bool established;     /* The handshake is done. */
  bool transport_ended; /* The peer's bytes have ended. */
  int transport_errno;
  size_t in_flight; /* Bytes of `outgoing` that the output buffer refers to. */
  stls_object *tls;
  char text[4096]; /* Received, and not sent back yet. */
  size_t text_start;
  size_t text_end;
} conn;

static void pump(conn *c);

/* Ends the program when it cannot go on. */
static void must(bool done, const char *what)
{
  if (done) return;
  fprintf(stderr, "error: %s: %s\n", what, strerror(errno));
  exit(1);
}

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
    int number = c->transport_errno;
    say(c, "no close_notify", number != 0 ? strerror(number) : "end of file");
  } else {
    say(c, "error", error.message);
  }
}

static void start_timer(conn *c, int seconds)
{
  struct timeval patience = {.tv_sec = seconds};
  must(event_add(c->timer, &patience) == 0, "timer");
}

/* Starts the timer anew. Only the end of the handshake and complete data do so:
 * a peer that sends a byte now and then does not keep the connection. */
static void be_patient(conn *c)
{
  start_timer(c, c->server->patience_s);
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

/* Decrypts where the input buffer holds the records, run by run. An incomplete
 * record at the end of a run is kept by the object. */
static stls_result receive_text(conn *c)
{
  struct evbuffer *input = bufferevent_get_input(c->socket);
  stls_result result;
  size_t used = 0;
  c->text_start = 0;
  do {
    struct evbuffer_iovec run = {NULL, 0};
    evbuffer_peek(input, -1, NULL, &run, 1);
    if (run.iov_len == 0 && c->transport_ended) {
      stls_bio_write_eof(stls_object_incoming(c->tls));
    }
    result = stls_object_read_from(c->tls, run.iov_base, run.iov_len, &used,
                                   c->text, sizeof c->text, &c->text_end);
    evbuffer_drain(input, used);
  } while (result == STLS_WANT_READ && used > 0);
  return result;
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
 * (STLS_WANT_WRITE), and reads nothing while it has text to send. The first read
 * does the handshake. With `choose_context` it has to answer STLS_WANT_CONTEXT. */
static void echo(conn *c)
{
  stls_result result = STLS_OK;
  while (result == STLS_OK) {
    bool has_text = c->text_start < c->text_end;
    result = has_text ? send_text(c) : receive_text(c);
    if (result == STLS_OK) be_patient(c);
  }
  if (!c->established && stls_object_conninfo(c->tls) != NULL) {
    c->established = result >= 0;
    be_patient(c);
  }
  if (result < 0) report(c, result);
  if (result < 0 || result == STLS_CLOSED) start_ending(c);
}

/* --- Records ------------------------------------------------------------- */

/* Only what was written is consumed. That is certain when the output buffer is
 * empty; libevent may make this call at other times, too. */
static void on_written(struct bufferevent *socket, void *data)
{
  conn *c = data;
  size_t unwritten = evbuffer_get_length(bufferevent_get_output(socket));
  if (c->in_flight == 0 || unwritten > 0) return;
  stls_bio_consume(stls_object_outgoing(c->tls), c->in_flight, NULL);
  c->in_flight = 0;
  if (c->established) be_patient(c);
  pump(c);
}

/* Lends all that waits to the output buffer. The bytes stay in the queue, where
 * they do not move, until on_written() consumes them. */
static void drain(conn *c)
{
  struct evbuffer *output = bufferevent_get_output(c->socket);
  stls_span spans[16];
  bool waiting = stls_object_wants(c->tls) & STLS_INTEREST_RECORDS_OUT;
  if (c->in_flight > 0 || !waiting) return;
  size_t count = stls_bio_peekv(stls_object_outgoing(c->tls), spans, 16);
  for (size_t i = 0; i < count; i++) {
    int status =
        evbuffer_add_reference(output, spans[i].data, spans[i].len, NULL, NULL);
    must(status == 0, "memory");
    c->in_flight += spans[i].len;
  }
}

static void on_received(struct bufferevent *socket, void *data)
{
  (void)socket;
  pump(data);
}

/* The socket takes no more, or gives no more. */
static void on_event(struct bufferevent *socket, short what, void *data)
{
  conn *c = data;
  (void)socket;
  if (what & BEV_EVENT_ERROR) c->transport_errno = EVUTIL_SOCKET_ERROR();
  if (what & BEV_EVENT_WRITING) {
    stls_bio_write_eof(stls_object_outgoing(c->tls));
    c->in_flight = 0; /* libevent has given up writing them. */
  } else {
    c->transport_ended = true;
  }
  pump(c);
}

/* --- The life of a connection -------------------------------------------- */

/* libevent does not look at the lent bytes after bufferevent_free(). */
static void free_connection(conn *c)
{
  LIST_REMOVE(c, link);
  event_free(c->timer);
  bufferevent_free(c->socket);
  stls_object_free(c->tls);
  free(c);
}

/* All is sent. To close a socket with unread bytes in it resets the connection,
 * and a reset can overtake the alert: shut our side, and wait for the peer's. */
static void linger(conn *c)
{
  c->phase = LINGERING;
  start_timer(c, LINGER_S);
  if (shutdown(bufferevent_getfd(c->socket), SHUT_WR) < 0) c->phase = CLOSED;
}

/* The connection may be gone when this returns. */
static void pump(conn *c)
{
  struct evbuffer *input = bufferevent_get_input(c->socket);
  if (c->phase == OPEN) echo(c);
  if (c->phase == CLOSING) {
    receive_text(c); /* Nobody waits for text any more. */
    start_ending(c);
  }
  if (c->phase < LINGERING) drain(c);
  if (c->phase == ENDING && c->in_flight == 0) linger(c);
  if (c->phase == LINGERING) {
    evbuffer_drain(input, evbuffer_get_length(input));
    if (c->transport_ended) c->phase = CLOSED;
  }
  if (c->phase == CLOSED) free_connection(c);
}

static void on_timeout(evutil_socket_t none, short what, void *data)
{
  conn *c = data;
  (void)none, (void)what;
  if (c->phase == OPEN) {
    say(c, "error", c->established ? "idle for too long" : "no handshake");
    start_ending(c);
  } else {
    c->phase = CLOSED;
  }
  pump(c);
}

/* --- The server ---------------------------------------------------------- */

static void on_connection(struct evconnlistener *listener, evutil_socket_t fd,
                          struct sockaddr *address, int address_len, void *data)
{
  server *s = data;
  stls_error error = STLS_ERROR_INIT;
  conn *c = calloc(1, sizeof *c);
  (void)listener;
  (void)address;
  (void)address_len;
  must(c != NULL, "connection");
  LIST_INSERT_HEAD(&s->conns, c, link);
  c->server = s;
  c->number = ++s->num_accepted;
  c->timer = evtimer_new(s->base, on_timeout, c);
  c->socket = bufferevent_socket_new(s->base, fd, BEV_OPT_CLOSE_ON_FREE);
  must(c->timer != NULL && c->socket != NULL, "connection");
  if (stls_object_new(s->context, NULL, NULL, NULL, &c->tls, &error) < 0) {
    say(c, "error", error.message);
    free_connection(c);
    return;
  }
  bufferevent_setcb(c->socket, on_received, on_written, on_event, c);
  bufferevent_setwatermark(c->socket, EV_READ, 0, 65536); /* A few records. */
  must(bufferevent_enable(c->socket, EV_READ | EV_WRITE) == 0, "connection");
  be_patient(c);
  pump(c);
}

static void accept_again(evutil_socket_t none, short what, void *data)
{
  server *s = data;
  (void)none, (void)what;
  if (s->listener != NULL) evconnlistener_enable(s->listener);
}

/* Most likely no descriptor is left. The connection waits, and so do we: the
 * listener would make this call again at once. */
static void on_accept_error(struct evconnlistener *listener, void *data)
{
  server *s = data;
  struct timeval second = {.tv_sec = 1};
  fprintf(stderr, "error: accept: %s\n", strerror(errno));
  evconnlistener_disable(listener);
  event_base_once(s->base, -1, EV_TIMEOUT, accept_again, s, &second);
}

/* "::" is every address of the machine, of IPv6 and, unless the system is set up
 * otherwise, of IPv4 in one socket. Port 0 lets the system choose. */
static void start_listening(server *s, const char *port, const char *address)
{
  struct sockaddr_in6
      name; /* An IPv4 address has its port in the same place. */
  struct sockaddr *any = (struct sockaddr *)&name;
  int any_len = sizeof name;
  int v6_only = 0;
  errno = EINVAL;
  must(evutil_parse_sockaddr_port(address, any, &any_len) == 0, address);
  name.sin6_port = htons((uint16_t)atoi(port));
  s->listener = evconnlistener_new_bind(
      s->base, on_connection, s, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, 512,
      any, any_len);
  must(s->listener != NULL, address);
  evconnlistener_set_error_cb(s->listener, on_accept_error);
  int fd = evconnlistener_get_fd(s->listener);
  socklen_t len = sizeof v6_only;
  getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, &len);
  if (v6_only) fprintf(stderr, "no IPv4\n");
  len = sizeof name;
  must(getsockname(fd, any, &len) == 0, address);
  printf("listening on %d\n", ntohs(name.sin6_port));
  fflush(stdout);
}

/* Connections end with close_notify, and have a moment for it. A second signal
 * ends the program at once: nobody catches it any more. */
static void on_signal(evutil_socket_t number, short what, void *data)
{
  server *s = data;
  conn *next = NULL;
  (void)number, (void)what;
  event_free(s->interrupt);
  event_free(s->terminate);
  evconnlistener_free(s->listener);
  s->listener = NULL;
  for (conn *c = LIST_FIRST(&s->conns); c != NULL; c = next) {
    next = LIST_NEXT(c, link);
    if (c->phase == OPEN) start_ending(c);
    start_timer(c, LINGER_S);
    pump(c);
  }
}

static struct event *catch_signal(server *s, int number)
{
  struct event *signal = evsignal_new(s->base, number, on_signal, s);
  must(signal != NULL && event_add(signal, NULL) == 0, "signal");
  return signal;
}

int main(int argc, char **argv)
{
  static server s;
  stls_error error = STLS_ERROR_INIT;
  if (argc < 4) {
    fprintf(stderr, "usage: event_echo PORT CHAIN KEY [SECONDS [ADDRESS]]\n");
    return 2;
  }
  if (stls_context_new_server_from_files(argv[2], argv[3], &s.context,
                                         &error) != STLS_OK) {
    fprintf(stderr, "error: %s\n", error.message);
    return 1;
  }
  s.patience_s = argc > 4 ? atoi(argv[4]) : 30;
  signal(SIGPIPE, SIG_IGN); /* To write to a gone peer is an error code. */
  s.base = event_base_new();
  must(s.base != NULL, "loop");
  s.interrupt = catch_signal(&s, SIGINT);
  s.terminate = catch_signal(&s, SIGTERM);
  start_listening(&s, argv[1], argc > 5 ? argv[5] : "::");
  event_base_dispatch(s.base);
  event_base_free(s.base);
  stls_context_free(s.context);
  return 0;
}
