/* SPDX-License-Identifier: MIT */
/* call_name: names calls and results as a transcript does. */
#ifndef STLS_LIB_CALL_NAME_H
#define STLS_LIB_CALL_NAME_H

#include <sanstls/error.h>
#include <stdbool.h>
#include <stddef.h>

/* The number that the line of a call has. */
typedef enum stls_call_number {
  STLS_CALL_NUMBER_NONE,
  /* The room of a read, or the length of a write. */
  STLS_CALL_NUMBER_LEN,
  STLS_CALL_NUMBER_ARGUMENT
} stls_call_number;

/* Looks up "read" or "stls_object_read". Returns "read", static text, and its number;
 * NULL for what an observer is not told of. */
const char *stls_call_name_find(const char *text, size_t len,
                                stls_call_number *out_number);

/* Writes the name of a result, such as "want_read", to `out`. */
#define STLS_CALL_NAME_RESULT_SIZE ((size_t)32)
void stls_call_name_of_result(stls_result result,
                              char out[STLS_CALL_NAME_RESULT_SIZE]);

/* The result of such a name; false for an unknown one. */
bool stls_call_name_result(const char *text, size_t len,
                           stls_result *out_result);

#endif
