/* SPDX-License-Identifier: MIT */
/* fake_poll_names: puts the functions of fake_poll in the place of the system's. */
#ifndef FAKE_POLL_NAMES_H
#define FAKE_POLL_NAMES_H

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Each has the contract of the function whose name it takes below. */
int fake_poll_socket(int family, int type, int protocol);
int fake_poll_connect_socket(int fd, const struct sockaddr *address,
                             socklen_t len);
int fake_poll_getaddrinfo(const char *host, const char *port,
                          const struct addrinfo *hints,
                          struct addrinfo **out_found);
int fake_poll_wait(struct pollfd *polled, nfds_t num_polled, int timeout_ms);
ssize_t fake_poll_read(int fd, void *out, size_t out_cap);
ssize_t fake_poll_write(int fd, const void *bytes, size_t len);
int fake_poll_shutdown(int fd, int how);
int fake_poll_close(int fd);
int fake_poll_clock(clockid_t clock, struct timespec *out_now);

/* fake_poll.c itself needs the system's. */
#ifndef FAKE_POLL_IS_REAL
#define socket fake_poll_socket
#define connect fake_poll_connect_socket
#define getaddrinfo fake_poll_getaddrinfo
#define poll fake_poll_wait
#define read fake_poll_read
#define write fake_poll_write
#define shutdown fake_poll_shutdown
#define close fake_poll_close
#define clock_gettime fake_poll_clock
#endif

#endif
