/* SPDX-License-Identifier: MIT */
/* sessions: takes a client's sessions, and encodes and decodes them. */
#ifndef STLS_MODEL_SESSIONS_H
#define STLS_MODEL_SESSIONS_H

#include "world.h"

/* Takes the next session, if there is one, and keeps it in the side; or what is
 * read from the bytes that it is written to. */
void sessions_take(struct world_side *side, bool rereads);

#endif
