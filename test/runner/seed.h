/* SPDX-License-Identifier: MIT */
/* seed: gives each test random bytes that follow from STLS_TEST_SEED and its name. */
#ifndef STLS_TEST_SEED_H
#define STLS_TEST_SEED_H

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

/* Names the seed, for the reports of failed tests. In a static buffer. */
const char *seed_text(void);

#endif
