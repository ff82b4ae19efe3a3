/* SPDX-License-Identifier: MIT */
/* main: runs walks by seed, and shrinks those that show a fault. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "shrink.h"
#include "sides.h"
#include "survey.h"
#include "trial.h"

enum {
  /* In one process. */
  BLOCK = 250,
  SHORT_RUN = 2000,
  QUICK_RUN = 60,
  MAX_FAULTS = 8,
  SHRINK_TRIES = 3000
};

struct options {
  uint64_t first;
  uint64_t last;
  /* 0: no bound. */
  unsigned seconds;
  unsigned seconds_per_walk;
  const char *replay;
  bool prints;
  /* Faults are counted by their kind, and not shrunk. */
  bool surveys;
};

/* What a script has to show while it is shrunk. */
struct wanted {
  struct trial *trial;
  char kind[TRIAL_FAULT_SIZE];
  unsigned seconds;
  unsigned tries;
};

static bool parse(struct options *options, int argc, char **argv);
static int run_range(const struct options *options);
static bool run_block(struct trial *trial, const struct options *options,
                      uint64_t first, uint64_t last);
static int replay(const struct options *options);
static void tell(struct trial *trial, struct script *script, unsigned seconds);
static bool shows_same(const struct script *script, void *data);

int main(int argc, char **argv)
{
  struct options options = {1, SHORT_RUN, 0, 60, NULL, false, false};
  struct script script;
  int status;

  if (!parse(&options, argc, argv)) {
    fprintf(stderr,
            "usage: walk [--survey] [--seconds N] [FIRST-LAST | --print SEED | "
            "--replay "
            "FILE]\n");
    return 2;
  }
  if (options.prints) {
    script_make(&script, options.first);
    script_print(&script, stdout);
    return 0;
  }
  if (!sides_load(TEST_DATA_DIR)) return 2;
  if (options.replay != NULL)
    status = replay(&options);
  else
    status = options.surveys
                 ? survey_run(options.first, options.last, options.seconds,
                              options.seconds_per_walk)
                 : run_range(&options);
  sides_unload();
  return status;
}

static bool parse(struct options *options, int argc, char **argv)
{
  const char *quick = getenv("STLS_TEST_QUICK");
  int i = 1;

  if (quick != NULL && quick[0] != '\0') {
    options->last = QUICK_RUN;
    options->seconds_per_walk = 600;
  }
  if (argc > 1 && strcmp(argv[1], "--survey") == 0) {
    options->surveys = true;
    i++;
  }
  for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
    if (strcmp(argv[i], "--seconds") == 0) {
      options->seconds = (unsigned)strtoul(argv[i + 1], NULL, 10);
    } else if (strcmp(argv[i], "--replay") == 0) {
      options->replay = argv[i + 1];
    } else if (strcmp(argv[i], "--print") == 0) {
      options->prints = true;
      options->first = strtoull(argv[i + 1], NULL, 10);
    } else {
      return false;
    }
  }
  if (i == argc) return true;
  switch (sscanf(argv[i], "%" SCNu64 "-%" SCNu64, &options->first,
                 &options->last)) {
    case 2:
      break;
    case 1:
      options->last = options->first;
      break;
    default:
      return false;
  }
  return i + 1 == argc;
}

/* One line of TAP per block of seeds. */
static int run_range(const struct options *options)
{
  struct trial *trial = trial_new();
  time_t began = time(NULL);
  uint64_t first = options->first;
  unsigned num_tests = 0, num_faults = 0;

  if (trial == NULL) return 2;
  while (first <= options->last && num_faults < MAX_FAULTS) {
    uint64_t last = first + BLOCK - 1;
    bool is_right;
    if (options->seconds > 0 &&
        time(NULL) - began >= (time_t)options->seconds) {
      printf("# the time is over before seed %" PRIu64 "\n", first);
      break;
    }
    if (last > options->last) last = options->last;
    is_right = run_block(trial, options, first, last);
    printf("%s %u - walks %" PRIu64 " to %" PRIu64 "\n",
           is_right ? "ok" : "not ok", ++num_tests, first,
           is_right ? last : trial->seed);
    fflush(stdout);
    num_faults += !is_right;
    first = is_right ? last + 1 : trial->seed + 1;
  }
  printf("1..%u\n", num_tests);
  survey_print_tally(trial);
  trial_free(trial);
  return num_faults == 0 ? 0 : 1;
}

static bool run_block(struct trial *trial, const struct options *options,
                      uint64_t first, uint64_t last)
{
  struct script script;
  uint64_t seed;

  if (trial_run_seeds(trial, first, last, options->seconds_per_walk))
    return true;
  seed = trial->seed;
  script_make(&script, seed);
  tell(trial, &script, options->seconds_per_walk);
  trial->seed = seed;
  return false;
}

static int replay(const struct options *options)
{
  struct trial *trial = trial_new();
  FILE *in = fopen(options->replay, "r");
  struct script script;
  int status = 2;

  if (trial != NULL && in != NULL && script_parse(&script, in)) {
    status =
        trial_run_script(trial, &script, options->seconds_per_walk) ? 0 : 1;
    if (status != 0) printf("# fault: %s\n", trial->fault);
    printf("1..1\n%s 1 - %s\n", status == 0 ? "ok" : "not ok", options->replay);
  } else {
    fprintf(stderr, "%s cannot be read\n", options->replay);
  }
  if (in != NULL) fclose(in);
  trial_free(trial);
  return status;
}

/* The fault, and the smallest script that shows it, to be replayed. */
static void tell(struct trial *trial, struct script *script, unsigned seconds)
{
  struct wanted wanted = {trial, "", seconds, 0};
  struct walk_tally before = trial->tally;

  printf("# seed %" PRIu64 ": fault: %s\n", script->seed, trial->fault);
  fflush(stdout);
  survey_take_kind(wanted.kind, trial->fault);
  shrink_run(script, shows_same, &wanted);
  wanted.tries = 0;
  shows_same(script, &wanted);
  printf("# smaller: %s\n", trial->fault);
  script_print(script, stdout);
  trial->tally = before;
}

static bool shows_same(const struct script *script, void *data)
{
  struct wanted *wanted = data;
  char kind[TRIAL_FAULT_SIZE];

  if (wanted->tries++ >= SHRINK_TRIES) return false;
  if (trial_run_script(wanted->trial, script, wanted->seconds)) return false;
  survey_take_kind(kind, wanted->trial->fault);
  return strcmp(kind, wanted->kind) == 0;
}
