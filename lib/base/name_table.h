/* SPDX-License-Identifier: MIT */
/* name_table: tables of numbers and their names. */
#ifndef STLS_LIB_NAME_TABLE_H
#define STLS_LIB_NAME_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stls_name_table {
  int64_t value;
  const char *name;
};

/* The first name of a value; "unknown" for none. */
const char *stls_name_table_name(const struct stls_name_table *table,
                                 size_t num, int64_t value);

/* The row of a name, in whatever case; NULL for none, or no name. */
const struct stls_name_table *stls_name_table_find(
    const struct stls_name_table *table, size_t num, const char *name);

/* The same for values that are ints; false for none, or a NULL argument. */
bool stls_name_table_int(const struct stls_name_table *table, size_t num,
                         const char *name, int *out_value);

#endif
