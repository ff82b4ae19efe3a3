/* SPDX-License-Identifier: MIT */
/* test_recorder: recording changes nothing, and transcripts have all that happened. */
#include <stdlib.h>
#include <string.h>

#include "recorded_pair.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(recorder, .timeout = 120);

/* Versions, whole and byte by byte, both ways of records, read and read_from. */
static bool next_row(size_t row, recorded_options *options, char label[64])
{
  if (row >= 16) return false;
  *options = (recorded_options){
      .version = row & 1 ? STLS_TLS_1_3 : STLS_TLS_1_2,
      .piece = row & 2 ? 1 : 0,
      .reads_from = row & 4,
      .records = row & 8 ? STLS_RECORDS_DIRECT : STLS_RECORDS_LIBSSL};
  snprintf(label, 64, "%s, pieces of %zu%s%s", row & 1 ? "TLS 1.3" : "TLS 1.2",
           options->piece, row & 4 ? ", read_from" : "",
           row & 8 ? ", direct" : "");
  return true;
}

static size_t row_step(void)
{
  return check_quick() ? 5 : 1;
}

Test(recorder, changes_no_result_and_no_byte)
{
  recorded_options options;
  char label[64];

  for (size_t row = 0; next_row(row, &options, label); row += row_step()) {
    recorded_pair plain, recorded;
    if (options.records == STLS_RECORDS_DIRECT && !pair_can_be_direct())
      continue;
    plain = recorded_pair_run(&options);
    options.is_recorded = true;
    recorded = recorded_pair_run(&options);
    cr_expect_str_eq(plain.log, recorded.log, "%s", label);
    recorded_pair_free(&plain);
    recorded_pair_free(&recorded);
  }
}

static void expect_round_trip(const stls_transcript *transcript,
                              const char *label)
{
  char *text = recorded_pair_text(transcript), *again;
  stls_transcript *parsed = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result =
      stls_transcript_parse(text, strlen(text), label, &parsed, &err);

  cr_assert_eq(result, STLS_OK, "%s", err.message);
  again = recorded_pair_text(parsed);
  cr_expect_str_eq(text, again, "%s", label);
  cr_expect_eq(stls_transcript_step_count(transcript),
               stls_transcript_step_count(parsed), "%s", label);
  for (size_t i = 0; i < stls_transcript_step_count(parsed); i++) {
    stls_transcript_step one = STLS_TRANSCRIPT_STEP_INIT, two = one;
    ASSERT_RETURNS(stls_transcript_step_at(transcript, i, &one, NULL), STLS_OK);
    ASSERT_RETURNS(stls_transcript_step_at(parsed, i, &two, NULL), STLS_OK);
    cr_assert(one.kind == two.kind && one.line == two.line &&
                  one.data.len == two.data.len && one.result == two.result &&
                  one.has_more == two.has_more && one.asked == two.asked &&
                  one.argument == two.argument && one.number == two.number &&
                  strcmp(one.message, two.message) == 0,
              "%s: line %zu", label, one.line);
  }
  cr_expect(stls_transcript_is_exact(parsed), "%s", label);
  stls_transcript_free(parsed);
  free(text);
  free(again);
}

Test(recorder, writes_what_the_parser_reads)
{
  recorded_options options;
  char label[64];

  for (size_t row = 0; next_row(row, &options, label); row += row_step()) {
    recorded_pair pair;
    if (options.records == STLS_RECORDS_DIRECT && !pair_can_be_direct())
      continue;
    options.is_recorded = true;
    pair = recorded_pair_run(&options);
    expect_round_trip(pair.client, label);
    expect_round_trip(pair.server, label);
    recorded_pair_free(&pair);
  }
}

/* What one end sent is what the other got, whatever the pieces. */
static void expect_same_stream(const stls_transcript *from,
                               const stls_transcript *to, const char *label)
{
  size_t i = 0, j = 0, at = 0, num_from = stls_transcript_step_count(from);
  stls_transcript_step out = STLS_TRANSCRIPT_STEP_INIT,
                       in = STLS_TRANSCRIPT_STEP_INIT;

  for (; j < stls_transcript_step_count(to); j++) {
    ASSERT_RETURNS(stls_transcript_step_at(to, j, &in, NULL), STLS_OK);
    if (in.kind != STLS_STEP_RECORDS_IN) continue;
    for (size_t k = 0; k < in.data.len; k++) {
      while (at == out.data.len || out.kind != STLS_STEP_RECORDS_OUT) {
        cr_assert_lt(i, num_from, "%s: line %zu", label, in.line);
        ASSERT_RETURNS(stls_transcript_step_at(from, i++, &out, NULL), STLS_OK);
        at = 0;
      }
      cr_assert_eq(((const char *)in.data.data)[k],
                   ((const char *)out.data.data)[at++], "%s: line %zu", label,
                   in.line);
    }
    if (in.message[0] != '\0' && at == out.data.len)
      cr_expect_str_eq(in.message, out.message, "%s: line %zu", label, in.line);
  }
}

