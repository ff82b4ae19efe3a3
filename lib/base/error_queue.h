/* SPDX-License-Identifier: MIT */
/* error_queue: saves, reads and clears the thread's OpenSSL error queue. */
#ifndef STLS_LIB_ERROR_QUEUE_H
#define STLS_LIB_ERROR_QUEUE_H

#include <sanstls/error.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cold.h"

bool stls_error_queue_is_empty(void);

/* Takes all entries of the queue; what `enter` does with some. */
STLS_COLD struct stls_error_queue_saved *stls_error_queue_save(void);

/*
 * The thread's error queue around one operation: `enter` sets aside its entries,
 * so that OpenSSL starts from an empty queue; `leave` drops the operation's
 * entries and restores the caller's. Entries keep everything except marks
 * (ERR_set_mark), which OpenSSL has no function to read. When memory is short,
 * the caller's entries are lost.
 */
typedef struct stls_error_queue_guard {
  struct stls_error_queue_saved *saved;
} stls_error_queue_guard;

static inline void stls_error_queue_enter(stls_error_queue_guard *guard)
{
  guard->saved = stls_error_queue_is_empty() ? NULL : stls_error_queue_save();
}
void stls_error_queue_leave(stls_error_queue_guard *guard);

/* The functions below are called between `enter` and `leave`. */

/* Removes the oldest entry and returns its code; 0 when the queue is empty. */
unsigned long stls_error_queue_take(void);

void stls_error_queue_clear(void);

/* Clears the queue. Returns the number of entries; *out_memory says whether one of
 * them reports a failed allocation. */
size_t stls_error_queue_drain(bool *out_memory);

/*
 * Clears the queue after OpenSSL failed to decode outside data.
 *
 * STLS_ERROR_MEMORY: an entry reports a failed allocation, or there is no entry,
 *   as the allocators of base/mem.h leave none. STLS_ERROR_INPUT: otherwise.
 */
stls_result stls_error_queue_classify(void);

#endif
