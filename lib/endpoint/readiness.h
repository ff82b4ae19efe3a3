/* SPDX-License-Identifier: MIT */
/* readiness: tells which calls on an object can make progress now. */
#ifndef STLS_LIB_READINESS_H
#define STLS_LIB_READINESS_H

#include "endpoint/object.h"

/* How many of `len` bytes of plaintext the next record may carry under the
 * limit of `outgoing`; 0 when `outgoing` must be drained first. */
size_t stls_readiness_fragment_room(const stls_object *object, size_t len);

#endif
