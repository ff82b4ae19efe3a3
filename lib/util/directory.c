/* SPDX-License-Identifier: MIT */
/* directory: lists the names in a directory. */
/* -std=c11 alone does not declare opendir. */
#define _POSIX_C_SOURCE 200809L

#include "util/directory.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

#define FIRST_CAP ((size_t)64)

/* A list that is being filled. */
struct list {
  struct stls_directory found;
  size_t cap;
};

static stls_result read_names(DIR *stream, const char *path,
                              bool (*is_wanted)(const char *name),
                              struct list *list, stls_error *err);
static bool add_name(struct list *list, const char *name);
static bool grow(struct list *list);
static int by_name(const void *a, const void *b);

stls_result stls_directory_list(const char *path,
                                bool (*is_wanted)(const char *name),
                                struct stls_directory *out_directory,
                                stls_error *err)
{
  struct list list = {{NULL, 0}, 0};
  DIR *stream = opendir(path);
  stls_result result;

  if (stream == NULL) return stls_error_system(err, errno, path);
  result = read_names(stream, path, is_wanted, &list, err);
  closedir(stream);
  if (result != STLS_OK) {
    stls_directory_free(&list.found);
    return result;
  }
  if (list.found.num > 1)
    qsort(list.found.names, list.found.num, sizeof(char *), by_name);
  *out_directory = list.found;
  return STLS_OK;
}

void stls_directory_free(struct stls_directory *directory)
{
  for (size_t i = 0; i < directory->num; i++)
    stls_mem_free(directory->names[i]);
  stls_mem_free(directory->names);
  directory->names = NULL;
  directory->num = 0;
}

static stls_result read_names(DIR *stream, const char *path,
                              bool (*is_wanted)(const char *name),
                              struct list *list, stls_error *err)
{
  const struct dirent *entry;

  for (;;) {
    errno = 0;
    entry = readdir(stream);
    if (entry == NULL) break;
    if (is_wanted(entry->d_name) && !add_name(list, entry->d_name))
      return stls_error_memory(err);
  }
  if (errno != 0) return stls_error_system(err, errno, path);
  return STLS_OK;
}

static bool add_name(struct list *list, const char *name)
{
  char *copy;

  if (list->found.num == list->cap && !grow(list)) return false;
  copy = stls_mem_strdup(name);
  if (copy == NULL) return false;
  list->found.names[list->found.num++] = copy;
  return true;
}

static bool grow(struct list *list)
{
  size_t cap = list->cap == 0 ? FIRST_CAP : list->cap * 2;
  char **names = stls_mem_alloc(cap * sizeof *names);

  if (names == NULL) return false;
  if (list->found.num > 0)
    memcpy(names, list->found.names, list->found.num * sizeof *names);
  stls_mem_free(list->found.names);
  list->found.names = names;
  list->cap = cap;
  return true;
}

static int by_name(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}
