/* SPDX-License-Identifier: MIT */
/*
 * uring_echo: a TLS echo server on io_uring, whole in one file.
 *
 *   cc -o uring_echo uring_echo.c $(pkg-config --cflags --libs sanstls liburing)
 *   ./uring_echo 4433 chain.pem chain.key
 *   openssl s_client -connect localhost:4433 -CAfile ca.pem
 *
 * The object turns bytes into bytes; this program has the kernel move them. A
 * connection has at most one receive and one send under way. Every completion
 * ends in pump(): it lets the application go on, and starts the next send and
 * the next receive.
 */
#include <errno.h>
#include <liburing.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sanstls/sanstls.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINGER_S 2 /* For the peer to end its side after we ended ours. */

typedef struct conn conn;

/* on_done gets what the system call returned, or an errno below 0. */
typedef struct operation {
  void (*on_done)(conn *c, int result);
  conn *c;
  bool under_way;
} operation;

static struct server {
  struct io_uring ring;
  int listener;
  operation accept, tick;
  stls_context *context;
  unsigned patience_s; /* For the handshake, and between pieces of data. */
  unsigned now_s;      /* Counted by on_tick(). */
  unsigned accept_s;   /* When to accept again. */
  unsigned num_accepted;
  conn *conns;
  volatile sig_atomic_t ending; /* A signal has come. */
} s;

typedef enum phase {
  OPEN,      /* TLS is at work. */
  CLOSING,   /* close_notify waits for the rest of a message of the peer. */
  ENDING,    /* The last records, close_notify or an alert, are being sent. */
  LINGERING, /* Our side is shut; what the peer still sends is dropped. */
  CLOSED     /* Only the kernel still holds on to the memory. */
} phase;

struct conn {
  int fd;
  operation receive, send;
  struct iovec pieces[16]; /* What is being sent. */
  struct msghdr message;
  unsigned number; /* For the log. */
  unsigned deadline_s;
  phase phase;
  bool established; /* The handshake is done. */
  int ended;        /* The peer's bytes have: 1, or an errno below 0. */
  stls_object *tls;
  char text[4096]; /* Received, and not sent back yet. */
  size_t text_start;
  size_t text_end;
  conn *next;
  conn *previous;
};

static void pump(conn *c);

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
        c->ended < 0 ? strerror(-c->ended) : "end of file");
  } else {
    say(c, "error", error.message);
  }
}

/* Moves the deadline on. Only the end of the handshake and complete data do so:
 * a peer that sends a byte now and then does not keep the connection. */
