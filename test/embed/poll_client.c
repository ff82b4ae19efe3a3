/* SPDX-License-Identifier: MIT */
/*
 * poll_client: a TLS client on poll(2), whole in one file.
 *
 *   cc -o poll_client poll_client.c $(pkg-config --cflags --libs sanstls)
 *   ./poll_client -g / example.com 443
 *   echo hello | ./poll_client -a ca.pem localhost 4433
 *
 * It sends a request (-g PATH), or what stands in stdin, and prints the answer.
 * It trusts the system's certificates, or those in the file after -a. The exit
 * status is 0 if the server has ended the answer with close_notify.
 *
 * The object turns bytes into bytes; this program moves them. Every event ends
 * in pump(): it lets the application go on, and sends what the object has to
 * send. Then wait() chooses what to wait for.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sanstls/sanstls.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINGER_MS 2000 /* For the peer to end its side after we ended ours. */

typedef enum phase {
  OPEN,      /* TLS is at work. */
  ENDING,    /* The last records, close_notify or an alert, are being sent. */
  LINGERING, /* Our side is shut; what the peer still sends is dropped. */
  CLOSED
} phase;

typedef struct conn {
  int fd;
  int patience_ms; /* For a connection, the handshake, and between data. */
  int64_t deadline_ms;
  phase phase;
  bool established;  /* The handshake is done. */
  bool complete;     /* The peer has said close_notify. */
  bool has_stdin;    /* More text may come from there. */
  bool close_at_end; /* Say close_notify behind the text. */
  int transport_errno;
  stls_object *tls;
  char text[16384]; /* To be sent: the request, or a part of stdin. */
  size_t text_start;
  size_t text_end;
} conn;

static int64_t now_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void be_patient(conn *c)
{
  c->deadline_ms = now_ms() + c->patience_ms;
}

/* One line on how the connection failed. */
static void report(const conn *c, stls_result result)
{
  stls_error error = STLS_ERROR_INIT;
  stls_object_error(c->tls, &error);
  fprintf(stderr, "error: %s: %s", stls_result_name(result), error.message);
  if (c->transport_errno != 0) {
    fprintf(stderr, ": %s", strerror(c->transport_errno));
  }
  fputc('\n', stderr);
}

/* --- Plaintext ----------------------------------------------------------- */

/* Says close_notify. After a failure the call does nothing, and the alert that
 * tells the peer is in `outgoing` already. */
static void start_ending(conn *c)
{
  stls_result result = stls_object_close_write(c->tls);
  if (result < 0 && c->phase == OPEN) report(c, result);
  c->phase = ENDING;
  be_patient(c);
}

/* Prints all that the records at hand hold. */
static stls_result receive_text(conn *c)
{
  char text[16384];
  size_t len = 0;
  stls_result result;
  while ((result = stls_object_read(c->tls, text, sizeof text, &len)) ==
         STLS_OK) {
    if (fwrite(text, 1, len, stdout) < len || fflush(stdout) != 0) {
      perror("stdout");
      exit(1);
    }
    be_patient(c);
  }
  return result;
}

/* Sends text while `outgoing` has room. */
static stls_result send_text(conn *c)
{
  stls_result result = STLS_OK;
  while (c->text_start < c->text_end && result == STLS_OK) {
    size_t taken = 0;
    result = stls_object_write(c->tls, c->text + c->text_start,
                               c->text_end - c->text_start, &taken);
    c->text_start += taken;
    if (taken > 0) be_patient(c);
  }
  if (result == STLS_CLOSED) {
    /* The transport takes no more. The peer may have said why: read on. */
    c->text_start = c->text_end;
    c->has_stdin = false;
  }
  bool sent_all = c->text_start == c->text_end && !c->has_stdin;
  if (sent_all && c->close_at_end) result = stls_object_close_write(c->tls);
  return result;
}

/* The application: it sends and receives as much as can be done now. */
static void talk(conn *c)
{
  stls_result result = stls_object_handshake(c->tls);
  if (result == STLS_OK && !c->established) {
    c->established = true;
    be_patient(c);
  }
  if (result == STLS_OK) result = send_text(c);
  if (result >= 0) result = receive_text(c);
  if (result < 0) report(c, result);
  if (result == STLS_CLOSED) c->complete = true;
  if (result < 0 || result == STLS_CLOSED) start_ending(c);
}

