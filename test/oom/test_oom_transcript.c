/* SPDX-License-Identifier: MIT */
/* test_oom_transcript: transcripts while allocations are refused. */
#include <sanstls/testing.h>

#include "support/expect.h"
#include "support/oom_sweep.h"
#include "support/pair.h"

SUITE(oom_transcript, .timeout = 300);

static const char text[] =
    "secret: whoever has this file can decrypt the connection\n"
    "sanstls-transcript 1\nopenssl: 3.0.1\nrole: client\nseed: "
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n\n"
    "call handshake want_read\n"
    "out  160303000401020304 ; handshake client_hello\n"
    "in+  160303000101 ; handshake\n"
    "in   160303000102 ; handshake\n"
    "call read 5 ok 68656c6c6f\n"
    "end\n";

/* Runs `call` with each of its allocations refused, until none is. */
static void sweep(stls_result (*call)(const stls_transcript *from,
                                      stls_transcript **out, stls_error *err),
                  const stls_transcript *from, const char *label)
{
  bool refused = true;

  for (size_t nth = 1; refused; nth++) {
    stls_transcript *made = NULL;
    stls_error err = STLS_ERROR_INIT;
    stls_result result;
    cr_assert_lt(nth, 10000, "%s: it does not end", label);
    oom_sweep_begin(nth);
    result = call(from, &made, &err);
    refused = oom_sweep_end();
    oom_sweep_expect(refused, result, STLS_OK, label, nth);
    cr_expect_eq(made != NULL, result == STLS_OK, "%s, %zu", label, nth);
    stls_transcript_free(made);
  }
}

static stls_result parse(const stls_transcript *from, stls_transcript **out,
                         stls_error *err)
{
  (void)from;
  return stls_transcript_parse(text, sizeof text - 1, NULL, out, err);
}

static stls_result refragment(const stls_transcript *from,
                              stls_transcript **out, stls_error *err)
{
  return stls_transcript_mutate(from, 3, STLS_MUTATION_DUPLICATE, out, err);
}

/* Makes nothing: it writes, and what it has written is not looked at. */
static stls_result format(const stls_transcript *from, stls_transcript **out,
                          stls_error *err)
{
  char room[2000];
  size_t len = 0;
  stls_result result =
      stls_transcript_format(from, room, sizeof room, &len, err);

  *out = NULL;
  return result;
}

Test(oom_transcript, parses_all_or_nothing)
{
  sweep(parse, NULL, "parse");
}

Test(oom_transcript, mutates_all_or_nothing)
{
  stls_transcript *it = NULL;

  ASSERT_RETURNS(parse(NULL, &it, NULL), STLS_OK);
  sweep(refragment, it, "mutate");
  stls_transcript_free(it);
}

Test(oom_transcript, writes_all_or_nothing)
{
  stls_transcript *it = NULL, *none;
  bool refused = true;

  ASSERT_RETURNS(parse(NULL, &it, NULL), STLS_OK);
  for (size_t nth = 1; refused; nth++) {
    stls_error err = STLS_ERROR_INIT;
    stls_result result;
    oom_sweep_begin(nth);
    result = format(it, &none, &err);
    refused = oom_sweep_end();
    oom_sweep_expect(refused, result, STLS_OK, "format", nth);
  }
  stls_transcript_free(it);
}

/* Each allocation from the beginning of a recording to the end of the handshake: the
 * connection goes on, or fails as one that is not recorded; if the recorder missed
 * something, the transcript says so. The recorder looks at a new library context, whose
 * table of names OpenSSL loses in part where memory is refused. */
static bool shake_hands(size_t nth)
{
  pair_options options = {.version = STLS_TLS_1_3};
  test_pair pair = pair_new(&options);
  stls_transcript *transcript = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result recorded, shaken, saved;
  size_t len = 0;
  bool refused;

  oom_sweep_begin_lossy(nth);
  recorded = stls_transcript_record(pair.client, NULL, &transcript, &err);
  shaken = stls_object_handshake(pair.client);
  refused = oom_sweep_end_lossy();
  /* OpenSSL takes some of its failures for others. */
  cr_expect(recorded == STLS_OK || refused, "%zu: %s", nth, err.message);
  cr_expect(shaken == STLS_WANT_READ || refused, "%zu", nth);
  cr_expect_eq(transcript != NULL, recorded == STLS_OK, "%zu", nth);
  if (transcript != NULL) {
    saved = stls_transcript_format(transcript, NULL, 0, &len, &err);
    cr_expect(saved == STLS_OK || (refused && saved == STLS_ERROR_MEMORY),
              "%zu: %s", nth, stls_result_name(saved));
    if (saved == STLS_OK && shaken == STLS_WANT_READ)
      cr_expect_eq(stls_transcript_step_count(transcript), 2, "%zu", nth);
  }
  stls_transcript_free(transcript);
  pair_free(&pair);
  return refused;
}

Test(oom_transcript, records_all_or_says_so)
{
  const size_t step = check_quick() ? 397 : 31;

  for (size_t nth = 1; shake_hands(nth); nth += step)
    cr_assert_lt(nth, 100000, "it does not end");
}
