/* SPDX-License-Identifier: MIT */
/* socket_pump: moves an object's bytes over a blocking socket. */
#ifndef STLS_TEST_SOCKET_PUMP_H
#define STLS_TEST_SOCKET_PUMP_H

#include <sanstls/sanstls.h>

/* Ends the program with a word where a call has failed. */
void wire_check(stls_result result, const stls_error *err);

/* Sends what waits in `outgoing`. */
void wire_drain(stls_object *object, int fd);

/* Waits for the peer and gives what it says to the object. */
void wire_wait(stls_object *object, int fd);

/* The whole handshake; how it ended, or what else it wants. */
stls_result wire_handshake(stls_object *object, int fd);

/* Some plaintext, and how much; 0 when there is no more. */
size_t wire_read(stls_object *object, int fd, char *out, size_t len);

/* A connection to a port of this host; or, on a server, a port of its own, which
 * is printed, and the first to connect. -1 when it fails. */
int wire_open(stls_role role, const char *port);

#endif
