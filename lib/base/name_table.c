/* SPDX-License-Identifier: MIT */
/* name_table: looks up the name of a number, and the number of a name. */
#include "base/name_table.h"

#include "base/ascii.h"

const char *stls_name_table_name(const struct stls_name_table *table,
                                 size_t num, int64_t value)
{
  for (size_t i = 0; i < num; i++)
    if (table[i].value == value) return table[i].name;
  return "unknown";
}

const struct stls_name_table *stls_name_table_find(
    const struct stls_name_table *table, size_t num, const char *name)
{
  if (name == NULL) return NULL;
  for (size_t i = 0; i < num; i++)
    if (stls_ascii_equal_text(table[i].name, name)) return &table[i];
  return NULL;
}

bool stls_name_table_int(const struct stls_name_table *table, size_t num,
                         const char *name, int *out_value)
{
  const struct stls_name_table *found = stls_name_table_find(table, num, name);

  if (found == NULL || out_value == NULL) return false;
  *out_value = (int)found->value;
  return true;
}
