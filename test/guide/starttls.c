/* SPDX-License-Identifier: MIT */
/* starttls: plain text, then TLS, then plain text again, over one socket. */
/*
 * cc -o starttls starttls.c $(pkg-config --cflags --libs sanstls)
 * ./starttls CA.pem NAME
 *
 * A server with NAME.pem and NAME.key, and a client in a second process, over a
 * socketpair.
 */
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* One end: the socket, what was received and not used yet, and TLS while it is on. */
typedef struct end {
  const char *who;
  int fd;
  char plain[4096];
  size_t plain_len;
  stls_object *tls;
} end;

static void fail(const end *e, const char *what)
{
  fprintf(stderr, "%s: %s\n", e->who, what);
  exit(1);
}

static void drain(end *e)
{
  stls_bio *outgoing = stls_object_outgoing(e->tls);
  while (stls_object_wants(e->tls) & STLS_INTEREST_RECORDS_OUT) {
    stls_span out = stls_bio_peek(outgoing);
    ssize_t sent = send(e->fd, out.data, out.len, MSG_NOSIGNAL);
    if (sent <= 0) fail(e, "cannot send");
    stls_bio_consume(outgoing, (size_t)sent, NULL);
  }
}

/* Between two calls: sends and receives. Returns whether to call again. */
static bool moved(end *e, stls_result result)
{
  stls_bio *incoming = stls_object_incoming(e->tls);
  void *room;
  size_t room_len;
  stls_error err = STLS_ERROR_INIT;
  drain(e);
  if (result < 0) {
    stls_object_error(e->tls, &err);
    fail(e, err.message);
  }
  if (result == STLS_WANT_WRITE) return true;
  if (result != STLS_WANT_READ) return false;
  if (stls_bio_reserve(incoming, 16384, &room, &room_len, &err) != STLS_OK)
    fail(e, err.message);
  ssize_t got = recv(e->fd, room, room_len, 0);
  stls_bio_commit(incoming, got > 0 ? (size_t)got : 0, NULL);
  if (got <= 0) stls_bio_write_eof(incoming);
  return true;
}

/* --- Lines of text, with TLS or without --- */

static void say(end *e, const char *line)
{
  size_t len = strlen(line), done = 0;
  if (e->tls == NULL) {
    if (send(e->fd, line, len, MSG_NOSIGNAL) != (ssize_t)len)
      fail(e, "cannot send");
    return;
  }
  for (stls_result result = STLS_OK; len > 0; line += done, len -= done) {
    result = stls_object_write(e->tls, line, len, &done);
    if (!moved(e, result) && result != STLS_OK) fail(e, "closed");
  }
}

/* Receives more text behind what is there. Returns whether there was any. */
static bool hear_more(end *e)
{
  char *out = e->plain + e->plain_len;
  size_t cap = sizeof e->plain - e->plain_len, len = 0;
  stls_result result = STLS_OK;
  if (e->tls == NULL) {
    ssize_t got = recv(e->fd, out, cap, 0);
    len = got > 0 ? (size_t)got : 0;
  } else {
    do result = stls_object_read(e->tls, out, cap, &len);
    while (moved(e, result));
  }
  e->plain_len += len;
  return len > 0;
}

/* Takes one line, which has to be the expected one. What follows it stays. */
static void hear(end *e, const char *line)
{
  size_t len = strlen(line);
  while (memchr(e->plain, '\n', e->plain_len) == NULL)
    if (!hear_more(e)) fail(e, "the peer is gone");
  if (e->plain_len < len || memcmp(e->plain, line, len) != 0)
    fail(e, "another line was expected");
  printf("%s%s got %s", e->who, e->tls != NULL ? ", with TLS," : "", line);
  fflush(stdout);
  e->plain_len -= len;
  memmove(e->plain, e->plain + len, e->plain_len);
}

/* --- The seams --- */

/* From here on the socket carries TLS. What was received behind the last plain line
 * is TLS already: it goes into `incoming`, and is never taken for data. */
static void start_tls(end *e, stls_context *context, const char *server_name)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  size_t taken = 0;
  options.server_name = server_name;
  result = stls_object_new(context, NULL, NULL, &options, &e->tls, &err);
  if (result == STLS_OK)
    result = stls_bio_write(stls_object_incoming(e->tls), e->plain,
                            e->plain_len, &taken, &err);
  if (result != STLS_OK || taken != e->plain_len) fail(e, err.message);
  e->plain_len = 0;
  do result = stls_object_handshake(e->tls);
  while (moved(e, result));
}

/* Both sides say close_notify. What then is left in `incoming` is plain text, which
 * the peer sent behind it. */
static void stop_tls(end *e)
{
  stls_result result;
  size_t len = 0;
  do result = stls_object_unwrap(e->tls);
  while (moved(e, result));
  if (result != STLS_OK ||
      stls_bio_pending(stls_object_incoming(e->tls)) > sizeof e->plain)
    fail(e, "no clean end");
  result = stls_bio_read(stls_object_incoming(e->tls), e->plain,
                         sizeof e->plain, &len, NULL);
  e->plain_len = result == STLS_OK ? len : 0;
  stls_object_free(e->tls);
  e->tls = NULL;
}

/* --- Both programs --- */

static void serve(end *e, stls_context *context)
{
  hear(e, "STARTTLS\n");
  say(e, "220 ready\n");
  start_tls(e, context, NULL);
  hear(e, "MAIL\n");
  say(e, "250 ok\n");
  stop_tls(e);
  hear(e, "QUIT\n");
  say(e, "221 bye\n");
}

static void ask(end *e, stls_context *context, const char *server_name)
{
  say(e, "STARTTLS\n");
  hear(e, "220 ready\n");
  start_tls(e, context, server_name);
  say(e, "MAIL\n");
  hear(e, "250 ok\n");
  stop_tls(e);
  say(e, "QUIT\n");
  hear(e, "221 bye\n");
}

int main(int argc, char **argv)
{
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;
  end client = {.who = "client"}, server = {.who = "server"};
  char chain[256], key[256];
  int fds[2], status = 0;
  if (argc != 3 || socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0) return 2;
  pid_t child = fork();
  if (child == 0) {
    close(fds[1]);
    client.fd = fds[0];
    if (stls_context_new_client_from_files(argv[1], &context, &err) != STLS_OK)
      fail(&client, err.message);
    ask(&client, context, argv[2]);
  } else {
    close(fds[0]);
    server.fd = fds[1];
    snprintf(chain, sizeof chain, "%s.pem", argv[2]);
    snprintf(key, sizeof key, "%s.key", argv[2]);
    if (stls_context_new_server_from_files(chain, key, &context, &err) !=
        STLS_OK)
      fail(&server, err.message);
    serve(&server, context);
    waitpid(child, &status, 0);
  }
  stls_context_free(context);
  return status == 0 ? 0 : 1;
}
