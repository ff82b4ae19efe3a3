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

/* Whether there is such a thing, following links. */
bool stls_directory_is_there(const char *path);
bool stls_directory_is_file(const char *path);

/* Whether it is a file that this process has the right to read. */
bool stls_directory_may_read(const char *path);

/* Whether there is nothing: a link that leads nowhere, or what is gone since it
 * was listed. */
bool stls_directory_is_gone(const char *path);

/* Whether it is neither a file nor a directory: a FIFO, a device, a socket. */
bool stls_directory_is_odd(const char *path);

#endif
