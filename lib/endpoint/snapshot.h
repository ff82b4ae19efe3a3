/* SPDX-License-Identifier: MIT */
/* snapshot: copies the facts of a handshake or a later authentication. */
#ifndef STLS_LIB_SNAPSHOT_H
#define STLS_LIB_SNAPSHOT_H

#include "endpoint/object.h"

/* Fills `info` of an object whose handshake has succeeded or failed. An `info`
 * that exists stays. false when memory is short: `info` is NULL then. */
bool stls_snapshot_take(stls_object *object);

/* Fills `auth` once the client has answered a request for its certificate, or
 * was refused. When memory is short, the client counts as not having answered,
 * and the next call tries again. */
void stls_snapshot_take_auth(stls_object *object);

#endif
