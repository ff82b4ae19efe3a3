/* SPDX-License-Identifier: MIT */
/*
 * uv_sendfile: serves one file over HTTPS, on libuv. Where the kernel has TLS for
 * sockets (Linux), sendfile(2) sends it, and no byte of it passes through the
 * program; elsewhere stls_object_write does. Only what is sent is handed over:
 * requests come through the object.
 *
 *   cc -o uv_sendfile uv_sendfile.c ktls.c loopback.c \
 *     $(pkg-config --cflags --libs sanstls libuv libcrypto)
 *   ./uv_sendfile 4433 chain.pem chain.key FILE
 *   curl --cacert ca.pem https://localhost:4433/
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sanstls/sanstls.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>
#include "ktls.h"
#include "loopback.h"

#define LINGER_MS 2000
#define BLOCK 262144 /* The most that one connection sends at a time. */

typedef struct server {
  uv_loop_t loop;
  uv_poll_t listeners[LOOPBACK_MAX];
  uv_signal_t terminate;
  int listener_fds[LOOPBACK_MAX], file;
  size_t num_listeners;
  off_t file_len;
  stls_context *context;
  uint64_t patience_ms;
  unsigned num_accepted;
} server;

typedef struct conn {
  server *server;
  uv_poll_t poll;
  uv_timer_t timer;
  unsigned number;
  int fd;
  bool asked;     /* The request is whole. */
  bool tried;     /* The kernel was asked to take over. */
  bool in_kernel; /* It has what we send. */
  bool full;      /* The socket takes no more now. */
  bool ended;     /* The peer's bytes have ended. */
  bool ending;    /* close_notify or an alert is being sent, or was. */
  bool lingering; /* Our side is shut; what the peer still sends is dropped. */
  bool closed;    /* Only libuv still holds on to the handles. */
  stls_object *tls;
  int newlines; /* In a row: two are the end of a request. */
  char head[128];
  off_t head_len, head_sent, sent;
} conn;

/* Without a reason it is the error of the connection. */
static void say(const conn *c, const char *what, const char *why)
{
  stls_error error = STLS_ERROR_INIT;
  if (why == NULL) stls_object_error(c->tls, &error);
  fprintf(stderr, "connection %u: %s: %s\n", c->number, what,
          why == NULL ? error.message : why);
}

static void on_timer_closed(uv_handle_t *timer)
{
  conn *c = timer->data;
  stls_object_free(c->tls);
  close(c->fd);
  free(c);
}

static void on_poll_closed(uv_handle_t *poll)
{
  conn *c = poll->data;
  uv_close((uv_handle_t *)&c->timer, on_timer_closed);
}

static void close_connection(conn *c)
{
  if (!c->closed) uv_close((uv_handle_t *)&c->poll, on_poll_closed);
  c->ending = c->closed = true;
}

static void on_timeout(uv_timer_t *timer)
{
  conn *c = timer->data;
  if (!c->ending) say(c, "error", "idle for too long");
  close_connection(c);
}

static void be_patient(conn *c)
{
  uv_timer_start(&c->timer, on_timeout, c->server->patience_ms, 0);
}

/* The socket is full, or gone: then nothing more is sent. Returns false. */
static bool has_not_sent(conn *c)
{
  c->full = errno == EAGAIN || errno == EINTR;
  if (!c->full) stls_bio_write_eof(stls_object_outgoing(c->tls));
  return false;
}

/* The kernel seals what is sent from here on. The first key, or the next one. */
static bool give_key(conn *c)
{
  stls_record_state state = STLS_RECORD_STATE_INIT;
  stls_error error = STLS_ERROR_INIT;
  if (stls_object_export_insecure_record_state(c->tls, STLS_RECORDS_OUT, &state,
                                               &error) != STLS_OK) {
    say(c, "the records stay in the program", error.message);
    return false;
  }
  c->in_kernel = true;
  bool done = ktls_set_key(c->fd, STLS_RECORDS_OUT, &state);
  stls_record_state_wipe(&state);
  if (!done) say(c, "error: the kernel does not take the key", strerror(errno));
  if (!done) close_connection(c);
  return done;
}

/* Asked once, when all is sent that the program has sealed. There is no way back,
 * so AES-GCM it is, which every kernel with TLS has. */
static void hand_over(conn *c)
{
  const char *cipher = stls_conninfo_cipher_name(stls_object_conninfo(c->tls));
  c->tried = true;
  if (cipher == NULL || strstr(cipher, "GCM") == NULL) {
    say(c, "the records stay in the program", "the cipher suite");
  } else if (!ktls_begin(c->fd)) {
    say(c, "the records stay in the program", strerror(errno));
  } else if (give_key(c)) {
    say(c, "the kernel has the records", cipher);
  }
}

