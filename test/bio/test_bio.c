/* SPDX-License-Identifier: MIT */
/* test_bio: bytes, limit and end of a queue, as bio.h promises them. */
#include <limits.h>
#include <sanstls/bio.h>
#include <stdint.h>
#include <string.h>

#include "support/bytes.h"
#include "support/expect.h"

SUITE(bio);

/* Two chunks and more. */
enum {
  MANY = 50000
};

Test(bio, begins_empty_with_the_default_limit)
{
  stls_bio *bio = NULL;

  ASSERT_RESULT(stls_bio_new(&bio, NULL), STLS_OK, "new");
  cr_expect_eq(stls_bio_pending(bio), 0);
  cr_expect_eq(stls_bio_limit(bio), STLS_BIO_DEFAULT_LIMIT);
  cr_expect_not(stls_bio_eof(bio));
  cr_expect_eq(stls_bio_peek(bio).len, 0);
  stls_bio_free(bio);
}

Test(bio, gives_bytes_back_in_order_however_they_are_cut)
{
  static const struct {
    size_t write, read;
  } rows[] = {{1, 1},      {1, MANY},      {MANY, 1}, {1000, 333},
              {333, 1000}, {16384, 16389}, {20000, 7}};

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_bio *bio = bytes_bio(MANY);
    for (size_t at = 0; at < MANY; at += rows[i].write)
      bytes_put(bio, MANY - at < rows[i].write ? MANY - at : rows[i].write, at);
    bytes_expect(bio, MANY, 0, "written");
    for (size_t at = 0; at < MANY; at += rows[i].read)
      bytes_take(bio, MANY - at < rows[i].read ? MANY - at : rows[i].read, at);
    cr_expect_eq(stls_bio_pending(bio), 0, "row %zu", i);
    stls_bio_free(bio);
  }
}

Test(bio, takes_what_fits_under_its_limit_and_says_how_much)
{
  static const struct {
    const char *name;
    size_t limit, queued, len;
    stls_result want;
    size_t want_written;
  } rows[] = {
      {"room to spare", 100, 0, 99, STLS_OK, 99},
      {"just fits", 100, 0, 100, STLS_OK, 100},
      {"one too many", 100, 0, 101, STLS_OK, 100},
      {"one fits", 100, 99, 50, STLS_OK, 1},
      {"full", 100, 100, 1, STLS_WANT_WRITE, 0},
      {"nothing into nothing", 100, 0, 0, STLS_OK, 0},
      {"nothing into a full one", 100, 100, 0, STLS_OK, 0},
      {"the smallest limit", 1, 0, 2, STLS_OK, 1},
      {"several chunks", 40000, 100, 50000, STLS_OK, 39900},
  };
  static unsigned char data[50000];

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_bio *bio = bytes_bio(rows[i].limit);
    size_t written = 77;
    if (rows[i].queued > 0) bytes_put(bio, rows[i].queued, 0);
    EXPECT_RESULT(stls_bio_write(bio, data, rows[i].len, &written, NULL),
                  rows[i].want, rows[i].name);
    cr_expect_eq(written, rows[i].want_written, "%s: %zu", rows[i].name,
                 written);
    cr_expect_eq(stls_bio_pending(bio), rows[i].queued + written, "%s",
                 rows[i].name);
    stls_bio_free(bio);
  }
}

/* The bytes behind the limit do not exist: nobody may look at them. */
Test(bio, cuts_huge_lengths_at_its_limit)
{
  static const struct {
    const char *name;
    size_t len;
  } rows[] = {
    {"above INT_MAX", (size_t)INT_MAX + 1},
#if SIZE_MAX > UINT32_MAX
    {"5 when cut to 32 bits", ((size_t)UINT32_MAX + 1) + 5},
    {"0 when cut to 32 bits", (size_t)UINT32_MAX + 1},
#endif
    {"above PTRDIFF_MAX", (size_t)PTRDIFF_MAX + 1},
    {"SIZE_MAX", SIZE_MAX},
  };
  static unsigned char data[3000];

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_bio *bio = bytes_bio(sizeof data);
    size_t written = 0;
    EXPECT_RESULT(stls_bio_write(bio, data, rows[i].len, &written, NULL),
                  STLS_OK, rows[i].name);
    cr_expect_eq(written, sizeof data, "%s: %zu", rows[i].name, written);
    stls_bio_free(bio);
  }
}

