/* SPDX-License-Identifier: MIT */
/* session_clock: a clock that tests move, in place of the C library's. */
#ifndef STLS_TEST_SESSION_CLOCK_H
#define STLS_TEST_SESSION_CLOCK_H

#include <time.h>

#include "support/resumption.h"

/*
 * Seconds that time() and gettimeofday() are ahead of the system's clock; they
 * stand in for the C library's in a program that this file is linked into, and
 * OpenSSL goes by them, too. That is why it is in no archive.
 */
extern time_t session_clock_ahead;

/* Where it is true, these functions are the system's, and the contexts of
 * session_clock_open go by a clock that is as much ahead. */
extern bool session_clock_is_set;

/* resumption_open, with the clock where it is set. */
resumption session_clock_open(const pair_options *options);

#endif
