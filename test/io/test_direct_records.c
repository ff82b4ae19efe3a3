/* SPDX-License-Identifier: MIT */
/* test_direct_records: application data that bypasses libssl, against libssl. */
#include <openssl/ssl.h>
#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <string.h>

#include "record_suites.h"
#include "support/expect.h"
#include "support/pair.h"
#include "wire_watch.h"

SUITE(direct_records);

/* Which sides protect their records themselves; the other is libssl's. */
enum sides {
  CLIENT = 1,
  SERVER = 2,
  BOTH = 3
};

static size_t suite;
static bool offers_auth;
static size_t num_auth;

static void set_common(stls_context *context, stls_records records)
{
  stls_error err = STLS_ERROR_INIT;

  record_suites_set(context, suite, records);
  wire_keys_collect(context);
  if (offers_auth)
    ASSERT_RETURNS(stls_context_set_post_handshake_auth(context, true, &err),
                   STLS_OK);
}

static void use_direct(stls_context *context)
{
  set_common(context, STLS_RECORDS_DIRECT);
}

static void use_libssl(stls_context *context)
{
  set_common(context, STLS_RECORDS_LIBSSL);
}

static test_pair open_pair(pair_options *options, enum sides sides)
{
  test_pair pair;

  options->version = record_suites[suite].version;
  options->tune_client = sides & CLIENT ? use_direct : use_libssl;
  options->tune_server = sides & SERVER ? use_direct : use_libssl;
  pair = pair_open(options);
  cr_expect_eq(stls_conninfo_direct_records(stls_object_conninfo(pair.client)),
               (sides & CLIENT) != 0 && suite < RECORD_SUITES_DIRECT);
  cr_expect_eq(stls_conninfo_direct_records(stls_object_conninfo(pair.server)),
               (sides & SERVER) != 0 && suite < RECORD_SUITES_DIRECT);
  return pair;
}

/* Both directions, past a watch each. */
struct wire {
  test_pair pair;
  struct wire_watch from_client;
  struct wire_watch from_server;
};

static struct wire *open_wire(pair_options *options, enum sides sides)
{
  struct wire *wire = calloc(1, sizeof *wire);

  cr_assert_not_null(wire);
  wire->pair = open_pair(options, sides);
  wire_watch_open(&wire->from_client, wire->pair.client);
  wire_watch_open(&wire->from_server, wire->pair.server);
  return wire;
}

static void close_wire(struct wire *wire)
{
  wire_watch_close(&wire->from_client);
  wire_watch_close(&wire->from_server);
  pair_free(&wire->pair);
  free(wire);
}

static void move_wire(struct wire *wire)
{
  test_pair *pair = &wire->pair;

  wire_watch_move(&wire->from_client, pair, pair->client, pair->server);
  wire_watch_move(&wire->from_server, pair, pair->server, pair->client);
}

/* Sends `len` bytes, in writes of up to `most`, and reads them in such reads. */
static void send_data(struct wire *wire, stls_object *from, size_t len,
                      size_t most)
{
  stls_object *to =
      from == wire->pair.client ? wire->pair.server : wire->pair.client;
  static unsigned char data[40000], out[40000];
  size_t sent = 0, got = 0, done = 0;

  cr_assert_leq(len, sizeof data);
  pair_pattern(data, len, len);
  for (int turn = 0; got < len; turn++) {
    stls_result result = STLS_OK;
    size_t part = len - sent < most ? len - sent : most;
    cr_assert_lt(turn, PAIR_TURNS);
    if (part > 0) {
      result = stls_object_write(from, data + sent, part, &done);
      cr_assert_geq(result, 0, "%s", pair_message(from));
      sent += done;
    }
    move_wire(wire);
    part = len - got < most ? len - got : most;
    while (got < len &&
           (result = stls_object_read(to, out + got, part, &done)) == STLS_OK)
      got += done;
    cr_assert_geq(result, 0, "%s", pair_message(to));
  }
  cr_assert_arr_eq(out, data, len);
}

Test(direct_records, interoperate_with_libssl)
{
  static const size_t mosts[] = {1, 100, 4096, 16384, 40000};
  pair_options options = {0};
  char label[64];

  pair_need_direct();
  for (suite = 0; suite < RECORD_SUITES_ALL; suite++)
    for (int sides = CLIENT; sides <= BOTH; sides++)
      for (size_t row = 0; pair_row(row, &options, label);
           row += pair_row_step()) {
        struct wire *wire;
        if (suite >= RECORD_SUITES_DIRECT ||
            options.version != record_suites[suite].version)
          continue;
        if (check_quick() && (suite + (size_t)sides) % 3 != 0) continue;
        wire = open_wire(&options, (enum sides)sides);
        for (size_t i = 0; i < sizeof mosts / sizeof *mosts; i++) {
          size_t len = i == 0 ? 20 : mosts[i];
          send_data(wire, wire->pair.client, len, mosts[i]);
          send_data(wire, wire->pair.server, len, mosts[i]);
        }
        cr_expect_gt(wire->from_client.num_records, 20, "%s", label);
        cr_expect_gt(wire->from_server.num_records, 20, "%s", label);
        close_wire(wire);
      }
}

