/* SPDX-License-Identifier: MIT */
/* name_table: looks up the name of a number, and the number of a name. */
#ifndef STLS_LIB_NAME_TABLE_H
#define STLS_LIB_NAME_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stls_name_table {
  int64_t value;
  const char *name;
};

/* Returns the first name of a value, "unknown" for none. */
const char *stls_name_table_name(const struct stls_name_table *table,
                                 size_t num, int64_t value);

/* Returns the row of a name, regardless of case; NULL for none, or when `name` is
 * NULL. */
const struct stls_name_table *stls_name_table_find(
    const struct stls_name_table *table, size_t num, const char *name);

/* Writes the value of a name, which is an int. false: there is no such name, or an
 * argument is NULL. */
bool stls_name_table_int(const struct stls_name_table *table, size_t num,
                         const char *name, int *out_value);

#endif
