/* SPDX-License-Identifier: MIT */
/* test_key_limit_peer: limits on the use of the peer's key: the peer is asked. */
#include "lib/endpoint/object.h"
#include "limited_pair.h"
#include "support/expect.h"

SUITE(key_limit_peer, .timeout = 300);

/* A peer that does not count, as plain OpenSSL: it is asked, once for each of its
 * keys, and answers with its next write. */
static void asks_a_peer_that_does_not_count_here(void)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 3; pair_row(row, &options, label); row++)
    for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
      test_pair pair = limited_pair_open(&options, role, 10);
      stls_object *self = limited_pair_side(&pair, role);
      stls_object *peer = self == pair.client ? pair.server : pair.client;
      for (int i = 0; i < 50; i++) pair_transfer(&pair, peer, self, 1);
      cr_expect_eq(limited_pair_requests, 1, "%s: it has not heard of it",
                   label);
      for (int i = 0; i < 50; i++) {
        pair_transfer(&pair, peer, self, 1);
        while (pair_move(&pair, self, peer) > 0) {
          size_t done;
          char byte;
          ASSERT_RETURNS(stls_object_read(peer, &byte, 1, &done),
                         STLS_WANT_READ);
        }
      }
      cr_expect_geq(limited_pair_updates[STLS_RECORDS_IN], 4, "%s: %d", label,
                    limited_pair_updates[STLS_RECORDS_IN]);
      cr_expect_leq(limited_pair_requests,
                    limited_pair_updates[STLS_RECORDS_IN] + 1, "%s", label);
      pair_transfer(&pair, self, peer, 1000);
      pair_free(&pair);
    }
}

Test(key_limit_peer, asks_a_peer_that_does_not_count)
{
  limited_pair_each_way(asks_a_peer_that_does_not_count_here);
}

/* Who has closed its direction asks for nothing. */
static void asks_nothing_behind_close_notify_here(void)
{
  pair_options options = {.version = STLS_TLS_1_3};
  test_pair pair = limited_pair_open(&options, STLS_CLIENT, 10);

  ASSERT_RESULT(stls_object_close_write(pair.client), STLS_OK, "close");
  pair_transfer(&pair, pair.server, pair.client, 1);
  for (int i = 0; i < 50; i++)
    pair_transfer(&pair, pair.server, pair.client, 1);
  cr_expect_eq(limited_pair_requests, 0);
  pair_free(&pair);
}

Test(key_limit_peer, asks_nothing_behind_close_notify)
{
  limited_pair_each_way(asks_nothing_behind_close_notify_here);
}

/* Nobody who has closed can answer, if close_notify is what passes the limit. */
static void asks_nobody_who_has_closed_here(void)
{
  pair_options options = {.version = STLS_TLS_1_3};

  for (uint64_t limit = 1; limit < 40; limit++) {
    test_pair pair = limited_pair_open(&options, STLS_CLIENT, limit);
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
    cr_expect_eq(limited_pair_requests,
                 monitor->records[STLS_RECORDS_IN] - 1 - first > limit ? 1 : 0,
                 "%d requests at a limit of %d", limited_pair_requests,
                 (int)limit);
    pair_free(&pair);
  }
}

Test(key_limit_peer, asks_nobody_who_has_closed)
{
  limited_pair_each_way(asks_nobody_who_has_closed_here);
}

/* The peer is to have a chance to change the key by itself: it is asked when it has
 * sent one record more than the limit. */
static void asks_one_record_behind_the_limit_here(void)
{
  pair_options options = {.version = STLS_TLS_1_3};

  for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
    test_pair pair = limited_pair_open(&options, role, 30);
    stls_object *self = limited_pair_side(&pair, role);
    stls_object *peer = self == pair.client ? pair.server : pair.client;
    const struct stls_message_monitor *monitor = &self->io.monitor;
    for (int i = 0; i < 40; i++) {
      const uint64_t num = monitor->records[STLS_RECORDS_IN] -
                           monitor->records_before_key[STLS_RECORDS_IN];
      cr_expect_eq(limited_pair_requests, num > 30 ? 1 : 0, "role %d: %d", role,
                   (int)num);
      pair_transfer(&pair, peer, self, 1);
    }
    pair_free(&pair);
  }
}

Test(key_limit_peer, is_asked_one_record_behind_the_limit)
{
  limited_pair_each_way(asks_one_record_behind_the_limit_here);
}

/* Also in the middle of a call that reads many. */
static void asks_between_records_here(void)
{
  pair_options options = {.version = STLS_TLS_1_3};

  for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
    test_pair pair = limited_pair_open(&options, role, 10);
    stls_object *self = limited_pair_side(&pair, role);
    stls_object *peer = self == pair.client ? pair.server : pair.client;
    char out[100];
    size_t done;
    for (int i = 0; i < 50; i++)
      ASSERT_RETURNS(stls_object_write(peer, "x", 1, &done), STLS_OK);
    pair_move_all(&pair, peer, self);
    ASSERT_RETURNS(stls_object_read(self, out, sizeof out, &done), STLS_OK);
    cr_expect_eq(done, (size_t)50, "role %d: %zu", role, done);
    cr_expect_eq(limited_pair_requests, 1, "role %d", role);
    cr_expect_eq(limited_pair_worn, (uint64_t)11, "role %d: %d", role,
                 (int)limited_pair_worn);
    pair_free(&pair);
  }
}

Test(key_limit_peer, is_asked_between_records)
{
  limited_pair_each_way(asks_between_records_here);
}

/* Without room for it, it is asked with a later read. */
static void asks_when_there_is_room_here(void)
{
  pair_options options = {.version = STLS_TLS_1_3};

  for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
    test_pair pair = limited_pair_open(&options, role, 10);
    stls_object *self = limited_pair_side(&pair, role);
    stls_object *peer = self == pair.client ? pair.server : pair.client;
    stls_bio *out = stls_object_outgoing(self);
    size_t done;
    ASSERT_RETURNS(stls_object_write(self, "text", 4, &done), STLS_OK);
    ASSERT_RETURNS(stls_bio_set_limit(out, stls_bio_pending(out), NULL),
                   STLS_OK);
    for (int i = 0; i < 20; i++) pair_transfer(&pair, peer, self, 1);
    cr_expect_eq(limited_pair_requests, 0, "role %d", role);
    while (pair_move(&pair, self, peer) > 0) continue;
    pair_transfer(&pair, peer, self, 1);
    cr_expect_eq(limited_pair_requests, 1, "role %d", role);
    pair_free(&pair);
  }
}

Test(key_limit_peer, is_asked_when_there_is_room)
{
  limited_pair_each_way(asks_when_there_is_room_here);
}

/* TLS 1.2 has no such message. */
static void asks_nothing_of_tls_1_2_here(void)
{
  pair_options options = {.version = STLS_TLS_1_2};

  for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
    test_pair pair = limited_pair_open(&options, role, 10);
    stls_object *self = limited_pair_side(&pair, role);
    stls_object *peer = self == pair.client ? pair.server : pair.client;
    stls_error err = STLS_ERROR_INIT;
    for (int i = 0; i < 50; i++) pair_transfer(&pair, peer, self, 1);
    EXPECT_RESULT(stls_object_error(self, &err), STLS_OK, err.message);
    cr_expect_eq(stls_bio_pending(stls_object_outgoing(self)), (size_t)0);
    pair_free(&pair);
  }
}

Test(key_limit_peer, is_asked_nothing_in_tls_1_2)
{
  limited_pair_each_way(asks_nothing_of_tls_1_2_here);
}