Test(direct_records, are_for_aead_suites_only)
{
  pair_options options = {0};

  pair_need_direct();
  for (suite = 0; suite < RECORD_SUITES_ALL; suite++) {
    test_pair pair = open_pair(&options, BOTH);
    pair_transfer(&pair, pair.client, pair.server, 20000);
    pair_transfer(&pair, pair.server, pair.client, 20000);
    pair_free(&pair);
  }
}

/* RFC 8446, 4.6.3: from either side, asking or not, before any data and behind
 * it. */
Test(direct_records, follow_key_updates)
{
  pair_options options = {0};
  char label[64];

  pair_need_direct();
  for (suite = 0; suite < RECORD_SUITES_DIRECT_1_3; suite++)
    for (int sides = CLIENT; sides <= BOTH; sides++)
      for (int feed = 0; feed < 3; feed++) {
        struct wire *wire;
        if (check_quick() && (suite + (size_t)(sides + feed)) % 3 != 0)
          continue;
        options.feed = (pair_feed)feed;
        snprintf(label, sizeof label, "%s, sides %d",
                 record_suites[suite].suite, sides);
        wire = open_wire(&options, (enum sides)sides);
        for (int turn = 0; turn < 8; turn++) {
          stls_object *self = turn & 1 ? wire->pair.client : wire->pair.server;
          ASSERT_RESULT(stls_object_key_update(self, (turn & 2) != 0), STLS_OK,
                        label);
          send_data(wire, turn & 4 ? wire->pair.client : wire->pair.server,
                    1000, 300);
          send_data(wire, turn & 4 ? wire->pair.server : wire->pair.client,
                    20000, 20000);
        }
        cr_expect_eq(wire->from_client.num_key_updates, 6, "%s: %zu", label,
                     wire->from_client.num_key_updates);
        cr_expect_eq(wire->from_server.num_key_updates, 6, "%s: %zu", label,
                     wire->from_server.num_key_updates);
        close_wire(wire);
      }
}

/* Late certificate requests, tickets, half-close: what libssl writes and reads
 * between data, in any order. */
static void walk(struct wire *wire, unsigned seed)
{
  static unsigned char out[20000];
  bool is_closed[2] = {false, false};
  size_t done;

  for (int step = 0; step < 60; step++) {
    stls_object *self, *peer;
    int side;
    seed = seed * 1103515245 + 12345;
    side = seed >> 20 & 1;
    self = side ? wire->pair.client : wire->pair.server;
    peer = side ? wire->pair.server : wire->pair.client;
    switch (seed >> 24 & 7) {
      case 0:
        if (!is_closed[side] && record_suites[suite].version == STLS_TLS_1_3)
          ASSERT_RETURNS(stls_object_key_update(self, (seed >> 19 & 1) != 0),
                         STLS_OK);
        break;
      case 1:
        if (!is_closed[0] && !is_closed[1] && offers_auth)
          num_auth += stls_object_verify_client(wire->pair.server) == STLS_OK;
        break;
      case 2:
        if (step > 50) {
          is_closed[side] = true;
          ASSERT_RESULT(stls_object_close_write(self), STLS_OK,
                        pair_message(self));
        }
        break;
      case 3:
        stls_object_trim(self);
        break;
      case 4:
        move_wire(wire);
        cr_assert_geq(stls_object_read(peer, out, sizeof out, &done), 0, "%s",
                      pair_message(peer));
        break;
      default:
        if (!is_closed[side])
          send_data(wire, self, 1 + (seed >> 8 & 0x3fff),
                    1 + (seed >> 4 & 0x1fff));
    }
  }
  for (int turn = 0; turn < 4; turn++) {
    move_wire(wire);
    while (stls_object_read(wire->pair.client, out, sizeof out, &done) ==
           STLS_OK)
      continue;
    while (stls_object_read(wire->pair.server, out, sizeof out, &done) ==
           STLS_OK)
      continue;
  }
}

