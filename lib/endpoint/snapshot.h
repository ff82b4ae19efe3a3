/* SPDX-License-Identifier: MIT */
/* snapshot: takes the facts of an object's handshake, at its end. */
#ifndef STLS_LIB_SNAPSHOT_H
#define STLS_LIB_SNAPSHOT_H

#include "endpoint/object.h"

/* Fills `info` of an object whose handshake has succeeded or failed; what is there
 * stays. false when memory is short: `info` is NULL. */
bool stls_snapshot_take(stls_object *object);

#endif
