/* SPDX-License-Identifier: MIT */
/* wants: compares stls_object_wants with what the next calls do. */
#ifndef STLS_MODEL_WANTS_H
#define STLS_MODEL_WANTS_H

#include "judge.h"

/* Bits that are known from the state of the walk alone. */
void wants_check(struct world_side *side, const struct judge_view *view);

/* The bits before and after a call, and what came of it. */
void wants_compare(const struct judge *judge, stls_result result);

#endif
