/* SPDX-License-Identifier: MIT */
/*
 * rude_peer: one connection that misbehaves in one way, as client or server.
 * Blocking sockets with a receive timeout, and an alarm above all.
 *
 *   rude_peer CLIENT-MODE PORT CA-FILE
 *   rude_peer SERVER-MODE CERT-FILE KEY-FILE
 *
 * Exits with 0 when the other side reacted as it should, and says how.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "http.h"
#include "options.h"
#include "setup.h"

#define PATIENCE_S 10
#define NEVER_S 4 /* Longer than the idle timeout of the server. */

typedef struct peer {
  int fd;
  stls_object *tls;
} peer;

static void leave(const char *text)
{
  fprintf(stderr, "rude_peer: %s\n", text);
  exit(EXIT_TROUBLE);
}

/* --- Transport ----------------------------------------------------------- */

static struct sockaddr_in loopback(unsigned long port)
{
  return (struct sockaddr_in){.sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static int connect_to(const char *port, int receive_buffer)
{
  struct sockaddr_in address = loopback(strtoul(port, NULL, 10));
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (receive_buffer > 0) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer,
               sizeof receive_buffer);
  }
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
    leave("no connection");
  }
  return fd;
}

static int accept_one(void)
{
  struct sockaddr_in address = loopback(0);
  socklen_t len = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
      listen(listener, 1) < 0 ||
      getsockname(listener, (struct sockaddr *)&address, &len) < 0) {
    leave("cannot listen");
  }
  printf("listening on %d\n", ntohs(address.sin_port));
  (void)fflush(stdout);
  int fd = accept(listener, NULL, NULL);
  close(listener);
  return fd;
}

/* Ends with a reset instead of a FIN. */
static void reset(int fd)
{
  struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(fd);
}

/* Whether the other side ends the connection, in whatever way and in time.
 * Counts what comes before that. */
static bool is_ended(int fd, size_t *out_len)
{
  static char dropped[65536];
  ssize_t len;
  *out_len = 0;
  while ((len = recv(fd, dropped, sizeof dropped, 0)) > 0) {
    *out_len += (size_t)len;
  }
  return len == 0 || (errno != EAGAIN && errno != EINTR);
}

/* --- TLS ----------------------------------------------------------------- */

/* Sends what waits, at most `step` bytes at a time. */
static void drain(peer *p, size_t step)
{
  stls_bio *outgoing = stls_object_outgoing(p->tls);
  stls_span span;
  while ((span = stls_bio_peek(outgoing)).len > 0) {
    ssize_t sent =
        send(p->fd, span.data, span.len < step ? span.len : step, MSG_NOSIGNAL);
    if (sent < 0 || stls_bio_consume(outgoing, (size_t)sent, NULL) < 0) return;
  }
}

static void receive(peer *p)
{
  stls_bio *incoming = stls_object_incoming(p->tls);
  void *room = NULL;
  size_t room_len = 0;
  if (stls_bio_reserve(incoming, 4096, &room, &room_len, NULL) < 0) return;
  ssize_t len = recv(p->fd, room, room_len, 0);
  if (stls_bio_commit(incoming, len > 0 ? (size_t)len : 0, NULL) < 0) return;
  if (len <= 0) stls_bio_write_eof(incoming);
}

static void shake_hands(peer *p, size_t step)
{
  stls_result result;
  while ((result = stls_object_handshake(p->tls)) == STLS_WANT_READ) {
    drain(p, step);
    receive(p);
  }
  drain(p, step);
  if (result != STLS_OK) leave("no handshake");
}

static void say(peer *p, const char *text)
{
  size_t written = 0;
  if (stls_object_write(p->tls, text, strlen(text), &written) < 0) {
    leave("cannot write");
  }
  drain(p, SIZE_MAX);
}

