/* SPDX-License-Identifier: MIT */
/* file: a whole small file in memory. */
#ifndef STLS_LIB_FILE_H
#define STLS_LIB_FILE_H

#include <sanstls/error.h>
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

#endif