/* --- Records out --------------------------------------------------------- */

/* Only what was written is consumed. */
static void drain(conn *c)
{
  stls_bio *outgoing = stls_object_outgoing(c->tls);
  while (stls_object_wants(c->tls) & STLS_INTEREST_RECORDS_OUT) {
    stls_span span = stls_bio_peek(outgoing);
    ssize_t len = write(c->fd, span.data, span.len);
    if (len >= 0) {
      stls_bio_consume(outgoing, (size_t)len, NULL);
    } else if (errno == EAGAIN || errno == EINTR) {
      return;
    } else {
      c->transport_errno = errno;
      stls_bio_write_eof(outgoing);
    }
  }
}

/* --- Records in ---------------------------------------------------------- */

static void on_received(conn *c)
{
  static char dropped[4096];
  stls_bio *incoming = stls_object_incoming(c->tls);
  void *room = dropped;
  size_t room_len = sizeof dropped;
  bool open = c->phase == OPEN;
  if (open &&
      stls_bio_reserve(incoming, 16384, &room, &room_len, NULL) != STLS_OK) {
    return;
  }
  ssize_t len = read(c->fd, room, room_len);
  int error = len < 0 ? errno : 0;
  bool ended = len == 0 || (len < 0 && error != EAGAIN && error != EINTR);
  if (open) stls_bio_commit(incoming, len > 0 ? (size_t)len : 0, NULL);
  if (open && ended) {
    c->transport_errno = error;
    stls_bio_write_eof(incoming);
  }
  if (!open && ended) c->phase = CLOSED;
}

static void on_stdin(conn *c)
{
  ssize_t len = read(STDIN_FILENO, c->text, sizeof c->text);
  if (len < 0 && errno == EINTR) return;
  if (len < 0) perror("stdin");
  c->has_stdin = len > 0;
  c->text_start = 0;
  c->text_end = len > 0 ? (size_t)len : 0;
  be_patient(c);
}

/* --- The life of the connection ------------------------------------------ */

/* All is sent. To close a socket with unread bytes in it resets the connection,
 * and a reset can overtake the alert: shut our side, and wait for the peer's. */
static void linger(conn *c)
{
  c->phase = LINGERING;
  c->deadline_ms = now_ms() + LINGER_MS;
  if (shutdown(c->fd, SHUT_WR) < 0) c->phase = CLOSED;
}

static void pump(conn *c)
{
  if (c->phase == OPEN) talk(c);
  drain(c);
  bool sent = !(stls_object_wants(c->tls) & STLS_INTEREST_RECORDS_OUT);
  if (c->phase == ENDING && sent) linger(c);
}

static void on_timeout(conn *c)
{
  if (c->phase == OPEN) {
    fprintf(stderr, "error: %s\n",
            c->established ? "no answer in time" : "no handshake in time");
    start_ending(c);
  } else {
    c->phase = CLOSED;
  }
}

/* Waits for what could be dealt with now, and deals with it. */
static void wait_and_serve(conn *c)
{
  unsigned wants = stls_object_wants(c->tls);
  bool has_text = c->text_start < c->text_end;
  bool reads_stdin =
      c->phase == OPEN && c->established && c->has_stdin && !has_text;
  struct pollfd polled[2] = {
      {.fd = c->fd}, {.fd = reads_stdin ? STDIN_FILENO : -1, .events = POLLIN}};
  if ((c->phase == OPEN && wants & STLS_INTEREST_RECORDS_IN) ||
      c->phase == LINGERING) {
    polled[0].events |= POLLIN;
  }
  if (wants & STLS_INTEREST_RECORDS_OUT ||
      (has_text && wants & STLS_INTEREST_PLAINTEXT_IN)) {
    polled[0].events |= POLLOUT;
  }
  int64_t left_ms = c->deadline_ms - now_ms();
  if (left_ms < 0) left_ms = 0;
  /* Who types may think for a while. */
  int count = poll(polled, 2, reads_stdin ? -1 : (int)left_ms);
  if (count < 0 && errno != EINTR) {
    perror("poll");
    c->phase = CLOSED;
  }
  if (count == 0) on_timeout(c);
  if (count <= 0) return;
  if (polled[1].revents != 0) on_stdin(c);
  if (polled[0].revents & (POLLIN | POLLHUP | POLLERR)) on_received(c);
}

