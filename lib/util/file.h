/* SPDX-License-Identifier: MIT */
/* file: a whole small file in memory. */
#ifndef STLS_LIB_FILE_H
#define STLS_LIB_FILE_H

#include <sanstls/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No PEM file of use is larger, and a device that never ends has to stop. */
#define STLS_FILE_MAX ((size_t)64 * 1024 * 1024)

/*
 * Reads a file. *out_data is from stls_mem_alloc, to be wiped and freed by the
 * caller. STLS_ERROR_INPUT names the path and what the system said.
 */
stls_result stls_file_read(const char *path, uint8_t **out_data,
                           size_t *out_len, stls_error *err);

/* What `path` names, following symbolic links; false when stat(2) fails. */
bool stls_file_is_directory(const char *path);
bool stls_file_is_regular(const char *path);

/* Neither a regular file nor a directory: a FIFO, a device, a socket. */
bool stls_file_is_special(const char *path);

/* A regular file that this process may read. */
bool stls_file_is_readable(const char *path);

/* Nothing: a dangling link, or an entry removed since it was listed. */
bool stls_file_is_missing(const char *path);

#endif
