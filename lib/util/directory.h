/* SPDX-License-Identifier: MIT */
/* directory: what the file system has at a path, and names in a folder. */
#ifndef STLS_LIB_DIRECTORY_H
#define STLS_LIB_DIRECTORY_H

#include <sanstls/error.h>
#include <stdbool.h>
#include <stddef.h>

/* Names of a directory's entries, without the directory, sorted by strcmp. */
struct stls_directory {
  char **names;
  size_t num;
};

/*
 * Lists the names that `is_wanted` says yes to. STLS_OK: the caller's, for
 * stls_directory_free. STLS_ERROR_INPUT names the path and what the system
 * said; STLS_ERROR_MEMORY.
 */
stls_result stls_directory_list(const char *path,
                                bool (*is_wanted)(const char *name),
                                struct stls_directory *out_directory,
                                stls_error *err);

/* Leaves it empty; an empty one is fine. */
void stls_directory_free(struct stls_directory *directory);

#endif
