/* SPDX-License-Identifier: MIT */
/* looks: performs the steps that change nothing: exports, bindings, misuse. */
#ifndef STLS_MODEL_LOOKS_H
#define STLS_MODEL_LOOKS_H

#include "world.h"

void looks_do(struct world_side *side, const struct script_step *step);

#endif
