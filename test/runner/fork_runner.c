/* SPDX-License-Identifier: MIT */
/* fork_runner: runs the tests of a Criterion program with one fork each. */
/* For the patterns of --filter, where fnmatch() knows them. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define STLS_TEST_FORK_CHILD_C

#include "runner/fork_child.h"

#include <criterion/parameterized.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/seed.h"

/*
 * Criterion's macros put pointers to tests and suites into sections, and the
 * linker says where those begin and end. criterion_initialize() would find them
 * too, but it starts libgit2, and with that OpenSSL, before the first test; and
 * it tells valgrind to report no errors.
 */
extern struct criterion_test *__start_cr_tst[] __attribute__((weak));
extern struct criterion_test *__stop_cr_tst[] __attribute__((weak));
extern struct criterion_suite *__start_cr_sts[] __attribute__((weak));
extern struct criterion_suite *__stop_cr_sts[] __attribute__((weak));

/* Only programs that use support/pair.c have it. */
extern void pair_warm_up(void) __attribute__((weak));

/* What the arguments say; the child, for the timeout's handler. */
static const char *pattern;
static unsigned share = 1, shares = 1;
static volatile pid_t child;
static volatile sig_atomic_t is_late, is_recording;

enum {
  SECONDS_TO_SAVE = 10
};

struct tally {
  size_t tested, failed, skipped;
};

static bool is_set(const char *variable);
static int run_by_criterion(int argc, char **argv);
static int run_forked(int argc, char **argv);
static bool take_arguments(int argc, char **argv);
static struct criterion_test_extra_data *find_suite(const char *name);
static void run_test(const struct fork_entry *entry, struct tally *tally);
static void run_once(const struct fork_entry *entry, void *param,
                     struct tally *tally);
static void judge(const struct fork_entry *entry, int status,
                  enum fork_said said, double seconds, struct tally *tally);
static bool is_disabled(const struct fork_entry *entry);
static double seconds_allowed(const struct fork_entry *entry);
static double seconds_used(void);
static int await_child(double seconds);
static void kill_child(int number);
static const char *complaint(const struct criterion_test *test, int status,
                             enum fork_said said);

int main(int argc, char **argv)
{
  seed_choose();
  return is_set("STLS_TEST_FORK") ? run_forked(argc, argv)
                                  : run_by_criterion(argc, argv);
}

static bool is_set(const char *variable)
{
  const char *value = getenv(variable);
  return value != NULL && strchr("0", value[0]) == NULL;
}

static int run_by_criterion(int argc, char **argv)
{
  struct criterion_test_set *set = criterion_initialize();
  int ok = 1;
  if (criterion_handle_args(argc, argv, true))
    ok = criterion_run_all_tests(set);
  if (!ok) fprintf(stderr, "the seed was %s\n", seed_text());
  criterion_finalize(set);
  return ok ? 0 : 1;
}

/* TAP, with its plan at the end. */
static int run_forked(int argc, char **argv)
{
  struct tally tally = {0, 0, 0};
  unsigned number = 0;
  if (!take_arguments(argc, argv)) return 2;
  if (is_set("STLS_TEST_WARM") && pair_warm_up != NULL) {
    seed_test("", "");
    pair_warm_up();
  }
  puts("TAP version 13");
  for (struct criterion_test **at = __start_cr_tst; at < __stop_cr_tst; at++) {
    /* A sanitizer may leave gaps. */
    if (*at == NULL) continue;
    struct fork_entry entry = {*at, find_suite((*at)->category)};
    if (is_disabled(&entry) || ++number % shares != share % shares) continue;
    run_test(&entry, &tally);
  }
  printf("1..%zu\n", tally.tested);
  printf("# one fork a test: %zu tested, %zu failed, %zu skipped\n",
         tally.tested, tally.failed, tally.skipped);
  fflush(stdout);
  return tally.failed == 0 ? 0 : 1;
}

/* --share 1/2 is every second test, from the first one on. */
static bool take_arguments(int argc, char **argv)
{
  bool is_good = argc % 2 == 1;
  for (int i = 1; is_good && i < argc; i += 2) {
    if (strcmp(argv[i], "--filter") == 0)
      pattern = argv[i + 1];
    else
      is_good = strcmp(argv[i], "--share") == 0 &&
                sscanf(argv[i + 1], "%u/%u", &share, &shares) == 2 &&
                share - 1 < shares;
  }
  if (!is_good)
    fprintf(stderr,
            "%s: with STLS_TEST_FORK only [--filter PATTERN] [--share 1/2]\n",
            argv[0]);
  return is_good;
}

static struct criterion_test_extra_data *find_suite(const char *name)
{
  for (struct criterion_suite **at = __start_cr_sts; at < __stop_cr_sts; at++)
    if (*at != NULL && strcmp((*at)->name, name) == 0) return (*at)->data;
  return NULL;
}

