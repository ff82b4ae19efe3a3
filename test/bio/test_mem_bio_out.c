/* SPDX-License-Identifier: MIT */
/* test_mem_bio_out: the BIO_s_mem that libssl writes to. */
/*
 * With and without priming, whatever this OpenSSL and configure make the library
 * choose: without it nothing undocumented is left.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <openssl/bio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/bio/mem_bio.h"
#include "lib/bio/mem_bio_probe.h"
#include "support/check.h"
#include "support/heap.h"
#include "support/pair.h"

SUITE(mem_bio_out);

/* By how much these records are longer than their plaintext. */
#define OVERHEAD ((size_t)22)

static void put(struct stls_mem_bio_out *out, struct stls_chunk_queue *buffer,
                size_t len, bool is_announced, size_t offset);
static void expect(const struct stls_chunk_queue *buffer, size_t len,
                   size_t offset);
static size_t num_runs(const struct stls_chunk_queue *buffer);

static void queues_what_was_written_and_keeps_none_of_it(bool primes);
static void queues_nothing_when_nothing_was_written(bool primes);
static void queues_several_writes_of_one_operation_together(bool primes);
static void puts_small_records_behind_others(bool primes);
static void makes_the_memory_of_a_big_record_a_chunk(bool primes);
static void moves_nothing_that_is_queued(bool primes);
static void is_exact_while_it_is_drained(bool primes);
static void prepares_whole_or_not_at_all(bool primes);
static void needs_no_more_memory_than_was_expected(bool primes);
static void needs_no_allocation_while_it_is_drained(bool primes);
static void is_exact_whatever_is_expected(bool primes);
static void gives_back_what_holds_nothing(bool primes);

Test(mem_bio_out, can_be_primed_on_this_openssl)
{
#ifdef STLS_NO_BIO_REPOINTING
  cr_expect_not(stls_mem_bio_probe_can_prime(), "configure said no");
#else
  cr_expect(stls_mem_bio_probe_can_prime());
#endif
}

/* Each runs unprimed, and primed. */
#define BOTH_WAYS(check) \
  Test(membio_out, check) \
  { \
    check(false); \
    check(true); \
  }
BOTH_WAYS(queues_what_was_written_and_keeps_none_of_it)
BOTH_WAYS(queues_nothing_when_nothing_was_written)
BOTH_WAYS(queues_several_writes_of_one_operation_together)
BOTH_WAYS(puts_small_records_behind_others)
BOTH_WAYS(makes_the_memory_of_a_big_record_a_chunk)
BOTH_WAYS(moves_nothing_that_is_queued)
BOTH_WAYS(is_exact_while_it_is_drained)
BOTH_WAYS(prepares_whole_or_not_at_all)
BOTH_WAYS(needs_no_more_memory_than_was_expected)
BOTH_WAYS(needs_no_allocation_while_it_is_drained)
BOTH_WAYS(is_exact_whatever_is_expected)
BOTH_WAYS(gives_back_what_holds_nothing)

static void queues_what_was_written_and_keeps_none_of_it(bool primes)
{
  static const size_t lens[] = {1,    1023, 1024, 1025, 16406, 5,
                                5000, 200,  200,  800,  1};
  struct stls_mem_bio_out out;
  struct stls_chunk_queue buffer = {0};
  size_t at = 0;

  cr_assert(stls_mem_bio_out_open(&out, primes));
  for (size_t i = 0; i < 4 * sizeof lens / sizeof lens[0]; i++) {
    size_t len = lens[i % (sizeof lens / sizeof lens[0])];
    put(&out, &buffer, len, i % 2 == 0, at);
    cr_assert(stls_mem_bio_out_prepare(&out, &buffer, 0));
    cr_expect_eq(BIO_ctrl_pending(out.bio), 0, "libssl would see a backlog");
    at += len;
    expect(&buffer, at, 0);
  }
  stls_mem_bio_out_close(&out);
  expect(&buffer, at, 0);
  stls_chunk_queue_clear(&buffer);
}

