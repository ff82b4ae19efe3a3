/* SPDX-License-Identifier: MIT */
/* fork_runner: runs the tests of a Criterion program with one fork each. */
#ifndef STLS_TEST_FORK_RUNNER_H
#define STLS_TEST_FORK_RUNNER_H

#include <criterion/criterion.h>
#include <criterion/logging.h>

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
void fork_runner_setup(void);
void fork_runner_main(void (*fn)(void));
void fork_runner_teardown(void);
void fork_runner_assert(struct criterion_assert_stats *stats);
_Noreturn void fork_runner_abort(void);
void fork_runner_continue(void);
_Noreturn void fork_runner_skip(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
void fork_runner_log(enum criterion_severity severity, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#ifndef STLS_TEST_FORK_RUNNER_C
#define criterion_internal_test_setup fork_runner_setup
#define criterion_internal_test_main fork_runner_main
#define criterion_internal_test_teardown fork_runner_teardown
#define criterion_send_assert fork_runner_assert
#define criterion_abort_test fork_runner_abort
#define criterion_continue_test fork_runner_continue
#define criterion_skip_test fork_runner_skip
#define cr_log fork_runner_log
#endif

#endif
