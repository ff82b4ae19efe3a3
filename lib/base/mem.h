/* SPDX-License-Identifier: MIT */
/* mem: allocates through OpenSSL's hooks, and wipes. */
#ifndef STLS_LIB_MEM_H
#define STLS_LIB_MEM_H

#include <stddef.h>

/* All return NULL when memory is short, and leave no entry in the error queue. A
 * length of 0 allocates one byte. */
void *stls_mem_alloc(size_t len);
void *stls_mem_zalloc(size_t len);
void *stls_mem_dup(const void *data, size_t len);
char *stls_mem_strdup(const char *text);

/* Overwrites memory; no compiler removes the call. */
void stls_mem_wipe(void *data, size_t len);

/* Both accept NULL. stls_mem_free_clear wipes `len` bytes first. */
void stls_mem_free(void *data);
void stls_mem_free_clear(void *data, size_t len);

#endif
