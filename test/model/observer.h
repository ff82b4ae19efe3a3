/* SPDX-License-Identifier: MIT */
/* observer: counts messages, and calls the library from inside the observer. */
#ifndef STLS_MODEL_OBSERVER_H
#define STLS_MODEL_OBSERVER_H

#include "world.h"

/* Has a context tell a side of its messages. */
void observer_install(struct world_side *side, stls_context *context);

#endif
