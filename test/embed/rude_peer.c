/* SPDX-License-Identifier: MIT */
/*
 * rude_peer: one connection that misbehaves in one way, as client or server.
 * Blocking sockets with a receive timeout, and an alarm above all.
 *
 *   rude_peer CLIENT-MODE PORT CA-FILE
 *   rude_peer SERVER-MODE CERT-FILE KEY-FILE
 *
 * Exits with 0 when the other side reacted as it should, and says how.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "buffer.h"
#include "drip.h"
#include "options.h"
#include "peer.h"
#include "setup.h"

#define NEVER_S 4 /* Longer than the idle timeout of the server. */
#define NUM_HELD 200

/* --- Clients ------------------------------------------------------------- */

/* Goes away in the middle of the server's handshake messages. */
static bool reset_in_handshake(peer *p)
{
  char some[64];
  if (stls_object_handshake(p->tls) != STLS_WANT_READ) return false;
  peer_drain(p, SIZE_MAX);
  ssize_t len = recv(p->fd, some, sizeof some, 0);
  peer_reset(p);
  return len > 0;
}

/* Says nothing at all. */
static bool stay_silent(peer *p)
{
  size_t len = 0;
  return peer_is_ended(p, &len);
}

/* Asks for much and reads nothing of it until the server must have given up. */
static bool never_read(peer *p)
{
  size_t len = 0;
  peer_shake_hands(p, SIZE_MAX);
  peer_say(p, "GET /bytes/67108864 HTTP/1.1\r\n\r\n");
  sleep(NEVER_S);
  bool ended = peer_is_ended(p, &len);
  printf("%zu bytes of 67108864\n", len);
  return ended && len < 67108864;
}

/* Sends bytes that are no handshake; says which alert comes back. */
static bool send_raw(peer *p, const void *bytes, size_t len, bool *out_alert)
{
  unsigned char answer[64];
  (void)send(p->fd, bytes, len, MSG_NOSIGNAL);
  ssize_t answer_len = recv(p->fd, answer, sizeof answer, 0);
  *out_alert = answer_len == 7 && answer[0] == 21 && answer[5] == 2;
  printf("%s\n", *out_alert ? stls_alert_name(answer[6]) : "no alert");
  return *out_alert ? peer_is_ended(p, &(size_t){0}) : answer_len == 0;
}

/* A handshake record with a message of an unknown type in it. */
static bool send_garbage(peer *p)
{
  static const unsigned char record[] = {22, 3, 1, 0, 5, 99, 0, 0, 1, 0};
  bool alert = false;
  return send_raw(p, record, sizeof record, &alert) && alert;
}

/* Goes on sending after that for as long as anybody takes it. */
static bool keep_talking(peer *p)
{
  if (!send_garbage(p)) return false;
  for (int turns = 0; turns < PATIENCE_S * 10; turns++) {
    if (send(p->fd, "more", 4, MSG_NOSIGNAL) < 0) return true;
    peer_sleep_ms(100);
  }
  return false;
}

/* Takes the TLS port for an HTTP port. OpenSSL ends that with an error of its
 * own, and says nothing to a peer that does not speak TLS. */
static bool speak_http(peer *p)
{
  static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  bool alert = false;
  return send_raw(p, request, sizeof request - 1, &alert);
}

/* Ends the transport without a close_notify. */
static bool cut_off(peer *p)
{
  peer_shake_hands(p, SIZE_MAX);
  peer_say(p, "GET / HTTP/1.1\r\n");
  shutdown(p->fd, SHUT_WR);
  size_t len = 0;
  return peer_is_ended(p, &len);
}

