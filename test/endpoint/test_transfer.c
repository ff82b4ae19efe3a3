/* SPDX-License-Identifier: MIT */
/* test_transfer: plaintext through a pair: read, write, gather, limits. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(transfer);

static size_t records_in(const stls_bio *bio)
{
  unsigned char bytes[70000];
  stls_span spans[64];
  size_t num = stls_bio_peekv(bio, spans, 64);
  size_t len = 0, count = 0;

  for (size_t i = 0; i < num; i++) {
    cr_assert_leq(len + spans[i].len, sizeof bytes);
    memcpy(bytes + len, spans[i].data, spans[i].len);
    len += spans[i].len;
  }
  for (size_t at = 0; at + 5 <= len; count++)
    at += 5 + ((size_t)bytes[at + 3] << 8 | bytes[at + 4]);
  return count;
}

Test(transfer, is_exact_both_ways_in_every_size)
{
  static const size_t sizes[] = {1, 2, 100, 16383, 16384, 16385, 100000};
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
      pair_transfer(&pair, pair.client, pair.server, sizes[i]);
      pair_transfer(&pair, pair.server, pair.client, sizes[i]);
    }
    pair_free(&pair);
  }
}

Test(transfer, starts_with_the_handshake_where_that_is_not_done)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_new(&options);
    char byte = 'x';
    stls_result read = STLS_WANT_READ;
    size_t written = 1, got = 1;

    EXPECT_RESULT(stls_object_write(pair.client, &byte, 1, &written),
                  STLS_WANT_READ, label);
    cr_expect_eq(written, (size_t)0, "%s", label);
    cr_expect_gt(stls_bio_pending(stls_object_outgoing(pair.client)),
                 (size_t)0);
    for (size_t turn = 0; read == STLS_WANT_READ; turn++) {
      cr_assert_lt(turn, (size_t)PAIR_TURNS);
      if (written == 0)
        cr_assert_geq(stls_object_write(pair.client, "y", 1, &written), 0);
      pair_move(&pair, pair.client, pair.server);
      read = stls_object_read(pair.server, &byte, 1, &got);
      pair_move(&pair, pair.server, pair.client);
    }
    EXPECT_RESULT(read, STLS_OK, label);
    cr_expect_eq(byte, 'y', "%s", label);
    pair_free(&pair);
  }
}

Test(transfer, reads_as_many_records_as_fit)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    char out[1000];
    size_t done;

    pair_settle(&pair);
    for (int i = 0; i < 7; i++)
      ASSERT_RETURNS(stls_object_write(pair.client, "0123456789", 10, &done),
                     STLS_OK);
    pair_move_all(&pair, pair.client, pair.server);
    EXPECT_RETURNS(stls_object_read(pair.server, out, 25, &done), STLS_OK);
    cr_expect_eq(done, (size_t)25, "%s", label);
    cr_expect_eq(stls_object_pending(pair.server), (size_t)5, "%s", label);
    EXPECT_RETURNS(stls_object_read(pair.server, out, sizeof out, &done),
                   STLS_OK);
    cr_expect_eq(done, (size_t)45, "%s", label);
    EXPECT_RETURNS(stls_object_read(pair.server, out, sizeof out, &done),
                   STLS_WANT_READ);
    cr_expect_eq(done, (size_t)0, "%s", label);
    pair_free(&pair);
  }
}

Test(transfer, touches_nothing_for_no_bytes)
{
  pair_options options = {0};
  test_pair pair = pair_new(&options);
  size_t done = 1;

  EXPECT_RETURNS(stls_object_read(pair.client, NULL, 0, &done), STLS_OK);
  cr_expect_eq(done, (size_t)0);
  done = 1;
  EXPECT_RETURNS(stls_object_write(pair.client, NULL, 0, &done), STLS_OK);
  cr_expect_eq(done, (size_t)0);
  cr_expect_eq(stls_bio_pending(stls_object_outgoing(pair.client)), (size_t)0);
  pair_free(&pair);
}

Test(transfer, fills_rooms_one_after_another)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    char a[3], b[4], c[20];
    const stls_writable_span rooms[] = {{a, 3}, {NULL, 0}, {b, 4}, {c, 20}};
    size_t done;

    ASSERT_RETURNS(stls_object_write(pair.client, "abcdefgh", 8, &done),
                   STLS_OK);
    ASSERT_RETURNS(stls_object_write(pair.client, "ij", 2, &done), STLS_OK);
    pair_move_all(&pair, pair.client, pair.server);
    EXPECT_RETURNS(stls_object_readv(pair.server, rooms, 4, &done), STLS_OK);
    cr_expect_eq(done, (size_t)10, "%s", label);
    cr_expect_arr_eq(a, "abc", 3);
    cr_expect_arr_eq(b, "defg", 4);
    cr_expect_arr_eq(c, "hij", 3);
    pair_free(&pair);
  }
}

Test(transfer, shares_a_record_between_small_pieces)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    static unsigned char big[20000], in[40000], want[20000];
    const stls_span spans[] = {
        {"one", 3}, {NULL, 0}, {"two", 3}, {big, sizeof big}, {"three", 5}};
    stls_result result;
    size_t done, got;

    pair_settle(&pair);
    pair_pattern(big, sizeof big, 0);
    EXPECT_RETURNS(stls_object_writev(pair.client, spans, 5, &done), STLS_OK);
    cr_expect_eq(done, (size_t)20011, "%s", label);
    cr_expect_eq(records_in(stls_object_outgoing(pair.client)), (size_t)2, "%s",
                 label);
    pair_move_all(&pair, pair.client, pair.server);
    result = pair_drain(pair.server, (char *)in, sizeof in, &got);
    EXPECT_RETURNS(result, STLS_WANT_READ);
    cr_assert_eq(got, (size_t)20011, "%s", label);
    pair_pattern(want, sizeof want, 0);
    cr_expect_arr_eq(in, "onetwo", 6);
    cr_expect_arr_eq(in + 6, want, sizeof want);
    cr_expect_arr_eq(in + 20006, "three", 5);
    pair_free(&pair);
  }
}

Test(transfer, gathers_under_a_cork)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    stls_bio *out = stls_object_outgoing(pair.client);
    static unsigned char in[40000], want[64];
    size_t done, got;

    pair_settle(&pair);
    EXPECT_RETURNS(stls_object_cork(pair.client), STLS_OK);
    for (size_t i = 0; i < 500; i++) {
      pair_pattern(want, sizeof want, i);
      ASSERT_RETURNS(stls_object_write(pair.client, want, 64, &done), STLS_OK);
      cr_assert_eq(done, (size_t)64);
    }
    cr_expect_eq(records_in(out), (size_t)1, "%s: full records go", label);
    cr_expect_eq(stls_object_corked(pair.client), (size_t)(32000 - 16384));
    EXPECT_RETURNS(stls_object_flush(pair.client), STLS_OK);
    cr_expect_eq(stls_object_corked(pair.client), (size_t)0);
    cr_expect_eq(records_in(out), (size_t)2, "%s", label);
    ASSERT_RETURNS(stls_object_write(pair.client, "x", 1, &done), STLS_OK);
    cr_expect_eq(records_in(out), (size_t)3, "%s: the cork is gone", label);
    pair_move_all(&pair, pair.client, pair.server);
    pair_drain(pair.server, (char *)in, sizeof in, &got);
    cr_assert_eq(got, (size_t)32001, "%s", label);
    for (size_t i = 0; i < 500; i++) {
      pair_pattern(want, sizeof want, i);
      cr_assert_arr_eq(in + 64 * i, want, 64);
    }
    pair_free(&pair);
  }
}

Test(transfer, keeps_what_is_corked_while_outgoing_is_full)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  stls_bio *out = stls_object_outgoing(pair.client);
  static unsigned char data[60000], in[70000];
  size_t done, sent = 0, got;
  stls_result result;

  pair_settle(&pair);
  pair_pattern(data, sizeof data, 0);
  ASSERT_RETURNS(stls_bio_set_limit(out, 20000, NULL), STLS_OK);
  ASSERT_RETURNS(stls_object_cork(pair.client), STLS_OK);
  while ((result = stls_object_write(pair.client, data + sent, 1000, &done)) ==
         STLS_OK)
    sent += done;
  EXPECT_RETURNS(result, STLS_WANT_WRITE);
  cr_expect_eq(done, (size_t)0);
  cr_expect_eq(stls_object_corked(pair.client), (size_t)16384);
  EXPECT_RETURNS(stls_object_flush(pair.client), STLS_WANT_WRITE);
  cr_expect_leq(stls_bio_pending(out), (size_t)20000);
  pair_move_all(&pair, pair.client, pair.server);
  EXPECT_RETURNS(stls_object_flush(pair.client), STLS_OK);
  pair_move_all(&pair, pair.client, pair.server);
  pair_drain(pair.server, (char *)in, sizeof in, &got);
  cr_assert_eq(got, sent);
  cr_expect_arr_eq(in, data, sent);
  pair_free(&pair);
}

Test(transfer, writes_no_more_than_the_limit_of_outgoing)
{
  static const size_t limits[] = {1, 100, 700, 2000, 16384, 50000, 65536};
  static unsigned char data[200000];
  pair_options options = {0};
  char label[64];

  pair_pattern(data, sizeof data, 0);
  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
      test_pair pair = pair_open(&options);
      stls_bio *out = stls_object_outgoing(pair.client);
      size_t done, most = limits[i] < 640 ? 640 : limits[i];
      pair_settle(&pair);
      ASSERT_RETURNS(stls_bio_set_limit(out, limits[i], NULL), STLS_OK);
      EXPECT_RETURNS(stls_object_write(pair.client, data, sizeof data, &done),
                     STLS_OK);
      cr_expect_gt(done, (size_t)0);
      cr_expect_leq(stls_bio_pending(out), most, "%s, limit %zu: %zu", label,
                    limits[i], stls_bio_pending(out));
      EXPECT_RESULT(stls_object_write(pair.client, data, sizeof data, &done),
                    STLS_WANT_WRITE,
                    expect_label("%s, limit %zu", label, limits[i]));
      cr_expect_eq(done, (size_t)0);
      cr_expect_not(stls_object_wants(pair.client) &
                    STLS_INTEREST_PLAINTEXT_IN);
      pair_move_all(&pair, pair.client, pair.server);
      cr_expect(stls_object_wants(pair.client) & STLS_INTEREST_PLAINTEXT_IN);
      pair_transfer(&pair, pair.server, pair.client, 5000);
      pair_free(&pair);
    }
  }
}

/* A queue smaller than a record must not stop a connection. */
Test(transfer, goes_on_under_any_limit_of_incoming)
{
  static const size_t limits[] = {1, 2, 4, 5, 6, 100, 1023, 16384, 16406};
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
      test_pair pair = pair_new(&options);
      stls_bio *client_in = stls_object_incoming(pair.client);
      stls_bio *server_in = stls_object_incoming(pair.server);
      ASSERT_RETURNS(stls_bio_set_limit(client_in, limits[i], NULL), STLS_OK);
      ASSERT_RETURNS(stls_bio_set_limit(server_in, limits[i], NULL), STLS_OK);
      ASSERT_RESULT(pair_handshake(&pair), STLS_OK,
                    expect_label("%s, limit %zu", label, limits[i]));
      pair_transfer(&pair, pair.client, pair.server, 17000);
      pair_free(&pair);
    }
  }
}

