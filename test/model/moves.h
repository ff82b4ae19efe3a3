/* SPDX-License-Identifier: MIT */
/* moves: performs the steps of the transport: moves, damages and cuts bytes. */
#ifndef STLS_MODEL_MOVES_H
#define STLS_MODEL_MOVES_H

#include "world.h"

/* Performs a step on the transport or on the queues. */
void moves_do(struct world_side *side, const struct script_step *step);

/* Moves up to `len` bytes from a side's outgoing to its peer's incoming, by one
 * of the ways in which bytes can arrive; returns how many. */
size_t moves_carry(struct world_side *side, size_t len, uint32_t how);

/* Moves all of a side's outgoing, of which its peer gets what it has room for: a
 * network has buffers of its own, which the rest waits in. */
size_t moves_drain(struct world_side *side);

/* Drives the handshake at both ends until neither can go on. */
void moves_settle(struct world *world);

/* Drives a side until it waits: handshake, flush, reads. */
void moves_drive(struct world_side *side);

#endif
