/* SPDX-License-Identifier: MIT */
/* test_record_size: the maximal content of records, and their padding. */
#include <stdint.h>
#include <string.h>

#include <sanstls/record_size.h>

#include "support/expect.h"
#include "support/pair.h"
#include "support/resumption.h"
#include "support/setter_cases.h"

SUITE(record_size, .timeout = 60);

/* What a record of AES-128-GCM is longer than its content: in TLS 1.3 by type and
 * tag, in TLS 1.2 by nonce and tag. */
#define EXPANSION_1_3 ((size_t)17)
#define EXPANSION_1_2 ((size_t)24)
#define TAG_LEN ((size_t)16)

/* --- setters --- */

SETTER(set_length,
       stls_context_set_max_fragment_length(context, (size_t)args->numbers[0],
                                            err))
SETTER(set_padding,
       stls_context_set_record_padding(context, (size_t)args->numbers[0], err))

#define MISUSE STLS_ERROR_MISUSE

Test(record_size, is_set)
{
  static const setter_case cases[] = {
      {"512", set_length, NUMBERS(512), 0, MISUSE, "not a client's"},
      {"4096", set_length, NUMBERS(4096), 0, MISUSE, "not a client's"},
      {"none", set_length, NUMBERS(0), 0, MISUSE, "not a client's"},
      {"256", set_length, NUMBERS(256), MISUSE, MISUSE, ""},
      {"8192", set_length, NUMBERS(8192), MISUSE, MISUSE, ""},
      {"513", set_length, NUMBERS(513), MISUSE, MISUSE, ""},
      {"no padding", set_padding, NUMBERS(0), 0, 0, ""},
      {"padding of 1", set_padding, NUMBERS(1), 0, 0, ""},
      {"padding of all", set_padding, NUMBERS(16384), 0, 0, ""},
      {"too much padding", set_padding, NUMBERS(16385), MISUSE, MISUSE,
       "16385"},
  };

  setter_cases_run(cases, sizeof cases / sizeof cases[0]);
}

Test(record_size, has_getters)
{
  stls_context *context = setter_cases_context(STLS_CLIENT);

  cr_expect_eq(stls_context_max_fragment_length(context), 0U);
  cr_expect_eq(stls_context_record_padding(context), 0U);
  ASSERT_RETURNS(stls_context_set_max_fragment_length(context, 2048, NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_context_set_record_padding(context, 512, NULL), STLS_OK);
  cr_expect_lt(stls_context_set_max_fragment_length(context, 100, NULL), 0);
  cr_expect_lt(stls_context_set_record_padding(context, 20000, NULL), 0);
  cr_expect_eq(stls_context_max_fragment_length(context), 2048U);
  cr_expect_eq(stls_context_record_padding(context), 512U);
  ASSERT_RETURNS(stls_context_set_record_padding(context, 1, NULL), STLS_OK);
  cr_expect_eq(stls_context_record_padding(context), 0U);
  cr_expect_eq(stls_context_max_fragment_length(NULL), 0U);
  cr_expect_eq(stls_context_record_padding(NULL), 0U);
  cr_expect_eq(stls_conninfo_max_fragment_length(NULL), 0U);
  stls_context_free(context);
}

/* --- on the wire --- */

static size_t length_to_set, padding_to_set;

static void use_aes_128(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256", NULL),
      STLS_OK);
  ASSERT_RETURNS(
      stls_context_set_ciphers(context, "ECDHE-ECDSA-AES128-GCM-SHA256", NULL),
      STLS_OK);
}

static void ask_for_length(stls_context *context)
{
  use_aes_128(context);
  ASSERT_RETURNS(
      stls_context_set_max_fragment_length(context, length_to_set, NULL),
      STLS_OK);
}

static void pad(stls_context *context)
{
  use_aes_128(context);
  ASSERT_RETURNS(stls_context_set_record_padding(context, padding_to_set, NULL),
                 STLS_OK);
}

/* Takes the records that wait in `outgoing`, and stores their lengths, headers not
 * counted. */
static size_t take_records(stls_object *object, size_t *out, size_t max)
{
  static uint8_t bytes[200000];
  size_t len = 0, num = 0, at = 0;

  ASSERT_RETURNS(stls_bio_read(stls_object_outgoing(object), bytes,
                               sizeof bytes, &len, NULL),
                 STLS_OK);
  for (; at + 5 <= len; at += 5 + out[num++]) {
    cr_assert_lt(num, max);
    out[num] = (size_t)bytes[at + 3] << 8 | bytes[at + 4];
  }
  cr_assert_eq(at, len);
  return num;
}

static void expect_small_records(stls_object *object, bool is_1_3,
                                 const char *label)
{
  static unsigned char data[5000];
  size_t records[64], num, written = 0;

  ASSERT_RESULT(stls_object_write(object, data, sizeof data, &written), STLS_OK,
                label);
  cr_expect_eq(written, sizeof data, "%s: %zu", label, written);
  num = take_records(object, records, 64);
  cr_expect_eq(num, (sizeof data + length_to_set - 1) / length_to_set,
               "%s: %zu records", label, num);
  for (size_t i = 0; i < num; i++)
    cr_expect_leq(records[i],
                  length_to_set + (is_1_3 ? EXPANSION_1_3 : EXPANSION_1_2),
                  "%s: %zu", label, records[i]);
}