Test(bio, refuses_writes_after_eof_even_empty_ones)
{
  stls_bio *bio = bytes_bio(100);
  size_t written = 77;

  bytes_put(bio, 10, 0);
  stls_bio_write_eof(bio);
  EXPECT_RESULT(stls_bio_write(bio, "x", 1, &written, NULL), STLS_ERROR_MISUSE,
                "one byte");
  cr_expect_eq(written, 0);
  EXPECT_RESULT(stls_bio_write(bio, "x", 0, &written, NULL), STLS_ERROR_MISUSE,
                "no byte");
  EXPECT_RESULT(stls_bio_write(bio, NULL, 0, &written, NULL), STLS_ERROR_MISUSE,
                "no bytes from nowhere");
  bytes_expect(bio, 10, 0, "after the refusals");
  stls_bio_free(bio);
}

Test(bio, refuses_writes_after_eof_also_when_full)
{
  stls_bio *bio = bytes_bio(10);
  size_t written = 0;

  bytes_put(bio, 10, 0);
  stls_bio_write_eof(bio);
  EXPECT_RESULT(stls_bio_write(bio, "x", 1, &written, NULL), STLS_ERROR_MISUSE,
                "write");
  stls_bio_free(bio);
}

Test(bio, reads_what_is_there_and_no_more)
{
  stls_bio *bio = bytes_bio(100);
  unsigned char out[20];
  size_t read = 77;

  bytes_put(bio, 10, 0);
  EXPECT_RESULT(stls_bio_read(bio, out, sizeof out, &read, NULL), STLS_OK,
                "more than there is");
  cr_expect_eq(read, 10);
  bytes_put(bio, 10, 0);
  EXPECT_RESULT(stls_bio_read(bio, out, SIZE_MAX, &read, NULL), STLS_OK,
                "SIZE_MAX");
  cr_expect_eq(read, 10);
  stls_bio_free(bio);
}

Test(bio, reading_nothing_is_fine_in_every_state)
{
  stls_bio *bio = bytes_bio(100);
  unsigned char out = 0;
  size_t read = 77;

  EXPECT_RESULT(stls_bio_read(bio, &out, 0, &read, NULL), STLS_OK, "empty");
  cr_expect_eq(read, 0);
  bytes_put(bio, 10, 0);
  EXPECT_RESULT(stls_bio_read(bio, NULL, 0, &read, NULL), STLS_OK, "filled");
  stls_bio_write_eof(bio);
  EXPECT_RESULT(stls_bio_read(bio, NULL, 0, &read, NULL), STLS_OK, "ended");
  bytes_expect(bio, 10, 0, "afterwards");
  stls_bio_free(bio);
}

Test(bio, wants_to_read_when_empty_and_is_closed_when_ended)
{
  stls_bio *bio = bytes_bio(100);
  unsigned char out[10];
  size_t read = 77;

  EXPECT_RESULT(stls_bio_read(bio, out, 10, &read, NULL), STLS_WANT_READ,
                "empty");
  cr_expect_eq(read, 0);
  bytes_put(bio, 10, 0);
  stls_bio_write_eof(bio);
  bytes_take(bio, 10, 0);
  read = 77;
  EXPECT_RESULT(stls_bio_read(bio, out, 10, &read, NULL), STLS_CLOSED, "ended");
  cr_expect_eq(read, 0);
  EXPECT_RESULT(stls_bio_read(bio, out, 10, &read, NULL), STLS_CLOSED, "again");
  stls_bio_free(bio);
}