Test(recorder, has_what_went_over_the_wire)
{
  recorded_options options;
  char label[64];

  for (size_t row = 0; next_row(row, &options, label); row += row_step()) {
    recorded_pair pair;
    if (options.records == STLS_RECORDS_DIRECT && !pair_can_be_direct())
      continue;
    options.is_recorded = true;
    pair = recorded_pair_run(&options);
    expect_same_stream(pair.client, pair.server, label);
    expect_same_stream(pair.server, pair.client, label);
    recorded_pair_free(&pair);
  }
}

/* A line of the header by which the ways may differ. */
static void drop_line(char *text, const char *name)
{
  char *at = strstr(text, name), *end;

  if (at == NULL) return;
  end = strchr(at + 1, '\n');
  memmove(at, end, strlen(end) + 1);
}

static void expect_equal_ways(const stls_transcript *direct,
                              const stls_transcript *libssl, const char *label)
{
  char *one = recorded_pair_text(direct), *two = recorded_pair_text(libssl);
  static const char *const names[] = {
      "\nrecords: ", "\nconfig.records: ", "\npeer.config.records: "};

  for (size_t i = 0; i < 3; i++) {
    drop_line(one, names[i]);
    drop_line(two, names[i]);
  }
  cr_expect_str_eq(one, two, "%s", label);
  free(one);
  free(two);
}

Test(recorder, is_equal_for_both_ways_of_records)
{
  recorded_options options;
  char label[64];

  pair_need_direct();
  for (size_t row = 0; row < 8; row++) {
    recorded_pair direct, libssl;
    next_row(row, &options, label);
    options.is_recorded = true;
    libssl = recorded_pair_run(&options);
    options.records = STLS_RECORDS_DIRECT;
    direct = recorded_pair_run(&options);
    cr_expect_str_eq(stls_transcript_header(direct.client, "records"), "direct",
                     "%s", label);
    expect_equal_ways(direct.client, libssl.client, label);
    expect_equal_ways(direct.server, libssl.server, label);
    recorded_pair_free(&direct);
    recorded_pair_free(&libssl);
  }
}

/* The last call of the server's transcript that has this name. */
static stls_transcript_step find_call(const stls_transcript *transcript,
                                      const char *name)
{
  stls_transcript_step found = STLS_TRANSCRIPT_STEP_INIT, step = found;

  for (size_t i = 0; i < stls_transcript_step_count(transcript); i++) {
    ASSERT_RETURNS(stls_transcript_step_at(transcript, i, &step, NULL),
                   STLS_OK);
    if (step.kind == STLS_STEP_CALL && strcmp(step.call, name) == 0)
      found = step;
  }
  cr_assert_not_null(found.call, "there is no call %s", name);
  return found;
}

/* An established connection: with direct records by an alert, else not at all. */
Test(recorder, has_a_rejection)
{
  for (int row = 0; row < 4; row++) {
    const bool is_direct = row & 2;
    recorded_options options = {
        .version = row & 1 ? STLS_TLS_1_3 : STLS_TLS_1_2,
        .records = is_direct ? STLS_RECORDS_DIRECT : STLS_RECORDS_LIBSSL,
        .rejects = true};
    const char *label = expect_label("row %d", row);
    recorded_pair plain, recorded;
    stls_transcript_step step;
    if (is_direct && !pair_can_be_direct()) continue;
    plain = recorded_pair_run(&options);
    options.is_recorded = true;
    recorded = recorded_pair_run(&options);
    cr_expect_str_eq(plain.log, recorded.log, "%s", label);
    expect_round_trip(recorded.client, label);
    expect_round_trip(recorded.server, label);
    expect_same_stream(recorded.server, recorded.client, label);
    step = find_call(recorded.server, "reject");
    cr_expect_eq(step.argument, STLS_ALERT_ACCESS_DENIED, "%s", label);
    EXPECT_RESULT(step.result, is_direct ? STLS_OK : STLS_ERROR_UNSUPPORTED,
                  label);
    if (is_direct)
      EXPECT_RESULT(find_call(recorded.client, "readv").result,
                    STLS_ERROR_ALERT, label);
    recorded_pair_free(&plain);
    recorded_pair_free(&recorded);
  }
}
