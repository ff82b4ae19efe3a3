/* SPDX-License-Identifier: MIT */
/* facts: what getters tell of a connection, held against the other end. */
#ifndef STLS_MODEL_FACTS_H
#define STLS_MODEL_FACTS_H

#include "world.h"

void facts_check(struct world_side *side);

#endif
