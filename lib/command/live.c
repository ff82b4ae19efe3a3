/* SPDX-License-Identifier: MIT */
/* live: records a connection to a server on the network. */
#include "command/live.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  HOST_MAX = 256,
  PIECE_MAX = 16384
};

struct live {
  const struct options *options;
  char host[HOST_MAX];
  const char *port;
  int socket;
  struct stls_testing *testing;
  stls_context *context;
  stls_object *object;
  /* Of what is to be sent. */
  size_t sent;
  time_t deadline;
};

static stls_result fail(stls_error *err, const char *what, const char *why);
static stls_result split_address(struct live *live, stls_error *err);
static stls_result open_socket(struct live *live, stls_error *err);
static int connect_to(const struct addrinfo *address);
static stls_result make_client(struct live *live, stls_error *err);
static void talk(struct live *live);
static bool step(struct live *live);
static bool send_all(struct live *live);
static bool receive(struct live *live);
static int rest_ms(const struct live *live);

stls_result live_record(const struct options *options,
                        stls_transcript **out_transcript, stls_error *err)
{
  struct live live = {.options = options, .socket = -1};
  stls_transcript_options record = STLS_TRANSCRIPT_OPTIONS_INIT;
  stls_result result = split_address(&live, err);

  if (result == STLS_OK) result = open_socket(&live, err);
  if (result == STLS_OK) result = make_client(&live, err);
  record.testing = live.testing;
  record.with_secrets = options->secrets;
  if (result == STLS_OK)
    result = stls_transcript_record(live.object, &record, out_transcript, err);
  if (result == STLS_OK) talk(&live);
  stls_object_free(live.object);
  stls_context_free(live.context);
  stls_testing_free(live.testing);
  if (live.socket >= 0) close(live.socket);
  return result;
}

static stls_result fail(stls_error *err, const char *what, const char *why)
{
  err->result = STLS_ERROR_INPUT;
  snprintf(err->message, sizeof err->message, "%s: %s", what, why);
  return STLS_ERROR_INPUT;
}

/* "host", "host:port", "[::1]:port". */
static stls_result split_address(struct live *live, stls_error *err)
{
  const char *text = live->options->connect;
  const bool has_brackets = *text == '[';
  size_t len;

  text += has_brackets;
  len = strcspn(text, has_brackets ? "]" : ":");
  if (len == 0 || len >= sizeof live->host)
    return fail(err, live->options->connect, "that is no host");
  memcpy(live->host, text, len);
  text += len;
  if (has_brackets && *text == ']') text++;
  live->port = *text == ':' ? text + 1 : "443";
  return STLS_OK;
}

static stls_result open_socket(struct live *live, stls_error *err)
{
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
  struct addrinfo *list = NULL;
  int failure = getaddrinfo(live->host, live->port, &hints, &list);

  if (failure != 0)
    return fail(err, live->options->connect, gai_strerror(failure));
  for (const struct addrinfo *at = list; at != NULL && live->socket < 0;
       at = at->ai_next)
    live->socket = connect_to(at);
  failure = errno;
  freeaddrinfo(list);
  if (live->socket < 0)
    return fail(err, live->options->connect, strerror(failure));
  return STLS_OK;
}

static int connect_to(const struct addrinfo *address)
{
  int fd =
      socket(address->ai_family, address->ai_socktype, address->ai_protocol);

  if (fd < 0) return -1;
  if (connect(fd, address->ai_addr, address->ai_addrlen) == 0) return fd;
  close(fd);
  return -1;
}

static stls_result make_client(struct live *live, stls_error *err)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  OSSL_LIB_CTX *libctx;
  stls_result result = stls_testing_new_random(0, &live->testing, err);

  if (result != STLS_OK) return result;
  libctx = stls_testing_libctx(live->testing);
  result =
      live->options->insecure
          ? stls_context_new_insecure_client(libctx, NULL, &live->context, err)
          : stls_context_new_client(libctx, NULL, &live->context, err);
  options.server_name = live->host;
  if (result == STLS_OK)
    result = stls_object_new(live->context, NULL, NULL, &options, &live->object,
                             err);
  return result;
}

static void talk(struct live *live)
{
  live->deadline = time(NULL) + live->options->seconds;
  while (step(live) && rest_ms(live) > 0) {
    struct pollfd poller = {.fd = live->socket, .events = POLLIN};
    if (poll(&poller, 1, rest_ms(live)) <= 0 || !receive(live)) break;
  }
  (void)!stls_object_close_write(live->object);
  (void)send_all(live);
}

/* false: nothing more comes. */
static bool step(struct live *live)
{
  static unsigned char data[PIECE_MAX];
  const char *const text = live->options->send;
  stls_result result = stls_object_handshake(live->object);
  size_t len = 0;

  while (result == STLS_OK && text != NULL && text[live->sent] != '\0') {
    result = stls_object_write(live->object, text + live->sent,
                               strlen(text + live->sent), &len);
    live->sent += len;
    if (!send_all(live)) return false;
  }
  while (result == STLS_OK)
    result = stls_object_read(live->object, data, sizeof data, &len);
  return send_all(live) && result == STLS_WANT_READ;
}

static bool send_all(struct live *live)
{
  stls_bio *const out = stls_object_outgoing(live->object);
  stls_span span;

  while ((span = stls_bio_peek(out)).len > 0) {
    ssize_t len = send(live->socket, span.data, span.len, MSG_NOSIGNAL);
    if (len <= 0) {
      stls_bio_write_eof(out);
      return false;
    }
    stls_bio_consume(out, (size_t)len, NULL);
  }
  return true;
}

/* At the end of the transport once more, for what the object says of it. */
static bool receive(struct live *live)
{
  stls_bio *const in = stls_object_incoming(live->object);
  void *room = NULL;
  size_t room_len = 0;
  ssize_t len;

  if (stls_bio_reserve(in, PIECE_MAX, &room, &room_len, NULL) != STLS_OK)
    return false;
  len = recv(live->socket, room, room_len, 0);
  stls_bio_commit(in, len > 0 ? (size_t)len : 0, NULL);
  if (len > 0) return true;
  stls_bio_write_eof(in);
  (void)step(live);
  return false;
}

static int rest_ms(const struct live *live)
{
  const time_t rest = live->deadline - time(NULL);

  return rest > 0 ? (int)rest * 1000 : 0;
}
