/* SPDX-License-Identifier: MIT */
/* planted_errors: foreign entries in the thread's error queue. */
#ifndef STLS_TEST_PLANTED_ERRORS_H
#define STLS_TEST_PLANTED_ERRORS_H

#include <stddef.h>

/* Empties the queue and puts `num` entries into it, each with a code, file,
 * line, function and data of its own. OpenSSL keeps the newest 15. */
void planted_errors_put(size_t num);

/* The queue holds just what planted_errors_put(num) put there, in that order, and is
 * empty afterwards. With 0 it is empty to begin with. */
void planted_errors_expect(size_t num, const char *label);

#endif
