/* SPDX-License-Identifier: MIT */
/* peer: one TLS connection over a blocking socket, for peers that misbehave. */
#ifndef EMBED_PEER_H
#define EMBED_PEER_H

#include <sanstls/sanstls.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATIENCE_S 10

typedef struct peer {
  int fd;
  stls_object *tls;
  stls_context *context; /* Borrowed, as is the port. */
  const char *port;
} peer;

/* Says why on stderr, and exits. */
_Noreturn void peer_leave(const char *text);

/* Makes p->tls of p->context. */
void peer_new_object(peer *p);

/* Connects p->fd to p->port on the loopback; receive_buffer 0 is the system's.
 */
void peer_connect(peer *p, int receive_buffer);

/* Listens, prints where, and takes one connection as p->fd. */
void peer_accept(peer *p);

/* Ends p->fd with a reset instead of a FIN. */
void peer_reset(peer *p);

/* Whether the other side ends the connection, in whatever way and in time.
 * Counts what comes before that. */
bool peer_is_ended(peer *p, size_t *out_len);

/* Whether the other side has ended by now: does not wait. */
bool peer_has_ended(peer *p);

void peer_sleep_ms(long ms);

/* Sends what waits, at most `step` bytes at a time. */
void peer_drain(peer *p, size_t step);

/* Sends what goes without waiting; whether that was all. */
bool peer_drain_now(peer *p);

/* Waits for bytes, or for the end of the transport. */
void peer_receive(peer *p);

/* Exits if the handshake fails. */
void peer_shake_hands(peer *p, size_t step);

/* Seals the text and sends it. */
void peer_say(peer *p, const char *text);

/* Reads until the end of the stream; returns how it ended. */
stls_result peer_listen_to_end(peer *p, uint64_t *out_len);

#endif
