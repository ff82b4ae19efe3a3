/* SPDX-License-Identifier: MIT */
/* name_table: tables of numbers and their names. */
#ifndef STLS_LIB_NAME_TABLE_H
#define STLS_LIB_NAME_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stls_named {
  int64_t value;
  const char *name;
};

/* The first name of a value; "unknown" for none. */
const char *stls_named_name(const struct stls_named *table, size_t num,
                            int64_t value);

/* The row of a name, in whatever case; NULL for none, or no name. */
const struct stls_named *stls_named_find(const struct stls_named *table,
                                         size_t num, const char *name);

/* The same for values that are ints; false for none, or a NULL argument. */
bool stls_named_int(const struct stls_named *table, size_t num,
                    const char *name, int *out_value);

#endif
