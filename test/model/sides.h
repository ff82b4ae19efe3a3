/* SPDX-License-Identifier: MIT */
/* sides: makes both ends of a walk from its settings. */
#ifndef STLS_MODEL_SIDES_H
#define STLS_MODEL_SIDES_H

#include "world.h"

/* `folder` holds the certificates: test/data. Returns false, with a line on
 * stderr, if one cannot be loaded. */
bool sides_load(const char *folder);
void sides_unload(void);

/* Makes the contexts and both ends from the script's settings. Only the walk
 * moves bytes between them. A failure is a fault. */
void sides_open(struct world *world);
void sides_connect(struct world *world);

/* Frees both ends and the contexts. */
void sides_disconnect(struct world *world);
void sides_close(struct world *world);

#endif
