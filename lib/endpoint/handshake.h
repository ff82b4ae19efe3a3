/* SPDX-License-Identifier: MIT */
/* handshake: runs the handshake and checks its outcome. */
#ifndef STLS_LIB_HANDSHAKE_H
#define STLS_LIB_HANDSHAKE_H

#include "base/cold.h"
#include "endpoint/object.h"

/* The part of stls_handshake_admit for a call that the state does not let run at
 * once. */
STLS_COLD stls_result stls_handshake_run_first(stls_object *object,
                                               stls_call kind, const char *call,
                                               bool *out_run);

/* Whether nothing stands in the way of data: the common case. */
static inline bool stls_handshake_is_past(const stls_object *object,
                                          stls_call kind)
{
  return stls_state_verdict(object->state, kind) == STLS_VERDICT_RUN &&
         !object->is_handed_over;
}

/* As stls_call_admit, for a call that needs the handshake to be done: runs the
 * handshake first. */
static inline stls_result stls_handshake_admit(stls_object *object,
                                               stls_call kind, const char *call,
                                               bool *out_run)
{
  *out_run = stls_handshake_is_past(object, kind);
  return *out_run ? STLS_OK
                  : stls_handshake_run_first(object, kind, call, out_run);
}

#endif
