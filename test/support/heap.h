/* SPDX-License-Identifier: MIT */
/* heap: counts or refuses every allocation of OpenSSL and the library. */
#ifndef STLS_TEST_HEAP_H
#define STLS_TEST_HEAP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A program that calls one of these is linked with a constructor that installs
 * CRYPTO_set_mem_functions before anything is allocated. There, growing memory
 * always moves it, so that whoever keeps an old pointer is found out.
 */

/* What lives now: blocks, and the bytes that were asked for. */
size_t heap_live_blocks(void);
size_t heap_live_bytes(void);

/* How many allocations were granted so far, and their bytes. */
size_t heap_num_granted(void);
size_t heap_bytes_granted(void);

/* Refuses the nth allocation from now, 1 being the next; 0 for none. */
void heap_fail_at(size_t nth);

/* Whether that has happened; ends the refusing and the holding. */
bool heap_stop_failing(void);

/* While held, nothing is refused or counted towards the nth. */
void heap_hold(bool held);

/* Refuses whatever is larger; the default is half a gigabyte. */
void heap_set_max(size_t len);

/* Counts the blocks that are freed with these bytes in them from now on; the
 * bytes are borrowed, and NULL ends it. */
void heap_watch(const void *bytes, size_t len);
size_t heap_num_spilled(void);

#endif