/* Returns 0 if the peer has said all that it wanted to say. */
static int run(conn *c)
{
  be_patient(c);
  pump(c);
  while (c->phase != CLOSED) {
    wait_and_serve(c);
    pump(c);
  }
  return c->complete ? 0 : 1;
}

/* --- The connection ------------------------------------------------------ */

/* Returns 0, or errno. */
static int connect_in_time(int fd, const struct addrinfo *at, int patience_ms)
{
  struct pollfd polled = {.fd = fd, .events = POLLOUT};
  int error = 0;
  socklen_t error_len = sizeof error;
  if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0) return errno;
  if (connect(fd, at->ai_addr, at->ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  int count = poll(&polled, 1, patience_ms);
  if (count < 0) return errno;
  if (count == 0) return ETIMEDOUT;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_len) < 0)
    return errno;
  return error;
}

/* Returns a connected socket, or -1 after a line that says what failed. */
static int try_address(const struct addrinfo *at, int patience_ms)
{
  char host[256] = "?";
  char port[16] = "?";
  int fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
  int error = fd < 0 ? errno : connect_in_time(fd, at, patience_ms);
  if (error == 0) return fd;
  getnameinfo(at->ai_addr, at->ai_addrlen, host, sizeof host, port, sizeof port,
              NI_NUMERICHOST | NI_NUMERICSERV);
  fprintf(stderr, "%s port %s: %s\n", host, port, strerror(error));
  if (fd >= 0) close(fd);
  return -1;
}

/* A name may have several addresses, often one of IPv6 and one of IPv4, and the
 * server may listen on some of them only: tries one after the other. */
static int connect_to(const char *host, const char *port, int patience_ms)
{
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
  struct addrinfo *found = NULL;
  int fd = -1;
  int status = getaddrinfo(host, port, &hints, &found);
  if (status != 0) {
    fprintf(stderr, "%s port %s: %s\n", host, port, gai_strerror(status));
    return -1;
  }
  for (struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next) {
    fd = try_address(at, patience_ms);
  }
  freeaddrinfo(found);
  return fd;
}

/* --- The program --------------------------------------------------------- */

static int usage(void)
{
  fputs("usage: poll_client [-a CA.pem] [-g PATH] [-t SECONDS] HOST PORT\n",
        stderr);
  return 2;
}

/* Makes the object that speaks for us, and verifies that HOST answers. */
static bool set_up(conn *c, const char *ca_path, const char *host)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_error error = STLS_ERROR_INIT;
  stls_context *context = NULL;
  options.server_name = host;
  bool done = stls_context_new_client_from_files(ca_path, &context, &error) ==
                  STLS_OK &&
              stls_object_new(context, NULL, NULL, &options, &c->tls, &error) ==
                  STLS_OK;
  if (!done) fprintf(stderr, "error: %s\n", error.message);
  stls_context_free(context); /* The object keeps its own reference. */
  return done;
}

int main(int argc, char **argv)
{
  conn c = {.fd = -1, .patience_ms = 10000};
  const char *ca_path = NULL;
  const char *path = NULL;
  int option;
  while ((option = getopt(argc, argv, "a:g:t:")) != -1) {
    if (option == '?') return usage();
    if (option == 'a') ca_path = optarg;
    if (option == 'g') path = optarg;
    if (option == 't') c.patience_ms = atoi(optarg) * 1000;
  }
  if (optind + 2 != argc || c.patience_ms <= 0) return usage();
  const char *host = argv[optind];
  c.has_stdin = c.close_at_end = path == NULL;
  if (path != NULL) {
    int len = snprintf(c.text, sizeof c.text,
                       "GET %s HTTP/1.1\r\nHost: %s\r\n"
                       "Connection: close\r\n\r\n",
                       path, host);
    if (len < 0 || (size_t)len >= sizeof c.text) return usage();
    c.text_end = (size_t)len;
  }
  signal(SIGPIPE, SIG_IGN); /* To write to a gone peer is an error code. */
  int status = 1;
  if (set_up(&c, ca_path, host)) {
    c.fd = connect_to(host, argv[optind + 1], c.patience_ms);
    if (c.fd >= 0) status = run(&c);
  }
  if (c.fd >= 0) close(c.fd);
  stls_object_free(c.tls);
  return status;
}
