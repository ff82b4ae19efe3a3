/* SPDX-License-Identifier: MIT */
/* name_table: tables of numbers and their names. */
#include "base/name_table.h"

static bool is_same(const char *one, const char *other);
static char lower(char c);

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
    if (is_same(table[i].name, name)) return &table[i];
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

static bool is_same(const char *one, const char *other)
{
  while (*one != '\0' && lower(*one) == lower(*other)) one++, other++;
  return *one == *other;
}

/* Whatever the locale is. */
static char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}
