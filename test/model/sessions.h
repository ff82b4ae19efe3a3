/* SPDX-License-Identifier: MIT */
/* sessions: what a client is given to resume with, written down and read. */
#ifndef STLS_MODEL_SESSIONS_H
#define STLS_MODEL_SESSIONS_H

#include "world.h"

/* Takes the next session, if there is one, and keeps it in the side; or what is
 * read from the bytes that it is written to. */
void sessions_take(struct world_side *side, bool rereads);

#endif
