/* SPDX-License-Identifier: MIT */
/* error: failures by value, and the only hands on OpenSSL's queue. */
#ifndef STLS_LIB_ERROR_H
#define STLS_LIB_ERROR_H

#include <sanstls/error.h>
#include <stdbool.h>

#if defined(__GNUC__)
#define STLS_PRINTF(at, first) __attribute__((format(printf, at, first)))
#else
#define STLS_PRINTF(at, first)
#endif

/*
 * Writes a failure to `err`, which may be NULL, as far as its size reaches, and
 * returns `result`. The message is formatted from the rest. STLS_REASON_NONE is
 * for what OpenSSL, an alert or a verification code says completely.
 */
stls_result stls_error_fail(stls_error *err, stls_result result,
                            stls_reason reason, const char *format, ...)
    STLS_PRINTF(4, 5);

/* STLS_ERROR_MISUSE, "`argument` is NULL". */
stls_result stls_error_null(stls_error *err, const char *argument);

/* STLS_ERROR_MEMORY. */
stls_result stls_error_memory(stls_error *err);

/* STLS_ERROR_INPUT: `item`, a path, and why the system refuses it; `number` is
 * an errno, or 0. STLS_ERROR_MEMORY for ENOMEM. */
stls_result stls_error_system(stls_error *err, int number, const char *item);

/*
 * As stls_error_fail, with the newest entry of OpenSSL's queue appended to the
 * message and its numbers filled in. When an entry says that memory ran out, the
 * result is STLS_ERROR_MEMORY instead. Empties the queue: between `enter` and
 * `leave`.
 */
stls_result stls_error_fail_openssl(stls_error *err, stls_result result,
                                    stls_reason reason, const char *format, ...)
    STLS_PRINTF(4, 5);

/* Copies a whole record to the caller's, as far as its size reaches. */
void stls_error_store(stls_error *err, const stls_error *from);

/* Fills lib, reason and their names from one packed OpenSSL code. */
void stls_error_describe_code(stls_error *err, unsigned long code);

#endif
