/* SPDX-License-Identifier: MIT */
/* arena: allocates small blocks that are freed together. */
#ifndef STLS_LIB_ARENA_H
#define STLS_LIB_ARENA_H

#include <stddef.h>

/* Starts as zeroes. Its blocks live until stls_arena_free. */
struct stls_arena {
  struct stls_arena_block *newest;
};

/* All return NULL when memory is short. The memory is zeroed, and aligned for any
 * type. */
void *stls_arena_alloc(struct stls_arena *arena, size_t len);

/* Copies, and appends a NUL. `data` may be NULL when len is 0. */
char *stls_arena_dup(struct stls_arena *arena, const void *data, size_t len);
char *stls_arena_strdup(struct stls_arena *arena, const char *text);

void stls_arena_free(struct stls_arena *arena);

/* The same, and wipes them first. */
void stls_arena_free_clear(struct stls_arena *arena);

#endif
