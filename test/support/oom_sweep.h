/* SPDX-License-Identifier: MIT */
/* oom_sweep: refuses one allocation after the other, and checks the result. */
#ifndef STLS_TEST_OOM_SWEEP_H
#define STLS_TEST_OOM_SWEEP_H

#include <sanstls/error.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Refuses the nth allocation of what follows, up to oom_sweep_end, which says
 * whether it came to that. In between there is nothing but the call that is
 * tested.
 */
void oom_sweep_begin(size_t nth);
bool oom_sweep_end(void);

/* The same around a call in which OpenSSL itself loses memory when it is refused some:
 * what is allocated in between is no leak for LeakSanitizer. */
void oom_sweep_begin_lossy(size_t nth);
bool oom_sweep_end_lossy(void);

/*
 * What a call may answer: STLS_OK where OpenSSL did without, STLS_ERROR_MEMORY,
 * or, where OpenSSL took its own failure for something else, the class that it
 * looks like. Where nothing was refused it is `want`. The error queue has to be
 * empty.
 */
void oom_sweep_expect(bool refused, stls_result got, stls_result want,
                      const char *label, size_t nth);

/*
 * Runs `try` with the nth allocation refused, which it says whether it came to,
 * and sees that nothing is left behind. What OpenSSL keeps for later is left
 * once, or once for each of the 16 places of its error queue, so a try that
 * leaves something is repeated: a leak leaves it again.
 */
bool oom_sweep_try(bool (*try)(const void *subject, size_t nth),
                   const void *subject, size_t nth, const char *label);

#endif