Test(direct_records, never_repeat_a_number)
{
  const unsigned num_seeds = check_quick() ? 3 : 40;
  pair_options options = {.client_credential = "client-ecdsa",
                          .server_trust = "ca.pem"};

  pair_need_direct();
  for (suite = 0; suite < RECORD_SUITES_ALL; suite++)
    for (int sides = CLIENT; suite < RECORD_SUITES_DIRECT && sides <= BOTH;
         sides++)
      for (unsigned seed = 0; seed < num_seeds; seed++) {
        struct wire *wire;
        if (check_quick() && (suite + (size_t)sides) % 3 != 0) continue;
        offers_auth =
            record_suites[suite].version == STLS_TLS_1_3 && seed % 2 == 1;
        options.server_verify =
            offers_auth ? STLS_VERIFY_REQUIRED : STLS_VERIFY_NONE;
        options.feed = (pair_feed)(seed % 3);
        options.seed = seed;
        wire = open_wire(&options, (enum sides)sides);
        walk(wire, seed * 77 + (unsigned)sides);
        close_wire(wire);
      }
  offers_auth = false;
  cr_expect_gt(num_auth, num_seeds, "%zu", num_auth);
}

/* Takes a side's record off the wire: `out` has room for 20000 bytes. */
static size_t take_record(stls_object *from, uint8_t *out)
{
  size_t len = 0;

  ASSERT_RETURNS(
      stls_bio_read(stls_object_outgoing(from), out, 20000, &len, NULL),
      STLS_OK);
  return len;
}

static void put_record(stls_object *to, const uint8_t *record, size_t len)
{
  size_t done;

  ASSERT_RETURNS(
      stls_bio_write(stls_object_incoming(to), record, len, &done, NULL),
      STLS_OK);
  cr_assert_eq(done, len);
}

static void expect_bad_record(stls_object *self, const char *label)
{
  unsigned char out[20000];
  stls_error err = STLS_ERROR_INIT;
  size_t done = 1;

  memset(out, 0, sizeof out);
  EXPECT_RESULT(stls_object_read(self, out, sizeof out, &done), STLS_ERROR_TLS,
                label);
  cr_expect_eq(done, 0);
  for (size_t i = 0; i < sizeof out; i++) cr_assert_eq(out[i], 0, "%s", label);
  stls_object_error(self, &err);
  /* bad_record_mac; RFC 8446, 5.2. */
  cr_expect_eq(err.alert_sent, 20, "%s: %d", label, err.alert_sent);
  cr_expect_gt(stls_bio_pending(stls_object_outgoing(self)), 0, "%s", label);
}

/* libssl has not seen the records so far, and would take the first one again. */
Test(direct_records, refuse_a_replayed_record)
{
  pair_options options = {0};

  pair_need_direct();
  for (suite = 0; suite < RECORD_SUITES_ALL; suite++)
    for (int sides = CLIENT; suite < RECORD_SUITES_DIRECT && sides <= BOTH;
         sides++)
      for (int later = 1; later < 4; later++) {
        test_pair pair = open_pair(&options, (enum sides)sides);
        stls_object *self = sides & CLIENT ? pair.client : pair.server;
        stls_object *peer = sides & CLIENT ? pair.server : pair.client;
        uint8_t record[20000], other[20000], out[100];
        size_t len, done;
        pair_settle(&pair);
        ASSERT_RETURNS(stls_object_write(peer, "secret", 6, &done), STLS_OK);
        len = take_record(peer, record);
        put_record(self, record, len);
        ASSERT_RETURNS(stls_object_read(self, out, 100, &done), STLS_OK);
        for (int i = 1; i < later; i++) {
          ASSERT_RETURNS(stls_object_write(peer, "more", 4, &done), STLS_OK);
          put_record(self, other, take_record(peer, other));
          ASSERT_RETURNS(stls_object_read(self, out, 100, &done), STLS_OK);
        }
        put_record(self, record, len);
        expect_bad_record(self, record_suites[suite].suite);
        pair_move_all(&pair, self, peer);
        EXPECT_RETURNS(stls_object_read(peer, out, 100, &done),
                       STLS_ERROR_ALERT);
        pair_free(&pair);
      }
}

Test(direct_records, refuse_a_changed_record)
{
  static const size_t lens[] = {1, 100, 16384};
  pair_options options = {0};

  pair_need_direct();
  for (suite = 0; suite < RECORD_SUITES_ALL; suite++)
    for (int sides = CLIENT; suite < RECORD_SUITES_DIRECT && sides <= BOTH;
         sides++)
      for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        test_pair pair = open_pair(&options, (enum sides)sides);
        stls_object *self = sides & CLIENT ? pair.client : pair.server;
        stls_object *peer = sides & CLIENT ? pair.server : pair.client;
        static uint8_t record[20000], data[16384];
        size_t len, done;
        pair_settle(&pair);
        memset(data, 'x', sizeof data);
        ASSERT_RETURNS(stls_object_write(peer, data, lens[i], &done), STLS_OK);
        len = take_record(peer, record);
        record[len - 1 - i] ^= 0x10;
        put_record(self, record, len);
        expect_bad_record(self, record_suites[suite].suite);
        pair_free(&pair);
      }
}
