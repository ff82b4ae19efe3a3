/* SPDX-License-Identifier: MIT */
/* diff: prints where two transcripts differ, side by side. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command/command.h"

/* Room for one side of a line, and how far the next common step is looked for. */
enum {
  SIDE = 44,
  REACH = 16
};

static size_t compare_headers(const stls_transcript *const *pair);
static size_t compare_steps(const stls_transcript *const *pair);
static bool get_step(const stls_transcript *transcript, size_t index,
                     stls_transcript_step *out_step);
static void align(const stls_transcript *const *pair, const size_t at[2],
                  bool shows[2]);
static bool is_same_kind(const stls_transcript_step *a,
                         const stls_transcript_step *b);
static bool is_same(const stls_transcript_step *a,
                    const stls_transcript_step *b);
static void print_pair(const stls_transcript_step *steps, const bool shows[2]);
static void describe(const stls_transcript_step *step, char out[SIDE]);
static size_t common_len(stls_span a, stls_span b);

int diff_command(const struct options *options)
{
  stls_error err = STLS_ERROR_INIT;
  stls_transcript *pair[2] = {NULL, NULL};
  stls_result result = STLS_OK;
  size_t num_differences = 0;

  for (size_t i = 0; i < 2 && result == STLS_OK; i++)
    result = stls_transcript_load(options->words[i], &pair[i], &err);
  if (result == STLS_OK)
    num_differences = compare_headers((const stls_transcript *const *)pair) +
                      compare_steps((const stls_transcript *const *)pair);
  for (size_t i = 0; i < 2; i++) stls_transcript_free(pair[i]);
  if (result != STLS_OK) return command_fail("diff", &err);
  return num_differences == 0 ? COMMAND_DONE : COMMAND_DIFFERS;
}

/* By name, so that their order does not matter. */
static size_t compare_headers(const stls_transcript *const *pair)
{
  size_t num_differences = 0;

  for (size_t side = 0; side < 2; side++)
    for (size_t i = 0; i < stls_transcript_header_count(pair[side]); i++) {
      const char *name = NULL;
      const char *value = stls_transcript_header_at(pair[side], i, &name);
      const char *other = stls_transcript_header(pair[1 - side], name);
      if (other != NULL && (side == 1 || strcmp(value, other) == 0)) continue;
      if (other == NULL) other = "-";
      printf("%s: %s | %s\n", name, side == 0 ? value : other,
             side == 0 ? other : value);
      num_differences++;
    }
  return num_differences;
}

static size_t compare_steps(const stls_transcript *const *pair)
{
  size_t at[2] = {0, 0};
  size_t num_differences = 0;

  for (;;) {
    stls_transcript_step steps[2] = {STLS_TRANSCRIPT_STEP_INIT,
                                     STLS_TRANSCRIPT_STEP_INIT};
    bool shows[2];

    for (size_t side = 0; side < 2; side++)
      shows[side] = get_step(pair[side], at[side], &steps[side]);
    if (!shows[0] && !shows[1]) return num_differences;
    if (shows[0] && shows[1] && !is_same_kind(&steps[0], &steps[1]))
      align(pair, at, shows);
    if (!shows[0] || !shows[1] || !is_same(&steps[0], &steps[1])) {
      print_pair(steps, shows);
      num_differences++;
    }
    for (size_t side = 0; side < 2; side++) at[side] += shows[side];
  }
}

static bool get_step(const stls_transcript *transcript, size_t index,
                     stls_transcript_step *out_step)
{
  return stls_transcript_step_at(transcript, index, out_step, NULL) == STLS_OK;
}

/* Two steps are of different kinds: shows one side alone where the other goes on with a
 * step of the same kind nearby. */
static void align(const stls_transcript *const *pair, const size_t at[2],
                  bool shows[2])
{
  for (size_t ahead = 1; ahead <= REACH; ahead++)
    for (size_t side = 0; side < 2; side++) {
      stls_transcript_step here = STLS_TRANSCRIPT_STEP_INIT;
      stls_transcript_step there = STLS_TRANSCRIPT_STEP_INIT;
      if (!get_step(pair[side], at[side] + ahead, &there) ||
          !get_step(pair[1 - side], at[1 - side], &here) ||
          !is_same_kind(&here, &there))
        continue;
      shows[1 - side] = false;
      return;
    }
}

static bool is_same_kind(const stls_transcript_step *a,
                         const stls_transcript_step *b)
{
  if (a->kind != b->kind) return false;
  if (a->kind == STLS_STEP_CALL) return strcmp(a->call, b->call) == 0;
  return a->message == NULL || b->message == NULL ||
         strcmp(a->message, b->message) == 0;
}

static bool is_same(const stls_transcript_step *a,
                    const stls_transcript_step *b)
{
  return is_same_kind(a, b) && a->data.len == b->data.len &&
         common_len(a->data, b->data) == a->data.len &&
         a->result == b->result && a->argument == b->argument &&
         a->asked == b->asked && a->number == b->number &&
         a->has_more == b->has_more;
}

static void print_pair(const stls_transcript_step *steps, const bool shows[2])
{
  char sides[2][SIDE] = {"-", "-"};

  for (size_t side = 0; side < 2; side++)
    if (shows[side]) describe(&steps[side], sides[side]);
  printf("%-*s | %s", SIDE, sides[0], sides[1]);
  if (shows[0] && shows[1] && steps[0].data.len > 0 && steps[1].data.len > 0)
    printf(" (from byte %zu on)", common_len(steps[0].data, steps[1].data));
  putchar('\n');
}

static void describe(const stls_transcript_step *step, char out[SIDE])
{
  const char *message = step->message == NULL ? "" : step->message;

  switch (step->kind) {
    case STLS_STEP_CALL:
      snprintf(out, SIDE, "%zu: %s %s, %zu", step->line, step->call,
               stls_result_name(step->result), step->data.len);
      break;
    case STLS_STEP_RECORDS_IN:
    case STLS_STEP_RECORDS_OUT:
      snprintf(out, SIDE, "%zu: %s %zu %s", step->line,
               step->kind == STLS_STEP_RECORDS_IN ? "in" : "out",
               step->data.len, message);
      break;
    case STLS_STEP_EOF_IN:
    case STLS_STEP_EOF_OUT:
      snprintf(out, SIDE, "%zu: end of %s", step->line,
               step->kind == STLS_STEP_EOF_IN ? "in" : "out");
      break;
    default:
      snprintf(out, SIDE, "%zu: %s %" PRId64, step->line,
               step->kind == STLS_STEP_KEPT    ? "kept"
               : step->kind == STLS_STEP_LIMIT ? "limit"
                                               : "time",
               step->number);
  }
}

static size_t common_len(stls_span a, stls_span b)
{
  const unsigned char *left = a.data;
  const unsigned char *right = b.data;
  size_t len = 0;

  while (len < a.len && len < b.len && left[len] == right[len]) len++;
  return len;
}
