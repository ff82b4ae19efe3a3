/* SPDX-License-Identifier: MIT */
/* test_starttls: start and end of TLS within a stream, as with STARTTLS. */
#include <string.h>

#include <sanstls/conninfo.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(starttls);

/* Two endpoints, the second of which is made between bios that exist. */
static stls_object *make(const pair_options *options, stls_role role,
                         stls_bio *incoming, stls_bio *outgoing)
{
  stls_object_options made = STLS_OBJECT_OPTIONS_INIT;
  stls_context *context = pair_context(options, role);
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;

  if (role == STLS_CLIENT) made.server_name = "server.example";
  ASSERT_RESULT(
      stls_object_new(context, incoming, outgoing, &made, &object, &err),
      STLS_OK, err.message);
  stls_context_free(context);
  return object;
}

/* uvloop#707, cpython#142352: what was read together with the last plain text is
 * TLS already, however much of it, and goes into `incoming` before the object is
 * made. */
Test(starttls, bytes_that_were_read_before_are_not_lost)
{
  static const size_t cuts[] = {1, 4, 5, 6, 100, SIZE_MAX};
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step())
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
      stls_bio *incoming = bytes_bio(1 << 16);
      test_pair pair = {.feed = options.feed, .random = 1};
      stls_span flight;
      size_t len, done;
      pair.client = make(&options, STLS_CLIENT, NULL, NULL);
      ASSERT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, label);
      flight = stls_bio_peek(stls_object_outgoing(pair.client));
      len = flight.len < cuts[i] ? flight.len : cuts[i];
      ASSERT_RESULT(stls_bio_write(incoming, flight.data, len, &done, NULL),
                    STLS_OK, label);
      ASSERT_RESULT(
          stls_bio_consume(stls_object_outgoing(pair.client), len, NULL),
          STLS_OK, label);
      pair.server = make(&options, STLS_SERVER, incoming, NULL);
      cr_expect_eq(stls_bio_pending(incoming), len, "%s", label);
      ASSERT_RESULT(pair_handshake(&pair), STLS_OK, label);
      pair_transfer(&pair, pair.client, pair.server, 1000);
      pair_transfer(&pair, pair.server, pair.client, 1000);
      pair_free(&pair);
      stls_bio_free(incoming);
    }
}

/* The same in a caller's own buffer, with the handshake to come. */
Test(starttls, bytes_that_were_read_before_may_come_from_a_buffer)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_new(&options);
    stls_span flight;
    size_t used, done;
    char byte;
    ASSERT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, label);
    flight = stls_bio_peek(stls_object_outgoing(pair.client));
    EXPECT_RESULT(stls_object_read_from(pair.server, flight.data, flight.len,
                                        &used, &byte, 1, &done),
                  STLS_WANT_READ, label);
    cr_expect_eq(used, flight.len);
    ASSERT_RESULT(
        stls_bio_consume(stls_object_outgoing(pair.client), used, NULL),
        STLS_OK, label);
    ASSERT_RESULT(pair_handshake(&pair), STLS_OK, label);
    pair_free(&pair);
  }
}

/* nodemailer#1835, libetpan#386: plain commands that somebody slipped in before
 * the handshake are a failure of it, and never data of the connection. */
Test(starttls, plain_text_before_tls_is_never_data)
{
  static const char *const commands[] = {"RSET\r\n", "\r\n", "220 ready\r\n",
                                         "\x17\x03\x03\x00\x06RSET\r\n",
                                         "\x14\x03\x03\x00\x01\x01RSET\r\n"};
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += 3)
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
      for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
        stls_bio *incoming = bytes_bio(1 << 16);
        size_t len = i < 3 ? strlen(commands[i]) : i == 3 ? 11 : 12, done;
        stls_object *object;
        char out[100];
        stls_result result;
        ASSERT_RESULT(stls_bio_write(incoming, commands[i], len, &done, NULL),
                      STLS_OK, label);
        stls_bio_write_eof(incoming);
        object = make(&options, role, incoming, NULL);
        result = stls_object_read(object, out, sizeof out, &done);
        cr_expect(result == STLS_ERROR_TLS || result == STLS_ERROR_TRUNCATED,
                  "%s, %zu: %s", label, i, stls_result_name(result));
        cr_expect_eq(done, (size_t)0, "%s, %zu", label, i);
        cr_expect_not(stls_conninfo_established(stls_object_conninfo(object)));
        stls_object_free(object);
        stls_bio_free(incoming);
      }
}

/* How an end is reached, and what then follows TLS. */
static void end_with_read(stls_object *self, const char *label)
{
  char byte;
  size_t done;

  EXPECT_RESULT(stls_object_read(self, &byte, 1, &done), STLS_CLOSED, label);
  EXPECT_RESULT(stls_object_close_write(self), STLS_OK, label);
  EXPECT_RESULT(stls_object_read(self, &byte, 1, &done), STLS_CLOSED, label);
}

static void end_with_close(stls_object *self, const char *label)
{
  char byte;
  size_t done;

  EXPECT_RESULT(stls_object_close_write(self), STLS_OK, label);
  EXPECT_RESULT(stls_object_read(self, &byte, 1, &done), STLS_CLOSED, label);
}

static void end_with_unwrap(stls_object *self, const char *label)
{
  EXPECT_RESULT(stls_object_unwrap(self), STLS_OK, label);
  EXPECT_RESULT(stls_object_unwrap(self), STLS_OK, label);
}

