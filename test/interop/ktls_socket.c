/* SPDX-License-Identifier: MIT */
/* ktls_socket: a TCP socket whose records are the kernel's. */
#include "ktls_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "support/check.h"

#if defined(__linux__) && defined(__has_include)
#if __has_include(<linux/tls.h>)
#include <linux/tls.h>
#endif
#endif

/* The kernel's numbers; C libraries have had them for a shorter time. */
#ifndef SOL_TLS
#define SOL_TLS 282
#endif
#ifndef TCP_ULP
#define TCP_ULP 31
#endif

#if defined(TLS_TX) && defined(TLS_RX)

/* Documentation/networking/tls.rst of Linux: the socket has to be established. */
const char *ktls_socket_begin(int fd)
{
  if (setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", sizeof "tls") == 0)
    return NULL;
  return strerror(errno);
}

int ktls_socket_set_key(int fd, stls_flow flow, const stls_record_state *state)
{
  uint8_t info[STLS_CRYPTO_INFO_MAX];
  size_t len;
  int status;

  cr_assert_eq(
      stls_record_state_crypto_info(state, info, sizeof info, &len, NULL),
      STLS_OK);
  status = setsockopt(fd, SOL_TLS, flow == STLS_RECORDS_OUT ? TLS_TX : TLS_RX,
                      info, (socklen_t)len);
  return status == 0 ? 0 : errno;
}

/* Room for one control message, aligned for its header. */
union control_room {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(unsigned char))];
};

void ktls_socket_send_control(int fd, int type, const void *content, size_t len)
{
  union control_room room = {.bytes = {0}};
  struct iovec part = {(void *)(uintptr_t)content, len};
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = room.bytes,
                           .msg_controllen = sizeof room.bytes};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  ssize_t sent;

  header->cmsg_level = SOL_TLS;
  header->cmsg_type = TLS_SET_RECORD_TYPE;
  header->cmsg_len = CMSG_LEN(sizeof(unsigned char));
  *CMSG_DATA(header) = (unsigned char)type;
  message.msg_controllen = header->cmsg_len;
  sent = sendmsg(fd, &message, MSG_NOSIGNAL);
  cr_assert_eq(sent, (ssize_t)len, "a control record of type %d: %s", type,
               strerror(errno));
}

struct ktls_socket_arrival ktls_socket_receive(int fd, void *out, size_t cap)
{
  struct ktls_socket_arrival arrival = {0, 0, 0};
  struct pollfd wait = {.fd = fd, .events = POLLIN};
  union control_room room = {.bytes = {0}};
  struct iovec part = {out, cap};
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = room.bytes,
                           .msg_controllen = sizeof room.bytes};
  const struct cmsghdr *header;
  ssize_t got;

  cr_assert_eq(poll(&wait, 1, 10000), 1, "the kernel has nothing for us");
  got = recvmsg(fd, &message, 0);
  if (got < 0) {
    arrival.error = errno;
    return arrival;
  }
  arrival.len = (size_t)got;
  arrival.type = got > 0 ? 23 : 0;
  header = CMSG_FIRSTHDR(&message);
  if (header != NULL && header->cmsg_level == SOL_TLS &&
      header->cmsg_type == TLS_GET_RECORD_TYPE)
    arrival.type = *CMSG_DATA(header);
  return arrival;
}

#else

const char *ktls_socket_begin(int fd)
{
  (void)fd;
  return "the headers of this system have no <linux/tls.h>";
}

int ktls_socket_set_key(int fd, stls_flow flow, const stls_record_state *state)
{
  (void)fd;
  (void)flow;
  (void)state;
  return ENOSYS;
}

void ktls_socket_send_control(int fd, int type, const void *content, size_t len)
{
  (void)fd;
  (void)type;
  (void)content;
  (void)len;
  cr_assert_fail("no kTLS");
}

struct ktls_socket_arrival ktls_socket_receive(int fd, void *out, size_t cap)
{
  (void)fd;
  (void)out;
  (void)cap;
  return (struct ktls_socket_arrival){0, 0, ENOSYS};
}

#endif