/* Tickets, answers to KeyUpdates, close_notify, alerts. */
static void send_control(conn *c)
{
  int type;
  while (stls_object_wants(c->tls) & STLS_INTEREST_CONTROL_OUT) {
    stls_span content = stls_object_peek_control(c->tls, &type);
    if (ktls_send_control(c->fd, type, content) < 0 && !has_not_sent(c)) return;
    stls_object_consume_control(c->tls);
    if (stls_object_wants(c->tls) & STLS_INTEREST_KEY_OUT && !give_key(c))
      return;
  }
}

/* Returns whether it was the last. */
static bool send_by_kernel(conn *c)
{
  ssize_t sent = 0;
  if (c->head_sent < c->head_len) {
    sent = send(c->fd, c->head + c->head_sent,
                (size_t)(c->head_len - c->head_sent), MSG_NOSIGNAL);
    if (sent > 0) c->head_sent += sent;
  } else if (c->sent < c->server->file_len) {
    size_t left = (size_t)(c->server->file_len - c->sent);
    sent = ktls_sendfile(c->fd, c->server->file, &c->sent,
                         left < BLOCK ? left : BLOCK);
  }
  if (sent < 0) return has_not_sent(c);
  be_patient(c);
  stls_result result =
      stls_object_count_data(c->tls, STLS_RECORDS_OUT, 0, (uint64_t)sent);
  return result != STLS_OK || sent == 0;
}

static bool send_by_program(conn *c)
{
  static char block[16384];
  const char *from = c->head + c->head_sent;
  size_t len = (size_t)(c->head_len - c->head_sent), taken = 0;
  if (len == 0) {
    ssize_t got = pread(c->server->file, block, sizeof block, c->sent);
    if (got <= 0) return true;
    from = block;
    len = (size_t)got;
  }
  stls_result result = stls_object_write(c->tls, from, len, &taken);
  *(from == block ? &c->sent : &c->head_sent) += (off_t)taken;
  if (result < 0) say(c, "error", NULL);
  return result != STLS_OK && result != STLS_WANT_WRITE;
}

static void drain(conn *c)
{
  stls_bio *outgoing = stls_object_outgoing(c->tls);
  while (!c->full && (stls_object_wants(c->tls) & STLS_INTEREST_RECORDS_OUT)) {
    stls_span records = stls_bio_peek(outgoing);
    ssize_t sent = send(c->fd, records.data, records.len, MSG_NOSIGNAL);
    if (sent < 0 && !has_not_sent(c)) return;
    stls_bio_consume(outgoing, (size_t)sent, NULL);
    be_patient(c);
  }
}

static void start_ending(conn *c)
{
  if (stls_object_close_write(c->tls) < 0) say(c, "error", NULL);
  c->ending = true;
}

/* Takes the request, whatever it asks for. */
static void receive(conn *c)
{
  char text[1024];
  size_t len = 0;
  stls_result result = stls_object_handshake(c->tls);
  if (result == STLS_OK) {
    result = stls_object_read(c->tls, text, sizeof text, &len);
  }
  for (size_t i = 0; i < len && !c->asked; i++) {
    if (text[i] != '\r') c->newlines = text[i] == '\n' ? c->newlines + 1 : 0;
    c->asked = c->newlines == 2;
  }
  if (result < 0) say(c, "error", NULL);
  if (result < 0 || (result == STLS_CLOSED && !c->asked)) start_ending(c);
}

/* Sends as much as the socket takes. */
static void answer(conn *c)
{
  bool done = false;
  if (!c->tried && stls_bio_pending(stls_object_outgoing(c->tls)) == 0) {
    hand_over(c);
  }
  while (!c->ending && c->tried && !c->full && !done) {
    if (c->in_kernel) send_control(c);
    if (!c->ending && !c->full) {
      done = c->in_kernel ? send_by_kernel(c) : send_by_program(c);
      if (!c->in_kernel) drain(c);
    }
  }
  if (!c->ending && done) start_ending(c);
}

static void on_ready(uv_poll_t *poll, int status, int events);

/* Every call on the object is made from here, and what it gave is sent. */
static void pump(conn *c)
{
  const unsigned unsent = STLS_INTEREST_RECORDS_OUT | STLS_INTEREST_CONTROL_OUT;
  if (!c->ending) receive(c);
  drain(c);
  if (!c->ending && c->asked) answer(c);
  if (!c->closed && c->in_kernel && !c->full) send_control(c);
  if (c->closed) return;
  drain(c);
  if (c->ending && !c->lingering && !(stls_object_wants(c->tls) & unsent)) {
    c->lingering = true;
    uv_timer_start(&c->timer, on_timeout, LINGER_MS, 0);
    shutdown(c->fd, SHUT_WR);
  }
  if (c->lingering && c->ended) {
    close_connection(c);
  } else {
    uv_poll_start(&c->poll,
                  (c->ended ? 0 : UV_READABLE) | (c->full ? UV_WRITABLE : 0),
                  on_ready);
  }
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
  static char dropped[4096];
  conn *c = poll->data;
  stls_bio *incoming = stls_object_incoming(c->tls);
  void *room = dropped;
  size_t room_len = sizeof dropped;
  if (events & UV_WRITABLE) c->full = false;
  if (status == 0 && (events & UV_READABLE)) {
    if (!c->ending &&
        stls_bio_reserve(incoming, 16384, &room, &room_len, NULL) != STLS_OK) {
      room_len = 0;
    }
    ssize_t got = recv(c->fd, room, room_len, 0);
    if (!c->ending) {
      stls_bio_commit(incoming, got > 0 ? (size_t)got : 0, NULL);
    }
    c->ended = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
  }
  c->ended = c->ended || status < 0;
  if (c->ended) stls_bio_write_eof(incoming);
  pump(c);
}

