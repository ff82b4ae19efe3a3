/* SPDX-License-Identifier: MIT */
/* fuzz_transcript: target: transcripts as text, and mutations of them. */
#include <sanstls/testing.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static void touch_steps(const stls_transcript *transcript)
{
  const size_t num = stls_transcript_step_count(transcript);
  size_t line = 0;

  for (size_t i = 0; i < num; i++) {
    stls_transcript_step step = STLS_TRANSCRIPT_STEP_INIT;
    fuzz_expect(stls_transcript_step_at(transcript, i, &step, NULL) == STLS_OK);
    fuzz_expect(i == 0 || step.line == line + 1);
    fuzz_expect(step.kind >= STLS_STEP_RECORDS_IN &&
                step.kind <= STLS_STEP_LIMIT);
    fuzz_expect(step.kind != STLS_STEP_CALL || step.data.len <= step.asked);
    fuzz_expect(!step.has_more || step.kind == STLS_STEP_RECORDS_IN);
    fuzz_touch(step.data.data, step.data.len);
    fuzz_touch(step.message, strlen(step.message));
    line = step.line;
  }
}

/* To be freed. */
static char *format(const stls_transcript *transcript, size_t *out_len)
{
  char *text;

  fuzz_expect(stls_transcript_format(transcript, NULL, 0, out_len, NULL) ==
              STLS_OK);
  text = malloc(*out_len + 1);
  if (text == NULL) abort();
  fuzz_expect(stls_transcript_format(transcript, text, *out_len + 1, out_len,
                                     NULL) == STLS_OK);
  return text;
}

/* What is written is read, and written again as it was. */
static void check_round_trip(const stls_transcript *transcript)
{
  stls_transcript *again = NULL;
  size_t len, again_len;
  char *text = format(transcript, &len), *again_text;

  fuzz_expect(stls_transcript_parse(text, len, NULL, &again, NULL) == STLS_OK);
  again_text = format(again, &again_len);
  fuzz_expect(len == again_len && memcmp(text, again_text, len) == 0);
  fuzz_expect(stls_transcript_step_count(transcript) ==
              stls_transcript_step_count(again));
  stls_transcript_free(again);
  free(text);
  free(again_text);
}

static void check_mutations(const stls_transcript *transcript, uint64_t seed)
{
  for (int mutation = STLS_MUTATION_CUT; mutation <= STLS_MUTATION_COALESCE;
       mutation++) {
    stls_transcript *mutant = NULL;
    stls_error err = STLS_ERROR_INIT;
    stls_result result = stls_transcript_mutate(
        transcript, seed, (stls_mutation)mutation, &mutant, &err);
    if (result != STLS_OK) {
      fuzz_expect(result == STLS_ERROR_INPUT && mutant == NULL);
      fuzz_expect(err.own_reason == STLS_REASON_EMPTY);
      continue;
    }
    touch_steps(mutant);
    check_round_trip(mutant);
    stls_transcript_free(mutant);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
  stls_transcript *transcript = NULL;
  stls_error err = STLS_ERROR_INIT;
  const char *name;

  if (stls_transcript_parse(len == 0 ? "" : (const char *)data, len, "fuzz",
                            &transcript, &err) != STLS_OK) {
    fuzz_expect(transcript == NULL);
    fuzz_expect(strncmp(err.message, "fuzz: line ", 11) == 0);
    return 0;
  }
  for (size_t i = 0; i < stls_transcript_header_count(transcript); i++) {
    const char *value = stls_transcript_header_at(transcript, i, &name);
    fuzz_expect(stls_transcript_header(transcript, name) == value);
  }
  touch_steps(transcript);
  check_round_trip(transcript);
  check_mutations(transcript, len);
  stls_transcript_free(transcript);
  return 0;
}
