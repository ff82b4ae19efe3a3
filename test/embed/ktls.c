/* SPDX-License-Identifier: MIT */
/* ktls: a TCP socket whose records the kernel seals and opens (Linux). */
#include "ktls.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/crypto.h>
#include <sanstls/constants.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#if defined(__linux__) && defined(__has_include)
#if __has_include(<linux/tls.h>)
#include <linux/tls.h>
#include <sys/sendfile.h>
#endif
#endif

#if defined(TLS_TX) && defined(TLS_RX)

/* C libraries have had these numbers for a shorter time than the kernel. */
#ifndef SOL_TLS
#define SOL_TLS 282
#endif
#ifndef TCP_ULP
#define TCP_ULP 31
#endif

/* The content type of one record, aligned for its header. */
union control {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(unsigned char))];
};

static void init_message(struct msghdr *message, struct iovec *part,
                         union control *control)
{
  memset(message, 0, sizeof *message);
  memset(control, 0, sizeof *control);
  message->msg_iov = part;
  message->msg_iovlen = 1;
  message->msg_control = control->bytes;
  message->msg_controllen = sizeof control->bytes;
}

bool ktls_begin(int fd)
{
  return setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", sizeof "tls") == 0;
}

bool ktls_set_key(int fd, stls_flow flow, const stls_record_state *state)
{
  unsigned char info[STLS_CRYPTO_INFO_MAX];
  const int option = flow == STLS_RECORDS_OUT ? TLS_TX : TLS_RX;
  size_t len;
  errno = EINVAL;
  bool done = stls_record_state_crypto_info(state, info, sizeof info, &len,
                                            NULL) == STLS_OK &&
              setsockopt(fd, SOL_TLS, option, info, (socklen_t)len) == 0;
  OPENSSL_cleanse(info, sizeof info);
  return done;
}

ssize_t ktls_send_control(int fd, int type, stls_span content)
{
  struct iovec part = {(void *)(uintptr_t)content.data, content.len};
  union control control;
  struct msghdr message;
  init_message(&message, &part, &control);
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_TLS;
  header->cmsg_type = TLS_SET_RECORD_TYPE;
  header->cmsg_len = CMSG_LEN(sizeof(unsigned char));
  *CMSG_DATA(header) = (unsigned char)type;
  message.msg_controllen = header->cmsg_len;
  return sendmsg(fd, &message, MSG_NOSIGNAL);
}

ssize_t ktls_receive(int fd, void *out, size_t cap, int *out_type)
{
  struct iovec part = {out, cap};
  union control control;
  struct msghdr message;
  init_message(&message, &part, &control);
  ssize_t got = recvmsg(fd, &message, 0);
  *out_type = got > 0 ? STLS_CONTENT_APPLICATION_DATA : 0;
  const struct cmsghdr *header = got < 0 ? NULL : CMSG_FIRSTHDR(&message);
  if (header != NULL && header->cmsg_level == SOL_TLS &&
      header->cmsg_type == TLS_GET_RECORD_TYPE) {
    *out_type = *CMSG_DATA(header);
  }
  return got;
}

ssize_t ktls_sendfile(int fd, int file, off_t *in_out_at, size_t len)
{
  return sendfile(fd, file, in_out_at, len);
}

#else

static int refuse(void)
{
  errno = ENOSYS;
  return -1;
}

bool ktls_begin(int fd)
{
  (void)fd;
  return refuse() == 0;
}

bool ktls_set_key(int fd, stls_flow flow, const stls_record_state *state)
{
  (void)fd;
  (void)flow;
  (void)state;
  return refuse() == 0;
}

ssize_t ktls_send_control(int fd, int type, stls_span content)
{
  (void)fd;
  (void)type;
  (void)content;
  return refuse();
}

ssize_t ktls_receive(int fd, void *out, size_t cap, int *out_type)
{
  (void)fd;
  (void)out;
  (void)cap;
  *out_type = 0;
  return refuse();
}

ssize_t ktls_sendfile(int fd, int file, off_t *in_out_at, size_t len)
{
  (void)fd;
  (void)file;
  (void)in_out_at;
  (void)len;
  return refuse();
}

#endif
