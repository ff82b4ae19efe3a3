/* SPDX-License-Identifier: MIT */
/* mem: allocation through OpenSSL's hooks, and reference counts. */
#ifndef STLS_LIB_MEM_H
#define STLS_LIB_MEM_H

#include <stdatomic.h>
#include <stdbool.h>
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

/* A count of references that starts at 1; releasing the last says true. */
typedef atomic_size_t stls_refs;
void stls_refs_init(stls_refs *refs);
void stls_refs_take(stls_refs *refs);
bool stls_refs_release(stls_refs *refs);

#endif
