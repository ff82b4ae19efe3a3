/* SPDX-License-Identifier: MIT */
/* cold: marks functions that rarely run. */
#ifndef STLS_LIB_COLD_H
#define STLS_LIB_COLD_H

/* Before the declaration of a function that a hot one calls in rare cases: it is not
 * inlined there, so that the hot one saves no registers for it. */
#if defined(__GNUC__)
#define STLS_COLD __attribute__((cold, noinline))
#else
#define STLS_COLD
#endif

#endif