Test(bio, is_at_its_end_only_when_drained)
{
  stls_bio *bio = bytes_bio(100);

  bytes_put(bio, 10, 0);
  stls_bio_write_eof(bio);
  cr_expect_not(stls_bio_eof(bio), "10 bytes wait");
  stls_bio_write_eof(bio);
  bytes_take(bio, 9, 0);
  cr_expect_not(stls_bio_eof(bio), "1 byte waits");
  ASSERT_RESULT(stls_bio_consume(bio, 1, NULL), STLS_OK, "consume");
  cr_expect(stls_bio_eof(bio));
  stls_bio_free(bio);
}

Test(bio, is_at_its_end_at_once_when_empty)
{
  stls_bio *bio = bytes_bio(100);

  stls_bio_write_eof(bio);
  cr_expect(stls_bio_eof(bio));
  stls_bio_free(bio);
}

Test(bio, consumes_parts_over_chunks)
{
  stls_bio *bio = bytes_bio(MANY);
  static const size_t parts[] = {0, 1, 1023, 1, 16000, 20000, 0, 12975};
  size_t at = 0;

  for (size_t i = 0; i < 50; i++) bytes_put(bio, 1000, i * 1000);
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    EXPECT_RESULT(stls_bio_consume(bio, parts[i], NULL), STLS_OK, "consume");
    at += parts[i];
    bytes_expect(bio, MANY - at, at, "the rest");
  }
  cr_expect_eq(at, MANY);
  EXPECT_RESULT(stls_bio_consume(bio, 0, NULL), STLS_OK, "0 of nothing");
  stls_bio_free(bio);
}

Test(bio, refuses_to_consume_more_than_is_pending)
{
  static const size_t lens[] = {11, 1000000, SIZE_MAX};
  stls_bio *bio = bytes_bio(100);

  EXPECT_RESULT(stls_bio_consume(bio, 1, NULL), STLS_ERROR_MISUSE, "empty");
  bytes_put(bio, 10, 0);
  for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++)
    EXPECT_RESULT(stls_bio_consume(bio, lens[i], NULL), STLS_ERROR_MISUSE,
                  "consume");
  bytes_expect(bio, 10, 0, "after the refusals");
  stls_bio_free(bio);
}

Test(bio, keeps_what_is_above_a_lowered_limit)
{
  stls_bio *bio = bytes_bio(MANY);
  size_t written = 0;

  bytes_put(bio, MANY, 0);
  EXPECT_RESULT(stls_bio_set_limit(bio, 1, NULL), STLS_OK, "set_limit");
  bytes_expect(bio, MANY, 0, "lowered");
  EXPECT_RESULT(stls_bio_write(bio, "x", 1, &written, NULL), STLS_WANT_WRITE,
                "above");
  bytes_take(bio, MANY - 1, 0);
  EXPECT_RESULT(stls_bio_write(bio, "x", 1, &written, NULL), STLS_WANT_WRITE,
                "at it");
  bytes_take(bio, 1, MANY - 1);
  EXPECT_RESULT(stls_bio_write(bio, "x", 1, &written, NULL), STLS_OK, "below");
  stls_bio_free(bio);
}

Test(bio, refuses_a_limit_of_nothing)
{
  stls_bio *bio = bytes_bio(100);

  EXPECT_RESULT(stls_bio_set_limit(bio, 0, NULL), STLS_ERROR_MISUSE, "0");
  cr_expect_eq(stls_bio_limit(bio), 100);
  stls_bio_free(bio);
}

Test(bio, has_no_limit_at_size_max)
{
  stls_bio *bio = bytes_bio(SIZE_MAX);

  for (size_t i = 0; i < 30; i++) bytes_put(bio, 100000, i * 100000);
  bytes_expect(bio, 3000000, 0, "written");
  cr_expect_eq(stls_bio_limit(bio), SIZE_MAX);
  stls_bio_free(bio);
}

