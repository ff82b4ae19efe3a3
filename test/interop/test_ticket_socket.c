/* SPDX-License-Identifier: MIT */
/* test_ticket_socket: latency of a request behind Nagle's algorithm, on loopback. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/sockios.h>

#include <sanstls/session.h>
#endif

#include "support/expect.h"
#include "support/pair.h"

SUITE(ticket_socket, .timeout = 60);

#ifdef SIOCOUTQNSD

#define TRIES 20

/* Two ends of a TCP connection. */
struct link {
  int client;
  int server;
};

static void with_data(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_ticket_timing(context, STLS_TICKETS_WITH_DATA, NULL),
      STLS_OK);
}

static struct link join(void)
{
  struct sockaddr_in at = {.sin_family = AF_INET};
  socklen_t at_len = sizeof at;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct link link = {.client = socket(AF_INET, SOCK_STREAM, 0)};

  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  cr_assert_eq(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
  cr_assert_eq(listen(listener, 1), 0);
  cr_assert_eq(getsockname(listener, (struct sockaddr *)&at, &at_len), 0);
  cr_assert_eq(connect(link.client, (struct sockaddr *)&at, sizeof at), 0);
  link.server = accept(listener, NULL, NULL);
  cr_assert_geq(link.server, 0);
  close(listener);
  return link;
}

static void flush(stls_object *object, int fd)
{
  stls_bio *out = stls_object_outgoing(object);
  stls_span span;

  while ((span = stls_bio_peek(out)).len > 0) {
    ssize_t sent = send(fd, span.data, span.len, 0);
    cr_assert_gt(sent, 0);
    ASSERT_RETURNS(stls_bio_consume(out, (size_t)sent, NULL), STLS_OK);
  }
}

/* Waits for bytes; no longer than any kernel holds an ACK back, or the test
 * has hung. */
static void fetch(stls_object *object, int fd)
{
  struct pollfd wait = {.fd = fd, .events = POLLIN};
  char bytes[16384];
  ssize_t got;
  size_t done;

  cr_assert_eq(poll(&wait, 1, 10000), 1);
  got = recv(fd, bytes, sizeof bytes, 0);
  cr_assert_gt(got, 0);
  ASSERT_RESULT(stls_bio_write(stls_object_incoming(object), bytes, (size_t)got,
                               &done, NULL),
                STLS_OK, "incoming");
}

/*
 * The client says Finished and its request in two segments. Returns how many
 * bytes of the request its kernel still holds back when the server has read
 * Finished, and sent what it has to say; the request has to arrive all the same.
 */
static int held_back(const pair_options *options)
{
  test_pair pair = pair_new(options);
  struct link link = join();
  char request[100] = "GET / HTTP/1.1";
  size_t done;
  int unsent = 0;

  ASSERT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "hello");
  flush(pair.client, link.client);
  fetch(pair.server, link.server);
  ASSERT_RESULT(stls_object_handshake(pair.server), STLS_WANT_READ, "flight");
  flush(pair.server, link.server);
  while (stls_object_handshake(pair.client) == STLS_WANT_READ)
    fetch(pair.client, link.client);
  flush(pair.client, link.client);
  ASSERT_RESULT(stls_object_write(pair.client, request, sizeof request, &done),
                STLS_OK, "request");
  flush(pair.client, link.client);
  while (stls_object_handshake(pair.server) == STLS_WANT_READ)
    fetch(pair.server, link.server);
  flush(pair.server, link.server);
  cr_assert_eq(ioctl(link.client, SIOCOUTQNSD, &unsent), 0);
  while (stls_object_read(pair.server, request, sizeof request, &done) ==
         STLS_WANT_READ)
    fetch(pair.server, link.server);
  cr_expect_str_eq(request, "GET / HTTP/1.1");
  close(link.client);
  close(link.server);
  pair_free(&pair);
  return unsent;
}

static int count_stalls(const pair_options *options)
{
  int num = 0;

  for (int i = 0; i < TRIES; i++) num += held_back(options) > 0 ? 1 : 0;
  return num;
}

/*
 * RFC 896 and RFC 1122, 4.2.3.2: a small segment waits for the ACK of the one
 * before, and the ACK waits for something to travel with, which is there when
 * tickets are. (wget, ab, Python's and nginx's clients: 45 ms before the first
 * byte.) Which tries stall is the kernel's affair, and no time is measured.
 */
Test(ticket_socket, acknowledges_the_end_of_a_handshake)
{
  pair_options deferred = {.version = STLS_TLS_1_3, .tune_server = with_data};
  pair_options usual = {.version = STLS_TLS_1_3};
  int without, with;

  if (check_quick()) cr_skip_test("valgrind does not know SIOCOUTQNSD");
  without = count_stalls(&deferred);
  with = count_stalls(&usual);
  if (without == 0) cr_skip_test("this system delays no ACK on loopback");
  cr_expect_lt(with, without, "%d instead of %d in %d", with, without, TRIES);
  cr_log_info("%d and %d of %d stalled", with, without, TRIES);
}

#else

Test(ticket_socket, acknowledges_the_end_of_a_handshake)
{
  cr_skip_test("no SIOCOUTQNSD");
}

#endif
