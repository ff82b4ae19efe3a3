/* SPDX-License-Identifier: MIT */
/* test_key_limit: limits on the use of one key: key update, or an error. */
/*
 * RFC 8446, 5.5: up to 2^24.5 records of full size under one AES-GCM key; RFC 9147,
 * 4.5.3: 2^23 under AES-CCM. OpenSSL does not count (openssl#23566). The limit is
 * lowered behind the library's back here, to what a test can reach.
 */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/trace.h>

#include "lib/endpoint/key_update.h"
#include "lib/endpoint/object.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(key_limit, .timeout = 300);

static int updates[2];
/* update_requested, of those that went out. */
static int requests;
/* Whose records the side with the limit has. */
static stls_records tested;

/* Direct records have no libssl behind them that could count. */
static void each_way(void (*test)(void))
{
  tested = STLS_RECORDS_LIBSSL;
  test();
  tested = STLS_RECORDS_DIRECT;
  if (pair_can_be_direct()) test();
}

static void see(stls_object *object, const stls_trace_event *event,
                void *user_data)
{
  (void)object;
  (void)user_data;
  if (event->content_type != 22 || event->message_type != 24) return;
  updates[event->flow]++;
  if (event->flow == STLS_RECORDS_OUT && event->data[4] == 1) requests++;
}

static void traced(stls_context *context)
{
  updates[0] = updates[1] = requests = 0;
  ASSERT_RESULT(stls_context_set_trace(context, see, NULL, NULL), STLS_OK,
                "trace");
  ASSERT_RESULT(stls_context_set_records(context, tested, NULL), STLS_OK,
                "records");
}

/* A pair of which one side is traced, and has the limit, from here on. */
static test_pair open_limited(pair_options *options, stls_role role,
                              uint64_t records)
{
  bool is_client = role == STLS_CLIENT;
  test_pair pair;

  options->tune_client = is_client ? traced : NULL;
  options->tune_server = is_client ? NULL : traced;
  pair = pair_open(options);
  pair_transfer(&pair, pair.server, pair.client, 1);
  pair_settle(&pair);
  (is_client ? pair.client : pair.server)->io.key_records = records;
  return pair;
}

static stls_object *side(const test_pair *pair, stls_role role)
{
  return role == STLS_CLIENT ? pair->client : pair->server;
}

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
        test_pair pair = open_limited(&options, role, 10);
        stls_object *self = side(&pair, role);
        stls_object *peer = self == pair.client ? pair.server : pair.client;
        write_records(&pair, self, peer, how);
        cr_expect_geq(updates[STLS_RECORDS_OUT], 4, "%s, %d: %d", label, how,
                      updates[STLS_RECORDS_OUT]);
        cr_expect_leq(updates[STLS_RECORDS_OUT], how == 1 ? 40 : 6,
                      "%s, %d: %d", label, how, updates[STLS_RECORDS_OUT]);
        cr_expect_eq(requests, 0, "%s", label);
        pair_transfer(&pair, peer, self, 1000);
        pair_transfer(&pair, self, peer, 1000);
        pair_free(&pair);
      }
}

Test(key_limit, changes_the_key_by_itself)
{
  each_way(changes_the_key_by_itself_here);
}

/* A queue that is empty takes a record, however small its limit, also where the
 * key has to be changed first: stls_object_wants says so. */
