/* SPDX-License-Identifier: MIT */
/* test_mutation: mutated transcripts differ in one place of what arrives. */
#include <stdlib.h>
#include <string.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "testing/recorded_pair.h"

SUITE(mutation, .timeout = 300);

/* All that arrives. */
typedef struct stream {
  unsigned char *bytes;
  size_t len;
} stream;

static stream arrivals(const stls_transcript *transcript)
{
  stream all = {NULL, 0};

  for (size_t i = 0; i < stls_transcript_step_count(transcript); i++) {
    stls_transcript_step step = STLS_TRANSCRIPT_STEP_INIT;
    ASSERT_RETURNS(stls_transcript_step_at(transcript, i, &step, NULL),
                   STLS_OK);
    if (step.kind != STLS_STEP_RECORDS_IN) continue;
    all.bytes =
        bytes_append(all.bytes, &all.len, step.data.data, step.data.len);
  }
  return all;
}

/* The payloads of the records one behind another. */
static stream payloads(stream all)
{
  stream out = {malloc(all.len + 1), 0};
  size_t at = 0;

  while (at + 5 <= all.len) {
    size_t len = (size_t)all.bytes[at + 3] << 8 | all.bytes[at + 4];
    if (len > all.len - at - 5) break;
    memcpy(out.bytes + out.len, all.bytes + at + 5, len);
    out.len += len;
    at += 5 + len;
  }
  return out;
}

static size_t prefix(stream one, stream two)
{
  size_t at = 0;

  while (at < one.len && at < two.len && one.bytes[at] == two.bytes[at]) at++;
  return at;
}

static bool is_same(stream one, stream two)
{
  return one.len == two.len && prefix(one, two) == one.len;
}

static unsigned num_bits(unsigned byte)
{
  return byte == 0 ? 0 : (byte & 1) + num_bits(byte >> 1);
}

static void expect_change(stream before, stream after, stls_mutation mutation,
                          const char *label)
{
  const size_t at = prefix(before, after);
  stream one = payloads(before), two = payloads(after);

  cr_expect_not(is_same(before, after), "%s: nothing changed", label);
  switch (mutation) {
    case STLS_MUTATION_CUT:
      cr_expect(after.len < before.len && at == after.len, "%s", label);
      break;
    case STLS_MUTATION_FLIP:
      cr_expect_eq(after.len, before.len, "%s", label);
      cr_expect_eq(num_bits(before.bytes[at] ^ after.bytes[at]), 1, "%s",
                   label);
      cr_expect_eq(memcmp(before.bytes + at + 1, after.bytes + at + 1,
                          before.len - at - 1),
                   0, "%s", label);
      break;
    case STLS_MUTATION_DUPLICATE:
      cr_expect_gt(after.len, before.len, "%s", label);
      break;
    case STLS_MUTATION_REORDER:
      cr_expect_eq(after.len, before.len, "%s", label);
      break;
    case STLS_MUTATION_REFRAGMENT:
      cr_expect_eq(after.len, before.len + 5, "%s", label);
      cr_expect(is_same(one, two), "%s: the payload is the same", label);
      break;
    default:
      cr_expect_eq(after.len, before.len - 5, "%s", label);
      cr_expect(is_same(one, two), "%s: the payload is the same", label);
      break;
  }
  free(one.bytes);
  free(two.bytes);
}

/* The text of a mutant is read as it is, and the same seed gives it again. */
static void expect_readable(const stls_transcript *from,
                            const stls_transcript *mutant, uint64_t seed,
                            stls_mutation mutation, const char *label)
{
  char *text = recorded_pair_text(mutant), *again;
  stls_transcript *parsed = NULL, *twin = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result =
      stls_transcript_parse(text, strlen(text), label, &parsed, &err);

  cr_assert_eq(result, STLS_OK, "%s", err.message);
  ASSERT_RESULT(stls_transcript_mutate(from, seed, mutation, &twin, NULL),
                STLS_OK, label);
  again = recorded_pair_text(twin);
  cr_expect_str_eq(text, again, "%s", label);
  stls_transcript_free(parsed);
  stls_transcript_free(twin);
  free(text);
  free(again);
}

static void mutate(const stls_transcript *from, stls_mutation mutation,
                   uint64_t seed, const char *name)
{
  const char *label =
      expect_label("%s, %d, seed %d", name, (int)mutation, (int)seed);
  stls_transcript *mutant = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result =
      stls_transcript_mutate(from, seed, mutation, &mutant, &err);
  stream before, after;

  if (result == STLS_ERROR_INPUT && mutation == STLS_MUTATION_COALESCE) {
    cr_expect_eq(err.own_reason, STLS_REASON_EMPTY);
    return;
  }
  cr_assert_eq(result, STLS_OK, "%s: %s", label, err.message);
  before = arrivals(from);
  after = arrivals(mutant);
  expect_change(before, after, mutation, label);
  expect_readable(from, mutant, seed, mutation, label);
  free(before.bytes);
  free(after.bytes);
  stls_transcript_free(mutant);
}

Test(mutation, changes_one_place_by_its_seed)
{
  const uint64_t num_seeds = check_quick() ? 2 : 8;

  for (int row = 0; row < 3; row++) {
    const recorded_options options = {
        .version = row & 1 ? STLS_TLS_1_3 : STLS_TLS_1_2,
        .piece = row & 2 ? 1 : 0,
        .is_recorded = true};
    recorded_pair pair = recorded_pair_run(&options);
    for (int mutation = STLS_MUTATION_CUT; mutation <= STLS_MUTATION_COALESCE;
         mutation++)
      for (uint64_t seed = 0; seed < (row & 2 ? 1 : num_seeds); seed++) {
        mutate(pair.client, (stls_mutation)mutation, seed, "client");
        if (options.piece == 0)
          mutate(pair.server, (stls_mutation)mutation, seed, "server");
      }
    recorded_pair_free(&pair);
  }
}

