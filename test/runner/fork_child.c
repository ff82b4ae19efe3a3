/* SPDX-License-Identifier: MIT */
/* fork_child: runs one test, in the child that fork_runner made for it. */
#define STLS_TEST_FORK_CHILD_C

#include "runner/fork_child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runner/seed.h"
#include "runner/tape.h"

/* The test that it runs; NULL: Criterion runs it. */
static const struct fork_entry *current;
static void *current_param;
static int to_parent = -1;
static int has_spoken;
static jmp_buf out_of_test;

static void say(enum fork_said what);

void fork_child_run(const struct fork_entry *entry, void *param, int to)
{
  to_parent = to;
  current = entry;
  current_param = param;
  /* Standard output is the parent's TAP. */
  if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0) abort();
  entry->test->test();
  say(SAID_PASSED);
  /* What runs at exit is tested with the rest. */
  exit(0);
}

static void say(enum fork_said what)
{
  char byte = (char)what;
  if (has_spoken) return;
  has_spoken = 1;
  if (write(to_parent, &byte, 1) != 1) abort();
}

void fork_child_setup(void)
{
  const struct criterion_test *test =
      current == NULL ? criterion_current_test : current->test;
  tape_begin(test->category, test->name);
  seed_test(test->category, test->name);
  if (current == NULL) {
    criterion_internal_test_setup();
    return;
  }
  if (setjmp(out_of_test) != 0) abort();
  if (current->suite != NULL && current->suite->init != NULL)
    current->suite->init();
  if (current->test->data->init != NULL) current->test->data->init();
}

void fork_child_main(void (*fn)(void))
{
  if (current == NULL) {
    criterion_internal_test_main(fn);
    return;
  }
  if (setjmp(out_of_test) != 0) return;
  if (current->test->data->kind_ != CR_TEST_PARAMETERIZED) fn();
  if (current->test->data->kind_ == CR_TEST_PARAMETERIZED)
    ((void (*)(void *))fn)(current_param);
}

void fork_child_teardown(void)
{
  /* Before a fixture looks for leaks. */
  tape_end();
  if (current == NULL) {
    criterion_internal_test_teardown();
    return;
  }
  if (setjmp(out_of_test) != 0) return;
  if (current->test->data->fini != NULL) current->test->data->fini();
  if (current->suite != NULL && current->suite->fini != NULL)
    current->suite->fini();
}

void fork_child_assert(struct criterion_assert_stats *stats)
{
  if (!stats->passed) tape_fail();
  if (current == NULL) {
    criterion_send_assert(stats);
    return;
  }
  if (stats->passed) return;
  fprintf(stderr, "%s:%u: %s\n", stats->file, stats->line, stats->message);
  say(SAID_FAILED);
}

/* Criterion leaves the test by a jump too, so that its fixtures are run. */
_Noreturn void fork_child_abort(void)
{
  if (current == NULL) criterion_abort_test();
  longjmp(out_of_test, 1);
}

void fork_child_continue(void)
{
  if (current == NULL) criterion_continue_test();
}

_Noreturn void fork_child_skip(const char *format, ...)
{
  char why[256];
  va_list args;
  va_start(args, format);
  vsnprintf(why, sizeof why, format, args);
  va_end(args);
  if (current == NULL) criterion_skip_test("%s", why);
  fprintf(stderr, "skipped: %s\n", why);
  say(SAID_SKIPPED);
  longjmp(out_of_test, 1);
}

void fork_child_log(enum criterion_severity severity, const char *format, ...)
{
  char text[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (current == NULL) cr_log(severity, "%s", text);
  if (current != NULL) fprintf(stderr, "%s\n", text);
}
