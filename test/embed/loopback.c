/* SPDX-License-Identifier: MIT */
/* loopback: sockets on one port of the loopback, one for each family. */
#include "loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Port 0 of the first family may be taken in the second one. */
#define MAX_TRIES 20

typedef union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
} address;

static socklen_t set_address(address *a, int family, uint16_t port)
{
  memset(a, 0, sizeof *a);
  if (family == AF_INET) {
    a->v4.sin_family = AF_INET;
    a->v4.sin_port = htons(port);
    a->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return sizeof a->v4;
  }
  a->v6.sin6_family = AF_INET6;
  a->v6.sin6_port = htons(port);
  a->v6.sin6_addr = in6addr_loopback;
  return sizeof a->v6;
}

/* A socket on *port, or on one that the system chooses; -1 and errno. */
static int bind_one(int family, uint16_t *port)
{
  address a;
  socklen_t len = set_address(&a, family, *port);
  int on = 1;
  int fd = socket(family, SOCK_STREAM, 0);
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6) {
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0 ||
      fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || bind(fd, &a.any, len) < 0 ||
      getsockname(fd, &a.any, &len) < 0) {
    int cause = errno;
    close(fd);
    errno = cause;
    return -1;
  }
  /* Both families have the port in the same place. */
  *port = ntohs(a.v4.sin_port);
  return fd;
}

/* Whether the machine just does not have this family. */
static bool is_family_missing(int cause)
{
  return cause == EAFNOSUPPORT || cause == EADDRNOTAVAIL;
}

static int bind_both(uint16_t port, int out_fds[LOOPBACK_MAX], size_t *out_num,
                     uint16_t *out_port)
{
  static const int families[LOOPBACK_MAX] = {AF_INET, AF_INET6};
  int cause = 0;
  *out_num = 0;
  *out_port = port;
  for (size_t i = 0; i < LOOPBACK_MAX; i++) {
    int fd = bind_one(families[i], out_port);
    if (fd >= 0) {
      out_fds[(*out_num)++] = fd;
    } else if (!is_family_missing(errno) || cause != 0) {
      cause = errno;
      while (*out_num > 0) close(out_fds[--*out_num]);
      return cause;
    } else {
      cause = errno;
    }
  }
  return 0;
}

int loopback_bind(uint16_t port, int out_fds[LOOPBACK_MAX], size_t *out_num,
                  uint16_t *out_port)
{
  int cause = EADDRINUSE;
  for (int i = 0; i < MAX_TRIES && cause == EADDRINUSE; i++) {
    cause = bind_both(port, out_fds, out_num, out_port);
    if (port != 0) break;
  }
  return cause;
}