static void changes_the_key_into_a_tiny_queue_here(void)
{
  pair_options options = {.version = STLS_TLS_1_3};

  for (size_t limit = 1; limit <= 150; limit += check_quick() ? 145 : 29) {
    test_pair pair = open_limited(&options, STLS_CLIENT, 10);
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
  each_way(changes_the_key_into_a_tiny_queue_here);
}

/* A peer that does not count, as plain OpenSSL: it is asked, once for each of its
 * keys, and answers with its next write. */
static void asks_a_peer_that_does_not_count_here(void)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 3; pair_row(row, &options, label); row++)
    for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
      test_pair pair = open_limited(&options, role, 10);
      stls_object *self = side(&pair, role);
      stls_object *peer = self == pair.client ? pair.server : pair.client;
      for (int i = 0; i < 50; i++) pair_transfer(&pair, peer, self, 1);
      cr_expect_eq(requests, 1, "%s: it has not heard of it", label);
      for (int i = 0; i < 50; i++) {
        pair_transfer(&pair, peer, self, 1);
        while (pair_move(&pair, self, peer) > 0) {
          size_t done;
          char byte;
          ASSERT_RETURNS(stls_object_read(peer, &byte, 1, &done),
                         STLS_WANT_READ);
        }
      }
      cr_expect_geq(updates[STLS_RECORDS_IN], 4, "%s: %d", label,
                    updates[STLS_RECORDS_IN]);
      cr_expect_leq(requests, updates[STLS_RECORDS_IN] + 1, "%s", label);
      pair_transfer(&pair, self, peer, 1000);
      pair_free(&pair);
    }
}

Test(key_limit, asks_a_peer_that_does_not_count)
{
  each_way(asks_a_peer_that_does_not_count_here);
}

/* Who has closed its direction asks for nothing. */
static void asks_nothing_behind_close_notify_here(void)
{
  pair_options options = {.version = STLS_TLS_1_3};
  test_pair pair = open_limited(&options, STLS_CLIENT, 10);

  ASSERT_RESULT(stls_object_close_write(pair.client), STLS_OK, "close");
  pair_transfer(&pair, pair.server, pair.client, 1);
  for (int i = 0; i < 50; i++)
    pair_transfer(&pair, pair.server, pair.client, 1);
  cr_expect_eq(requests, 0);
  pair_free(&pair);
}

Test(key_limit, asks_nothing_behind_close_notify)
{
  each_way(asks_nothing_behind_close_notify_here);
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
      test_pair pair = open_limited(&options, role, 10);
      stls_object *self = side(&pair, role);
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
  each_way(ends_a_direction_of_tls_1_2_here);
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
      test_pair pair = open_limited(&options, role, 10);
      stls_object *self = side(&pair, role);
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
  each_way(loses_nothing_under_a_cork_here);
}

/* Nobody who has closed can answer, if close_notify is what passes the limit. */
static void asks_nobody_who_has_closed_here(void)
{
  pair_options options = {.version = STLS_TLS_1_3};

  for (uint64_t limit = 1; limit < 40; limit++) {
    test_pair pair = open_limited(&options, STLS_CLIENT, limit);
    const struct stls_message_monitor *monitor = &pair.client->io.monitor;
    uint64_t first = monitor->records_before_key[STLS_RECORDS_IN];
    size_t done, total = 0;
    stls_result result;
    char in[7];
    for (int i = 0; i < 20; i++)
      ASSERT_RESULT(stls_object_write(pair.server, "0123456789", 10, &done),
                    STLS_OK, "write");
    ASSERT_RESULT(stls_object_close_write(pair.server), STLS_OK, "close");
    pair_move_all(&pair, pair.server, pair.client);
    do {
      result = stls_object_read(pair.client, in, sizeof in, &done);
      for (size_t i = 0; i < done; i++)
        cr_assert_eq(in[i], "0123456789"[(total + i) % 10]);
      total += done;
    } while (result == STLS_OK);
    EXPECT_RESULT(result, STLS_CLOSED, pair_message(pair.client));
    cr_expect_eq(total, (size_t)200);
    cr_expect_eq(requests,
                 monitor->records[STLS_RECORDS_IN] - 1 - first > limit ? 1 : 0,
                 "%d requests at a limit of %d", requests, (int)limit);
    pair_free(&pair);
  }
}

Test(key_limit, asks_nobody_who_has_closed)
{
  each_way(asks_nobody_who_has_closed_here);
}