Test(record_size, is_agreed_on)
{
  static const size_t lengths[] = {512, 1024, 2048, 4096};

  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
    pair_options options = {.tune_client = ask_for_length};
    char label[64];

    length_to_set = lengths[i];
    for (size_t row = 0; pair_row(row, &options, label);
         row += pair_row_step()) {
      const bool is_1_3 = options.version == STLS_TLS_1_3;
      test_pair pair = pair_open(&options);

      pair_settle(&pair);
      cr_expect_eq(
          stls_conninfo_max_fragment_length(stls_object_conninfo(pair.client)),
          lengths[i], "%s", label);
      cr_expect_eq(
          stls_conninfo_max_fragment_length(stls_object_conninfo(pair.server)),
          lengths[i], "%s", label);
      pair_transfer(&pair, pair.client, pair.server, 20000);
      pair_transfer(&pair, pair.server, pair.client, 20000);
      expect_small_records(pair.client, is_1_3, label);
      expect_small_records(pair.server, is_1_3, label);
      pair_free(&pair);
    }
  }
}

Test(record_size, is_kept_by_a_resumed_session)
{
  pair_options options = {.tune_client = ask_for_length};

  length_to_set = 1024;
  for (int version = 0; version < 2; version++) {
    test_pair pair;

    options.version = version == 0 ? STLS_TLS_1_2 : STLS_TLS_1_3;
    pair = resumption_open_resumed(&options);
    cr_expect_eq(
        stls_conninfo_max_fragment_length(stls_object_conninfo(pair.client)),
        1024U);
    pair_transfer(&pair, pair.server, pair.client, 5000);
    pair_free(&pair);
  }
}

Test(record_size, is_not_agreed_on_unless_asked_for)
{
  test_pair pair = pair_open(&(pair_options){0});

  cr_expect_eq(
      stls_conninfo_max_fragment_length(stls_object_conninfo(pair.client)), 0U);
  pair_free(&pair);
}

/* All sizes of messages look alike. */
static void expect_padded(stls_object *object, bool is_1_3, const char *label)
{
  static const size_t sizes[] = {1, 100, 127, 128, 129, 1000, 16384};
  static unsigned char data[16384];

  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    size_t records[64], num, written = 0;

    ASSERT_RESULT(stls_object_write(object, data, sizes[i], &written), STLS_OK,
                  label);
    num = take_records(object, records, 64);
    for (size_t k = 0; k < num; k++) {
      if (is_1_3 && sizes[i] < 16384)
        cr_expect_eq((records[k] - TAG_LEN) % padding_to_set, 0U,
                     "%s, %zu bytes: %zu", label, sizes[i], records[k]);
      if (!is_1_3)
        cr_expect_eq(records[k], sizes[i] + EXPANSION_1_2, "%s", label);
    }
  }
}

Test(record_size, is_hidden_by_padding)
{
  static const size_t blocks[] = {2, 100, 512, 16384};

  for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
    pair_options options = {.tune_client = pad, .tune_server = pad};
    char label[64];

    padding_to_set = blocks[i];
    for (size_t row = 0; pair_row(row, &options, label);
         row += pair_row_step()) {
      const bool is_1_3 = options.version == STLS_TLS_1_3;
      test_pair pair = pair_open(&options);

      pair_settle(&pair);
      pair_transfer(&pair, pair.client, pair.server, 3000);
      pair_transfer(&pair, pair.server, pair.client, 3000);
      expect_padded(pair.client, is_1_3, label);
      expect_padded(pair.server, is_1_3, label);
      pair_free(&pair);
    }
  }
}

/* Small writes would fill the queue far beyond its limit. */
Test(record_size, of_padding_counts_against_the_limit)
{
  pair_options options = {.version = STLS_TLS_1_3, .tune_client = pad};
  const size_t limit = 10000;
  stls_result result = STLS_OK;
  size_t written = 0, num = 0;
  stls_bio *outgoing;
  test_pair pair;

  padding_to_set = 4096;
  pair = pair_open(&options);
  pair_settle(&pair);
  outgoing = stls_object_outgoing(pair.client);
  ASSERT_RETURNS(stls_bio_set_limit(outgoing, limit, NULL), STLS_OK);
  for (; num < 100 && result == STLS_OK; num++)
    result = stls_object_write(pair.client, "text", 4, &written);
  EXPECT_RETURNS(result, STLS_WANT_WRITE);
  cr_expect_leq(stls_bio_pending(outgoing), limit);
  cr_expect_eq(num, 3U, "%zu", num);
  cr_expect_eq(stls_object_wants(pair.client) & STLS_INTEREST_PLAINTEXT_IN, 0U);
  pair_free(&pair);
}
