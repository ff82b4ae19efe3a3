/* SPDX-License-Identifier: MIT */
/* facts: compares the getters of a connection with those of the other end. */
#ifndef STLS_MODEL_FACTS_H
#define STLS_MODEL_FACTS_H

#include "world.h"

void facts_check(struct world_side *side);

#endif
