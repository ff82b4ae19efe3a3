/* SPDX-License-Identifier: MIT */
/* test_membio: the two BIO_s_mem that face libssl. */
/*
 * Records in: both strategies are tested here, whatever this OpenSSL and
 * configure make the library choose. How a whole connection fares on the
 * documented one shows in a build with --disable-bio-repointing, under the same
 * tests of handshakes and transfers.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "lib/membio.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <string.h>

#include "lib/mem.h"
#include "support/check.h"
#include "support/heap.h"
#include "support/pair.h"
#include "support/planted.h"

SUITE(membio);

/* In read-only memory: whoever writes to it crashes. */
static const char bytes[] = "0123456789abcdefghijklmnopqrstuvwxyz";

/* One step of a script: bytes are pointed at, read in parts, taken away. */
enum {
  MAX_READS = 5
};
struct step {
  const char *name;
  size_t len;
  bool ends;
  /* 0 ends the list; want_reads are what BIO_read returns. */
  int reads[MAX_READS], want_reads[MAX_READS];
  size_t want_taken;
};

static const struct step script[] = {
    {"all at once", 10, false, {10, 10}, {10, -1}, 10},
    {"a header, then its body", 20, false, {5, 15}, {5, 15}, 20},
    {"more than there is", 7, false, {100, 100}, {7, -1}, 7},
    {"part of it", 30, false, {3, 4}, {3, 4}, 7},
    {"none of it", 12, false, {0}, {0}, 0},
    {"nothing there", 0, false, {5, 5}, {-1, -1}, 0},
    {"after nothing", 4, false, {2, 2, 2}, {2, 2, -1}, 4},
    {"byte by byte", 3, false, {1, 1, 1, 1}, {1, 1, 1, -1}, 3},
    {"the last bytes", 6, true, {4, 4, 4}, {4, 2, 0}, 6},
    {"the end", 0, true, {5, 5}, {0, 0}, 0},
    {"still the end", 0, false, {5}, {0}, 0},
};

static void expect_reads(struct stls_membio_in *in, const struct step *step,
                         const char *strategy);
static void run_script(bool repoint, const char *strategy);
static bool open_and_close(int way, size_t nth);

static void put(struct stls_membio_out *out, struct stls_buffer *buffer,
                size_t len, size_t expected, size_t offset);
static void expect(const struct stls_buffer *buffer, size_t len, size_t offset);
static size_t num_runs(const struct stls_buffer *buffer);

Test(membio, can_be_repointed_on_this_openssl)
{
#ifdef STLS_NO_BIO_REPOINTING
  cr_expect_not(stls_membio_can_repoint(), "configure said no");
#else
  cr_expect(stls_membio_can_repoint());
  cr_expect(stls_membio_can_repoint(), "once for all");
#endif
}

Test(membio, reads_as_scripted_when_repointed)
{
  run_script(true, "repointed");
}

Test(membio, reads_as_scripted_in_the_documented_way)
{
  run_script(false, "documented");
}

Test(membio, is_freed_with_or_after_its_ssl)
{
  size_t before = heap_live_blocks();

  for (int way = 0; way < 4; way++) {
    struct stls_membio_in in;
    cr_assert(stls_membio_in_open(&in, way % 2 == 0));
    stls_membio_in_point(&in, bytes, 10, false);
    if (way / 2 == 0) {
      BIO_free(in.bio);
      in.bio = NULL;
    }
    stls_membio_in_close(&in);
    cr_expect_eq(heap_live_blocks(), before, "way %d", way);
  }
}

Test(membio, opens_whole_or_not_at_all)
{
  size_t before;

  /* What the error queue keeps is not the subject: it is made beforehand. */
  planted_put(16);
  ERR_clear_error();
  before = heap_live_blocks();
  for (int way = 0; way < 3; way++)
    for (size_t nth = 1; open_and_close(way, nth); nth++) {
      ERR_clear_error();
      cr_expect_eq(heap_live_blocks(), before, "way %d, allocation %zu", way,
                   nth);
      cr_assert_lt(nth, (size_t)100, "way %d", way);
    }
}

Test(membio, queues_what_was_written_and_keeps_none_of_it)
{
  static const size_t lens[] = {1,    1023, 1024, 1025, 16406, 5,
                                5000, 200,  200,  800,  1};
  struct stls_membio_out out;
  struct stls_buffer buffer = {0};
  size_t at = 0;

  cr_assert(stls_membio_out_open(&out));
  for (size_t i = 0; i < 4 * sizeof lens / sizeof lens[0]; i++) {
    size_t len = lens[i % (sizeof lens / sizeof lens[0])];
    put(&out, &buffer, len, i % 2 == 0 ? len + 128 : 0, at);
    cr_expect_eq(BIO_ctrl_pending(out.bio), 0, "libssl would see a backlog");
    at += len;
    expect(&buffer, at, 0);
  }
  stls_membio_out_close(&out);
  expect(&buffer, at, 0);
  stls_buffer_clear(&buffer);
}

