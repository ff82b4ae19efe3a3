/* SPDX-License-Identifier: MIT */
/* test_mem_bio_in: the BIO_s_mem that libssl reads from. */
/*
 * Both strategies are tested here, whatever this OpenSSL and
 * configure make the library choose. How a whole connection fares on the
 * documented one shows in a build with --disable-bio-repointing, under the same
 * tests of handshakes and transfers.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "lib/bio/mem_bio.h"
#include "lib/bio/mem_bio_probe.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <string.h>

#include "lib/base/mem.h"
#include "support/check.h"
#include "support/heap.h"
#include "support/pair.h"
#include "support/planted_errors.h"

SUITE(mem_bio_in);

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

static void expect_reads(struct stls_mem_bio_in *in, const struct step *step,
                         const char *strategy);
static void run_script(bool repoint, const char *strategy);
static bool open_and_close(int way, size_t nth);

Test(mem_bio_in, can_be_repointed_on_this_openssl)
{
#ifdef STLS_NO_BIO_REPOINTING
  cr_expect_not(stls_mem_bio_probe_can_repoint(), "configure said no");
#else
  cr_expect(stls_mem_bio_probe_can_repoint());
  cr_expect(stls_mem_bio_probe_can_repoint(), "once for all");
#endif
}

Test(mem_bio_in, reads_as_scripted_when_repointed)
{
  run_script(true, "repointed");
}

Test(mem_bio_in, reads_as_scripted_in_the_documented_way)
{
  run_script(false, "documented");
}

Test(mem_bio_in, is_freed_with_or_after_its_ssl)
{
  size_t before = heap_live_blocks();

  for (int way = 0; way < 4; way++) {
    struct stls_mem_bio_in in;
    cr_assert(stls_mem_bio_in_open(&in, way % 2 == 0));
    stls_mem_bio_in_point(&in, bytes, 10, false);
    if (way / 2 == 0) {
      BIO_free(in.bio);
      in.bio = NULL;
    }
    stls_mem_bio_in_close(&in);
    cr_expect_eq(heap_live_blocks(), before, "way %d", way);
  }
}

Test(mem_bio_in, opens_whole_or_not_at_all)
{
  size_t before;

  /* What the error queue keeps is not the subject: it is made beforehand. */
  planted_errors_put(16);
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

/* Whether the nth allocation was reached, and refused. */
static bool open_and_close(int way, size_t nth)
{
  struct stls_mem_bio_in in = {0};
  struct stls_mem_bio_out out = {0};
  bool is_open, has_failed;

  heap_fail_at(nth);
  is_open = way < 2 ? stls_mem_bio_in_open(&in, way == 0)
                    : stls_mem_bio_out_open(&out, true);
  has_failed = heap_stop_failing();
  cr_expect_neq(is_open, has_failed, "way %d, allocation %zu", way, nth);
  if (is_open && way < 2) stls_mem_bio_in_close(&in);
  if (is_open && way == 2) stls_mem_bio_out_close(&out);
  return has_failed;
}

static void run_script(bool repoint, const char *strategy)
{
  struct stls_mem_bio_in in;

  cr_assert(stls_mem_bio_in_open(&in, repoint));
  for (size_t i = 0; i < sizeof script / sizeof script[0]; i++) {
    const struct step *step = &script[i];
    stls_mem_bio_in_point(&in, step->len > 0 ? bytes : NULL, step->len,
                          step->ends);
    expect_reads(&in, step, strategy);
    cr_expect_eq(stls_mem_bio_in_unpoint(&in), step->want_taken, "%s: %s",
                 strategy, step->name);
    cr_expect_eq(BIO_ctrl_pending(in.bio), 0, "%s: %s: bytes stay behind",
                 strategy, step->name);
  }
  stls_mem_bio_in_close(&in);
}

static void expect_reads(struct stls_mem_bio_in *in, const struct step *step,
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