static void run_test(const struct fork_entry *entry, struct tally *tally)
{
  const struct criterion_test *test = entry->test;
  if (test->data->kind_ != CR_TEST_PARAMETERIZED) {
    run_once(entry, NULL, tally);
    return;
  }
  struct criterion_test_params params = test->data->param_();
  for (size_t i = 0; i < params.length; i++)
    run_once(entry, (char *)params.params + i * params.size, tally);
  if (params.cleanup != NULL) params.cleanup(&params);
}

static bool is_disabled(const struct fork_entry *entry)
{
  int flags = 0;
  if (entry->test->data->disabled) return true;
  if (entry->suite != NULL && entry->suite->disabled) return true;
#ifdef FNM_EXTMATCH
  flags |= FNM_EXTMATCH;
#endif
  return pattern != NULL &&
         fnmatch(pattern, entry->test->data->identifier_, flags) != 0;
}

static void run_once(const struct fork_entry *entry, void *param,
                     struct tally *tally)
{
  int ends[2] = {-1, -1};
  char said = SAID_NOTHING;
  double before = seconds_used();
  fflush(NULL);
  if (pipe(ends) != 0) abort();
  /* A process that outlives the child may hold the other end. */
  if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) abort();
  child = fork();
  if (child < 0) abort();
  if (child == 0) {
    close(ends[0]);
    fork_child_run(entry, param, ends[1]);
  }
  close(ends[1]);
  int status = await_child(seconds_allowed(entry));
  if (read(ends[0], &said, 1) != 1) said = SAID_NOTHING;
  close(ends[0]);
  judge(entry, status, (enum fork_said)said, seconds_used() - before, tally);
}

static void judge(const struct fork_entry *entry, int status,
                  enum fork_said said, double seconds, struct tally *tally)
{
  const struct criterion_test *test = entry->test;
  const char *why = complaint(test, status, said);
  bool is_skipped = why == NULL && said == SAID_SKIPPED;
  tally->tested++;
  tally->failed += why != NULL;
  tally->skipped += is_skipped;
  printf("%sok %zu - %s::%s (%.2f s)%s\n", why != NULL ? "not " : "",
         tally->tested, test->category, test->name, seconds,
         is_skipped ? " # SKIP" : "");
  fflush(stdout);
  if (why == NULL) return;
  fprintf(stderr, "%s:%u: %s::%s: %s (wait status 0x%x, %s)\n",
          test->data->file_, test->data->line_, test->category, test->name, why,
          (unsigned)status, seed_text());
}

static double seconds_allowed(const struct fork_entry *entry)
{
  const char *patience = getenv("STLS_TEST_PATIENCE");
  double seconds = entry->test->data->timeout;
  if (seconds <= 0 && entry->suite != NULL) seconds = entry->suite->timeout;
  return patience != NULL ? seconds * strtod(patience, NULL) : seconds;
}

/* CPU time of all children so far. */
static double seconds_used(void)
{
  struct rusage usage;
  if (getrusage(RUSAGE_CHILDREN, &usage) != 0) abort();
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Returns the status of wait(). */
static int await_child(double seconds)
{
  struct sigaction action = {.sa_handler = kill_child}, before;
  siginfo_t info;
  int status = 0;
  is_late = 0;
  is_recording = getenv("STLS_TRANSCRIPT_DIR") != NULL;
  sigaction(SIGALRM, &action, &before);
  alarm((unsigned)(seconds + 0.999));
  /* It stays a zombie, whose number is nobody else's, until the timer ends. */
  while (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) != 0)
    if (errno != EINTR) abort();
  alarm(0);
  sigaction(SIGALRM, &before, NULL);
  if (waitpid(child, &status, 0) != child) abort();
  return status;
}

/* A test that records its connections is told first, and may save them (crash.h). */
static void kill_child(int number)
{
  const bool is_first = is_late == 0;

  (void)number;
  is_late = 1;
  kill(child, is_first && is_recording ? SIGXCPU : SIGKILL);
  if (is_first) alarm(SECONDS_TO_SAVE);
}

/* NULL for a test that passed or was skipped. */
static const char *complaint(const struct criterion_test *test, int status,
                             enum fork_said said)
{
  const int signal_wanted = test->data->signal;
  const int exit_wanted = test->data->exit_code;
  if (is_late) return "took too long";
  if (said == SAID_FAILED) return "an assertion failed";
  if (signal_wanted != 0)
    return WIFSIGNALED(status) && WTERMSIG(status) == signal_wanted
               ? NULL
               : "did not end by the signal that it should";
  if (!WIFEXITED(status)) return "ended by a signal";
  if (WEXITSTATUS(status) != exit_wanted)
    return exit_wanted != 0 ? "did not exit with the status that it should"
                            : "exited with another status than 0";
  if (exit_wanted == 0 && said == SAID_NOTHING) return "exited before its end";
  return NULL;
}
