/* SPDX-License-Identifier: MIT */
/* server: an echo server on poll(2), with many names and many connections. */
/*
 * cc -o server server.c $(pkg-config --cflags --libs sanstls)
 * ./server PORT CA.pem|- NAME...
 *
 * Each NAME has its certificate in NAME.pem and its key in NAME.key. With a CA, a
 * client has to show a certificate of that CA.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  MAX_SITES = 16,
  MAX_CONNS = 64,
  HANDSHAKE_S = 10,
  IDLE_S = 60,
  LINGER_S = 1
};

/* A name, and what holds for it. */
typedef struct site {
  const char *name;
  stls_context *context;
} site;

typedef enum phase {
  OPEN,     /* TLS is at work. */
  ENDING,   /* close_notify or an alert is on its way. */
  LINGERING /* Our side is shut; what the peer still sends is dropped. */
} phase;

typedef struct conn {
  int fd;
  phase phase;
  time_t deadline;
  stls_object *tls;
  char data[16384]; /* What was read, and not written yet. */
  size_t len;
} conn;

static site sites[MAX_SITES];
static size_t num_sites;
static conn *conns[MAX_CONNS];
static size_t num_conns;

/* --- Plaintext: the only code that calls the object --- */

/* Answers STLS_WANT_CONTEXT: by the name that the client asks for. */
static stls_result choose_site(stls_object *tls)
{
  const stls_client_hello *hello = stls_object_client_hello(tls);
  const char *name = stls_client_hello_server_name(hello);
  for (size_t i = 0; name != NULL && i < num_sites; i++)
    if (strcmp(sites[i].name, name) == 0)
      return stls_object_set_context(tls, sites[i].context);
  return stls_object_reject(tls, STLS_ALERT_UNRECOGNIZED_NAME);
}

/* Echoes as far as it goes, and returns what it waits for or how it ended. */
static stls_result exchange(conn *c)
{
  for (;;) {
    stls_result result;
    if (c->len > 0) {
      size_t done = 0;
      result = stls_object_write(c->tls, c->data, c->len, &done);
      c->len -= done;
      memmove(c->data, c->data + done, c->len);
    } else {
      result = stls_object_read(c->tls, c->data, sizeof c->data, &c->len);
    }
    if (result == STLS_OK) c->deadline = time(NULL) + IDLE_S;
    if (result == STLS_WANT_CONTEXT) result = choose_site(c->tls);
    if (result != STLS_OK) return result;
  }
}

static void describe(const stls_object *tls)
{
  char line[STLS_DESCRIPTION_SIZE];
  stls_error err = STLS_ERROR_INIT;
  size_t len;
  if (stls_object_describe(tls, line, sizeof line, &len, NULL) == STLS_OK)
    printf("%s\n", line);
  if (stls_object_error(tls, &err) != STLS_OK)
    printf("%s: %s\n", stls_result_name(err.result), err.message);
  fflush(stdout);
}

/* --- Records: between the queues and the socket --- */

/* Consumes what the socket took, and no more. */
static void send_some(conn *c)
{
  stls_bio *outgoing = stls_object_outgoing(c->tls);
  while (stls_object_wants(c->tls) & STLS_INTEREST_RECORDS_OUT) {
    stls_span out = stls_bio_peek(outgoing);
    ssize_t sent = send(c->fd, out.data, out.len, MSG_NOSIGNAL);
    if (sent > 0)
      stls_bio_consume(outgoing, (size_t)sent, NULL);
    else if (sent < 0 && (errno == EAGAIN || errno == EINTR))
      return;
    else
      stls_bio_write_eof(outgoing);
  }
}

static void receive_some(conn *c)
{
  stls_bio *incoming = stls_object_incoming(c->tls);
  void *room;
  size_t room_len;
  if (stls_bio_reserve(incoming, 16384, &room, &room_len, NULL) != STLS_OK)
    return;
  ssize_t got = recv(c->fd, room, room_len, 0);
  bool is_end = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
  stls_bio_commit(incoming, got > 0 ? (size_t)got : 0, NULL);
  if (is_end) stls_bio_write_eof(incoming);
}

/* The peer has closed, or the connection has failed. */
static void start_ending(conn *c)
{
  /* After a failure this does nothing: an alert is in `outgoing` already. It need
   * not wait: nothing is corked, and the peer is not amid a message. */
  if (stls_object_close_write(c->tls) < 0) printf("no close_notify\n");
  describe(c->tls);
  c->phase = ENDING;
}

/* All is sent. A socket that is closed with unread bytes in it resets the
 * connection, and the reset can overtake the alert: so the rest is read first. */
static void start_lingering(conn *c)
{
  shutdown(c->fd, SHUT_WR);
  c->phase = LINGERING;
  c->deadline = time(NULL) + LINGER_S;
}

