/* SPDX-License-Identifier: MIT */
/* survey: counts the kinds of faults in many walks. */
#include "survey.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum {
  /* Walks in one process. */
  BLOCK = 250,
  MAX_KINDS = 100
};

struct kind {
  char text[TRIAL_FAULT_SIZE];
  uint64_t first_seed;
  unsigned num;
};

static void count(struct kind *kinds, const struct trial *trial);

int survey_run(uint64_t first, uint64_t last, unsigned seconds,
               unsigned seconds_per_walk)
{
  static struct kind kinds[MAX_KINDS];
  struct trial *trial = trial_new();
  time_t began = time(NULL);
  int num = 0;

  if (trial == NULL) return 2;
  while (first <= last &&
         (seconds == 0 || time(NULL) - began < (time_t)seconds)) {
    uint64_t end = last - first < BLOCK ? last : first + BLOCK - 1;
    bool is_right = trial_run_seeds(trial, first, end, seconds_per_walk);
    if (!is_right) count(kinds, trial);
    first = is_right ? end + 1 : trial->seed + 1;
  }
  for (; num < MAX_KINDS && kinds[num].num > 0; num++)
    printf("%u times, first in seed %" PRIu64 ": %s\n", kinds[num].num,
           kinds[num].first_seed, kinds[num].text);
  survey_print_tally(trial);
  trial_free(trial);
  return num == 0 ? 0 : 1;
}

void survey_take_kind(char *out, const char *fault)
{
  const char *text = strstr(fault, "), ");
  size_t len = 0;

  for (const char *at = text != NULL ? text + 3 : fault; *at != '\0'; at++)
    if (*at < '0' || *at > '9') out[len++] = *at;
  out[len] = '\0';
}

void survey_print_tally(const struct trial *trial)
{
  const struct walk_tally *tally = &trial->tally;

  printf("# %" PRIu64 " walks: %" PRIu64 " handshakes (%" PRIu64
         " resumed), %" PRIu64 " bytes, %" PRIu64 " key updates, %" PRIu64
         " requests, %" PRIu64 " closed, %" PRIu64 " failed\n",
         tally->walks, tally->handshakes, tally->resumed, tally->bytes,
         tally->key_updates, tally->requests, tally->closed, tally->failures);
}

/* The last place is for all that have none. */
static void count(struct kind *kinds, const struct trial *trial)
{
  char text[TRIAL_FAULT_SIZE];
  int i = 0;

  survey_take_kind(text, trial->fault);
  while (i < MAX_KINDS - 1 && kinds[i].num > 0 &&
         strcmp(kinds[i].text, text) != 0)
    i++;
  if (kinds[i].num++ > 0) return;
  memcpy(kinds[i].text, text, sizeof text);
  kinds[i].first_seed = trial->seed;
}
