/* SPDX-License-Identifier: MIT */
/* refs: atomic reference counts. */
#include "base/refs.h"

void stls_refs_init(stls_refs *refs)
{
  atomic_init(refs, 1);
}

void stls_refs_take(stls_refs *refs)
{
  atomic_fetch_add_explicit(refs, 1, memory_order_relaxed);
}

bool stls_refs_release(stls_refs *refs)
{
  /* Release orders this thread's writes before the free; acquire shows the last
   * owner the writes of all threads. */
  return atomic_fetch_sub_explicit(refs, 1, memory_order_acq_rel) == 1;
}
