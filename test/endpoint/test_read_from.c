/* SPDX-License-Identifier: MIT */
/* test_read_from: reads straight from the caller's receive buffer. */
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(read_from);

/* Feeds one side's records to the other by read_from, cut by the script. */
static void read_all_from(test_pair *pair, const unsigned char *in,
                          size_t in_len, unsigned char *out, size_t cap,
                          size_t *out_len)
{
  size_t offered = 0, used_in_all = 0;

  *out_len = 0;
  for (size_t turn = 0; used_in_all < in_len; turn++) {
    size_t used = 0, got = 0, room = cap - *out_len;
    stls_result result;
    cr_assert_lt(turn, (size_t)PAIR_TURNS);
    if (offered == used_in_all) offered += pair_cut(pair, in_len - used_in_all);
    /* An odd size, so that it often fills up in the middle of a record. */
    if (room > 4001) room = 4001;
    result = stls_object_read_from(pair->server, in + used_in_all,
                                   offered - used_in_all, &used, out + *out_len,
                                   room, &got);
    used_in_all += used;
    *out_len += got;
    cr_assert(result == STLS_OK || result == STLS_WANT_READ, "%s",
              pair_message(pair->server));
    if (result == STLS_WANT_READ)
      cr_assert_eq(used_in_all, offered, "a starved call takes everything");
  }
}

Test(read_from, decrypts_straight_from_the_callers_buffer)
{
  static unsigned char data[100000], out[110000], records[120000];
  pair_options options = {0};
  char label[64];

  pair_pattern(data, sizeof data, 0);
  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_open(&options);
    size_t sent = 0, len = 0, got = 0, more = 0;

    pair_settle(&pair);
    while (sent < sizeof data) {
      size_t done = 0, moved = 0;
      ASSERT_RETURNS(stls_object_write(pair.client, data + sent,
                                       sizeof data - sent, &done),
                     STLS_OK);
      sent += done;
      while (stls_bio_read(stls_object_outgoing(pair.client), records + len,
                           sizeof records - len, &moved, NULL) == STLS_OK)
        len += moved;
    }
    /* Some of it waits in the queue: it comes first. */
    ASSERT_RETURNS(stls_bio_write(stls_object_incoming(pair.server), records,
                                  1000, &more, NULL),
                   STLS_OK);
    read_all_from(&pair, records + 1000, len - 1000, out, sizeof out, &got);
    pair_drain(pair.server, (char *)out + got, sizeof out - got, &more);
    cr_assert_eq(got + more, sizeof data, "%s: %zu", label, got + more);
    cr_expect_arr_eq(out, data, sizeof data, "%s", label);
    cr_expect_eq(stls_bio_pending(stls_object_incoming(pair.server)),
                 (size_t)0);
    pair_free(&pair);
  }
}

/* "hello" and "world", a record each, on their way to the server. */
static size_t seal_two_records(test_pair *pair, unsigned char *out, size_t cap)
{
  size_t len = 0;

  pair_settle(pair);
  ASSERT_RETURNS(stls_object_write(pair->client, "hello", 5, &len), STLS_OK);
  ASSERT_RETURNS(stls_object_write(pair->client, "world", 5, &len), STLS_OK);
  ASSERT_RETURNS(
      stls_bio_read(stls_object_outgoing(pair->client), out, cap, &len, NULL),
      STLS_OK);
  return len;
}

Test(read_from, stages_only_an_incomplete_tail)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  unsigned char records[2000], out[100];
  size_t len, used, got;

  len = seal_two_records(&pair, records, sizeof records);
  EXPECT_RETURNS(stls_object_read_from(pair.server, records, len - 3, &used,
                                       out, sizeof out, &got),
                 STLS_OK);
  cr_expect_eq(used, len - 3);
  cr_expect_eq(got, (size_t)5);
  cr_expect_lt(stls_bio_pending(stls_object_incoming(pair.server)), len / 2);
  EXPECT_RETURNS(stls_object_read_from(pair.server, records + len - 3, 3, &used,
                                       out, sizeof out, &got),
                 STLS_OK);
  cr_expect_eq(used, (size_t)3);
  cr_expect_arr_eq(out, "world", 5);
  pair_free(&pair);
}

Test(read_from, takes_back_nothing_that_was_not_used)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  unsigned char records[2000], out[5];
  size_t len, used, got;

  len = seal_two_records(&pair, records, sizeof records);
  EXPECT_RETURNS(
      stls_object_read_from(pair.server, records, len, &used, out, 5, &got),
      STLS_OK);
  cr_expect_eq(used, len / 2, "out is full after the first record");
  EXPECT_RETURNS(stls_object_read_from(pair.server, records + used, len - used,
                                       &used, out, 5, &got),
                 STLS_OK);
  cr_expect_arr_eq(out, "world", 5);
  pair_free(&pair);
}
