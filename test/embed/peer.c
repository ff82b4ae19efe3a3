/* SPDX-License-Identifier: MIT */
/* peer: one TLS connection over a blocking socket, for peers that misbehave. */
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "options.h"

void peer_leave(const char *text)
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

static void limit_waiting(int fd)
{
  struct timeval patience = {.tv_sec = PATIENCE_S};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

void peer_connect(peer *p, int receive_buffer)
{
  struct sockaddr_in address = loopback(strtoul(p->port, NULL, 10));
  p->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (receive_buffer > 0) {
    setsockopt(p->fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer,
               sizeof receive_buffer);
  }
  if (connect(p->fd, (struct sockaddr *)&address, sizeof address) < 0) {
    peer_leave("no connection");
  }
  limit_waiting(p->fd);
}

void peer_accept(peer *p)
{
  struct sockaddr_in address = loopback(0);
  socklen_t len = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
      listen(listener, 1) < 0 ||
      getsockname(listener, (struct sockaddr *)&address, &len) < 0) {
    peer_leave("cannot listen");
  }
  printf("listening on %d\n", ntohs(address.sin_port));
  (void)fflush(stdout);
  p->fd = accept(listener, NULL, NULL);
  close(listener);
  limit_waiting(p->fd);
}

void peer_reset(peer *p)
{
  struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(p->fd);
  p->fd = -1;
}

bool peer_is_ended(peer *p, size_t *out_len)
{
  static char dropped[65536];
  ssize_t len;
  *out_len = 0;
  while ((len = recv(p->fd, dropped, sizeof dropped, 0)) > 0) {
    *out_len += (size_t)len;
  }
  return len == 0 || (errno != EAGAIN && errno != EINTR);
}

bool peer_has_ended(peer *p)
{
  static char dropped[65536];
  ssize_t len;
  do {
    len = recv(p->fd, dropped, sizeof dropped, MSG_DONTWAIT);
  } while (len > 0);
  return len == 0 || (errno != EAGAIN && errno != EINTR);
}

void peer_sleep_ms(long ms)
{
  struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
  nanosleep(&time, NULL);
}

/* --- TLS ----------------------------------------------------------------- */

void peer_new_object(peer *p)
{
  stls_object_options how = STLS_OBJECT_OPTIONS_INIT;
  bool is_client = stls_context_role(p->context) == STLS_CLIENT;
  if (is_client) how.server_name = "localhost";
  if (stls_object_new(p->context, NULL, NULL, &how, &p->tls, NULL) < 0) {
    peer_leave("no object");
  }
}

void peer_drain(peer *p, size_t step)
{
  stls_bio *outgoing = stls_object_outgoing(p->tls);
  stls_span span;
  while ((span = stls_bio_peek(outgoing)).len > 0) {
    ssize_t sent =
        send(p->fd, span.data, span.len < step ? span.len : step, MSG_NOSIGNAL);
    if (sent < 0 || stls_bio_consume(outgoing, (size_t)sent, NULL) < 0) return;
  }
}

bool peer_drain_now(peer *p)
{
  stls_bio *outgoing = stls_object_outgoing(p->tls);
  stls_span span;
  while ((span = stls_bio_peek(outgoing)).len > 0) {
    ssize_t sent =
        send(p->fd, span.data, span.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return false;
    stls_bio_consume(outgoing, (size_t)sent, NULL);
  }
  return true;
}

void peer_receive(peer *p)
{
  stls_bio *incoming = stls_object_incoming(p->tls);
  void *room = NULL;
  size_t room_len = 0;
  if (stls_bio_reserve(incoming, 4096, &room, &room_len, NULL) < 0) return;
  ssize_t len = recv(p->fd, room, room_len, 0);
  if (stls_bio_commit(incoming, len > 0 ? (size_t)len : 0, NULL) < 0) return;
  if (len <= 0) stls_bio_write_eof(incoming);
}

void peer_shake_hands(peer *p, size_t step)
{
  stls_result result;
  while ((result = stls_object_handshake(p->tls)) == STLS_WANT_READ) {
    peer_drain(p, step);
    peer_receive(p);
  }
  peer_drain(p, step);
  if (result != STLS_OK) peer_leave("no handshake");
}

void peer_say(peer *p, const char *text)
{
  size_t written = 0;
  if (stls_object_write(p->tls, text, strlen(text), &written) < 0) {
    peer_leave("cannot write");
  }
  peer_drain(p, SIZE_MAX);
}

stls_result peer_listen_to_end(peer *p, uint64_t *out_len)
{
  static char text[16384];
  stls_result result;
  size_t len = 0;
  *out_len = 0;
  while ((result = stls_object_read(p->tls, text, sizeof text, &len)) >= 0 &&
         result != STLS_CLOSED) {
    peer_drain(p, SIZE_MAX);
    *out_len += len;
    if (result == STLS_WANT_READ) peer_receive(p);
  }
  peer_drain(p, SIZE_MAX);
  return result;
}
