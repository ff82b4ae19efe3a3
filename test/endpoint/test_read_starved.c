/* SPDX-License-Identifier: MIT */
/* test_read_starved: reads with too little input, and what ends them. */
/*
 * A read that was starved says so again without a look at the bytes, as long as
 * nothing else can have become of it. Each row does something after which it
 * has to look.
 */
#include <string.h>

#include "support/check.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(read_starved);

/* Data, sealed by a client. */
static unsigned char sealed[400];
static size_t sealed_len;

/* What is done to the server's incoming, which has 10 bytes of a record. */
static void add_nothing(stls_bio *incoming);
static void add_the_rest(stls_bio *incoming);
static void write_eof(stls_bio *incoming);
static void lower_limit(stls_bio *incoming);
static void put_another(stls_bio *incoming);
static void trim(stls_bio *incoming);

static const struct row {
  const char *name;
  void (*act)(stls_bio *incoming);
  stls_result want;
} rows[] = {
    {"nothing", add_nothing, STLS_WANT_READ},
    {"the rest of it", add_the_rest, STLS_OK},
    {"the end", write_eof, STLS_ERROR_TRUNCATED},
    {"a lower limit", lower_limit, STLS_WANT_READ},
    {"another record, which cannot be decrypted", put_another, STLS_ERROR_TLS},
    {"a trim", trim, STLS_WANT_READ},
};

static stls_result read_byte(stls_object *object)
{
  unsigned char byte[8];
  size_t len = 0;
  stls_result result = stls_object_read(object, byte, sizeof byte, &len);

  cr_expect_eq(len, result == STLS_OK ? (size_t)5 : (size_t)0);
  return result;
}

static void put(stls_bio *incoming, const void *data, size_t len)
{
  size_t taken = 0;

  ASSERT_RESULT(stls_bio_write(incoming, data, len, &taken, NULL), STLS_OK,
                "arrival");
  cr_assert_eq(taken, len);
}

/* A pair whose server has 10 bytes of a record, and has been asked for data. */
static test_pair open_starved(stls_protocol version)
{
  pair_options options = {.version = version};
  test_pair pair = pair_open(&options);
  size_t len = 0;

  pair_settle(&pair);
  ASSERT_RESULT(stls_object_write(pair.client, "hello", 5, &len), STLS_OK,
                "write");
  ASSERT_RESULT(stls_bio_read(stls_object_outgoing(pair.client), sealed,
                              sizeof sealed, &sealed_len, NULL),
                STLS_OK, "drain");
  put(stls_object_incoming(pair.server), sealed, 10);
  EXPECT_RESULT(read_byte(pair.server), STLS_WANT_READ, "a part");
  return pair;
}

Test(read_starved, looks_again_when_something_changed)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
    const struct row *row = &rows[i / 2];
    test_pair pair = open_starved(versions[i % 2]);
    row->act(stls_object_incoming(pair.server));
    EXPECT_RESULT(read_byte(pair.server), row->want, row->name);
    pair_free(&pair);
  }
}

Test(read_starved, goes_on_when_the_rest_comes_through_read_from)
{
  for (size_t step = 1; step < 60; step++) {
    test_pair pair = open_starved(STLS_TLS_1_3);
    unsigned char got[8];
    size_t at = 10, used = 0, len = 0;
    while (at < sealed_len) {
      size_t part = sealed_len - at < step ? sealed_len - at : step;
      cr_assert_geq(stls_object_read_from(pair.server, sealed + at, part, &used,
                                          got, sizeof got, &len),
                    0);
      cr_assert_eq(used, part);
      at += part;
      cr_assert_eq(len, at < sealed_len ? (size_t)0 : (size_t)5, "step %zu",
                   step);
    }
    pair_free(&pair);
  }
}

/* A loop that asks what is wanted must not be told otherwise by the read. */
Test(read_starved, agrees_with_what_is_wanted)
{
  static const char *const streams[] = {"\x17\x09", "\x17\x03\x09\x09\x09",
                                        "\x15", "\x99", "\x17\x03\x03"};

  for (size_t i = 0; i < 2 * sizeof streams / sizeof streams[0]; i++) {
    const char *stream = streams[i / 2];
    pair_options options = {0};
    test_pair pair = pair_open(&options);
    stls_result result = STLS_WANT_READ;
    size_t used = 0, len = 0;
    pair_settle(&pair);
    for (size_t at = 0; at < strlen(stream) && result == STLS_WANT_READ; at++) {
      char byte[8];
      if (i % 2 == 0) {
        put(stls_object_incoming(pair.server), stream + at, 1);
        result = read_byte(pair.server);
      } else {
        result = stls_object_read_from(pair.server, stream + at, 1, &used, byte,
                                       sizeof byte, &len);
      }
      cr_expect_eq(
          result == STLS_WANT_READ && (stls_object_wants(pair.server) &
                                       STLS_INTEREST_PLAINTEXT_OUT) != 0,
          false, "stream %zu, byte %zu", i / 2, at);
    }
    pair_free(&pair);
  }
}

static void add_nothing(stls_bio *incoming)
{
  (void)incoming;
}

static void add_the_rest(stls_bio *incoming)
{
  put(incoming, sealed + 10, sealed_len - 10);
}

static void write_eof(stls_bio *incoming)
{
  stls_bio_write_eof(incoming);
}

/* libssl is shown what there is, and takes it. */
static void lower_limit(stls_bio *incoming)
{
  ASSERT_RESULT(stls_bio_set_limit(incoming, 5, NULL), STLS_OK, "limit");
}

static void put_another(stls_bio *incoming)
{
  static const unsigned char other[] = {23, 3, 3, 0, 5, 1, 2, 3, 4, 5};

  ASSERT_RESULT(stls_bio_consume(incoming, 10, NULL), STLS_OK, "consume");
  put(incoming, other, sizeof other);
}

static void trim(stls_bio *incoming)
{
  stls_bio_trim(incoming);
}
