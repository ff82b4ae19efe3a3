/* SPDX-License-Identifier: MIT */
/* client: sends one line over a blocking socket, and prints what comes back. */
/*
 * cc -o client client.c $(pkg-config --cflags --libs sanstls)
 * ./client ADDRESS PORT NAME CA.pem LINE [CERTIFICATE.pem KEY.pem]
 */
#include <errno.h>
#include <netdb.h>
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int transport_errno; /* The first of the socket, or 0. */

/* Sends what waits in `outgoing`: after every call on the object. */
static void drain(stls_object *tls, int fd)
{
  stls_bio *outgoing = stls_object_outgoing(tls);
  while (stls_object_wants(tls) & STLS_INTEREST_RECORDS_OUT) {
    stls_span out = stls_bio_peek(outgoing);
    ssize_t sent = send(fd, out.data, out.len, MSG_NOSIGNAL);
    if (sent >= 0) {
      stls_bio_consume(outgoing, (size_t)sent, NULL);
    } else if (errno != EINTR) {
      if (transport_errno == 0) transport_errno = errno;
      stls_bio_write_eof(outgoing); /* The socket takes no more. */
    }
  }
}

/* Waits for the peer, and receives straight into `incoming`. */
static void fill(stls_object *tls, int fd)
{
  stls_bio *incoming = stls_object_incoming(tls);
  void *room;
  size_t room_len;
  if (stls_bio_reserve(incoming, 16384, &room, &room_len, NULL) != STLS_OK)
    return;
  ssize_t got = recv(fd, room, room_len, 0);
  while (got < 0 && errno == EINTR) got = recv(fd, room, room_len, 0);
  if (got < 0 && transport_errno == 0) transport_errno = errno;
  stls_bio_commit(incoming, got > 0 ? (size_t)got : 0, NULL);
  if (got <= 0) stls_bio_write_eof(incoming); /* Nothing more will come. */
}

/* What to do between two calls. Returns whether to call again. */
static bool moved(stls_object *tls, int fd, stls_result result)
{
  drain(tls, fd);
  if (result == STLS_WANT_READ) fill(tls, fd);
  return result == STLS_WANT_READ || result == STLS_WANT_WRITE;
}

static stls_result handshake(stls_object *tls, int fd)
{
  stls_result result;
  do result = stls_object_handshake(tls);
  while (moved(tls, fd, result));
  return result;
}

static stls_result read_some(stls_object *tls, int fd, void *out,
                             size_t out_cap, size_t *out_len)
{
  stls_result result;
  do result = stls_object_read(tls, out, out_cap, out_len);
  while (moved(tls, fd, result));
  return result;
}

static stls_result write_all(stls_object *tls, int fd, const char *data,
                             size_t len)
{
  stls_result result = STLS_OK;
  for (size_t done = 0; len > 0; data += done, len -= done) {
    result = stls_object_write(tls, data, len, &done);
    if (!moved(tls, fd, result) && result != STLS_OK) break;
  }
  return result;
}

/* What to log of a connection: one line, and more if it failed. */
static void describe(const stls_object *tls)
{
  char line[STLS_DESCRIPTION_SIZE];
  stls_error err = STLS_ERROR_INIT;
  size_t len;
  if (stls_object_describe(tls, line, sizeof line, &len, NULL) == STLS_OK)
    fprintf(stderr, "%s\n", line);
  if (stls_object_error(tls, &err) != STLS_OK)
    fprintf(stderr, "%s: %s\n", stls_result_name(err.result), err.message);
  if (transport_errno != 0)
    fprintf(stderr, "the socket: %s\n", strerror(transport_errno));
}

/* Says close_notify. That may have to wait, as any call. */
static stls_result close_write(stls_object *tls, int fd)
{
  stls_result result;
  do result = stls_object_close_write(tls);
  while (moved(tls, fd, result));
  return result;
}

/* Sends the line, and prints what comes until the peer closes. */
static stls_result talk(stls_object *tls, int fd, const char *line)
{
  char data[4096];
  size_t len;
  stls_result result = handshake(tls, fd);
  if (result == STLS_OK) result = write_all(tls, fd, line, strlen(line));
  if (result == STLS_OK) result = write_all(tls, fd, "\n", 1);
  if (result == STLS_OK) result = close_write(tls, fd);
  if (result < 0) return result;
  while ((result = read_some(tls, fd, data, sizeof data, &len)) == STLS_OK)
    fwrite(data, 1, len, stdout);
  return result;
}

/* Tries each address of the host. */
static int connect_to(const char *host, const char *port)
{
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *all, *at;
  int fd = -1;
  if (getaddrinfo(host, port, &hints, &all) != 0) return -1;
  for (at = all; at != NULL && fd < 0; at = at->ai_next) {
    fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
    if (fd < 0 || connect(fd, at->ai_addr, at->ai_addrlen) == 0) continue;
    close(fd);
    fd = -1;
  }
  freeaddrinfo(all);
  return fd;
}

/* A context of a client that trusts one CA, and may show a certificate. */
static stls_result set_up(const char *ca, const char *chain, const char *key,
                          stls_context **out_context, stls_error *err)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *credential = NULL;
  stls_result result = stls_context_new_client_from_files(ca, out_context, err);
  if (result == STLS_OK && chain != NULL) {
    source.chain_file = chain;
    source.key_file = key;
    result = stls_credential_new_pem(&source, NULL, NULL, &credential, err);
    if (result == STLS_OK)
      result = stls_context_set_credential(*out_context, credential, err);
    stls_credential_free(credential);
  }
  if (result == STLS_OK) result = stls_context_seal(*out_context, err);
  return result;
}

int main(int argc, char **argv)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_error err = STLS_ERROR_INIT;
  stls_context *context = NULL;
  stls_object *tls = NULL;
  if (argc != 6 && argc != 8) return 2;
  stls_result result =
      set_up(argv[4], argv[6], argc == 8 ? argv[7] : NULL, &context, &err);
  options.server_name = argv[3];
  if (result == STLS_OK)
    result = stls_object_new(context, NULL, NULL, &options, &tls, &err);
  if (result != STLS_OK) {
    fprintf(stderr, "%s\n", err.message);
    stls_context_free(context);
    return 1;
  }
  int fd = connect_to(argv[1], argv[2]);
  if (fd >= 0) {
    result = talk(tls, fd, argv[5]);
    describe(tls);
    close(fd);
  }
  stls_object_free(tls);
  stls_context_free(context);
  return fd >= 0 && result == STLS_CLOSED ? 0 : 1;
}
