/* SPDX-License-Identifier: MIT */
/* arena: allocates small blocks that are freed together. */
#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

/* The strings of a certificate fit into one or two blocks. */
#define BLOCK_LEN ((size_t)2048)
#define ALIGNMENT (_Alignof(max_align_t))

struct stls_arena_block {
  struct stls_arena_block *older;
  size_t used;
  size_t len;
  _Alignas(max_align_t) unsigned char data[];
};

static struct stls_arena_block *add_block(struct stls_arena *arena, size_t len);

void *stls_arena_alloc(struct stls_arena *arena, size_t len)
{
  struct stls_arena_block *block = arena->newest;
  void *data;

  if (len > SIZE_MAX / 2) return NULL;
  len = (len + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (block == NULL || len > block->len - block->used)
    block = add_block(arena, len);
  if (block == NULL) return NULL;
  data = block->data + block->used;
  block->used += len;
  return data;
}

char *stls_arena_dup(struct stls_arena *arena, const void *data, size_t len)
{
  char *copy = len < SIZE_MAX ? stls_arena_alloc(arena, len + 1) : NULL;

  if (copy != NULL && len > 0) memcpy(copy, data, len);
  return copy;
}

char *stls_arena_strdup(struct stls_arena *arena, const char *text)
{
  return stls_arena_dup(arena, text, strlen(text));
}

void stls_arena_free(struct stls_arena *arena)
{
  while (arena->newest != NULL) {
    struct stls_arena_block *block = arena->newest;
    arena->newest = block->older;
    stls_mem_free(block);
  }
}

void stls_arena_free_clear(struct stls_arena *arena)
{
  for (struct stls_arena_block *block = arena->newest; block != NULL;
       block = block->older)
    stls_mem_wipe(block->data, block->used);
  stls_arena_free(arena);
}

static struct stls_arena_block *add_block(struct stls_arena *arena, size_t len)
{
  size_t block_len = len > BLOCK_LEN ? len : BLOCK_LEN;
  struct stls_arena_block *block = stls_mem_zalloc(sizeof *block + block_len);

  if (block == NULL) return NULL;
  block->len = block_len;
  block->older = arena->newest;
  arena->newest = block;
  return block;
}
