/* SPDX-License-Identifier: MIT */
/* sized_rows: structs that callers with an older or a newer header pass. */
#ifndef STLS_TEST_SIZED_ROWS_H
#define STLS_TEST_SIZED_ROWS_H

#include <sanstls/error.h>
#include <stddef.h>

#include "struct_layouts.h"

/* What a call made of a struct that was handed in, as text. */
typedef struct sized_outcome {
  stls_result result;
  char text[512];
} sized_outcome;

/* A struct that is handed in, as the second half sets it from its _INIT, and a
 * call that takes it. The struct is on a heap block of exactly its size, so that a
 * sanitizer sees any byte that is read behind it. */
typedef struct sized_row {
  const char *name;
  const struct_layout *layout;
  const void *init;
  void (*set)(void *whole);
  void (*call)(const void *given, sized_outcome *out);
} sized_row;

/* The result, and the message of a failure. */
void sized_rows_tell(sized_outcome *out, stls_result result,
                     const stls_error *err);

/* What is not there, by its size, is as by default. */
void sized_rows_expect_defaults(const sized_row *rows, size_t num);

/* Each row says another thing when its last member that is set is missing, or it
 * would show nothing above. */
void sized_rows_expect_members(const sized_row *rows, size_t num);

/* What only a newer library knows is refused, as by clone3(2) and openat2(2). */
void sized_rows_expect_newer(const sized_row *rows, size_t num);

/* A size that is none is refused. */
void sized_rows_expect_sizes(const sized_row *rows, size_t num);

#endif
