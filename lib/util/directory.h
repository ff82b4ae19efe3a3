/* SPDX-License-Identifier: MIT */
/* directory: lists the names in a directory. */
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
 * Lists the names that `is_wanted` accepts.
 *
 * STLS_OK: the caller frees the list with stls_directory_free. STLS_ERROR_INPUT:
 * the message has the path and the system's error. STLS_ERROR_MEMORY.
 */
stls_result stls_directory_list(const char *path,
                                bool (*is_wanted)(const char *name),
                                struct stls_directory *out_directory,
                                stls_error *err);

/* Frees the names and empties the list. */
void stls_directory_free(struct stls_directory *directory);

#endif