static void queues_nothing_when_nothing_was_written(bool primes)
{
  struct stls_mem_bio_out out;
  struct stls_chunk_queue buffer = {0};

  cr_assert(stls_mem_bio_out_open(&out, primes));
  cr_expect_eq(stls_mem_bio_out_collect(&out, &buffer, 0), 0);
  cr_assert(stls_mem_bio_out_prepare(&out, &buffer, 5000));
  cr_expect_eq(stls_mem_bio_out_collect(&out, &buffer, 0), 0);
  expect(&buffer, 0, 0);
  stls_mem_bio_out_close(&out);
}

/* A flight of the handshake is many writes in one operation. */
static void queues_several_writes_of_one_operation_together(bool primes)
{
  struct stls_mem_bio_out out;
  struct stls_chunk_queue buffer = {0};
  unsigned char data[6000];

  cr_assert(stls_mem_bio_out_open(&out, primes));
  cr_assert(stls_mem_bio_out_prepare(&out, &buffer, 0));
  pair_pattern(data, sizeof data, 0);
  for (size_t at = 0; at < sizeof data; at += 600)
    cr_assert_eq(BIO_write(out.bio, data + at, 600), 600);
  cr_expect_eq(stls_mem_bio_out_collect(&out, &buffer, 0), sizeof data);
  expect(&buffer, sizeof data, 0);
  cr_expect_eq(num_runs(&buffer), 1);
  stls_mem_bio_out_close(&out);
  stls_chunk_queue_clear(&buffer);
}

static void puts_small_records_behind_others(bool primes)
{
  struct stls_mem_bio_out out;
  struct stls_chunk_queue buffer = {0};

  cr_assert(stls_mem_bio_out_open(&out, primes));
  for (size_t i = 0; i < 10; i++) put(&out, &buffer, 100, true, i * 100);
  cr_expect_eq(num_runs(&buffer), 1);
  expect(&buffer, 1000, 0);
  stls_mem_bio_out_close(&out);
  stls_chunk_queue_clear(&buffer);
}

static void makes_the_memory_of_a_big_record_a_chunk(bool primes)
{
  struct stls_mem_bio_out out;
  struct stls_chunk_queue buffer = {0};
  unsigned char data[5000];

  cr_assert(stls_mem_bio_out_open(&out, primes));
  /* Though it would fit behind this one. */
  cr_assert(stls_mem_bio_out_prepare(&out, &buffer, 20000));
  put(&out, &buffer, 100, false, 0);
  pair_pattern(data, sizeof data, 100);
  cr_assert(stls_mem_bio_out_prepare(&out, &buffer, sizeof data));
  cr_assert_eq(BIO_write(out.bio, data, sizeof data), (int)sizeof data);
  const void *written = out.mem->data;
  stls_mem_bio_out_collect(&out, &buffer, 0);
  cr_expect_eq(num_runs(&buffer), 2);
  cr_expect_eq(buffer.tail->data, written, "its bytes were copied");
  expect(&buffer, 5100, 0);
  stls_mem_bio_out_close(&out);
  stls_chunk_queue_clear(&buffer);
}

static void moves_nothing_that_is_queued(bool primes)
{
  enum {
    NUM = 300
  };
  struct stls_mem_bio_out out;
  struct stls_chunk_queue buffer = {0};
  stls_span then[NUM], now[NUM];
  size_t num = 0, at = 0;
  uint32_t random = 7;

  cr_assert(stls_mem_bio_out_open(&out, primes));
  for (int i = 0; i < 200; i++) {
    size_t len = 1 + (random >> 8) % (i % 3 == 0 ? 17000 : 900);
    random = random * 1664525U + 1013904223U;
    put(&out, &buffer, len, i % 2 == 0, at);
    at += len;
    cr_assert_geq(stls_chunk_queue_runs(&buffer, now, NUM), num);
    for (size_t run = 0; run < num; run++) {
      cr_assert_eq(now[run].data, then[run].data, "run %zu moved", run);
      cr_assert_geq(now[run].len, then[run].len, "run %zu shrank", run);
    }
    num = stls_chunk_queue_runs(&buffer, then, NUM);
    cr_assert_lt(num, (size_t)NUM);
  }
  expect(&buffer, at, 0);
  stls_mem_bio_out_close(&out);
  stls_chunk_queue_clear(&buffer);
}