Test(membio, queues_nothing_when_nothing_was_written)
{
  struct stls_membio_out out;
  struct stls_buffer buffer = {0};

  cr_assert(stls_membio_out_open(&out));
  cr_expect_eq(stls_membio_out_collect(&out, &buffer), 0);
  cr_assert(stls_membio_out_prepare(&out, 5000));
  cr_expect_eq(stls_membio_out_collect(&out, &buffer), 0);
  expect(&buffer, 0, 0);
  stls_membio_out_close(&out);
}

/* A flight of the handshake is many writes in one operation. */
Test(membio, queues_several_writes_of_one_operation_together)
{
  struct stls_membio_out out;
  struct stls_buffer buffer = {0};
  unsigned char data[6000];

  cr_assert(stls_membio_out_open(&out));
  cr_assert(stls_membio_out_prepare(&out, 0));
  pair_pattern(data, sizeof data, 0);
  for (size_t at = 0; at < sizeof data; at += 600)
    cr_assert_eq(BIO_write(out.bio, data + at, 600), 600);
  cr_expect_eq(stls_membio_out_collect(&out, &buffer), sizeof data);
  expect(&buffer, sizeof data, 0);
  cr_expect_eq(num_runs(&buffer), 1);
  stls_membio_out_close(&out);
  stls_buffer_clear(&buffer);
}

Test(membio, puts_small_records_behind_others)
{
  struct stls_membio_out out;
  struct stls_buffer buffer = {0};

  cr_assert(stls_membio_out_open(&out));
  for (size_t i = 0; i < 10; i++) put(&out, &buffer, 100, 128, i * 100);
  cr_expect_eq(num_runs(&buffer), 1);
  expect(&buffer, 1000, 0);
  stls_membio_out_close(&out);
  stls_buffer_clear(&buffer);
}

Test(membio, makes_the_memory_of_a_big_record_a_chunk)
{
  struct stls_membio_out out;
  struct stls_buffer buffer = {0};
  unsigned char data[5000];

  cr_assert(stls_membio_out_open(&out));
  /* Though it would fit behind this one. */
  put(&out, &buffer, 100, 20000, 0);
  pair_pattern(data, sizeof data, 100);
  cr_assert(stls_membio_out_prepare(&out, sizeof data));
  cr_assert_eq(BIO_write(out.bio, data, sizeof data), (int)sizeof data);
  const void *written = out.mem->data;
  stls_membio_out_collect(&out, &buffer);
  cr_expect_eq(num_runs(&buffer), 2);
  cr_expect_eq(buffer.tail->data, written, "its bytes were copied");
  expect(&buffer, 5100, 0);
  stls_membio_out_close(&out);
  stls_buffer_clear(&buffer);
}

Test(membio, moves_nothing_that_is_queued)
{
  enum {
    NUM = 300
  };
  struct stls_membio_out out;
  struct stls_buffer buffer = {0};
  stls_span then[NUM], now[NUM];
  size_t num = 0, at = 0;
  uint32_t random = 7;

  cr_assert(stls_membio_out_open(&out));
  for (int i = 0; i < 200; i++) {
    size_t len = 1 + (random >> 8) % (i % 3 == 0 ? 17000 : 900);
    random = random * 1664525U + 1013904223U;
    put(&out, &buffer, len, i % 2 == 0 ? len : 0, at);
    at += len;
    cr_assert_geq(stls_buffer_runs(&buffer, now, NUM), num);
    for (size_t run = 0; run < num; run++) {
      cr_assert_eq(now[run].data, then[run].data, "run %zu moved", run);
      cr_assert_geq(now[run].len, then[run].len, "run %zu shrank", run);
    }
    num = stls_buffer_runs(&buffer, then, NUM);
    cr_assert_lt(num, (size_t)NUM);
  }
  expect(&buffer, at, 0);
  stls_membio_out_close(&out);
  stls_buffer_clear(&buffer);
}

Test(membio, is_exact_while_it_is_drained)
{
  struct stls_membio_out out;
  struct stls_buffer buffer = {0};
  size_t first = 0, end = 0;
  uint32_t random = 99;

  cr_assert(stls_membio_out_open(&out));
  for (int i = 0; i < (check_quick() ? 200 : 3000); i++) {
    size_t len = 1 + (random >> 8) % ((random >> 5) % 4 == 0 ? 17000 : 1100);
    random = random * 1664525U + 1013904223U;
    put(&out, &buffer, len, (random >> 9) % 2 == 0 ? len + 128 : 0, end);
    end += len;
    random = random * 1664525U + 1013904223U;
    len = (random >> 8) % (end - first + 1);
    stls_buffer_consume(&buffer, len);
    first += len;
    expect(&buffer, end - first, first);
  }
  stls_membio_out_close(&out);
  stls_buffer_clear(&buffer);
}

