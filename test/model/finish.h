/* SPDX-License-Identifier: MIT */
/* finish: ends a walk, and checks that both sides know the outcome. */
#ifndef STLS_MODEL_FINISH_H
#define STLS_MODEL_FINISH_H

#include "world.h"

/* Drives both sides and moves bytes until nothing moves any more. */
void finish_quiesce(struct world *world);

/* Closes the connection as far as both sides allow, and checks the outcome. */
void finish_run(struct world *world);

#endif