static void is_exact_while_it_is_drained(bool primes)
{
  struct stls_mem_bio_out out;
  struct stls_chunk_queue buffer = {0};
  size_t first = 0, end = 0;
  uint32_t random = 99;

  cr_assert(stls_mem_bio_out_open(&out, primes));
  for (int i = 0; i < (check_quick() ? 200 : 3000); i++) {
    size_t len = 1 + (random >> 8) % ((random >> 5) % 4 == 0 ? 17000 : 1100);
    random = random * 1664525U + 1013904223U;
    put(&out, &buffer, len, (random >> 9) % 2 == 0, end);
    end += len;
    random = random * 1664525U + 1013904223U;
    len = (random >> 8) % (end - first + 1);
    stls_chunk_queue_consume(&buffer, len);
    first += len;
    expect(&buffer, end - first, first);
  }
  stls_mem_bio_out_close(&out);
  stls_chunk_queue_clear(&buffer);
}

static void prepares_whole_or_not_at_all(bool primes)
{
  struct stls_mem_bio_out out;
  struct stls_chunk_queue buffer = {0};

  cr_assert(stls_mem_bio_out_open(&out, primes));
  heap_fail_at(1);
  cr_expect_not(stls_mem_bio_out_prepare(&out, &buffer, 5000),
                "without a chunk");
  cr_expect(heap_stop_failing());
  heap_fail_at(2);
  cr_expect_not(stls_mem_bio_out_prepare(&out, &buffer, 5000),
                "without memory");
  cr_expect(heap_stop_failing());
  put(&out, &buffer, 5000, true, 0);
  expect(&buffer, 5000, 0);
  stls_mem_bio_out_close(&out);
  stls_chunk_queue_clear(&buffer);
}

/* A record of the expected size is written into one piece of memory. */
static void needs_no_more_memory_than_was_expected(bool primes)
{
  struct stls_mem_bio_out out;
  struct stls_chunk_queue buffer = {0};
  unsigned char data[16384] = {0};
  size_t before;

  cr_assert(stls_mem_bio_out_open(&out, primes));
  cr_assert(stls_mem_bio_out_prepare(&out, &buffer, sizeof data));
  before = heap_num_granted();
  cr_assert_eq(BIO_write(out.bio, data, sizeof data), (int)sizeof data);
  stls_mem_bio_out_collect(&out, &buffer, 0);
  cr_expect_eq(heap_num_granted(), before);
  stls_mem_bio_out_close(&out);
  stls_chunk_queue_clear(&buffer);
}

/* What drained once is written to again. */
static void needs_no_allocation_while_it_is_drained(bool primes)
{
  static const size_t lens[] = {86, 86, 16406, 86, 5000, 16406};
  struct stls_mem_bio_out out;
  struct stls_chunk_queue buffer = {.spare_max = 65536};
  size_t at = 0, before = 0;

  cr_assert(stls_mem_bio_out_open(&out, primes));
  for (size_t i = 0; i < 5 * sizeof lens / sizeof lens[0]; i++) {
    size_t len = lens[i % (sizeof lens / sizeof lens[0])];
    /* The first turn finds out how much is needed. */
    if (i == sizeof lens / sizeof lens[0]) before = heap_num_granted();
    put(&out, &buffer, len, true, at);
    expect(&buffer, len, at);
    stls_chunk_queue_consume(&buffer, len);
    at += len;
  }
  /* Two blocks a turn are the test's own. */
  cr_expect_eq(heap_num_granted() - before, 4 * 2 * sizeof lens / sizeof *lens);
  stls_mem_bio_out_close(&out);
  stls_chunk_queue_clear(&buffer);
}

