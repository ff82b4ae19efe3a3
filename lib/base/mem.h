/* SPDX-License-Identifier: MIT */
/* mem: allocation through OpenSSL's hooks. */
#ifndef STLS_LIB_MEM_H
#define STLS_LIB_MEM_H

#include <stddef.h>

/* All return NULL when memory is short; a length of 0 gives one byte. */
void *stls_mem_alloc(size_t len);
void *stls_mem_zalloc(size_t len);
void *stls_mem_dup(const void *data, size_t len);
char *stls_mem_strdup(const char *text);

/* In a way that no compiler leaves out. */
void stls_mem_wipe(void *data, size_t len);

/* NULL is fine. The clearing form wipes `len` bytes first. */
void stls_mem_free(void *data);
void stls_mem_free_clear(void *data, size_t len);

#endif
