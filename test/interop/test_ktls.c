/* SPDX-License-Identifier: MIT */
/* test_ktls: Linux takes over the records of a connection on loopback. Skipped where
 * the kernel has no TLS. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sanstls/ciphers.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "embed/ktls.h"
#include "io/record_suites.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/resumption.h"

SUITE(ktls, .timeout = 60);

enum {
  DATA_LEN = 100000
};

/* One side's records are the kernel's, the other's libssl's. */
static size_t suite;
static test_pair pair;
static stls_object *self, *peer;
static int self_fd, peer_fd;
static uint8_t data[DATA_LEN], got[DATA_LEN];

static void set_common(stls_context *context, stls_records records)
{
  record_suites_set(context, suite, records);
}

static void use_direct(stls_context *context)
{
  set_common(context, STLS_RECORDS_DIRECT);
}

static void use_libssl(stls_context *context)
{
  set_common(context, STLS_RECORDS_LIBSSL);
}

static void join_sockets(void)
{
  struct sockaddr_in at = {.sin_family = AF_INET};
  socklen_t at_len = sizeof at;
  int listener = socket(AF_INET, SOCK_STREAM, 0);

  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  peer_fd = socket(AF_INET, SOCK_STREAM, 0);
  cr_assert_eq(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
  cr_assert_eq(listen(listener, 1), 0);
  cr_assert_eq(getsockname(listener, (struct sockaddr *)&at, &at_len), 0);
  cr_assert_eq(connect(peer_fd, (struct sockaddr *)&at, sizeof at), 0);
  self_fd = accept(listener, NULL, NULL);
  cr_assert_geq(self_fd, 0);
  close(listener);
}

static void flush(stls_object *object, int fd)
{
  stls_bio *out = stls_object_outgoing(object);
  stls_span span;

  while ((span = stls_bio_peek(out)).len > 0) {
    ssize_t sent = send(fd, span.data, span.len, MSG_NOSIGNAL);
    cr_assert_gt(sent, 0);
    ASSERT_RETURNS(stls_bio_consume(out, (size_t)sent, NULL), STLS_OK);
  }
}

static void await_bytes(int fd)
{
  struct pollfd wait = {.fd = fd, .events = POLLIN};

  cr_assert_eq(poll(&wait, 1, 10000), 1, "nothing arrives");
}

/* Waits for bytes of the other side. */
static void fetch(stls_object *object, int fd)
{
  char bytes[16384];
  ssize_t len;
  size_t done;

  await_bytes(fd);
  len = recv(fd, bytes, sizeof bytes, 0);
  cr_assert_geq(len, 0);
  if (len == 0) {
    stls_bio_write_eof(stls_object_incoming(object));
    return;
  }
  ASSERT_RETURNS(stls_bio_write(stls_object_incoming(object), bytes,
                                (size_t)len, &done, NULL),
                 STLS_OK);
}

static void shake_hands(void)
{
  bool is_done[2] = {false, false};

  while (!is_done[0] || !is_done[1]) {
    is_done[0] = stls_object_handshake(pair.client) == STLS_OK;
    flush(pair.client, pair.client == self ? self_fd : peer_fd);
    if (!is_done[1])
      fetch(pair.server, pair.server == self ? self_fd : peer_fd);
    is_done[1] = stls_object_handshake(pair.server) == STLS_OK;
    flush(pair.server, pair.server == self ? self_fd : peer_fd);
    if (!is_done[0])
      fetch(pair.client, pair.client == self ? self_fd : peer_fd);
  }
}

/* Returns 0 or the kernel's errno. */
static int take_key(stls_flow flow)
{
  stls_record_state state = STLS_RECORD_STATE_INIT;
  stls_error err = STLS_ERROR_INIT;
  int error;

  ASSERT_RESULT(
      stls_object_export_insecure_record_state(self, flow, &state, &err),
      STLS_OK, err.message);
  error = ktls_set_key(self_fd, flow, &state) ? 0 : errno;
  stls_record_state_wipe(&state);
  return error;
}

/* What the object has for the kernel. Returns false where the kernel cannot change
 * keys. */
static bool flush_control(void)
{
  stls_span content;
  int type;

  while ((content = stls_object_peek_control(self, &type)).len > 0) {
    cr_assert_eq(ktls_send_control(self_fd, type, content),
                 (ssize_t)content.len, "%s", strerror(errno));
    ASSERT_RETURNS(stls_object_consume_control(self), STLS_OK);
    if ((stls_object_wants(self) & STLS_INTEREST_KEY_OUT) &&
        take_key(STLS_RECORDS_OUT) != 0)
      return false;
  }
  return !(stls_object_wants(self) & STLS_INTEREST_KEY_IN) ||
         take_key(STLS_RECORDS_IN) == 0;
}

/* Data of one or several records, or the content of one of another type. */
static size_t receive_some(uint8_t *out, size_t cap, int *out_type)
{
  ssize_t len;

  await_bytes(self_fd);
  len = ktls_receive(self_fd, out, cap, out_type);
  cr_assert_geq(len, 0, "%s", strerror(errno));
  cr_assert_gt(*out_type, 0, "the transport has ended");
  return (size_t)len;
}

/* Takes what the kernel has opened, until there are `len` bytes of data. Returns
 * the last answer to a control record. */
static stls_result receive(size_t len, size_t num_control)
{
  static uint8_t bytes[20000];
  stls_result result = STLS_OK;
  size_t num = 0, controls = 0;

  while (num < len || controls < num_control) {
    int type;
    const size_t arrived = receive_some(bytes, sizeof bytes, &type);
    if (type == STLS_CONTENT_APPLICATION_DATA) {
      memcpy(got + num, bytes, arrived);
      num += arrived;
      ASSERT_RETURNS(stls_object_count_data(self, STLS_RECORDS_IN, 0, arrived),
                     STLS_OK);
    } else {
      result = stls_object_receive_control(self, type, bytes, arrived);
      cr_assert_geq(result, 0, "%s", pair_message(self));
      controls++;
    }
    if (!flush_control()) cr_skip_test("this kernel cannot change keys");
  }
  cr_expect_arr_eq(got, data, len);
  return result;
}

static void read_all(size_t len)
{
  size_t num = 0, done;

  while (num < len) {
    stls_result result = stls_object_read(peer, got + num, len - num, &done);
    cr_assert_geq(result, 0, "%s", pair_message(peer));
    num += done;
    flush(peer, peer_fd);
    if (result == STLS_WANT_READ) fetch(peer, peer_fd);
  }
  cr_expect_arr_eq(got, data, len);
}

static void write_all(size_t len)
{
  size_t num = 0, done;

  while (num < len) {
    stls_result result = stls_object_write(peer, data + num, len - num, &done);
    cr_assert_geq(result, 0, "%s", pair_message(peer));
    num += done;
    flush(peer, peer_fd);
  }
}

/* Less than the buffers of a socket hold, as one thread has both ends. */
static void exchange(size_t len)
{
  ssize_t sent = send(self_fd, data, len, MSG_NOSIGNAL);

  cr_assert_eq(sent, (ssize_t)len, "%s", strerror(errno));
  ASSERT_RETURNS(stls_object_count_data(self, STLS_RECORDS_OUT, 0, len),
                 STLS_OK);
  read_all(len);
  write_all(len);
  receive(len, 0);
}

/* Returns false where the kernel does not know the cipher suite. */
static bool open_link(stls_role role)
{
  pair_options options = {.version = record_suites[suite].version};

  options.tune_client = role == STLS_CLIENT ? use_direct : use_libssl;
  options.tune_server = role == STLS_SERVER ? use_direct : use_libssl;
  pair_need_direct();
  pair_pattern(data, sizeof data, 0);
  join_sockets();
  if (!ktls_begin(self_fd))
    cr_skip_test("this system has no TLS for sockets: %s", strerror(errno));
  pair = pair_new(&options);
  self = role == STLS_CLIENT ? pair.client : pair.server;
  peer = role == STLS_CLIENT ? pair.server : pair.client;
  shake_hands();
  if (take_key(STLS_RECORDS_OUT) != 0 || take_key(STLS_RECORDS_IN) != 0)
    return false;
  return flush_control();
}

static void close_link(void)
{
  close(self_fd);
  close(peer_fd);
  pair_free(&pair);
}

/* Runs over suites and roles; at least one suite is known. */
static bool next_row(size_t row)
{
  suite = row / 2;
  if (suite >= RECORD_SUITES_DIRECT) return false;
  if (!open_link(row % 2 == 0 ? STLS_CLIENT : STLS_SERVER)) {
    cr_assert_gt(suite, 0, "the kernel does not know AES-128-GCM");
    close_link();
    return next_row(row + 1);
  }
  return true;
}

Test(ktls, data_and_tickets)
{
  for (size_t row = 0; next_row(row); row++) {
    exchange(1);
    exchange(1000);
    exchange(50000);
    if (record_suites[suite].version == STLS_TLS_1_3)
      cr_expect_gt(resumption_drop_sessions(pair.client), 0, "%s",
                   record_suites[suite].suite);
    close_link();
  }
}

Test(ktls, sendfile_of_a_file)
{
  for (size_t row = 0; next_row(row); row++) {
    FILE *file = tmpfile();
    off_t at = 0;
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(data, 1, 60000, file), 60000);
    cr_assert_eq(fflush(file), 0);
    while (at < 60000) {
      ssize_t sent =
          ktls_sendfile(self_fd, fileno(file), &at, (size_t)(60000 - at));
      cr_assert_gt(sent, 0, "%s", strerror(errno));
    }
    fclose(file);
    read_all(60000);
    close_link();
  }
}