/* Reads until the end of the stream; returns how it ended. */
static stls_result listen_to_end(peer *p, uint64_t *out_len)
{
  static char text[16384];
  stls_result result;
  size_t len = 0;
  *out_len = 0;
  while ((result = stls_object_read(p->tls, text, sizeof text, &len)) >= 0 &&
         result != STLS_CLOSED) {
    drain(p, SIZE_MAX);
    *out_len += len;
    if (result == STLS_WANT_READ) receive(p);
  }
  drain(p, SIZE_MAX);
  return result;
}

/* --- Clients ------------------------------------------------------------- */

/* Goes away in the middle of the server's handshake messages. */
static bool reset_in_handshake(peer *p)
{
  char some[64];
  if (stls_object_handshake(p->tls) != STLS_WANT_READ) return false;
  drain(p, SIZE_MAX);
  ssize_t len = recv(p->fd, some, sizeof some, 0);
  reset(p->fd);
  return len > 0;
}

/* Says nothing at all. */
static bool stay_silent(peer *p)
{
  size_t len = 0;
  return is_ended(p->fd, &len);
}

/* Asks for much and reads nothing of it until the server must have given up. */
static bool never_read(peer *p)
{
  size_t len = 0;
  shake_hands(p, SIZE_MAX);
  say(p, "GET /bytes/67108864 HTTP/1.1\r\n\r\n");
  sleep(NEVER_S);
  bool ended = is_ended(p->fd, &len);
  printf("%zu bytes of 67108864\n", len);
  return ended && len < 67108864;
}

/* Sends bytes that are no handshake; says which alert comes back. */
static bool send_raw(peer *p, const void *bytes, size_t len, bool *out_alert)
{
  unsigned char answer[64];
  (void)send(p->fd, bytes, len, MSG_NOSIGNAL);
  ssize_t answer_len = recv(p->fd, answer, sizeof answer, 0);
  *out_alert = answer_len == 7 && answer[0] == 21 && answer[5] == 2;
  printf("%s\n", *out_alert ? stls_alert_name(answer[6]) : "no alert");
  return *out_alert ? is_ended(p->fd, &(size_t){0}) : answer_len == 0;
}

/* A handshake record with a message of an unknown type in it. */
static bool send_garbage(peer *p)
{
  static const unsigned char record[] = {22, 3, 1, 0, 5, 99, 0, 0, 1, 0};
  bool alert = false;
  return send_raw(p, record, sizeof record, &alert) && alert;
}

/* Goes on sending after that for as long as anybody takes it. */
static bool keep_talking(peer *p)
{
  if (!send_garbage(p)) return false;
  for (int turns = 0; turns < PATIENCE_S * 10; turns++) {
    if (send(p->fd, "more", 4, MSG_NOSIGNAL) < 0) return true;
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
  }
  return false;
}

/* Takes the TLS port for an HTTP port. OpenSSL ends that with an error of its
 * own, and says nothing to a peer that does not speak TLS. */
static bool speak_http(peer *p)
{
  static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  bool alert = false;
  return send_raw(p, request, sizeof request - 1, &alert);
}

/* Ends the transport without a close_notify. */
static bool cut_off(peer *p)
{
  shake_hands(p, SIZE_MAX);
  say(p, "GET / HTTP/1.1\r\n");
  shutdown(p->fd, SHUT_WR);
  size_t len = 0;
  return is_ended(p->fd, &len);
}

/* Sends byte after byte, ends its direction, and still wants the answer. */
static bool half_close(peer *p)
{
  uint64_t len = 0;
  shake_hands(p, 1);
  say(p, "POST /echo HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
  if (stls_object_close_write(p->tls) < 0) return false;
  drain(p, 1);
  shutdown(p->fd, SHUT_WR);
  stls_result result = listen_to_end(p, &len);
  printf("%s after %u bytes\n", stls_result_name(result), (unsigned)len);
  return result == STLS_CLOSED && len > 5;
}

/* The alert of an object that was handed a record that nobody has sealed. */
static void raise_alert(peer *p)
{
  static const unsigned char record[5 + 32] = {23, 3, 3, 0, 32};
  char text[64];
  size_t len = 0;
  if (stls_object_read_from(p->tls, record, sizeof record, &len, text,
                            sizeof text, &len) >= 0) {
    leave("no alert");
  }
  drain(p, SIZE_MAX);
}

/* Asks for much, and for more than the server keeps in mind, so that it reads
 * nothing more. Says behind that why it goes, and goes with a reset. */
static bool reset_when_owed(peer *p)
{
  static char requests[40000];
  memset(requests, 'x', sizeof requests - 1);
  shake_hands(p, SIZE_MAX);
  say(p, "GET /bytes/67108864 HTTP/1.1\r\n\r\n");
  say(p, requests);
  raise_alert(p);
  nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL); /* To arrive. */
  reset(p->fd);
  return true;
}