static void end_handle(uv_handle_t *handle, void *s)
{
  if (handle->data == s) {
    uv_close(handle, NULL);
  } else if (handle->type == UV_POLL) {
    close_connection(handle->data);
  }
}

static void on_connection(uv_poll_t *listener, int status, int events)
{
  server *s = listener->data;
  int fd = s->listener_fds[listener - s->listeners], yes = 1;
  fd = status == 0 ? accept(fd, NULL, NULL) : -1;
  conn *c = fd < 0 ? NULL : calloc(1, sizeof *c);
  (void)events;
  if (c == NULL ||
      stls_object_new(s->context, NULL, NULL, NULL, &c->tls, NULL) != STLS_OK) {
    if (fd < 0 && (errno == EAGAIN || errno == ECONNABORTED)) return;
    /* To be told of it without end helps nobody. */
    fprintf(stderr, "error: accept: %s\n", strerror(errno));
    free(c);
    if (fd >= 0) close(fd);
    uv_walk(&s->loop, end_handle, s);
    return;
  }
  c->server = s;
  c->fd = fd;
  c->number = ++s->num_accepted;
  c->poll.data = c->timer.data = c;
  c->head_len = snprintf(c->head, sizeof c->head,
                         "HTTP/1.1 200 OK\r\nContent-Length: %lld\r\n"
                         "Connection: close\r\n\r\n",
                         (long long)s->file_len);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  uv_timer_init(&s->loop, &c->timer);
  uv_poll_init(&s->loop, &c->poll, fd); /* Which does not block from now on. */
  be_patient(c);
  pump(c);
}

static void on_signal(uv_signal_t *signal, int number)
{
  (void)number;
  uv_walk(signal->loop, end_handle, signal->data);
}

static void must(bool good, const char *what, const char *why)
{
  if (good) return;
  fprintf(stderr, "error: %s: %s\n", what, why);
  exit(1);
}

static void start_listening(server *s, uint16_t port)
{
  int error = loopback_bind(port, s->listener_fds, &s->num_listeners, &port);
  must(error == 0, "bind", strerror(error));
  for (size_t i = 0; i < s->num_listeners; i++) {
    uv_poll_t *listener = &s->listeners[i];
    listener->data = s;
    must(listen(s->listener_fds[i], 512) == 0 &&
             uv_poll_init(&s->loop, listener, s->listener_fds[i]) == 0 &&
             uv_poll_start(listener, UV_READABLE, on_connection) == 0,
         "listen", strerror(errno));
  }
  printf("listening on %d\n", port);
  fflush(stdout);
}

int main(int argc, char **argv)
{
  static server s;
  stls_error error = STLS_ERROR_INIT;
  struct stat file;
  if (argc < 5) {
    fprintf(stderr, "usage: uv_sendfile PORT CHAIN KEY FILE [SECONDS]\n");
    return 2;
  }
  s.file = open(argv[4], O_RDONLY);
  must(s.file >= 0 && fstat(s.file, &file) == 0, argv[4], strerror(errno));
  s.file_len = file.st_size;
  s.patience_ms = 1000 * (argc > 5 ? strtoull(argv[5], NULL, 10) : 30);
  /* Only records of the library's can be handed over. */
  must(stls_context_new_server_from_files(argv[2], argv[3], &s.context,
                                          &error) == STLS_OK &&
           stls_context_set_records(s.context, STLS_RECORDS_DIRECT, &error) ==
               STLS_OK,
       "context", error.message);
  signal(SIGPIPE, SIG_IGN);
  must(uv_loop_init(&s.loop) == 0, "loop", "libuv cannot start");
  s.terminate.data = &s;
  uv_signal_init(&s.loop, &s.terminate);
  uv_signal_start(&s.terminate, on_signal, SIGTERM);
  start_listening(&s, (uint16_t)atoi(argv[1]));
  uv_run(&s.loop, UV_RUN_DEFAULT);
  uv_loop_close(&s.loop);
  stls_context_free(s.context);
  for (size_t i = 0; i < s.num_listeners; i++) close(s.listener_fds[i]);
  close(s.file);
  return 0;
}
