/* SPDX-License-Identifier: MIT */
/* check: Criterion suites whose tests are checked for leaks. */
#ifndef STLS_TEST_CHECK_H
#define STLS_TEST_CHECK_H

#include <criterion/criterion.h>
#include <stdbool.h>

#include "runner/fork_child.h"

/*
 * Declares a suite whose tests are checked for leaks one by one. Criterion runs
 * tests in processes that never reach LeakSanitizer's exit hook: without this,
 * a test that leaks is reported as ok. Further arguments go to TestSuite, such
 * as .timeout.
 */
#define SUITE(name, ...) TestSuite(name, .fini = check_leaks, ##__VA_ARGS__)

/* Aborts when memory has leaked, where there is a LeakSanitizer; a suite with a
 * .fini of its own calls this last in it. */
void check_leaks(void);

/* Whether STLS_TEST_QUICK asks for short sweeps: valgrind is 30 times slower. */
bool check_quick(void);

#endif
