/* SPDX-License-Identifier: MIT */
/* error: fills stls_error records. */
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
 * Writes a failure to the members of `err` that its size includes, and returns
 * `result`. `err` may be NULL. The remaining arguments format the message.
 * STLS_REASON_NONE: OpenSSL's reason, an alert or a verification code says all.
 */
stls_result stls_error_fail(stls_error *err, stls_result result,
                            stls_reason reason, const char *format, ...)
    STLS_PRINTF(4, 5);

/* STLS_ERROR_MISUSE, "`argument` is NULL". */
stls_result stls_error_null(stls_error *err, const char *argument);

/* STLS_ERROR_MEMORY. */
stls_result stls_error_memory(stls_error *err);

/* STLS_ERROR_INPUT, "`item`: " and the text of the errno `number`; 0 is for an
 * unknown cause. `item` is a path. STLS_ERROR_MEMORY for ENOMEM. */
stls_result stls_error_system(stls_error *err, int number, const char *item);

/*
 * As stls_error_fail, and appends the newest entry of OpenSSL's queue to the
 * message and fills in its numbers. When an entry reports a failed allocation, the
 * result is STLS_ERROR_MEMORY instead. Clears the queue; called between
 * stls_error_queue_enter and stls_error_queue_leave.
 */
stls_result stls_error_fail_openssl(stls_error *err, stls_result result,
                                    stls_reason reason, const char *format, ...)
    STLS_PRINTF(4, 5);

/* Copies those members of `from`, a whole record, that the size of `err` includes.
 * `err` may be NULL. */
void stls_error_store(stls_error *err, const stls_error *from);

/* Fills lib, reason and their names from one packed OpenSSL code. */
void stls_error_describe_code(stls_error *err, unsigned long code);

#endif
