/* SPDX-License-Identifier: MIT */
/*
 * coroutine_echo: a TLS echo server on coroutines, whole in one file. The runtime
 * is State Threads (Debian: libst-dev).
 *
 *   cc -o coroutine_echo coroutine_echo.c $(pkg-config --cflags --libs sanstls st)
 *   ./coroutine_echo 4433 chain.pem chain.key
 *   openssl s_client -connect localhost:4433 -CAfile ca.pem
 *
 * Each connection belongs to one coroutine, whose code reads like blocking code.
 * For your own program copy tls_handshake(), tls_read(), tls_write(), tls_close()
 * and what stands above them. Only send_records() and receive_records() call the
 * runtime: another one has calls like st_write_resid() and st_read(), too.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sanstls/sanstls.h>
#include <signal.h>
#include <st.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINGER_S 2 /* For the peer to end its side after we ended ours. */
#define STACK_LEN (256 * 1024)

typedef struct conn {
  st_netfd_t fd;
  st_thread_t coroutine;
  unsigned number;     /* For the log. */
  st_utime_t deadline; /* Calls that wait for the peer return then. */
  int status;          /* Of the last receive or send: 0, or errno. */
  stls_object *tls;
  struct conn *next;
} conn;

static struct server {
  st_netfd_t listener;
  st_thread_t accepting;
  st_netfd_t signals;
  stls_context *context;
  unsigned patience_s; /* For the handshake, and between pieces of data. */
  unsigned num_accepted;
  conn *conns;
  st_cond_t one_has_gone;
  bool ending;
} s;

/* --- TLS: calls that block their coroutine, and no other ------------------ */

static st_utime_t time_left(const conn *c)
{
  st_utime_t now = st_utime();
  return now < c->deadline ? c->deadline - now : ST_UTIME_NO_WAIT;
}

/* The first failure: what arrives behind a write that failed is no success. */
static void keep_status(conn *c, int status)
{
  if (c->status == 0) c->status = status;
}

/* Sends all of `outgoing`, and consumes what was really written. */
static void send_records(conn *c)
{
  stls_bio *outgoing = stls_object_outgoing(c->tls);
  stls_span span;
  while ((span = stls_bio_peek(outgoing)).len > 0) {
    size_t unsent = span.len;
    int status = st_write_resid(c->fd, span.data, &unsent, time_left(c));
    stls_bio_consume(outgoing, span.len - unsent, NULL);
    if (status < 0) {
      keep_status(c, errno);
      stls_bio_write_eof(outgoing); /* The transport takes no more. */
      return;
    }
  }
}

/* Receives some records. False when none came before the deadline. */
static bool receive_records(conn *c)
{
  stls_bio *incoming = stls_object_incoming(c->tls);
  void *room = NULL;
  size_t room_len = 0;
  if (stls_bio_reserve(incoming, 16384, &room, &room_len, NULL) != STLS_OK) {
    return false;
  }
  ssize_t len = st_read(c->fd, room, room_len, time_left(c));
  int status = len < 0 ? errno : 0;
  bool gave_up = status == ETIME || status == EINTR;
  keep_status(c, status);
  stls_bio_commit(incoming, len > 0 ? (size_t)len : 0, NULL);
  if (len <= 0 && !gave_up) stls_bio_write_eof(incoming);
  return !gave_up;
}

/* After each call: sends what it left in `outgoing`, and waits for what it
 * wants. True when the call has to be made again. */
static bool again(conn *c, stls_result result)
{
  send_records(c);
  return result == STLS_WANT_WRITE ||
         (result == STLS_WANT_READ && receive_records(c));
}

/* The results of these four are those of the calls that they make. Only
 * STLS_WANT_READ is new: the deadline has passed. */
static stls_result tls_handshake(conn *c)
{
  stls_result result;
  do {
    result = stls_object_handshake(c->tls);
  } while (again(c, result));
  return result;
}