/* --- Servers ------------------------------------------------------------- */

/* Goes away instead of answering the ClientHello. */
static bool reset_at_hello(peer *p)
{
  receive(p);
  reset(p->fd);
  return true;
}

/* Does not speak TLS. */
static bool answer_http(peer *p)
{
  static const char answer[] = "HTTP/1.0 400 Bad Request\r\n\r\n";
  receive(p);
  (void)send(p->fd, answer, sizeof answer - 1, MSG_NOSIGNAL);
  shutdown(p->fd, SHUT_WR);
  size_t len = 0;
  return is_ended(p->fd, &len);
}

/* Ends the transport in the middle of a body without a length. */
static bool cut_answer(peer *p)
{
  shake_hands(p, SIZE_MAX);
  say(p, "HTTP/1.1 200 OK\r\n\r\nthe first half");
  shutdown(p->fd, SHUT_WR);
  size_t len = 0;
  return is_ended(p->fd, &len);
}

typedef struct mode {
  const char *name;
  stls_role role;
  bool (*behave)(peer *p);
  int receive_buffer;
} mode;

static const mode modes[] = {
    {"reset-in-handshake", STLS_CLIENT, reset_in_handshake, 2048},
    {"silent", STLS_CLIENT, stay_silent, 0},
    {"never-reads", STLS_CLIENT, never_read, 4096},
    {"plain-http", STLS_CLIENT, speak_http, 0},
    {"garbage", STLS_CLIENT, send_garbage, 0},
    {"keeps-talking", STLS_CLIENT, keep_talking, 0},
    {"cut-off", STLS_CLIENT, cut_off, 0},
    {"half-close", STLS_CLIENT, half_close, 0},
    {"reset-when-owed", STLS_CLIENT, reset_when_owed, 4096},
    {"serve-reset", STLS_SERVER, reset_at_hello, 0},
    {"serve-silence", STLS_SERVER, stay_silent, 0},
    {"serve-plain-http", STLS_SERVER, answer_http, 0},
    {"serve-half", STLS_SERVER, cut_answer, 0},
};

static bool run(const mode *m, const char *first, const char *second)
{
  client_options client = {.program = "rude_peer", .ca_file = second};
  server_options server = {
      .program = "rude_peer", .cert_file = first, .key_file = second};
  stls_object_options how = STLS_OBJECT_OPTIONS_INIT;
  bool is_client = m->role == STLS_CLIENT;
  struct timeval patience = {.tv_sec = PATIENCE_S};
  peer p = {.fd = -1};
  stls_context *context =
      is_client ? setup_client(&client, NULL) : setup_server(&server);
  if (is_client) how.server_name = "localhost";
  if (stls_object_new(context, NULL, NULL, &how, &p.tls, NULL) < 0) {
    leave("no object");
  }
  p.fd = is_client ? connect_to(first, m->receive_buffer) : accept_one();
  setsockopt(p.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  bool fine = m->behave(&p);
  close(p.fd);
  stls_object_free(p.tls);
  stls_context_free(context);
  return fine;
}

int main(int argc, char **argv)
{
  if (argc != 4) leave("usage: rude_peer MODE PORT CA | MODE CERT KEY");
  alarm(3 * PATIENCE_S);
  for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
    if (strcmp(argv[1], modes[i].name) != 0) continue;
    return run(&modes[i], argv[2], argv[3]) ? EXIT_COMPLETE : EXIT_TROUBLE;
  }
  leave("no such mode");
}
