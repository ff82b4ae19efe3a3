/* SPDX-License-Identifier: MIT */
/* drip: peers that send a byte now and then, and never all. */
#include "drip.h"

#include <sys/socket.h>

/* A byte now and then, for as long as anybody takes it. */
static bool drip(peer *p, const char *bytes, size_t len)
{
  for (size_t i = 0; i < len && i < PATIENCE_S * 5; i++) {
    if (peer_has_ended(p)) return true;
    (void)send(p->fd, bytes + i, 1, MSG_NOSIGNAL);
    peer_sleep_ms(200);
  }
  return peer_has_ended(p);
}

/* The same of what waits to be sent. */
static bool drip_waiting(peer *p)
{
  stls_span records = stls_bio_peek(stls_object_outgoing(p->tls));
  return drip(p, records.data, records.len);
}

bool drip_handshake(peer *p)
{
  if (stls_object_handshake(p->tls) != STLS_WANT_READ) return false;
  return drip_waiting(p);
}

bool drip_record(peer *p)
{
  char text[1000] = "GET / HTTP/1.1\r\n";
  size_t len = 0;
  peer_shake_hands(p, SIZE_MAX);
  if (stls_object_write(p->tls, text, sizeof text, &len) < 0) return false;
  return drip_waiting(p);
}

bool drip_answer(peer *p)
{
  stls_result result;
  while ((result = stls_object_handshake(p->tls)) == STLS_WANT_READ &&
         stls_bio_pending(stls_object_outgoing(p->tls)) == 0) {
    peer_receive(p);
  }
  return result == STLS_WANT_READ && drip_waiting(p);
}

/* Whole records of a byte each. */
static bool drip_text(peer *p, const char *start)
{
  peer_shake_hands(p, SIZE_MAX);
  peer_say(p, start);
  for (size_t i = 0; i < PATIENCE_S * 5; i++) {
    if (peer_has_ended(p)) return true;
    peer_say(p, "x");
    peer_sleep_ms(200);
  }
  return false;
}

bool drip_request(peer *p)
{
  return drip_text(p, "GET / HTTP/1.1\r\nSlow: ");
}

bool drip_body(peer *p)
{
  return drip_text(p, "POST /echo HTTP/1.1\r\nContent-Length: 1000\r\n\r\n");
}