/* Sends byte after byte, ends its direction, and still wants the answer. */
static bool half_close(peer *p)
{
  uint64_t len = 0;
  peer_shake_hands(p, 1);
  peer_say(p, "POST /echo HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
  if (stls_object_close_write(p->tls) < 0) return false;
  peer_drain(p, 1);
  shutdown(p->fd, SHUT_WR);
  stls_result result = peer_listen_to_end(p, &len);
  printf("%s after %u bytes\n", stls_result_name(result), (unsigned)len);
  return result == STLS_CLOSED && len > 5;
}

/* The alert of an object that was handed a record that nobody has sealed. */
static void raise_alert(peer *p)
{
  static const unsigned char record[5 + 32] = {23, 3, 3, 0, 32};
  char text[64];
  size_t len = 0;
  if (stls_object_read_from(p->tls, record, sizeof record, &len, text,
                            sizeof text, &len) >= 0) {
    peer_leave("no alert");
  }
  peer_drain(p, SIZE_MAX);
}

/* Asks for much, and for more than the server keeps in mind, so that it reads
 * nothing more. Says behind that why it goes, and goes with a reset. */
static bool reset_when_owed(peer *p)
{
  static char requests[40000];
  memset(requests, 'x', sizeof requests - 1);
  peer_shake_hands(p, SIZE_MAX);
  peer_say(p, "GET /bytes/67108864 HTTP/1.1\r\n\r\n");
  peer_say(p, requests);
  raise_alert(p);
  peer_sleep_ms(300); /* To arrive. */
  peer_reset(p);
  return true;
}

/* --- Clients that send much ---------------------------------------------- */

/* Sends more than anybody wants to keep, and reads nothing. */
static bool flood(peer *p)
{
  static char text[16384];
  struct timeval moment = {.tv_sec = 1};
  size_t len = 0;
  peer_shake_hands(p, SIZE_MAX);
  setsockopt(p->fd, SOL_SOCKET, SO_SNDTIMEO, &moment, sizeof moment);
  while (stls_bio_pending(stls_object_outgoing(p->tls)) == 0) {
    if (stls_object_write(p->tls, text, sizeof text, &len) < 0) return false;
    peer_drain(p, SIZE_MAX);
  }
  sleep(NEVER_S);
  return peer_is_ended(p, &len);
}

/* Sends as long as the server takes it, before it reads what comes back. */
static bool echo_late(peer *p)
{
  const uint64_t total = 16 << 20;
  uint64_t sent = 0;
  uint64_t got = 0;
  peer_shake_hands(p, SIZE_MAX);
  while (got < total) {
    char text[4096];
    char expected[4096];
    size_t len = 0;
    http_pattern(sent, text, sizeof text);
    if (sent < total &&
        stls_object_write(p->tls, text, sizeof text, &len) < 0) {
      return false;
    }
    sent += len;
    if (peer_drain_now(p) && sent < total) continue;
    stls_result result = stls_object_read(p->tls, text, sizeof text, &len);
    http_pattern(got, expected, len);
    if (result < 0 || result == STLS_CLOSED ||
        memcmp(text, expected, len) != 0) {
      return false;
    }
    if (result == STLS_WANT_READ) peer_receive(p);
    got += len;
  }
  return true;
}

/* Gets one answer on a connection that stays open. */
static bool ask_once(peer *p)
{
  char text[4096];
  size_t len = 0;
  stls_result result = STLS_WANT_READ;
  peer_shake_hands(p, SIZE_MAX);
  peer_say(p, "GET / HTTP/1.1\r\n\r\n");
  while (result == STLS_WANT_READ) {
    peer_receive(p);
    result = stls_object_read(p->tls, text, sizeof text, &len);
  }
  return result == STLS_OK && len > 0;
}

/* Many connections that have had an answer each, and may ask for more. */
static bool hold_many(peer *p)
{
  peer many[NUM_HELD];
  for (size_t i = 0; i < NUM_HELD; i++) {
    many[i] = *p;
    peer_new_object(&many[i]);
    peer_connect(&many[i], 0);
    if (!ask_once(&many[i])) return false;
  }
  printf("holding %d\n", NUM_HELD);
  (void)fflush(stdout);
  size_t len = 0;
  bool ended = peer_is_ended(&many[0], &len);
  for (size_t i = 0; i < NUM_HELD; i++) {
    close(many[i].fd);
    stls_object_free(many[i].tls);
  }
  return ended;
}

/* --- Clients that leave early -------------------------------------------- */

/* Has its whole answer, and goes without a close_notify, as browsers do. */
static bool leave_after_answer(peer *p)
{
  return ask_once(p);
}

/* --- Servers ------------------------------------------------------------- */

/* Goes away instead of answering the ClientHello. */
static bool reset_at_hello(peer *p)
{
  peer_receive(p);
  peer_reset(p);
  return true;
}

/* Does not speak TLS. */
static bool answer_http(peer *p)
{
  static const char answer[] = "HTTP/1.0 400 Bad Request\r\n\r\n";
  peer_receive(p);
  (void)send(p->fd, answer, sizeof answer - 1, MSG_NOSIGNAL);
  shutdown(p->fd, SHUT_WR);
  size_t len = 0;
  return peer_is_ended(p, &len);
}

/* Ends the transport, too, but behind a whole answer. */
static bool end_after_answer(peer *p)
{
  peer_shake_hands(p, SIZE_MAX);
  peer_say(p, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nall");
  shutdown(p->fd, SHUT_WR);
  size_t len = 0;
  return peer_is_ended(p, &len);
}

/* Ends the transport in the middle of a body without a length. */
static bool cut_answer(peer *p)
{
  peer_shake_hands(p, SIZE_MAX);
  peer_say(p, "HTTP/1.1 200 OK\r\n\r\nthe first half");
  shutdown(p->fd, SHUT_WR);
  size_t len = 0;
  return peer_is_ended(p, &len);
}

typedef struct mode {
  const char *name;
  stls_role role;
  bool (*behave)(peer *p);
  int receive_buffer;
} mode;

static const mode modes[] = {
    {"reset-in-handshake", STLS_CLIENT, reset_in_handshake, 2048},
    {"silent", STLS_CLIENT, stay_silent, 0},
    {"never-reads", STLS_CLIENT, never_read, 4096},
    {"plain-http", STLS_CLIENT, speak_http, 0},
    {"garbage", STLS_CLIENT, send_garbage, 0},
    {"keeps-talking", STLS_CLIENT, keep_talking, 0},
    {"cut-off", STLS_CLIENT, cut_off, 0},
    {"half-close", STLS_CLIENT, half_close, 0},
    {"reset-when-owed", STLS_CLIENT, reset_when_owed, 4096},
    {"drip-handshake", STLS_CLIENT, drip_handshake, 0},
    {"drip-record", STLS_CLIENT, drip_record, 0},
    {"drip-request", STLS_CLIENT, drip_request, 0},
    {"drip-body", STLS_CLIENT, drip_body, 0},
    {"flood", STLS_CLIENT, flood, 0},
    {"echo-late", STLS_CLIENT, echo_late, 0},
    {"holds-many", STLS_CLIENT, hold_many, 0},
    {"leaves", STLS_CLIENT, leave_after_answer, 0},
    {"serve-reset", STLS_SERVER, reset_at_hello, 0},
    {"serve-silence", STLS_SERVER, stay_silent, 0},
    {"serve-plain-http", STLS_SERVER, answer_http, 0},
    {"serve-drip", STLS_SERVER, drip_answer, 0},
    {"serve-unclosed", STLS_SERVER, end_after_answer, 0},
    {"serve-half", STLS_SERVER, cut_answer, 0},
};

static bool run(const mode *m, const char *first, const char *second)
{
  client_options client = {.program = "rude_peer", .ca_file = second};
  server_options server = {
      .program = "rude_peer", .cert_file = first, .key_file = second};
  peer p = {.fd = -1, .port = first};
  bool is_client = m->role == STLS_CLIENT;
  p.context = is_client ? setup_client(&client, NULL) : setup_server(&server);
  peer_new_object(&p);
  if (is_client) {
    peer_connect(&p, m->receive_buffer);
  } else {
    peer_accept(&p);
  }
  bool fine = m->behave(&p);
  close(p.fd);
  stls_object_free(p.tls);
  stls_context_free(p.context);
  return fine;
}

int main(int argc, char **argv)
{
  if (argc != 4) peer_leave("usage: rude_peer MODE PORT CA | MODE CERT KEY");
  alarm(3 * PATIENCE_S);
  for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
    if (strcmp(argv[1], modes[i].name) != 0) continue;
    return run(&modes[i], argv[2], argv[3]) ? EXIT_COMPLETE : EXIT_TROUBLE;
  }
  peer_leave("no such mode");
}
