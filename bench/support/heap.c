/* SPDX-License-Identifier: MIT */
/* heap: counts what OpenSSL and the library hold on the heap. */
#include "heap.h"

#include <openssl/crypto.h>
#include <stdint.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "bench.h"

/* What is known of a block lies beside it, not before it: that would make every
 * block larger than it is in a program that does not count. */
struct block {
  void *data; /* NULL: the slot is free. */
  size_t requested;
  enum heap_account account;
};

/* A table of slots, searched linearly from where the address points to. */
static struct block *slots;
static size_t num_slots;
static size_t num_blocks;

static enum heap_account charged;
static struct heap_usage usages[HEAP_NUM_ACCOUNTS];

static void *counted_malloc(size_t len, const char *file, int line);
static void *counted_realloc(void *data, size_t len, const char *file,
                             int line);
static void counted_free(void *data, const char *file, int line);
static void insert(struct block block);
static struct block take_out(void *data);
static size_t slot_of(const void *data);
static void grow(void);
static size_t taken_by(void *data, size_t requested);

void heap_install(void)
{
  bench_need(CRYPTO_set_mem_functions(counted_malloc, counted_realloc,
                                      counted_free) == 1,
             "counting before OpenSSL has allocated");
}

void heap_charge(enum heap_account account)
{
  charged = account;
}

struct heap_usage heap_usage(enum heap_account account)
{
  return usages[account];
}

static void *counted_malloc(size_t len, const char *file, int line)
{
  struct block block = {malloc(len), len, charged};

  (void)file;
  (void)line;
  if (block.data != NULL) insert(block);
  return block.data;
}

static void *counted_realloc(void *data, size_t len, const char *file, int line)
{
  struct block block;

  if (data == NULL) return counted_malloc(len, file, line);
  block = take_out(data);
  data = realloc(data, len);
  bench_need(data != NULL, "memory");
  block.data = data;
  block.requested = len;
  insert(block);
  return data;
}

static void counted_free(void *data, const char *file, int line)
{
  (void)file;
  (void)line;
  if (data == NULL) return;
  (void)take_out(data);
  free(data);
}

static void insert(struct block block)
{
  struct heap_usage *usage = &usages[block.account];
  size_t slot;

  if (num_slots < 2 * (num_blocks + 1)) grow();
  for (slot = slot_of(block.data); slots[slot].data != NULL;)
    slot = (slot + 1) % num_slots;
  slots[slot] = block;
  num_blocks++;
  usage->num_blocks++;
  usage->requested += block.requested;
  usage->taken += taken_by(block.data, block.requested);
}

static struct block take_out(void *data)
{
  size_t slot = slot_of(data);
  struct heap_usage *usage;
  struct block block;

  while (slots[slot].data != data) {
    bench_need(slots[slot].data != NULL, "finding the block that is freed");
    slot = (slot + 1) % num_slots;
  }
  block = slots[slot];
  usage = &usages[block.account];
  usage->num_blocks--;
  usage->requested -= block.requested;
  usage->taken -= taken_by(data, block.requested);
  num_blocks--;
  slots[slot].data = NULL;
  /* A search that passed this slot would end here: what follows moves up. */
  for (size_t next = (slot + 1) % num_slots; slots[next].data != NULL;
       next = (next + 1) % num_slots) {
    size_t home = slot_of(slots[next].data);
    size_t from_home = (next + num_slots - home) % num_slots;
    if (from_home < (next + num_slots - slot) % num_slots) continue;
    slots[slot] = slots[next];
    slots[next].data = NULL;
    slot = next;
  }
  return block;
}

static size_t slot_of(const void *data)
{
  uint64_t mixed = (uint64_t)(uintptr_t)data * UINT64_C(0x9e3779b97f4a7c15);

  return (size_t)(mixed >> 20) % num_slots;
}

static void grow(void)
{
  struct block *old = slots;
  size_t num_old = num_slots;

  num_slots = num_slots == 0 ? 4096 : 4 * num_slots;
  slots = calloc(num_slots, sizeof *slots);
  bench_need(slots != NULL, "memory");
  for (size_t i = 0; i < num_old; i++) {
    size_t slot;
    if (old[i].data == NULL) continue;
    for (slot = slot_of(old[i].data); slots[slot].data != NULL;)
      slot = (slot + 1) % num_slots;
    slots[slot] = old[i];
  }
  free(old);
}

static size_t taken_by(void *data, size_t requested)
{
#ifdef __GLIBC__
  (void)requested;
  /* What can be used, and the word before it. */
  return malloc_usable_size(data) + sizeof(size_t);
#else
  (void)data;
  return requested;
#endif
}