/* Waits for at least one byte. */
static stls_result tls_read(conn *c, void *out, size_t out_len,
                            size_t *out_read)
{
  stls_result result;
  do {
    result = stls_object_read(c->tls, out, out_len, out_read);
  } while (again(c, result));
  return result;
}

/* Writes all of it. */
static stls_result tls_write(conn *c, const void *data, size_t len)
{
  const char *at = data;
  size_t written = 0;
  while (len > 0) {
    stls_result result;
    do {
      result = stls_object_write(c->tls, at, len, &written);
    } while (again(c, result));
    if (result != STLS_OK) return result;
    at += written;
    len -= written;
  }
  return STLS_OK;
}

/* Sends close_notify. */
static stls_result tls_close(conn *c)
{
  stls_result result;
  do {
    result = stls_object_close_write(c->tls);
  } while (again(c, result));
  return result;
}

/* --- The life of a connection -------------------------------------------- */

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
    say(c, "no close_notify",
        c->status > 0 ? strerror(c->status) : "end of file");
  } else if (result < 0) {
    say(c, "error", error.message);
  } else if (c->status == ETIME) {
    bool established = stls_object_conninfo(c->tls) != NULL;
    say(c, "error", established ? "idle for too long" : "no handshake");
  }
}

static void set_deadline(conn *c, unsigned seconds)
{
  c->deadline = st_utime() + seconds * 1000000ULL;
}

/* Only complete data moves the deadline on: a peer that sends a byte now and
 * then does not keep the connection. A server that sets `choose_context` answers
 * STLS_WANT_CONTEXT of the handshake, and calls it again. */
static stls_result echo(conn *c)
{
  char text[4096];
  size_t len = 0;
  set_deadline(c, s.patience_s);
  stls_result result = tls_handshake(c);
  while (result == STLS_OK && !s.ending) {
    set_deadline(c, s.patience_s);
    result = tls_read(c, text, sizeof text, &len);
    if (result == STLS_OK) result = tls_write(c, text, len);
  }
  return result;
}

/* To close a socket with unread bytes in it resets the connection, and a reset
 * can overtake the alert: shut our side, and wait for the peer's. */
static void linger(conn *c)
{
  char dropped[4096];
  shutdown(st_netfd_fileno(c->fd), SHUT_WR);
  while (st_read(c->fd, dropped, sizeof dropped, time_left(c)) > 0) continue;
}

static void close_connection(conn *c)
{
  conn **link = &s.conns;
  while (*link != c) link = &(*link)->next;
  *link = c->next;
  stls_object_free(c->tls);
  st_netfd_close(c->fd);
  free(c);
  st_cond_signal(s.one_has_gone);
}

/* After a failure tls_close() does nothing: the alert that tells the peer has
 * been sent with the call that failed. */
static void *serve(void *arg)
{
  conn *c = arg;
  report(c, echo(c));
  set_deadline(c, LINGER_S);
  (void)tls_close(c);
  linger(c);
  close_connection(c);
  return NULL;
}

/* --- The server ---------------------------------------------------------- */

static void on_connection(st_netfd_t fd)
{
  stls_error error = STLS_ERROR_INIT;
  conn *c = calloc(1, sizeof *c);
  if (c == NULL ||
      stls_object_new(s.context, NULL, NULL, NULL, &c->tls, &error) < 0) {
    fprintf(stderr, "error: no connection: %s\n", error.message);
    free(c);
    st_netfd_close(fd);
    return;
  }
  setsockopt(st_netfd_fileno(fd), IPPROTO_TCP, TCP_NODELAY, &(int){1},
             sizeof(int));
  c->fd = fd;
  c->number = ++s.num_accepted;
  c->next = s.conns;
  s.conns = c;
  c->coroutine = st_thread_create(serve, c, 0, STACK_LEN);
  if (c->coroutine == NULL) close_connection(c);
}

static int signal_pipe[2];

