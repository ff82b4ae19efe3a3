/* SPDX-License-Identifier: MIT */
/* test_direct_wipe: what direct records leave behind in memory that is freed. */
/*
 * Secrets and keys: no more than libssl leaves by itself, on the same calls with
 * its own records. Data that was opened: nothing, read or not.
 */
#include <string.h>

#include "support/expect.h"
#include "support/heap.h"
#include "support/pair.h"
#include "wire_watch.h"

SUITE(direct_wipe);

enum {
  SAMPLE = 16
};

static stls_records records;

static void set_records(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_records(context, records, NULL), STLS_OK);
  wire_keys_collect(context);
}

static test_pair open_pair(stls_protocol version)
{
  pair_options options = {.version = version,
                          .tune_client = set_records,
                          .tune_server = set_records};

  return pair_open(&options);
}

/* How often `sample` is left by traffic, a trim, a KeyUpdate and the end. */
static size_t spill(test_pair *pair, stls_protocol version,
                    const uint8_t *sample)
{
  size_t before, after;

  heap_watch(sample, SAMPLE);
  before = heap_num_spilled();
  pair_settle(pair);
  pair_transfer(pair, pair->client, pair->server, 20000);
  pair_transfer(pair, pair->server, pair->client, 300);
  stls_object_trim(pair->client);
  stls_object_trim(pair->server);
  if (version == STLS_TLS_1_3) {
    ASSERT_RETURNS(stls_object_key_update(pair->client, true), STLS_OK);
    ASSERT_RETURNS(stls_object_key_update(pair->server, false), STLS_OK);
  }
  pair_transfer(pair, pair->client, pair->server, 20);
  pair_transfer(pair, pair->server, pair->client, 20);
  pair_free(pair);
  after = heap_num_spilled();
  heap_watch(NULL, 0);
  return after - before;
}

static size_t count(stls_protocol version, bool is_key, bool is_client)
{
  static struct wire_watch watch;
  static uint8_t sample[SAMPLE];
  test_pair pair = open_pair(version);

  wire_watch_open(&watch, is_client ? pair.client : pair.server);
  memcpy(sample, is_key ? watch.keys.key.key : watch.keys.secret, SAMPLE);
  wire_watch_close(&watch);
  return spill(&pair, version, sample);
}

Test(direct_wipe, leaves_no_secrets)
{
  pair_need_direct();
  if (check_quick()) cr_skip_test("valgrind sees that memory is searched");
  for (int i = 0; i < 8; i++) {
    const stls_protocol version = i & 1 ? STLS_TLS_1_3 : STLS_TLS_1_2;
    const bool is_key = (i & 2) != 0 || version == STLS_TLS_1_2;
    size_t by_libssl, direct;
    records = STLS_RECORDS_LIBSSL;
    by_libssl = count(version, is_key, (i & 4) != 0);
    records = STLS_RECORDS_DIRECT;
    direct = count(version, is_key, (i & 4) != 0);
    cr_expect_leq(direct, by_libssl, "%d: %zu, libssl's way %zu", i, direct,
                  by_libssl);
  }
}

/* Read in parts, peeked at, or not read at all. */
Test(direct_wipe, leaves_no_data)
{
  static unsigned char data[5000], out[5000];

  pair_need_direct();
  if (check_quick()) cr_skip_test("valgrind sees that memory is searched");
  records = STLS_RECORDS_DIRECT;
  for (int i = 0; i < 8; i++) {
    test_pair pair = open_pair(i & 1 ? STLS_TLS_1_3 : STLS_TLS_1_2);
    size_t done, before;
    pair_settle(&pair);
    memset(data, 0x5c, sizeof data);
    memcpy(data + 4000, "a text that is to be found", 26);
    ASSERT_RETURNS(stls_object_write(pair.client, data, sizeof data, &done),
                   STLS_OK);
    pair_move_all(&pair, pair.client, pair.server);
    heap_watch(data + 4000, SAMPLE);
    before = heap_num_spilled();
    if (i / 2 == 1)
      ASSERT_RETURNS(stls_object_peek(pair.server, out, 100, &done), STLS_OK);
    if (i / 2 == 2)
      ASSERT_RETURNS(stls_object_read(pair.server, out, 100, &done), STLS_OK);
    if (i / 2 == 3)
      for (size_t got = 0; got < sizeof data; got += done)
        ASSERT_RETURNS(stls_object_read(pair.server, out, 100, &done), STLS_OK);
    stls_object_trim(pair.server);
    pair_free(&pair);
    cr_expect_eq(heap_num_spilled(), before, "%d", i);
    heap_watch(NULL, 0);
  }
}
