/* SPDX-License-Identifier: MIT */
/* ktls: a TCP socket whose records the kernel seals and opens (Linux). */
#ifndef STLS_EMBED_KTLS_H
#define STLS_EMBED_KTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <sanstls/handover.h>

/* All set errno when they fail: ENOSYS where this was not built for Linux. */

/* Makes a connected socket one of TLS, which has no keys yet. Fails where the kernel
 * has no TLS, and changes nothing then. */
bool ktls_begin(int fd);

/* Gives the kernel the key of a direction, the first or the next one. EBUSY: it
 * cannot change keys, as before Linux 6.14. */
bool ktls_set_key(int fd, stls_flow flow, const stls_record_state *state);

/* Sends one record of the protocol, which the kernel seals. As send(2). */
ssize_t ktls_send_control(int fd, int type, stls_span content);

/* Receives data, or the content of one record of the protocol. As recv(2), with the
 * content type in *out_type; 0 at the end of the transport. */
ssize_t ktls_receive(int fd, void *out, size_t cap, int *out_type);

/* As sendfile(2) of Linux. */
ssize_t ktls_sendfile(int fd, int file, off_t *in_out_at, size_t len);

#endif
