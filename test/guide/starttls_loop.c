/* SPDX-License-Identifier: MIT */
/* starttls_loop: plain text, TLS and plain text again, in one loop of poll(2). */
/*
 * cc -o starttls_loop starttls_loop.c $(pkg-config --cflags --libs sanstls)
 * ./starttls_loop CA.pem NAME BYTES
 *
 * A server with NAME.pem and NAME.key, and a client, over a socketpair. Nothing
 * blocks, and no send takes more than BYTES.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct end end;

/* What an end does next. It returns STLS_OK when it is done, a wait when it has to
 * be called again, or a failure. */
typedef struct step {
  stls_result (*go)(end *e, const char *line);
  const char *line;
} step;

/* The queues belong to the program, and carry plain text and TLS: so what is queued
 * stays in order, whoever has put it there. */
struct end {
  const char *who;
  int fd;
  stls_bio *incoming, *outgoing;
  stls_context *context;
  const char *server_name; /* NULL on the server. */
  stls_object *tls;        /* NULL while the text is plain. */
  const step *next;
  char line[100]; /* Received so far. */
  size_t line_len;
  size_t said; /* Bytes of the line to be sent that were taken. */
};

static size_t most; /* Bytes of one send. */

static void fail(const end *e, const char *what)
{
  stls_error err = STLS_ERROR_INIT;
  if (e->tls != NULL && stls_object_error(e->tls, &err) < 0) what = err.message;
  fprintf(stderr, "%s: %s\n", e->who, what);
  exit(1);
}

/* --- Steps --- */

static stls_result say(end *e, const char *line)
{
  size_t taken = 0, left = strlen(line) - e->said;
  stls_result result =
      e->tls != NULL
          ? stls_object_write(e->tls, line + e->said, left, &taken)
          : stls_bio_write(e->outgoing, line + e->said, left, &taken, NULL);
  e->said += taken;
  if (result != STLS_OK) return result;
  if (taken < left) return STLS_WANT_WRITE;
  e->said = 0;
  return STLS_OK;
}

/* Takes one line and not a byte more: what follows may be no text. */
static stls_result hear(end *e, const char *line)
{
  while (e->line_len == 0 || e->line[e->line_len - 1] != '\n') {
    char *at = e->line + e->line_len;
    size_t len;
    if (e->line_len == sizeof e->line) fail(e, "a line is too long");
    stls_result result = e->tls != NULL
                             ? stls_object_read(e->tls, at, 1, &len)
                             : stls_bio_read(e->incoming, at, 1, &len, NULL);
    if (result != STLS_OK) return result;
    e->line_len++;
  }
  if (e->line_len != strlen(line) || memcmp(e->line, line, e->line_len) != 0)
    fail(e, "another line was expected");
  printf("%s%s got %s", e->who, e->tls != NULL ? ", with TLS," : "", line);
  e->line_len = 0;
  return STLS_OK;
}

/* What is in `incoming` behind the last plain line is TLS already. */
static stls_result start_tls(end *e, const char *unused)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_error err = STLS_ERROR_INIT;
  (void)unused;
  options.server_name = e->server_name;
  if (e->tls == NULL && stls_object_new(e->context, e->incoming, e->outgoing,
                                        &options, &e->tls, &err) != STLS_OK)
    fail(e, err.message);
  return stls_object_handshake(e->tls);
}

/* Our close_notify may still be in `outgoing`: plain text queues up behind it. What
 * is in `incoming` behind the peer's is plain text. */
static stls_result stop_tls(end *e, const char *unused)
{
  stls_result result = stls_object_unwrap(e->tls);
  (void)unused;
  if (result != STLS_OK) return result;
  stls_object_free(e->tls);
  e->tls = NULL;
  return STLS_OK;
}

/* --- The loop --- */

static void send_some(end *e)
{
  stls_span out = stls_bio_peek(e->outgoing);
  size_t len = out.len < most ? out.len : most;
  ssize_t sent = len > 0 ? send(e->fd, out.data, len, MSG_NOSIGNAL) : 0;
  if (sent > 0) stls_bio_consume(e->outgoing, (size_t)sent, NULL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) fail(e, strerror(errno));
}

