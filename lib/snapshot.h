/* SPDX-License-Identifier: MIT */
/* snapshot (L5): takes the facts of an object's handshake, at its end. */
#ifndef STLS_SNAPSHOT_H
#define STLS_SNAPSHOT_H

#include "object.h"

/* Fills `info` of an object whose handshake has succeeded or failed; what is there
 * stays. false when memory is short: `info` is NULL. */
bool stls_snapshot_take(stls_object *object);

#endif
