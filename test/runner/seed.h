/* SPDX-License-Identifier: MIT */
/* seed: gives each test random bytes that follow from STLS_TEST_SEED and its name. */
#ifndef STLS_TEST_SEED_H
#define STLS_TEST_SEED_H

#include <sanstls/testing.h>

/*
 * The seed is a number; 1 where the variable is not set. "random" has the program choose
 * one and set the variable to it, for itself and the processes that it starts. Ends the
 * program if it is anything else.
 */
void seed_choose(void);

/*
 * Has the default library context draw what follows from the seed and the name, from its
 * first byte on: the same in every program, and in any order of tests. The library does
 * not know of it, so that contexts are those of a program in production. Tests that are
 * about randomness itself keep the system's.
 */
void seed_test(const char *suite, const char *test);

/*
 * Makes a library context of its own (stls_testing_libctx), which draws what follows from
 * the test's seed and how many it has made. The library does not know of it either. To be
 * freed with stls_testing_free. NULL when memory is short.
 */
stls_testing *seed_world_new(void);

/* Names the seed, for the reports of failed tests. In a static buffer. */
const char *seed_text(void);

#endif
