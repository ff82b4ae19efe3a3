/* SPDX-License-Identifier: MIT */
/* sides: makes both ends of a walk from its settings. */
#ifndef STLS_MODEL_SIDES_H
#define STLS_MODEL_SIDES_H

#include "world.h"

/* Where the certificates are: test/data. false, and a word on stderr, where they
 * cannot be loaded. */
bool sides_load(const char *folder);
void sides_unload(void);

/* Contexts for the script's settings; then two ends, joined by nothing but the
 * walk. A failure is a fault. */
void sides_open(struct world *world);
void sides_connect(struct world *world);

/* Frees the ends, and all. */
void sides_disconnect(struct world *world);
void sides_close(struct world *world);

#endif