/* Guesses that are wrong, as where a record's overhead is not constant. */
static void is_exact_whatever_is_expected(bool primes)
{
  static const size_t overheads[] = {22, 37, 22, 21, 128, 129, 1, 22, 300, 22};
  struct stls_mem_bio_out out;
  struct stls_chunk_queue buffer = {0};
  unsigned char data[3000];
  size_t at = 0;

  cr_assert(stls_mem_bio_out_open(&out, primes));
  for (size_t i = 0; i < 100; i++) {
    size_t len = 100 + i * 20;
    size_t total = len + overheads[i % 10];
    pair_pattern(data, total, at);
    cr_assert(stls_mem_bio_out_prepare(&out, &buffer, len));
    if (i % 7 != 6) {
      cr_assert_eq(BIO_write(out.bio, data, 5), 5);
      cr_assert_eq(BIO_write(out.bio, data + 5, (int)total - 5),
                   (int)total - 5);
      at += total;
    }
    cr_expect_eq(stls_mem_bio_out_collect(&out, &buffer, i % 7 < 5 ? len : 0),
                 i % 7 == 6 ? 0 : total);
    expect(&buffer, at, 0);
  }
  stls_mem_bio_out_close(&out);
  stls_chunk_queue_clear(&buffer);
}

static void gives_back_what_holds_nothing(bool primes)
{
  struct stls_mem_bio_out out;
  struct stls_chunk_queue buffer = {.spare_max = 65536};
  size_t empty;

  cr_assert(stls_mem_bio_out_open(&out, primes));
  empty = heap_live_bytes();
  for (int round = 0; round < 3; round++) {
    put(&out, &buffer, 5000, true, 0);
    stls_chunk_queue_consume(&buffer, 5000);
    put(&out, &buffer, 100, true, 0);
    put(&out, &buffer, 100, true, 100);
    stls_mem_bio_out_trim(&out);
    expect(&buffer, 200, 0);
    stls_chunk_queue_consume(&buffer, 200);
    stls_chunk_queue_trim(&buffer);
    cr_expect_eq(heap_live_bytes(), empty);
  }
  stls_mem_bio_out_close(&out);
  stls_chunk_queue_clear(&buffer);
}

static void put(struct stls_mem_bio_out *out, struct stls_chunk_queue *buffer,
                size_t len, bool is_announced, size_t offset)
{
  static unsigned char data[20000];
  size_t plain_len = is_announced && len > OVERHEAD ? len - OVERHEAD : 0;

  pair_pattern(data, len, offset);
  cr_assert(stls_mem_bio_out_prepare(out, buffer, plain_len));
  cr_assert_eq(BIO_write(out->bio, data, (int)len), (int)len);
  cr_assert_eq(stls_mem_bio_out_collect(out, buffer, plain_len), len);
}

static void expect(const struct stls_chunk_queue *buffer, size_t len,
                   size_t offset)
{
  unsigned char *got = stls_mem_alloc(len), *want = stls_mem_alloc(len);

  cr_assert(got != NULL && want != NULL);
  cr_assert_eq(buffer->len, len, "%zu bytes, not %zu", buffer->len, len);
  cr_assert_eq(stls_chunk_queue_copy(buffer, got, len), len);
  pair_pattern(want, len, offset);
  cr_assert_eq(memcmp(got, want, len), 0);
  stls_mem_free(got);
  stls_mem_free(want);
}

static size_t num_runs(const struct stls_chunk_queue *buffer)
{
  stls_span spans[64];

  return stls_chunk_queue_runs(buffer, spans, 64);
}
