/* SPDX-License-Identifier: MIT */
/* string_list: the list of strings that calls return to the caller. */
#include "base/string_list.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/mem.h"

struct entry {
  char *text;
  size_t len;
};

struct stls_string_list {
  struct stls_arena arena;
  struct entry *entries;
  size_t count, cap;
};

static bool grow(stls_string_list *list);

size_t stls_string_list_count(const stls_string_list *list)
{
  return list == NULL ? 0 : list->count;
}

const char *stls_string_list_at(const stls_string_list *list, size_t index,
                                size_t *out_len)
{
  bool exists = index < stls_string_list_count(list);

  if (out_len != NULL) *out_len = exists ? list->entries[index].len : 0;
  return exists ? list->entries[index].text : NULL;
}

void stls_string_list_free(stls_string_list *list)
{
  if (list == NULL) return;
  stls_arena_free(&list->arena);
  stls_mem_free(list->entries);
  stls_mem_free(list);
}

stls_result stls_string_list_new(stls_string_list **out_list, stls_error *err)
{
  *out_list = stls_mem_zalloc(sizeof **out_list);
  return *out_list == NULL ? stls_error_memory(err) : STLS_OK;
}

stls_result stls_string_list_add(stls_string_list *list, const char *text,
                                 size_t len, stls_error *err)
{
  struct entry entry = {NULL, len};

  if (list->count < list->cap || grow(list))
    entry.text = stls_arena_dup(&list->arena, text, len);
  if (entry.text == NULL) return stls_error_memory(err);
  list->entries[list->count++] = entry;
  return STLS_OK;
}

stls_result stls_string_list_split(stls_string_list *list, const char *text,
                                   char separator, stls_error *err)
{
  const char *end;
  stls_result result = STLS_OK;

  for (; result == STLS_OK && *text != '\0'; text = end + (*end != '\0')) {
    end = strchr(text, separator);
    if (end == NULL) end = text + strlen(text);
    result = stls_string_list_add(list, text, (size_t)(end - text), err);
  }
  return result;
}

static bool grow(stls_string_list *list)
{
  size_t cap = list->cap == 0 ? 8 : 2 * list->cap;
  struct entry *entries = cap > SIZE_MAX / sizeof *entries
                              ? NULL
                              : stls_mem_alloc(cap * sizeof *entries);

  if (entries == NULL) return false;
  if (list->count > 0)
    memcpy(entries, list->entries, list->count * sizeof *entries);
  stls_mem_free(list->entries);
  list->entries = entries;
  list->cap = cap;
  return true;
}