static void receive_some(end *e)
{
  void *room;
  size_t room_len;
  if (stls_bio_reserve(e->incoming, 16384, &room, &room_len, NULL) != STLS_OK)
    return; /* It is full: somebody has to read first. */
  ssize_t got = recv(e->fd, room, room_len, 0);
  bool is_end = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
  stls_bio_commit(e->incoming, got > 0 ? (size_t)got : 0, NULL);
  if (is_end) stls_bio_write_eof(e->incoming);
}

/* Every event ends here. */
static void pump(end *e)
{
  stls_result result = STLS_OK;
  while (result == STLS_OK && e->next->go != NULL) {
    result = e->next->go(e, e->next->line);
    if (result == STLS_OK) e->next++;
  }
  if (result < 0 || result == STLS_CLOSED) fail(e, "the peer is gone");
  send_some(e);
}

static short interests(const end *e)
{
  bool is_heard = e->next->go != NULL;
  return (short)((is_heard ? POLLIN : 0) |
                 (stls_bio_pending(e->outgoing) > 0 ? POLLOUT : 0));
}

/* Until both have done all steps and sent all bytes. */
static void run(end ends[2])
{
  for (int i = 0; i < 2; i++) pump(&ends[i]);
  for (;;) {
    struct pollfd fds[2];
    for (int i = 0; i < 2; i++)
      fds[i] = (struct pollfd){ends[i].fd, interests(&ends[i]), 0};
    if (fds[0].events == 0 && fds[1].events == 0) return;
    if (poll(fds, 2, 10000) <= 0) fail(&ends[0], "nothing comes");
    for (int i = 0; i < 2; i++) {
      if (fds[i].revents & ~POLLOUT && fds[i].events & POLLIN)
        receive_some(&ends[i]);
      if (fds[i].revents != 0) pump(&ends[i]);
    }
  }
}

/* --- Both programs --- */

static const step server_steps[] = {
    {hear, "STARTTLS\n"}, {say, "220 ready\n"}, {start_tls, NULL},
    {hear, "MAIL\n"},     {say, "250 ok\n"},    {stop_tls, NULL},
    {hear, "QUIT\n"},     {say, "221 bye\n"},   {NULL, NULL}};

static const step client_steps[] = {
    {say, "STARTTLS\n"}, {hear, "220 ready\n"}, {start_tls, NULL},
    {say, "MAIL\n"},     {hear, "250 ok\n"},    {stop_tls, NULL},
    {say, "QUIT\n"},     {hear, "221 bye\n"},   {NULL, NULL}};

static void set_up(end *e, const char *ca, const char *name)
{
  stls_error err = STLS_ERROR_INIT;
  char chain[256], key[256];
  snprintf(chain, sizeof chain, "%s.pem", name);
  snprintf(key, sizeof key, "%s.key", name);
  stls_result result =
      e->server_name != NULL
          ? stls_context_new_client_from_files(ca, &e->context, &err)
          : stls_context_new_server_from_files(chain, key, &e->context, &err);
  if (result == STLS_OK) result = stls_bio_new(&e->incoming, &err);
  if (result == STLS_OK) result = stls_bio_new(&e->outgoing, &err);
  if (result != STLS_OK) fail(e, err.message);
}

int main(int argc, char **argv)
{
  int fds[2];
  if (argc != 4 || socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0) return 2;
  end ends[2] = {
      {.who = "server", .next = server_steps},
      {.who = "client", .next = client_steps, .server_name = argv[2]}};
  most = strtoul(argv[3], NULL, 10);
  for (int i = 0; i < 2; i++) {
    ends[i].fd = fds[i];
    fcntl(fds[i], F_SETFL, O_NONBLOCK);
    set_up(&ends[i], argv[1], argv[2]);
  }
  run(ends);
  for (int i = 0; i < 2; i++) {
    close(ends[i].fd);
    stls_bio_free(ends[i].incoming);
    stls_bio_free(ends[i].outgoing);
    stls_context_free(ends[i].context);
  }
  return 0;
}
