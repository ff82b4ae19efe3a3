/* SPDX-License-Identifier: MIT */
/* unlucky: gives each name a first address that fails, or no descriptor. */
#ifndef EMBED_UNLUCKY_H
#define EMBED_UNLUCKY_H

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/socket.h>

/* poll_client_unlucky is poll_client.c with this header in front of it. */

/* 127.0.0.2 comes first; nobody listens there. */
static inline int find_two(const char *host, const char *port,
                           const struct addrinfo *hints,
                           struct addrinfo **found)
{
  int status = getaddrinfo("127.0.0.2", port, hints, found);
  if (status != 0) return status;
  return getaddrinfo(host, port, hints, &(*found)->ai_next);
}

static inline int try_socket(int family, int type, int protocol)
{
  if (getenv("NO_DESCRIPTORS") == NULL) return socket(family, type, protocol);
  errno = EMFILE;
  return -1;
}

#define getaddrinfo find_two
#define socket try_socket

#endif
