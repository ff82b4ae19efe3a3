/* SPDX-License-Identifier: MIT */
/* timestamp: the time text of certificates, and seconds since the epoch. */
#ifndef SANSTLS_TIMESTAMP_H
#define SANSTLS_TIMESTAMP_H

#include <stddef.h>
#include <stdint.h>

#include <sanstls/error.h>

STLS_BEGIN_DECLS

/* Room for any text of stls_timestamp_format with its terminating NUL. */
#define STLS_TIMESTAMP_SIZE 25

/*
 * Reads "Mon DD HH:MM:SS YYYY GMT", such as "Jan  5 09:34:43 2018 GMT", as
 * seconds since 1970-01-01 00:00:00 UTC, which are negative for earlier times:
 * ssl.cert_time_to_seconds. Locale, time zone and libc's calendar have no part
 * in it. As in CPython:
 *
 * - letters may be of either case, and one or more spaces separate the fields;
 * - day, hour, minute and second have one digit or two, the year has four;
 * - the second may be 60 or 61, which is the next minute's first or second;
 * - any month may have a day up to 31, which counts on into the next month: of
 *   Feb 30 comes Mar 1 in a leap year, Mar 2 in another.
 *
 * Other white space and digits outside of ASCII, which CPython takes because
 * its strptime does, are refused.
 *
 * STLS_OK: *out_seconds is set.
 * STLS_ERROR_INPUT: another form, or a field out of range (years begin with
 *   0001); the message quotes the text and names the field.
 * STLS_ERROR_MISUSE: a NULL argument. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_timestamp_parse(const char *text,
                                                          int64_t *out_seconds,
                                                          stls_error *err);

/*
 * The other way round: 24 characters with English month names, the day padded
 * with a space, the year with zeros. What it writes, stls_timestamp_parse reads as
 * the same number. An output buffer.
 *
 * STLS_OK.
 * STLS_ERROR_INPUT: the year is not 1 to 9999; the message names the number.
 * STLS_ERROR_MISUSE: a NULL argument, or out_cap is too small. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_timestamp_format(int64_t seconds,
                                                           char *out,
                                                           size_t out_cap,
                                                           size_t *out_len,
                                                           stls_error *err);

STLS_END_DECLS

#endif
