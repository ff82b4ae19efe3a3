/* SPDX-License-Identifier: MIT */
/* arena: many small pieces of memory that live and die together. */
#ifndef STLS_LIB_ARENA_H
#define STLS_LIB_ARENA_H

#include <stddef.h>

/* Starts as zeroes; what it hands out lives until it is freed as a whole. */
struct stls_arena {
  struct stls_arena_block *newest;
};

/* All return NULL when memory is short; the memory is zeroed and aligned for
 * any type. */
void *stls_arena_alloc(struct stls_arena *arena, size_t len);

/* A copy with a terminating NUL behind it. `data` may be NULL when len is 0. */
char *stls_arena_dup(struct stls_arena *arena, const void *data, size_t len);
char *stls_arena_strdup(struct stls_arena *arena, const char *text);

void stls_arena_free(struct stls_arena *arena);

#endif
