/* SPDX-License-Identifier: MIT */
/* refs: atomic reference counts. */
#ifndef STLS_LIB_REFS_H
#define STLS_LIB_REFS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/refs.h"

/* Any thread. */
typedef atomic_size_t stls_refs;

/* Sets the count to 1. */
void stls_refs_init(stls_refs *refs);

/* Adds one reference. The caller holds another one. */
void stls_refs_take(stls_refs *refs);

/* Drops one reference. Returns true when it was the last: the caller then frees
 * the object. */
bool stls_refs_release(stls_refs *refs);

#endif