/* TLS 1.2: two messages in clear one behind another. */
Test(mutation, joins_records_in_clear)
{
  const recorded_options options = {.version = STLS_TLS_1_2,
                                    .is_recorded = true};
  recorded_pair pair = recorded_pair_run(&options);
  stls_transcript *mutant = NULL, *twice = NULL;

  ASSERT_RETURNS(stls_transcript_mutate(pair.client, 1, STLS_MUTATION_COALESCE,
                                        &mutant, NULL),
                 STLS_OK);
  cr_expect_str_eq(stls_transcript_header(mutant, "mutation"), "coalesce 1");
  ASSERT_RETURNS(
      stls_transcript_mutate(mutant, 2, STLS_MUTATION_FLIP, &twice, NULL),
      STLS_OK);
  cr_expect_str_eq(stls_transcript_header(twice, "mutation"), "flip 2");
  stls_transcript_free(mutant);
  stls_transcript_free(twice);
  recorded_pair_free(&pair);
}

Test(mutation, ends_the_transport_where_it_cuts)
{
  const recorded_options options = {.version = STLS_TLS_1_3,
                                    .is_recorded = true};
  recorded_pair pair = recorded_pair_run(&options);

  for (uint64_t seed = 0; seed < 20; seed++) {
    stls_transcript_step step = STLS_TRANSCRIPT_STEP_INIT;
    stls_transcript *mutant = NULL;
    size_t num_ends = 0;
    ASSERT_RETURNS(stls_transcript_mutate(pair.server, seed, STLS_MUTATION_CUT,
                                          &mutant, NULL),
                   STLS_OK);
    for (size_t i = 0; i < stls_transcript_step_count(mutant); i++) {
      ASSERT_RETURNS(stls_transcript_step_at(mutant, i, &step, NULL), STLS_OK);
      cr_expect(num_ends == 0 || step.kind != STLS_STEP_RECORDS_IN);
      num_ends += step.kind == STLS_STEP_EOF_IN;
    }
    cr_expect_eq(num_ends, 1, "seed %d", (int)seed);
    stls_transcript_free(mutant);
  }
  recorded_pair_free(&pair);
}

/* What arrives may be no record at all. */
Test(mutation, changes_bytes_that_are_no_records)
{
  static const char text[] =
      "sanstls-transcript 1\nopenssl: 3\nrole: server\n\n"
      "in   474554202f0d0a\ncall handshake error_tls\nend\n";
  stls_transcript *it = NULL, *mutant = NULL;

  ASSERT_RETURNS(stls_transcript_parse(text, sizeof text - 1, NULL, &it, NULL),
                 STLS_OK);
  ASSERT_RETURNS(
      stls_transcript_mutate(it, 5, STLS_MUTATION_FLIP, &mutant, NULL),
      STLS_OK);
  cr_expect_eq(stls_transcript_step_count(mutant), 2);
  stls_transcript_free(mutant);
  EXPECT_RETURNS(
      stls_transcript_mutate(it, 5, STLS_MUTATION_DUPLICATE, &mutant, NULL),
      STLS_ERROR_INPUT);
  stls_transcript_free(it);
}

/* A bit of a length or a type, and the line behind names a message that its record
 * is not, or is not whole. */
Test(mutation, names_no_message_that_has_moved)
{
  static const char text[] =
      "sanstls-transcript 1\nopenssl: 3\nrole: server\n\n"
      "in+  1603030001aa ; handshake\nin+  17\nin+  030300\n"
      "in   01bb ; application_data\n"
      "in   1503030001bb ; alert\nend\n";
  stls_transcript *it = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(stls_transcript_parse(text, sizeof text - 1, NULL, &it, &err),
                STLS_OK, err.message);
  for (uint64_t seed = 0; seed < 200; seed++)
    mutate(it, STLS_MUTATION_FLIP, seed, "by hand");
  stls_transcript_free(it);
}

Test(mutation, refuses_what_it_cannot_do)
{
  static const char text[] =
      "sanstls-transcript 1\nopenssl: 3\nrole: client\n\neof in\nend\n";
  stls_transcript *it = NULL, *mutant = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RETURNS(stls_transcript_parse(text, sizeof text - 1, NULL, &it, NULL),
                 STLS_OK);
  for (int i = STLS_MUTATION_CUT; i <= STLS_MUTATION_COALESCE; i++) {
    EXPECT_RETURNS(
        stls_transcript_mutate(it, 0, (stls_mutation)i, &mutant, &err),
        STLS_ERROR_INPUT);
    cr_expect_eq(err.own_reason, STLS_REASON_EMPTY, "%s", err.message);
  }
  expect_misuse(stls_transcript_mutate(it, 0, (stls_mutation)0, &mutant, &err),
                &err, "mutation 0");
  expect_misuse(stls_transcript_mutate(it, 0, (stls_mutation)7, &mutant, &err),
                &err, "mutation 7");
  expect_misuse(
      stls_transcript_mutate(NULL, 0, STLS_MUTATION_CUT, &mutant, &err), &err,
      "transcript");
  expect_misuse(stls_transcript_mutate(it, 0, STLS_MUTATION_CUT, NULL, &err),
                &err, "out_transcript");
  stls_transcript_free(it);
}
