/* SPDX-License-Identifier: MIT */
/* test_key_limit: limits on the use of one key: key update, or an error. */
/*
 * RFC 8446, 5.5: up to 2^24.5 records of full size under one AES-GCM key; RFC 9147,
 * 4.5.3: 2^23 under AES-CCM. OpenSSL does not count (openssl#23566). The limit is
 * lowered behind the library's back here, to what a test can reach.
 */
#include <openssl/ssl.h>
#include <string.h>

#include "io/limited_pair.h"
#include "lib/endpoint/key_update.h"
#include "lib/endpoint/object.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(key_limit, .timeout = 300);

Test(key_limit, is_that_of_the_cipher)
{
  static const struct {
    const char *suite;
    stls_protocol version;
    uint64_t want;
  } rows[] = {
      {"TLS_AES_128_GCM_SHA256", STLS_TLS_1_3, 1 << 24},
      {"TLS_AES_256_GCM_SHA384", STLS_TLS_1_3, 1 << 24},
      {"TLS_CHACHA20_POLY1305_SHA256", STLS_TLS_1_3, UINT64_MAX},
      {"TLS_AES_128_CCM_SHA256", STLS_TLS_1_3, 1 << 22},
      {"ECDHE-ECDSA-AES128-GCM-SHA256", STLS_TLS_1_2, 1 << 24},
      {"ECDHE-ECDSA-CHACHA20-POLY1305", STLS_TLS_1_2, UINT64_MAX},
      {"ECDHE-ECDSA-AES256-CCM", STLS_TLS_1_2, 1 << 22},
      {"ECDHE-ECDSA-AES128-SHA256", STLS_TLS_1_2, UINT64_MAX},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pair_options options = {.version = rows[i].version};
    test_pair pair = pair_new(&options);
    SSL *sides[] = {stls_object_ssl(pair.client), stls_object_ssl(pair.server)};
    for (size_t j = 0; j < 2; j++)
      cr_assert_eq(rows[i].version == STLS_TLS_1_3
                       ? SSL_set_ciphersuites(sides[j], rows[i].suite)
                       : SSL_set_cipher_list(sides[j], rows[i].suite),
                   1, "%s", rows[i].suite);
    ASSERT_RESULT(pair_handshake(&pair), STLS_OK, rows[i].suite);
    cr_expect_eq(pair.client->io.key_records, rows[i].want, "%s",
                 rows[i].suite);
    cr_expect_eq(pair.server->io.key_records, rows[i].want, "%s",
                 rows[i].suite);
    pair_free(&pair);
  }
}

/* Written one record at a time, in one piece of many records, and under a
 * cork. */
static void write_records(test_pair *pair, stls_object *self, stls_object *peer,
                          int how)
{
  static unsigned char piece[5 * 16384];
  size_t done;

  if (how == 0)
    for (int i = 0; i < 50; i++) pair_transfer(pair, self, peer, 1);
  if (how == 1)
    for (int i = 0; i < 10; i++) pair_transfer(pair, self, peer, sizeof piece);
  for (int i = 0; how == 2 && i < 50; i++) {
    ASSERT_RESULT(stls_object_cork(self), STLS_OK, "cork");
    ASSERT_RESULT(stls_object_write(self, "x", 1, &done), STLS_OK, "write");
    ASSERT_RESULT(stls_object_flush(self), STLS_OK, "flush");
    while (pair_move(pair, self, peer) > 0)
      cr_assert_geq(stls_object_read(peer, piece, 1, &done), 0);
  }
}

/* Of 50 records under keys for 10 each, that is. */
static void changes_the_key_by_itself_here(void)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 3; pair_row(row, &options, label); row += pair_row_step())
    for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++)
      for (int how = 0; how < 3; how++) {
        test_pair pair = limited_pair_open(&options, role, 10);
        stls_object *self = limited_pair_side(&pair, role);
        stls_object *peer = self == pair.client ? pair.server : pair.client;
        write_records(&pair, self, peer, how);
        cr_expect_geq(limited_pair_updates[STLS_RECORDS_OUT], 4, "%s, %d: %d",
                      label, how, limited_pair_updates[STLS_RECORDS_OUT]);
        cr_expect_leq(limited_pair_updates[STLS_RECORDS_OUT], how == 1 ? 40 : 6,
                      "%s, %d: %d", label, how,
                      limited_pair_updates[STLS_RECORDS_OUT]);
        cr_expect_eq(limited_pair_requests, 0, "%s", label);
        pair_transfer(&pair, peer, self, 1000);
        pair_transfer(&pair, self, peer, 1000);
        pair_free(&pair);
      }
}

Test(key_limit, changes_the_key_by_itself)
{
  limited_pair_each_way(changes_the_key_by_itself_here);
}

/* A queue that is empty takes a record, however small its limit, also where the
 * key has to be changed first: stls_object_wants says so. */
