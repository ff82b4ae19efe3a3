/* SPDX-License-Identifier: MIT */
/* object_getters: what an object says about itself, changing nothing. */
#ifndef STLS_LIB_OBJECT_GETTERS_H
#define STLS_LIB_OBJECT_GETTERS_H

#include "endpoint/object.h"

/* How many of `len` bytes of plaintext the next record may carry under the
 * limit of `outgoing`; 0 when that has to be drained first. */
size_t stls_object_getters_fragment_room(const stls_object *object, size_t len);

#endif
