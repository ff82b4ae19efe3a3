/* SPDX-License-Identifier: MIT */
/* ktls_socket: a TCP socket whose records are the kernel's. */
#ifndef STLS_TEST_KTLS_SOCKET_H
#define STLS_TEST_KTLS_SOCKET_H

#include <sanstls/handover.h>
#include <stdbool.h>
#include <stddef.h>

/* Where the C library or the kernel's headers know no TLS, ktls_socket_begin says
 * so, and the others fail the test. */

/* Makes a connected socket one of TLS, still without keys. NULL, or why the kernel
 * does not. */
const char *ktls_socket_begin(int fd);

/* Gives the kernel the key of a direction, the first or the next one. Returns 0 or
 * the errno: EBUSY from a kernel that cannot change keys, as before Linux 6.14. */
int ktls_socket_set_key(int fd, stls_flow flow, const stls_record_state *state);

/* Sends one control record. */
void ktls_socket_send_control(int fd, int type, const void *content, size_t len);

/* What the next records are: data of one or several of them, or the content of
 * one control record. Waits for it. */
struct ktls_socket_arrival {
  /* 0 for the end of the transport. */
  int type;
  size_t len;
  /* 0, or the errno: EKEYEXPIRED, EBADMSG. */
  int error;
};

struct ktls_socket_arrival ktls_socket_receive(int fd, void *out, size_t cap);

#endif
