/* SPDX-License-Identifier: MIT */
/* socket_pump: moves an object's bytes over a blocking socket. */
#include "socket_pump.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

void wire_check(stls_result result, const stls_error *err)
{
  if (result == STLS_OK) return;
  printf("%s: %s\n", stls_result_name(result), err->message);
  exit(1);
}

void wire_drain(stls_object *object, int fd)
{
  unsigned char bytes[4096];
  size_t len;

  while (stls_bio_read(stls_object_outgoing(object), bytes, sizeof bytes, &len,
                       NULL) == STLS_OK)
    if (write(fd, bytes, len) != (ssize_t)len) exit(1);
}

void wire_wait(stls_object *object, int fd)
{
  stls_error err = STLS_ERROR_INIT;
  unsigned char bytes[4096];
  ssize_t got = read(fd, bytes, sizeof bytes);
  size_t done;

  if (got <= 0)
    stls_bio_write_eof(stls_object_incoming(object));
  else
    wire_check(stls_bio_write(stls_object_incoming(object), bytes, (size_t)got,
                              &done, &err),
               &err);
}

stls_result wire_handshake(stls_object *object, int fd)
{
  stls_result result = stls_object_handshake(object);

  wire_drain(object, fd);
  while (result == STLS_WANT_READ) {
    wire_wait(object, fd);
    result = stls_object_handshake(object);
    wire_drain(object, fd);
  }
  return result;
}

size_t wire_read(stls_object *object, int fd, char *out, size_t len)
{
  size_t done = 0;
  stls_result result = stls_object_read(object, out, len, &done);

  while (result == STLS_WANT_READ) {
    wire_wait(object, fd);
    result = stls_object_read(object, out, len, &done);
    wire_drain(object, fd);
  }
  return result == STLS_OK ? done : 0;
}

int wire_open(stls_role role, const char *port)
{
  struct sockaddr_in at = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)atoi(port))};
  socklen_t at_len = sizeof at;
  int fd = socket(AF_INET, SOCK_STREAM, 0);

  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (role == STLS_CLIENT)
    return connect(fd, (struct sockaddr *)&at, sizeof at) == 0 ? fd : -1;
  if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 1) != 0 ||
      getsockname(fd, (struct sockaddr *)&at, &at_len) != 0)
    return -1;
  printf("%d\n", ntohs(at.sin_port));
  fflush(stdout);
  return accept(fd, NULL, NULL);
}