/* A second signal ends the program at once. */
static void on_signal(int number)
{
  (void)number;
  if (write(signal_pipe[1], "", 1) < 0) _exit(1);
}

/* After a signal, every call that waits returns at once. */
static void *await_signal(void *unused)
{
  char byte;
  (void)unused;
  st_read(s.signals, &byte, 1, ST_UTIME_NO_TIMEOUT);
  s.ending = true;
  st_thread_interrupt(s.accepting);
  for (conn *c = s.conns; c != NULL; c = c->next) {
    st_thread_interrupt(c->coroutine);
  }
  return NULL;
}

static int catch_signals(void)
{
  struct sigaction action = {.sa_handler = on_signal};
  action.sa_flags = (int)SA_RESETHAND;
  signal(SIGPIPE, SIG_IGN); /* To write to a gone peer is an error code. */
  if (pipe(signal_pipe) < 0) return -errno;
  s.signals = st_netfd_open(signal_pipe[0]);
  if (s.signals == NULL ||
      st_thread_create(await_signal, NULL, 0, STACK_LEN) == NULL) {
    return -errno;
  }
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  return 0;
}

/* "::" is every address of the machine, of IPv6 and of IPv4 in one socket. Port
 * 0 lets the system choose. */
static int start_listening(const char *address, const char *port)
{
  struct addrinfo *found, hints = {.ai_flags = AI_NUMERICHOST};
  struct sockaddr_in6 name;
  if (getaddrinfo(address, port, &hints, &found) != 0) return -EINVAL;
  int fd = socket(found->ai_family, SOCK_STREAM, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, sizeof(int));
  int status = bind(fd, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  if (status < 0 || listen(fd, 512) < 0 ||
      getsockname(fd, (struct sockaddr *)&name, &(socklen_t){sizeof name}) <
          0 ||
      (s.listener = st_netfd_open_socket(fd)) == NULL) {
    return -errno;
  }
  printf("listening on %d\n", ntohs(name.sin6_port)); /* Or sin_port. */
  return fflush(stdout);
}

/* Runs until a signal; returns 0, or an errno below 0. */
static int run(const char *address, const char *port)
{
  st_set_eventsys(ST_EVENTSYS_POLL); /* select ends at descriptor 1023. */
  if (st_init() < 0) return -errno;
  s.accepting = st_thread_self();
  s.one_has_gone = st_cond_new();
  int status = s.one_has_gone == NULL ? -errno : catch_signals();
  if (status == 0) status = start_listening(address, port);
  while (status == 0 && !s.ending) {
    st_netfd_t fd = st_accept(s.listener, NULL, NULL, ST_UTIME_NO_TIMEOUT);
    if (fd != NULL) on_connection(fd);
    if (fd != NULL || errno == EINTR) continue;
    fprintf(stderr, "error: no connection: %s\n", strerror(errno));
    st_sleep(1); /* Without descriptors it would fail again. */
  }
  while (s.conns != NULL) st_cond_wait(s.one_has_gone);
  return status;
}

int main(int argc, char **argv)
{
  stls_error error = STLS_ERROR_INIT;
  if (argc < 4 || argc > 6) {
    fprintf(stderr,
            "usage: coroutine_echo PORT CHAIN KEY [SECONDS [ADDRESS]]\n");
    return 2;
  }
  s.patience_s = (unsigned)(argc > 4 ? atoi(argv[4]) : 30);
  if (stls_context_new_server_from_files(argv[2], argv[3], &s.context, &error) <
          0 ||
      stls_context_seal(s.context, &error) < 0) {
    fprintf(stderr, "error: %s\n", error.message);
    stls_context_free(s.context);
    return 1;
  }
  const char *where = argc > 5 ? argv[5] : "::";
  int status = run(where, argv[1]);
  if (status < 0) fprintf(stderr, "error: %s: %s\n", where, strerror(-status));
  stls_context_free(s.context);
  return status < 0 ? 1 : 0;
}