Test(transfer, says_what_may_be_done)
{
  pair_options options = {0};
  test_pair pair = pair_new(&options);
  size_t done;
  char out[10];

  cr_expect_eq(stls_object_wants(NULL), 0U);
  cr_expect_eq(stls_object_wants(pair.client),
               (unsigned)(STLS_INTEREST_RECORDS_IN | STLS_INTEREST_HANDSHAKE));
  ASSERT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
  cr_expect_eq(
      stls_object_wants(pair.client),
      (unsigned)(STLS_INTEREST_RECORDS_IN | STLS_INTEREST_RECORDS_OUT));
  ASSERT_RETURNS(pair_handshake(&pair), STLS_OK);
  pair_settle(&pair);
  cr_expect_eq(
      stls_object_wants(pair.client),
      (unsigned)(STLS_INTEREST_RECORDS_IN | STLS_INTEREST_PLAINTEXT_IN));
  ASSERT_RETURNS(stls_object_write(pair.server, "hello", 5, &done), STLS_OK);
  pair_move_all(&pair, pair.server, pair.client);
  cr_expect(stls_object_wants(pair.client) & STLS_INTEREST_PLAINTEXT_OUT);
  ASSERT_RETURNS(stls_object_read(pair.client, out, 2, &done), STLS_OK);
  cr_expect(stls_object_wants(pair.client) & STLS_INTEREST_PLAINTEXT_OUT);
  ASSERT_RETURNS(stls_object_read(pair.client, out, 10, &done), STLS_OK);
  cr_expect_not(stls_object_wants(pair.client) & STLS_INTEREST_PLAINTEXT_OUT);
  pair_free(&pair);
}
