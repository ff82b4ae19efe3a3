/* SPDX-License-Identifier: MIT */
/* session_clock: a clock that tests move, in place of the C library's. */
#ifndef STLS_TEST_SESSION_CLOCK_H
#define STLS_TEST_SESSION_CLOCK_H

#include <time.h>

/*
 * Seconds that time() and gettimeofday() are ahead of the system's clock; they
 * stand in for the C library's in a program that this file is linked into, and
 * OpenSSL goes by them, too. That is why it is in no archive.
 */
extern time_t session_clock_ahead;

#endif