static void changes_the_key_into_a_tiny_queue_here(void)
{
  pair_options options = {.version = STLS_TLS_1_3};

  for (size_t limit = 1; limit <= 150; limit += check_quick() ? 145 : 29) {
    test_pair pair = limited_pair_open(&options, STLS_CLIENT, 10);
    stls_bio *out = stls_object_outgoing(pair.client);
    ASSERT_RESULT(stls_bio_set_limit(out, limit, NULL), STLS_OK, "limit");
    for (int i = 0; i < 30; i++) {
      size_t written = 0;
      cr_expect(
          (stls_object_wants(pair.client) & STLS_INTEREST_PLAINTEXT_IN) != 0,
          "%zu, %d", limit, i);
      EXPECT_RESULT(stls_object_write(pair.client, "x", 1, &written), STLS_OK,
                    pair_message(pair.client));
      ASSERT_RESULT(stls_bio_consume(out, stls_bio_pending(out), NULL), STLS_OK,
                    "drain");
    }
    pair_free(&pair);
  }
}

Test(key_limit, changes_the_key_into_a_tiny_queue)
{
  limited_pair_each_way(changes_the_key_into_a_tiny_queue_here);
}

/* TLS 1.2 has one key: as many blocks as ten full records have, and then the end
 * of our direction, not of the other. */
static void ends_a_direction_of_tls_1_2_here(void)
{
  pair_options options = {0};
  char label[64], byte;
  size_t done;

  for (size_t row = 0; pair_row(row, &options, label) && row < 3; row++)
    for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
      test_pair pair = limited_pair_open(&options, role, 10);
      stls_object *self = limited_pair_side(&pair, role);
      stls_object *peer = self == pair.client ? pair.server : pair.client;
      stls_error err = STLS_ERROR_INIT;
      size_t sent = 0;
      for (int i = 0; i < 20; i++) pair_transfer(&pair, self, peer, 1);
      cr_expect(stls_object_wants(self) & STLS_INTEREST_PLAINTEXT_IN,
                "%s: small records have few blocks", label);
      while (stls_object_wants(self) & STLS_INTEREST_PLAINTEXT_IN) {
        pair_transfer(&pair, self, peer, 1000);
        sent += 1000;
      }
      cr_expect(sent > 9 * 16384 && sent < 10 * 16384, "%s: %zu", label, sent);
      EXPECT_RESULT(stls_object_write(self, "x", 1, &done), STLS_CLOSED, label);
      EXPECT_RESULT(stls_object_write(self, "x", 1, &done), STLS_CLOSED, label);
      EXPECT_RESULT(stls_object_cork(self), STLS_CLOSED, label);
      EXPECT_RESULT(stls_object_error(self, &err), STLS_OK, label);
      while (pair_move(&pair, self, peer) > 0)
        (void)!stls_object_read(peer, &byte, 1, &done);
      EXPECT_RESULT(stls_object_read(peer, &byte, 1, &done), STLS_CLOSED,
                    label);
      pair_transfer(&pair, peer, self, 50000);
      EXPECT_RESULT(stls_object_close_write(self), STLS_OK, label);
      EXPECT_RESULT(stls_object_write(self, "x", 1, &done), STLS_ERROR_MISUSE,
                    label);
      pair_free(&pair);
    }
}

Test(key_limit, ends_a_direction_of_tls_1_2)
{
  limited_pair_each_way(ends_a_direction_of_tls_1_2_here);
}

/* Moves all that waits, and reads it: how many bytes. */
static size_t move_and_read(test_pair *pair, stls_object *from, stls_object *to)
{
  unsigned char room[4096];
  size_t got = 0, done = 0;

  while (pair_move(pair, from, to) > 0)
    while (stls_object_read(to, room, sizeof room, &done) == STLS_OK)
      got += done;
  return got;
}

/* What a corked write took arrives, also where the record that reached the limit
 * had no room for all of it. */
static void loses_nothing_under_a_cork_here(void)
{
  pair_options options = {.version = STLS_TLS_1_2};
  unsigned char data[1000];

  pair_pattern(data, sizeof data, 0);
  for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++)
    for (size_t limit = 2000; limit < 16000;
         limit += check_quick() ? 7000 : 1700) {
      test_pair pair = limited_pair_open(&options, role, 10);
      stls_object *self = limited_pair_side(&pair, role);
      stls_object *peer = self == pair.client ? pair.server : pair.client;
      size_t sent = 0, got = 0, done = 0;
      stls_result result;
      ASSERT_RESULT(stls_bio_set_limit(stls_object_outgoing(self), limit, NULL),
                    STLS_OK, "limit");
      ASSERT_RESULT(stls_object_cork(self), STLS_OK, "cork");
      do {
        result = stls_object_write(self, data, sizeof data, &done);
        sent += done;
        got += move_and_read(&pair, self, peer);
      } while (result == STLS_OK || result == STLS_WANT_WRITE);
      EXPECT_RESULT(result, STLS_CLOSED, "the limit");
      while ((result = stls_object_close_write(self)) == STLS_WANT_WRITE)
        got += move_and_read(&pair, self, peer);
      EXPECT_RESULT(result, STLS_OK, "close");
      got += move_and_read(&pair, self, peer);
      cr_expect_eq(got, sent, "%zu: %zu of %zu", limit, got, sent);
      EXPECT_RESULT(stls_object_read(peer, data, 1, &done), STLS_CLOSED, "end");
      pair_free(&pair);
    }
}

Test(key_limit, loses_nothing_under_a_cork)
{
  limited_pair_each_way(loses_nothing_under_a_cork_here);
}