static void be_patient(conn *c)
{
  c->deadline_s = s.now_s + (s.ending ? LINGER_S : s.patience_s);
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

/* --- Records: out, and in ------------------------------------------------ */

/* A free entry of the ring, which goes to the kernel with others: see run().
 * NULL where the kernel is out of memory. */
static struct io_uring_sqe *new_entry(void)
{
  if (io_uring_sq_space_left(&s.ring) == 0) io_uring_submit(&s.ring);
  return io_uring_get_sqe(&s.ring);
}

static void start(struct io_uring_sqe *entry, operation *op, conn *c,
                  void (*on_done)(conn *c, int result))
{
  *op = (operation){on_done, c, true};
  io_uring_sqe_set_data(entry, op);
}

/* Only what was written is consumed, which may be less than was to be sent.
 * After a failure nothing more can be sent; what the peer said may still come. */
static void on_written(conn *c, int result)
{
  stls_bio *outgoing = stls_object_outgoing(c->tls);
  if (result >= 0) {
    stls_bio_consume(outgoing, (size_t)result, NULL);
    if (c->established && c->phase == OPEN) be_patient(c);
  } else {
    stls_bio_write_eof(outgoing);
  }
  pump(c);
}

/* Starts one send of all that waits. The bytes stay in the queue, where they do
 * not move, until on_written() consumes them. */
static void drain(conn *c)
{
  stls_span spans[16];
  bool waiting = stls_object_wants(c->tls) & STLS_INTEREST_RECORDS_OUT;
  if (c->send.under_way || !waiting) return;
  struct io_uring_sqe *entry = new_entry();
  if (entry == NULL) return;
  size_t count = stls_bio_peekv(stls_object_outgoing(c->tls), spans, 16);
  for (size_t i = 0; i < count; i++) {
    c->pieces[i].iov_base = (void *)spans[i].data;
    c->pieces[i].iov_len = spans[i].len;
  }
  c->message = (struct msghdr){.msg_iov = c->pieces, .msg_iovlen = count};
  io_uring_prep_sendmsg(entry, c->fd, &c->message, MSG_NOSIGNAL);
  start(entry, &c->send, c, on_written);
}

static void on_received(conn *c, int result)
{
  stls_bio *incoming = stls_object_incoming(c->tls);
  stls_bio_commit(incoming, result > 0 ? (size_t)result : 0, NULL);
  if (result <= 0) {
    c->ended = result < 0 ? result : 1;
    stls_bio_write_eof(incoming);
  }
  pump(c);
}

/* The kernel receives straight into the queue, if there is room. */
static void receive(conn *c)
{
  stls_bio *incoming = stls_object_incoming(c->tls);
  void *room = NULL;
  size_t room_len = 0;
  if (c->phase > CLOSING) { /* Nobody reads them: they make room for more. */
    stls_bio_consume(incoming, stls_bio_pending(incoming), NULL);
  }
  if (c->receive.under_way || c->ended ||
      stls_bio_reserve(incoming, 16384, &room, &room_len, NULL) != STLS_OK) {
    return;
  }
  struct io_uring_sqe *entry = new_entry();
  if (entry == NULL) return;
  io_uring_prep_recv(entry, c->fd, room, room_len, 0);
  start(entry, &c->receive, c, on_received);
}

/* --- The life of a connection -------------------------------------------- */

/* What is under way fails then, or ends with 0. */
static void close_connection(conn *c)
{
  c->phase = CLOSED;
  shutdown(c->fd, SHUT_RDWR);
}

/* All is sent. To close a socket with unread bytes in it resets the connection,
 * and a reset can overtake the alert: shut our side, and wait for the peer's. */
static void linger(conn *c)
{
  c->phase = LINGERING;
  c->deadline_s = s.now_s + LINGER_S;
  if (shutdown(c->fd, SHUT_WR) < 0) close_connection(c);
}

static void pump(conn *c)
{
  if (c->phase == OPEN) echo(c);
  if (c->phase == CLOSING) start_ending(c);
  if (c->phase != CLOSED) drain(c);
  if (c->phase == ENDING && !c->send.under_way) linger(c);
  if (c->phase == LINGERING && c->ended) close_connection(c);
  if (c->phase != CLOSED) receive(c);
  if (c->receive.under_way || c->send.under_way) return;
  if (c->previous != NULL) c->previous->next = c->next;
  if (c->previous == NULL) s.conns = c->next;
  if (c->next != NULL) c->next->previous = c->previous;
  stls_object_free(c->tls);
  close(c->fd);
  free(c);
}

/* --- The server ---------------------------------------------------------- */

static void on_connection(conn *c, int fd)
{
  stls_error error = STLS_ERROR_INIT;
  c = fd < 0 ? NULL : calloc(1, sizeof *c);
  if (c == NULL ||
      stls_object_new(s.context, NULL, NULL, NULL, &c->tls, &error) < 0) {
    fprintf(stderr, "error: no connection: %s\n",
            fd < 0 ? strerror(-fd) : error.message);
    free(c);
    if (fd >= 0) close(fd);
    s.accept_s = s.now_s + 1; /* Out of descriptors it would fail at once. */
    return;
  }
  c->fd = fd;
  c->number = ++s.num_accepted;
  c->next = s.conns;
  if (c->next != NULL) c->next->previous = c;
  s.conns = c;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  be_patient(c);
  pump(c);
}

static void accept_next(void)
{
  struct io_uring_sqe *entry = s.ending ? NULL : new_entry();
  if (entry == NULL) return;
  io_uring_prep_accept(entry, s.listener, NULL, NULL, SOCK_CLOEXEC);
  start(entry, &s.accept, NULL, on_connection);
}

/* Once a second: looks at the deadlines. After a signal, connections end with
 * close_notify, and have a moment for it. */
static void on_tick(conn *unused, int result)
{
  static struct __kernel_timespec second = {.tv_sec = 1};
  struct io_uring_sqe *entry = new_entry();
  (void)unused, (void)result;
  if (entry == NULL) return; /* run() tries again. */
  io_uring_prep_timeout(entry, &second, 0, 0);
  start(entry, &s.tick, NULL, on_tick);
  s.now_s++;
  for (conn *c = s.conns, *next; c != NULL; c = next) {
    next = c->next;
    bool late = s.now_s >= c->deadline_s, is_open = c->phase == OPEN;
    const char *why = c->established ? "idle for too long" : "no handshake";
    if (late && is_open) say(c, "error", why);
    if (late && !is_open) close_connection(c);
    if (is_open && (late || s.ending)) start_ending(c);
    pump(c);
  }
}

/* A second signal ends the program at once. */
static void on_signal(int number)
{
  (void)number;
  s.ending = 1;
}

/* "::" is every address of the machine, of IPv6 and of IPv4 in one socket. Port
 * 0 lets the system choose. */
static int start_listening(const char *address, const char *port)
{
  struct addrinfo *found, hints = {.ai_flags = AI_NUMERICHOST};
  struct sockaddr_in6 name;
  if (getaddrinfo(address, port, &hints, &found) != 0) return -EINVAL;
  s.listener = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(s.listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  setsockopt(s.listener, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, sizeof(int));
  int status = bind(s.listener, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  if (status < 0 || listen(s.listener, 512) < 0 ||
      getsockname(s.listener, (struct sockaddr *)&name,
                  &(socklen_t){sizeof name}) < 0) {
    return -errno;
  }
  printf("listening on %d\n", ntohs(name.sin6_port)); /* Or sin_port. */
  return fflush(stdout);
}

/* Runs until a signal; returns 0, or an errno below 0. */
static int run(const char *address, const char *port)
{
  struct io_uring_cqe *entry;
  int status = io_uring_queue_init(1024, &s.ring, 0);
  if (status < 0) fprintf(stderr, "error: io_uring is not available here\n");
  if (status < 0) return status;
  status = start_listening(address, port);
  while (status >= 0 && (!s.ending || s.conns != NULL)) {
    if (!s.tick.under_way) on_tick(NULL, 0);
    if (s.now_s >= s.accept_s && !s.accept.under_way) accept_next();
    status = io_uring_submit_and_wait(&s.ring, 1);
    if (status == -EINTR) status = 0;
    while (io_uring_peek_cqe(&s.ring, &entry) == 0) {
      operation *op = io_uring_cqe_get_data(entry);
      int result = entry->res;
      io_uring_cqe_seen(&s.ring, entry);
      op->under_way = false;
      op->on_done(op->c, result);
    }
  }
  io_uring_queue_exit(&s.ring);
  return status;
}

int main(int argc, char **argv)
{
  stls_error error = STLS_ERROR_INIT;
  if (argc < 4 || argc > 6) {
    fprintf(stderr, "usage: uring_echo PORT CHAIN KEY [SECONDS [ADDRESS]]\n");
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
  struct sigaction action = {.sa_handler = on_signal};
  action.sa_flags = (int)SA_RESETHAND;
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  const char *where = argc > 5 ? argv[5] : "::";
  int status = run(where, argv[1]);
  if (status < 0) fprintf(stderr, "error: %s: %s\n", where, strerror(-status));
  stls_context_free(s.context);
  return status < 0 ? 1 : 0;
}
