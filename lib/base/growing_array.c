/* SPDX-License-Identifier: MIT */
/* growing_array: makes room at the end of an array. */
#include "base/growing_array.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

bool stls_growing_array_reserve(void *in_out_items, size_t num,
                                size_t *in_out_cap, size_t size)
{
  const size_t cap = *in_out_cap == 0 ? 32 : 2 * *in_out_cap;
  void *items, *old;

  if (num < *in_out_cap) return true;
  if (cap > SIZE_MAX / 2 / size) return false;
  items = stls_mem_alloc(cap * size);
  if (items == NULL) return false;
  memcpy(&old, in_out_items, sizeof old);
  if (num > 0) memcpy(items, old, num * size);
  stls_mem_free(old);
  memcpy(in_out_items, &items, sizeof items);
  *in_out_cap = cap;
  return true;
}
