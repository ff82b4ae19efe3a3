/* SPDX-License-Identifier: MIT */
/* observer: counts messages, and calls the library from inside the observer. */
#ifndef STLS_MODEL_OBSERVER_H
#define STLS_MODEL_OBSERVER_H

#include "world.h"

/* Sets an observer on a context that counts the messages of a side. */
void observer_install(struct world_side *side, stls_context *context);

#endif
