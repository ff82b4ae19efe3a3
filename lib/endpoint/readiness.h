/* SPDX-License-Identifier: MIT */
/* readiness: tells which calls on an object can make progress now. */
#ifndef STLS_LIB_READINESS_H
#define STLS_LIB_READINESS_H

#include "endpoint/object.h"

/* The part of stls_readiness_fragment_room for data that does not fit whole. */
size_t stls_readiness_divide(const stls_object *object, size_t len);

/* How many of `len` bytes of plaintext the next record may carry under the
 * limit of `outgoing`; 0 when `outgoing` must be drained first. */
static inline size_t stls_readiness_fragment_room(const stls_object *object,
                                                  size_t len)
{
  const size_t room = stls_bio_room(object->outgoing);

  return len <= STLS_RECORD_HEADER_PLAINTEXT_MAX &&
                 room >= len + STLS_RECORD_HEADER_OVERHEAD_MAX &&
                 object->context->record_padding == 0
             ? len
             : stls_readiness_divide(object, len);
}

#endif
