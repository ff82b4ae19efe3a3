/* SPDX-License-Identifier: MIT */
/* cold: marks functions that a caller goes on without. */
#ifndef STLS_LIB_COLD_H
#define STLS_LIB_COLD_H

/* Before the declaration of a function that is not inlined, so that a caller with a
 * shorter way saves no registers for it. STLS_COLD: nor does it matter how fast it
 * is. */
#if defined(__GNUC__)
#define STLS_COLD __attribute__((cold, noinline))
#define STLS_NOINLINE __attribute__((noinline))
#else
#define STLS_COLD
#define STLS_NOINLINE
#endif

#endif
