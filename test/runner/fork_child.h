/* SPDX-License-Identifier: MIT */
/* fork_child: runs one test, in the child that fork_runner made for it. */
#ifndef STLS_TEST_FORK_CHILD_H
#define STLS_TEST_FORK_CHILD_H

#include <criterion/criterion.h>
#include <criterion/logging.h>

struct fork_entry {
  struct criterion_test *test;
  /* What its suite says; NULL where that says nothing. */
  struct criterion_test_extra_data *suite;
};

/* What a child says about itself; what it says first counts. */
enum fork_said {
  SAID_NOTHING = 0,
  SAID_PASSED = 'p',
  SAID_FAILED = 'f',
  SAID_SKIPPED = 's',
};

/* Runs the test with its parameter, NULL for none, and exits; says how it went in one
 * byte to the descriptor. */
_Noreturn void fork_child_run(const struct fork_entry *entry, void *param,
                              int to);

/*
 * Criterion starts the program again for each test. Under valgrind that is most
 * of what a test costs; AddressSanitizer starts fast, and there a fork costs
 * more. With STLS_TEST_FORK=1 the program's main() forks instead, and the child
 * runs the test. Everything else is Criterion's: the macros, the options, the
 * fixtures, the timeouts, --filter, and what makes a test pass. Where all is
 * slow, STLS_TEST_PATIENCE says by how much the timeouts are multiplied.
 *
 * What Criterion's macros call is answered here, because its own functions talk
 * to its runner; without STLS_TEST_FORK they are called.
 */
void fork_child_setup(void);
void fork_child_main(void (*fn)(void));
void fork_child_teardown(void);
void fork_child_assert(struct criterion_assert_stats *stats);
_Noreturn void fork_child_abort(void);
void fork_child_continue(void);
_Noreturn void fork_child_skip(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
void fork_child_log(enum criterion_severity severity, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#ifndef STLS_TEST_FORK_CHILD_C
#define criterion_internal_test_setup fork_child_setup
#define criterion_internal_test_main fork_child_main
#define criterion_internal_test_teardown fork_child_teardown
#define criterion_send_assert fork_child_assert
#define criterion_abort_test fork_child_abort
#define criterion_continue_test fork_child_continue
#define criterion_skip_test fork_child_skip
#define cr_log fork_child_log
#endif

#endif