Test(bio, lives_as_long_as_its_last_reference)
{
  stls_bio *bio = bytes_bio(100);

  cr_expect_eq(stls_bio_up_ref(bio), bio);
  bytes_put(bio, 10, 0);
  stls_bio_free(bio);
  bytes_take(bio, 10, 0);
  stls_bio_free(bio);
}

Test(bio, can_be_trimmed_at_any_fill)
{
  stls_bio *bio = bytes_bio(MANY);

  stls_bio_trim(bio);
  bytes_put(bio, 20000, 0);
  stls_bio_trim(bio);
  bytes_expect(bio, 20000, 0, "trimmed");
  bytes_put(bio, 1000, 20000);
  ASSERT_RESULT(stls_bio_consume(bio, 500, NULL), STLS_OK, "consume");
  stls_bio_trim(bio);
  bytes_expect(bio, 20500, 500, "trimmed again");
  stls_bio_free(bio);
}

Test(bio, answers_null_arguments_with_misuse)
{
  stls_bio *bio = bytes_bio(100);
  unsigned char out[10];
  size_t count = 0;

  EXPECT_RESULT(stls_bio_new(NULL, NULL), STLS_ERROR_MISUSE, "new");
  EXPECT_RESULT(stls_bio_write(NULL, "x", 1, &count, NULL), STLS_ERROR_MISUSE,
                "write to NULL");
  EXPECT_RESULT(stls_bio_write(bio, NULL, 1, &count, NULL), STLS_ERROR_MISUSE,
                "write from NULL");
  EXPECT_RESULT(stls_bio_write(bio, "x", 1, NULL, NULL), STLS_ERROR_MISUSE,
                "write without a count");
  bytes_expect(bio, 0, 0, "after the writes");
  bytes_put(bio, 5, 0);
  EXPECT_RESULT(stls_bio_read(NULL, out, 1, &count, NULL), STLS_ERROR_MISUSE,
                "read of NULL");
  EXPECT_RESULT(stls_bio_read(bio, NULL, 1, &count, NULL), STLS_ERROR_MISUSE,
                "read to NULL");
  EXPECT_RESULT(stls_bio_read(bio, out, 1, NULL, NULL), STLS_ERROR_MISUSE,
                "read without a count");
  EXPECT_RESULT(stls_bio_consume(NULL, 0, NULL), STLS_ERROR_MISUSE, "consume");
  EXPECT_RESULT(stls_bio_set_limit(NULL, 1, NULL), STLS_ERROR_MISUSE, "limit");
  bytes_expect(bio, 5, 0, "after everything");
  stls_bio_free(bio);
}

Test(bio, knows_nothing_about_null)
{
  stls_span span;

  stls_bio_free(NULL);
  stls_bio_write_eof(NULL);
  stls_bio_trim(NULL);
  cr_expect_null(stls_bio_up_ref(NULL));
  cr_expect_eq(stls_bio_pending(NULL), 0);
  cr_expect_eq(stls_bio_limit(NULL), 0);
  cr_expect_not(stls_bio_eof(NULL));
  cr_expect_eq(stls_bio_peek(NULL).len, 0);
  cr_expect_eq(stls_bio_peekv(NULL, &span, 1), 0);
}

Test(bio, describes_failures_and_only_failures)
{
  stls_bio *bio = bytes_bio(1);
  stls_error err = STLS_ERROR_INIT;
  size_t count = 0;
  char out[1];

  (void)!stls_bio_read(bio, out, 1, &count, &err);
  bytes_put(bio, 1, 0);
  (void)!stls_bio_write(bio, "x", 1, &count, &err);
  EXPECT_RESULT(err.result, STLS_OK, "waiting is no failure");
  cr_expect_str_empty(err.message);
  EXPECT_RESULT(stls_bio_consume(bio, 2, &err), STLS_ERROR_MISUSE, "consume");
  EXPECT_RETURNS(err.result, STLS_ERROR_MISUSE);
  cr_expect_not_null(strstr(err.message, "2"), "%s", err.message);
  stls_bio_free(bio);
}
