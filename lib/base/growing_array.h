/* SPDX-License-Identifier: MIT */
/* growing_array: makes room at the end of an array. */
#ifndef STLS_LIB_GROWING_ARRAY_H
#define STLS_LIB_GROWING_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/* `in_out_items` is the address of a pointer to `num` items of `size` bytes, in an array
 * for *in_out_cap of them, which stls_mem_free frees. Makes room for one more: each item
 * is moved about once. false when memory is short: nothing changed. */
bool stls_growing_array_reserve(void *in_out_items, size_t num,
                                size_t *in_out_cap, size_t size);

#endif