Test(membio, prepares_whole_or_not_at_all)
{
  struct stls_membio_out out;
  struct stls_buffer buffer = {0};

  cr_assert(stls_membio_out_open(&out));
  heap_fail_at(1);
  cr_expect_not(stls_membio_out_prepare(&out, 5000), "without a chunk");
  cr_expect(heap_stop_failing());
  heap_fail_at(2);
  cr_expect_not(stls_membio_out_prepare(&out, 5000), "without memory");
  cr_expect(heap_stop_failing());
  put(&out, &buffer, 5000, 5000, 0);
  expect(&buffer, 5000, 0);
  stls_membio_out_close(&out);
  stls_buffer_clear(&buffer);
}

/* A record of the expected size is written into one piece of memory. */
Test(membio, needs_no_more_memory_than_was_expected)
{
  struct stls_membio_out out;
  struct stls_buffer buffer = {0};
  unsigned char data[16384] = {0};
  size_t before;

  cr_assert(stls_membio_out_open(&out));
  cr_assert(stls_membio_out_prepare(&out, sizeof data));
  before = heap_num_granted();
  cr_assert_eq(BIO_write(out.bio, data, sizeof data), (int)sizeof data);
  stls_membio_out_collect(&out, &buffer);
  cr_expect_eq(heap_num_granted(), before);
  stls_membio_out_close(&out);
  stls_buffer_clear(&buffer);
}

/* Whether the nth allocation was reached, and refused. */
static bool open_and_close(int way, size_t nth)
{
  struct stls_membio_in in = {0};
  struct stls_membio_out out = {0};
  bool is_open, has_failed;

  heap_fail_at(nth);
  is_open =
      way < 2 ? stls_membio_in_open(&in, way == 0) : stls_membio_out_open(&out);
  has_failed = heap_stop_failing();
  cr_expect_neq(is_open, has_failed, "way %d, allocation %zu", way, nth);
  if (is_open && way < 2) stls_membio_in_close(&in);
  if (is_open && way == 2) stls_membio_out_close(&out);
  return has_failed;
}

static void run_script(bool repoint, const char *strategy)
{
  struct stls_membio_in in;

  cr_assert(stls_membio_in_open(&in, repoint));
  for (size_t i = 0; i < sizeof script / sizeof script[0]; i++) {
    const struct step *step = &script[i];
    stls_membio_in_point(&in, step->len > 0 ? bytes : NULL, step->len,
                         step->ends);
    expect_reads(&in, step, strategy);
    cr_expect_eq(stls_membio_in_unpoint(&in), step->want_taken, "%s: %s",
                 strategy, step->name);
    cr_expect_eq(BIO_ctrl_pending(in.bio), 0, "%s: %s: bytes stay behind",
                 strategy, step->name);
  }
  stls_membio_in_close(&in);
}

static void expect_reads(struct stls_membio_in *in, const struct step *step,
                         const char *strategy)
{
  size_t at = 0;

  for (size_t i = 0; i < MAX_READS && step->reads[i] != 0; i++) {
    char out[100];
    int got = BIO_read(in->bio, out, step->reads[i]);
    cr_expect_eq(got, step->want_reads[i], "%s: %s: read %zu gives %d",
                 strategy, step->name, i, got);
    /* libssl asks this to tell "later" from "never". */
    if (got <= 0)
      cr_expect_eq(BIO_should_retry(in->bio) != 0, step->want_reads[i] < 0,
                   "%s: %s: read %zu", strategy, step->name, i);
    else
      cr_expect_eq(memcmp(out, bytes + at, (size_t)got), 0, "%s: %s: read %zu",
                   strategy, step->name, i);
    if (got > 0) at += (size_t)got;
  }
}

static void put(struct stls_membio_out *out, struct stls_buffer *buffer,
                size_t len, size_t expected, size_t offset)
{
  static unsigned char data[20000];

  pair_pattern(data, len, offset);
  cr_assert(stls_membio_out_prepare(out, expected));
  cr_assert_eq(BIO_write(out->bio, data, (int)len), (int)len);
  cr_assert_eq(stls_membio_out_collect(out, buffer), len);
}

static void expect(const struct stls_buffer *buffer, size_t len, size_t offset)
{
  unsigned char *got = stls_mem_alloc(len), *want = stls_mem_alloc(len);

  cr_assert(got != NULL && want != NULL);
  cr_assert_eq(buffer->len, len, "%zu bytes, not %zu", buffer->len, len);
  cr_assert_eq(stls_buffer_copy(buffer, got, len), len);
  pair_pattern(want, len, offset);
  cr_assert_eq(memcmp(got, want, len), 0);
  stls_mem_free(got);
  stls_mem_free(want);
}

static size_t num_runs(const struct stls_buffer *buffer)
{
  stls_span spans[64];

  return stls_buffer_runs(buffer, spans, 64);
}