/* Linux 6.14 and newer. */
Test(ktls, key_updates)
{
  for (size_t row = 0; next_row(row); row++) {
    if (record_suites[suite].version == STLS_TLS_1_3) {
      ASSERT_RETURNS(stls_object_key_update(self, false), STLS_OK);
      if (!flush_control()) cr_skip_test("this kernel cannot change keys");
      exchange(1000);
      ASSERT_RETURNS(stls_object_key_update(peer, true), STLS_OK);
      flush(peer, peer_fd);
      /* Asking, and the tickets that came before. */
      receive(0, 1);
      exchange(1000);
      exchange(20000);
    }
    close_link();
  }
}

Test(ktls, both_directions_close)
{
  for (size_t row = 0; next_row(row); row++) {
    size_t done;
    char byte;
    exchange(100);
    ASSERT_RETURNS(stls_object_close_write(self), STLS_OK);
    cr_assert(flush_control());
    shutdown(self_fd, SHUT_WR);
    while (stls_object_read(peer, &byte, 1, &done) == STLS_WANT_READ)
      fetch(peer, peer_fd);
    EXPECT_RESULT(stls_object_read(peer, &byte, 1, &done), STLS_CLOSED,
                  pair_message(peer));
    write_all(100);
    receive(100, 0);
    ASSERT_RETURNS(stls_object_close_write(peer), STLS_OK);
    flush(peer, peer_fd);
    EXPECT_RETURNS(receive(0, 1), STLS_CLOSED);
    EXPECT_RETURNS(stls_object_unwrap(self), STLS_OK);
    close_link();
  }
}

/* The kernel says that a record is not the peer's. */
Test(ktls, a_record_that_is_forged)
{
  for (size_t row = 0; next_row(row); row++) {
    static const uint8_t record[50] = {23, 3, 3, 0, 45};
    uint8_t bytes[100];
    int type;
    exchange(100);
    cr_assert_eq(send(peer_fd, record, sizeof record, 0),
                 (ssize_t)sizeof record);
    await_bytes(self_fd);
    cr_expect_lt(ktls_receive(self_fd, bytes, sizeof bytes, &type), 0);
    cr_expect_eq(errno, EBADMSG, "%s", strerror(errno));
    close_link();
  }
}