static const struct {
  const char *bytes;
  size_t len;
} leftovers[] = {
    {"250 plain again\r\n", 17},
    /* Looks like a record of data, like close_notify, like a ClientHello. */
    {"\x17\x03\x03\x00\x04look", 9},
    {"\x15\x03\x03\x00\x02\x01\x00", 7},
    {"\x16\x03\x01\x00\x01\x01", 6},
    {"\x17", 1},
};

/* Nothing behind close_notify is taken, whatever it
 * looks like, and however the end is met. */
Test(starttls, leaves_all_that_follows)
{
  static void (*const ways[])(stls_object *, const char *) = {
      end_with_read, end_with_close, end_with_unwrap};
  pair_options options = {0};
  char label[64], out[100];
  size_t done;

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step())
    for (size_t way = 0; way < 3; way++)
      for (size_t i = 0; i < 2 * sizeof leftovers / sizeof leftovers[0]; i++) {
        test_pair pair = pair_open(&options);
        stls_object *self = i % 2 == 0 ? pair.client : pair.server;
        stls_object *peer = i % 2 == 0 ? pair.server : pair.client;
        stls_bio *incoming = stls_object_incoming(self);
        ASSERT_RESULT(stls_object_close_write(peer), STLS_OK, label);
        pair_move_all(&pair, peer, self);
        ASSERT_RESULT(stls_bio_write(incoming, leftovers[i / 2].bytes,
                                     leftovers[i / 2].len, &done, NULL),
                      STLS_OK, label);
        ways[way](self, label);
        EXPECT_RESULT(stls_bio_read(incoming, out, sizeof out, &done, NULL),
                      STLS_OK, label);
        cr_expect_eq(done, leftovers[i / 2].len, "%s: %zu left", label, done);
        cr_expect_arr_eq(out, leftovers[i / 2].bytes, done);
        EXPECT_RESULT(stls_object_error(self, NULL), STLS_OK, label);
        pair_free(&pair);
      }
}

/* A second TLS connection over the same bios: in both directions, what belongs
 * to it may have come with the end of the first. */
Test(starttls, can_begin_again_on_the_same_bios)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair first = pair_open(&options), second;
    second = first;
    ASSERT_RESULT(stls_object_unwrap(first.client), STLS_WANT_READ, label);
    second.client =
        make(&options, STLS_CLIENT, stls_object_incoming(first.client),
             stls_object_outgoing(first.client));
    /* The first of the new follows the last of the old at once. */
    ASSERT_RESULT(stls_object_handshake(second.client), STLS_WANT_READ, label);
    EXPECT_RESULT(stls_object_unwrap(first.client), STLS_WANT_READ, label);
    pair_move_all(&first, first.client, first.server);
    ASSERT_RESULT(stls_object_unwrap(first.server), STLS_OK, label);
    cr_expect_gt(stls_bio_pending(stls_object_incoming(first.server)),
                 (size_t)100);
    second.server =
        make(&options, STLS_SERVER, stls_object_incoming(first.server),
             stls_object_outgoing(first.server));
    pair_move_all(&first, first.server, first.client);
    EXPECT_RESULT(stls_object_unwrap(first.client), STLS_OK, label);
    ASSERT_RESULT(pair_handshake(&second), STLS_OK, label);
    pair_free(&first);
    pair_transfer(&second, second.client, second.server, 1000);
    pair_free(&second);
  }
}

/* Data that a peer sends though it has closed is not delivered, and poisons
 * nothing: our direction goes on. */
Test(starttls, data_behind_close_notify_is_no_data)
{
  pair_options options = {0};
  char label[64], out[100], record[200];
  size_t len, done;

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    /* The first data takes tickets with it. */
    pair_transfer(&pair, pair.server, pair.client, 1);
    ASSERT_RESULT(stls_object_close_write(pair.client), STLS_OK, label);
    pair_move_all(&pair, pair.client, pair.server);
    ASSERT_RESULT(stls_object_write(pair.server, "mine", 4, &done), STLS_OK,
                  label);
    ASSERT_RESULT(stls_bio_read(stls_object_outgoing(pair.server), record,
                                sizeof record, &len, NULL),
                  STLS_OK, label);
    ASSERT_RESULT(stls_bio_write(stls_object_incoming(pair.server), record, len,
                                 &done, NULL),
                  STLS_OK, label);
    for (int round = 0; round < 3; round++)
      EXPECT_RESULT(stls_object_read(pair.server, out, sizeof out, &done),
                    STLS_CLOSED, label);
    cr_expect_eq(stls_bio_pending(stls_object_incoming(pair.server)), len);
    ASSERT_RESULT(stls_bio_write(stls_object_incoming(pair.client), record, len,
                                 &done, NULL),
                  STLS_OK, label);
    EXPECT_RESULT(stls_object_read(pair.client, out, sizeof out, &done),
                  STLS_OK, label);
    cr_expect_eq(done, (size_t)4);
    pair_transfer(&pair, pair.server, pair.client, 3000);
    EXPECT_RESULT(stls_object_unwrap(pair.server), STLS_OK, label);
    pair_move_all(&pair, pair.server, pair.client);
    EXPECT_RESULT(stls_object_unwrap(pair.client), STLS_OK, label);
    pair_free(&pair);
  }
}
