/* SPDX-License-Identifier: MIT */
/* wants: compares stls_object_wants with what the next calls do. */
#ifndef STLS_MODEL_WANTS_H
#define STLS_MODEL_WANTS_H

#include "judge.h"

/* Checks the bits that follow from the walk's state. */
void wants_check(struct world_side *side, const struct judge_view *view);

/* Checks the bits before and after a call against its result. */
void wants_compare(const struct judge *judge, stls_result result);

#endif