/* Every event ends here, so that nothing forgets to drain `outgoing`. */
static void pump(conn *c)
{
  stls_bio *outgoing = stls_object_outgoing(c->tls);
  stls_result result;
  do {
    result = c->phase == OPEN ? exchange(c) : STLS_OK;
    if (result < 0 || result == STLS_CLOSED) start_ending(c);
    send_some(c);
    /* Where all was sent at once, there is room again. */
  } while (result == STLS_WANT_WRITE && stls_bio_pending(outgoing) == 0);
  if (c->phase == ENDING &&
      !(stls_object_wants(c->tls) & STLS_INTEREST_RECORDS_OUT))
    start_lingering(c);
}

/* --- Connections --- */

static void start(int fd)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  conn *c = num_conns < MAX_CONNS ? calloc(1, sizeof *c) : NULL;
  options.choose_context = true;
  if (c == NULL || fcntl(fd, F_SETFL, O_NONBLOCK) < 0 ||
      stls_object_new(sites[0].context, NULL, NULL, &options, &c->tls, NULL) !=
          STLS_OK) {
    free(c);
    close(fd);
    return;
  }
  c->fd = fd;
  c->deadline = time(NULL) + HANDSHAKE_S;
  conns[num_conns++] = c;
}

static void end(size_t index)
{
  conn *c = conns[index];
  conns[index] = conns[--num_conns];
  close(c->fd);
  stls_object_free(c->tls);
  free(c);
}

/* Whether the connection goes on. */
static bool is_served(conn *c, short events)
{
  char dropped[4096];
  if (time(NULL) > c->deadline) return false;
  if (c->phase == LINGERING)
    return events == 0 || recv(c->fd, dropped, sizeof dropped, 0) > 0;
  if (events & (POLLIN | POLLHUP | POLLERR)) receive_some(c);
  if (events != 0) pump(c);
  return true;
}

static short interests(const conn *c)
{
  unsigned wants = stls_object_wants(c->tls);
  if (c->phase == LINGERING) return POLLIN;
  return (short)((wants & STLS_INTEREST_RECORDS_IN ? POLLIN : 0) |
                 (wants & STLS_INTEREST_RECORDS_OUT ? POLLOUT : 0));
}

static void serve(int listener)
{
  struct pollfd fds[MAX_CONNS + 1];
  for (;;) {
    size_t num = num_conns;
    for (size_t i = 0; i < num; i++)
      fds[i] = (struct pollfd){conns[i]->fd, interests(conns[i]), 0};
    fds[num] = (struct pollfd){listener, POLLIN, 0};
    if (poll(fds, (nfds_t)num + 1, 1000) < 0) continue;
    for (size_t i = num; i-- > 0;)
      if (!is_served(conns[i], fds[i].revents)) end(i);
    if (fds[num].revents & POLLIN) {
      int fd = accept(listener, NULL, NULL);
      if (fd >= 0) start(fd);
    }
  }
}

/* --- Set-up --- */

static stls_result ask_for_certificates(stls_context *context, const char *ca,
                                        stls_error *err)
{
  stls_trust *trust = NULL;
  stls_result result = stls_trust_new(NULL, NULL, &trust, err);
  if (result == STLS_OK) result = stls_trust_add_file(trust, ca, err);
  if (result == STLS_OK) result = stls_context_set_trust(context, trust, err);
  if (result == STLS_OK)
    result = stls_context_set_verify_mode(context, STLS_VERIFY_REQUIRED, err);
  stls_trust_free(trust);
  return result;
}

static stls_result add_site(const char *name, const char *ca, stls_error *err)
{
  char chain[256], key[256];
  site *s = &sites[num_sites];
  snprintf(chain, sizeof chain, "%s.pem", name);
  snprintf(key, sizeof key, "%s.key", name);
  s->name = name;
  stls_result result =
      stls_context_new_server_from_files(chain, key, &s->context, err);
  if (result == STLS_OK && strcmp(ca, "-") != 0)
    result = ask_for_certificates(s->context, ca, err);
  if (result == STLS_OK) result = stls_context_seal(s->context, err);
  if (result == STLS_OK) num_sites++;
  return result;
}

/* On this machine, over IPv4 alone. */
static int listen_on(unsigned short port)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
      listen(fd, 64) < 0)
    return -1;
  printf("listening on port %d\n", port);
  fflush(stdout);
  return fd;
}

int main(int argc, char **argv)
{
  stls_error err = STLS_ERROR_INIT;
  if (argc < 4 || argc > MAX_SITES + 3) return 2;
  for (int i = 3; i < argc; i++) {
    if (add_site(argv[i], argv[2], &err) != STLS_OK) {
      fprintf(stderr, "%s\n", err.message);
      return 1;
    }
  }
  int listener = listen_on((unsigned short)atoi(argv[1]));
  if (listener < 0) {
    perror("listen");
    return 1;
  }
  serve(listener);
  return 0;
}
