/* SPDX-License-Identifier: MIT */
/* test_counters: the counters of an object. */
#include <string.h>

#include <sanstls/conninfo.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(counters);

static stls_counters count(const stls_object *object)
{
  stls_counters counters = STLS_COUNTERS_INIT;

  ASSERT_RESULT(stls_object_counters(object, &counters, NULL), STLS_OK,
                "counters");
  return counters;
}

Test(counters, begin_at_zero)
{
  pair_options options = {0};
  test_pair pair = pair_new(&options);
  stls_counters zero = STLS_COUNTERS_INIT, counters = count(pair.client);

  cr_expect_eq(memcmp(&zero, &counters, sizeof zero), 0);
  pair_free(&pair);
}

/* Whatever one side sent, the other has received, however it was cut; and
 * plaintext is what was written and read. */
Test(counters, agree_between_the_sides)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_open(&options);
    stls_counters client, server;

    pair_settle(&pair);
    pair_transfer(&pair, pair.client, pair.server, 50000);
    pair_transfer(&pair, pair.server, pair.client, 777);
    client = count(pair.client);
    server = count(pair.server);
    cr_expect_eq(client.bytes_out, server.bytes_in, "%s", label);
    cr_expect_eq(client.bytes_in, server.bytes_out, "%s", label);
    cr_expect_eq(client.records_out, server.records_in, "%s", label);
    cr_expect_eq(client.records_in, server.records_out, "%s", label);
    cr_expect_eq(client.plaintext_in, 50000U, "%s", label);
    cr_expect_eq(server.plaintext_out, 50000U, "%s", label);
    cr_expect_eq(server.plaintext_in, 777U, "%s", label);
    cr_expect_eq(client.plaintext_out, 777U, "%s", label);
    cr_expect_gt(client.bytes_out, 50000U, "%s", label);
    cr_expect_lt(client.bytes_out, 56000U, "%s", label);
    pair_free(&pair);
  }
}

/* A record of one byte: 5 of header, 16 of tag, and an inner type or a nonce. */
Test(counters, count_every_record)
{
  static const struct {
    stls_protocol version;
    size_t len;
  } rows[] = {{STLS_TLS_1_2, 5 + 8 + 1 + 16}, {STLS_TLS_1_3, 5 + 1 + 1 + 16}};

  for (size_t row = 0; row < 2; row++) {
    pair_options options = {.version = rows[row].version};
    test_pair pair = pair_open(&options);
    stls_counters before = count(pair.client), after;
    size_t done;

    for (int i = 0; i < 10; i++)
      ASSERT_RESULT(stls_object_write(pair.client, "x", 1, &done), STLS_OK,
                    "write");
    after = count(pair.client);
    cr_expect_eq(after.records_out, before.records_out + 10);
    cr_expect_eq(after.bytes_out, before.bytes_out + 10 * rows[row].len);
    cr_expect_eq(after.plaintext_in, before.plaintext_in + 10);
    ASSERT_RESULT(stls_object_cork(pair.client), STLS_OK, "cork");
    for (int i = 0; i < 10; i++)
      ASSERT_RESULT(stls_object_write(pair.client, "x", 1, &done), STLS_OK,
                    "write");
    cr_expect_eq(count(pair.client).plaintext_in, after.plaintext_in);
    ASSERT_RESULT(stls_object_flush(pair.client), STLS_OK, "flush");
    cr_expect_eq(count(pair.client).plaintext_in, after.plaintext_in + 10);
    cr_expect_eq(count(pair.client).records_out, after.records_out + 1);
    pair_free(&pair);
  }
}

/* Bytes that libssl has not taken are not counted yet, wherever they wait. */
Test(counters, count_what_is_taken)
{
  pair_options options = {.version = STLS_TLS_1_3};
  test_pair pair = pair_open(&options);
  char records[500], out[100];
  uint64_t before;
  size_t len, used, done;

  /* The first data takes tickets with it. */
  pair_transfer(&pair, pair.server, pair.client, 1);
  before = count(pair.client).bytes_in;
  ASSERT_RESULT(stls_object_write(pair.server, "twelve bytes", 12, &done),
                STLS_OK, "write");
  ASSERT_RESULT(stls_bio_read(stls_object_outgoing(pair.server), records,
                              sizeof records, &len, NULL),
                STLS_OK, "read");
  ASSERT_RESULT(stls_object_read_from(pair.client, records, len - 1, &used, out,
                                      100, &done),
                STLS_WANT_READ, "cut");
  cr_expect_eq(count(pair.client).bytes_in, before);
  ASSERT_RESULT(stls_object_read_from(pair.client, records + len - 1, 1, &used,
                                      out, 5, &done),
                STLS_OK, "whole");
  cr_expect_eq(count(pair.client).bytes_in, before + len);
  cr_expect_eq(count(pair.client).plaintext_out, 1 + 5U);
  ASSERT_RESULT(stls_object_read(pair.client, out, 100, &done), STLS_OK,
                "rest");
  cr_expect_eq(count(pair.client).bytes_in, before + len);
  cr_expect_eq(count(pair.client).plaintext_out, 1 + 12U);
  pair_free(&pair);
}

/* Of what is no TLS, libssl takes no more than it needs to see that. */
Test(counters, count_what_is_no_tls_as_far_as_it_is_taken)
{
  pair_options options = {0};
  test_pair pair = pair_new(&options);
  stls_bio *incoming = stls_object_incoming(pair.server);
  size_t done;

  ASSERT_RESULT(stls_bio_write(incoming, "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                               27, &done, NULL),
                STLS_OK, "write");
  EXPECT_RESULT(stls_object_handshake(pair.server), STLS_ERROR_TLS, "GET");
  cr_expect_gt(stls_bio_pending(incoming), (size_t)0);
  cr_expect_eq(count(pair.server).bytes_in, 27 - stls_bio_pending(incoming));
  pair_free(&pair);
}

/* What unwrap only looks at was not read. */
Test(counters, do_not_count_what_is_only_looked_at)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  size_t done;

  ASSERT_RESULT(stls_object_write(pair.server, "x", 1, &done), STLS_OK, "x");
  pair_move_all(&pair, pair.server, pair.client);
  EXPECT_RESULT(stls_object_unwrap(pair.client), STLS_ERROR_MISUSE, "data");
  cr_expect_eq(count(pair.client).plaintext_out, 0U);
  pair_free(&pair);
}

Test(counters, write_no_more_than_the_caller_has_room_for)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  stls_counters counters, whole = count(pair.client);

  memset(&counters, 0xee, sizeof counters);
  counters.size = offsetof(stls_counters, records_in);
  ASSERT_RESULT(stls_object_counters(pair.client, &counters, NULL), STLS_OK,
                "short");
  cr_expect_eq(counters.size, offsetof(stls_counters, records_in));
  cr_expect_eq(counters.bytes_out, whole.bytes_out);
  cr_expect_eq(counters.records_in, 0xeeeeeeeeeeeeeeeeU);
  EXPECT_RESULT(stls_object_counters(NULL, &counters, NULL), STLS_ERROR_MISUSE,
                "object");
  EXPECT_RESULT(stls_object_counters(pair.client, NULL, NULL),
                STLS_ERROR_MISUSE, "out_counters");
  pair_free(&pair);
}
