/* SPDX-License-Identifier: MIT */
/* file: reads a whole file, and tests what a path names. */
#ifndef STLS_LIB_FILE_H
#define STLS_LIB_FILE_H

#include <sanstls/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No useful PEM file is larger; the limit ends a read of an endless device. */
#define STLS_FILE_MAX ((size_t)64 * 1024 * 1024)

/*
 * Reads a file. *out_data is from stls_mem_alloc; the caller wipes and frees it.
 * STLS_ERROR_INPUT: the message has the path and the system's error.
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
