/* SPDX-License-Identifier: MIT */
/* actions: performs the steps that call an object, and has each call judged. */
#ifndef STLS_MODEL_ACTIONS_H
#define STLS_MODEL_ACTIONS_H

#include "world.h"

/* One step of a script on a side of ours; a side that is gone does nothing. */
void actions_do(struct world_side *side, const struct script_step *step);

stls_result actions_handshake(struct world_side *side);

/* Reads up to `len` bytes, in up to three rooms. */
stls_result actions_read(struct world_side *side, size_t len, unsigned rooms);

/* Reads, and brings `in_len` bytes; *out_used of them were taken. */
stls_result actions_read_from(struct world_side *side, const void *in,
                              size_t in_len, size_t len, size_t *out_used);

stls_result actions_flush(struct world_side *side);
stls_result actions_close_write(struct world_side *side);
stls_result actions_unwrap(struct world_side *side);

/* Chooses the context where that is awaited, or rejects the client. */
void actions_answer(struct world_side *side, bool rejects);

#endif
