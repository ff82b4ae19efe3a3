/* SPDX-License-Identifier: MIT */
/* call: the frame of every call that drives an object. */
#ifndef STLS_LIB_CALL_H
#define STLS_LIB_CALL_H

#include "endpoint/object.h"

/*
 * `enter` answers STLS_OK, after which `leave` must follow, or the result that
 * the call returns at once: for NULL and for a call from a callback. `leave`
 * passes its result through; the object may be gone afterwards. The error queue
 * is guarded in between; by `enter_data` only from the first operation of the
 * drive on, which is for calls that mostly do without OpenSSL, or begin with such
 * an operation.
 */
stls_result stls_call_enter(stls_object *object, const char *call);
stls_result stls_call_enter_data(stls_object *object, const char *call);
stls_result stls_call_leave(stls_object *object, stls_result result);

/* STLS_ERROR_MISUSE, remembered. Both texts are static. */
stls_result stls_call_misuse(stls_object *object, const char *call,
                             stls_reason reason, const char *why);

/* The same for a call that comes at the wrong point of the connection. */
stls_result stls_call_misplaced(stls_object *object, const char *call);

/* What the state says to a call that needs no handshake before it; handshake.h
 * has the same for others. STLS_OK with *out_run: go on; STLS_OK without: there
 * is nothing to do; else the call's result. */
stls_result stls_call_admit(stls_object *object, stls_call kind,
                            const char *call, bool *out_run);

/* The result of a call that the verdict does not let run. */
stls_result stls_call_answer(stls_object *object, stls_verdict verdict,
                             const char *call);

/* What `settle` leaves to be done, rarely: moves the state, words the failure,
 * keeps the facts. */
stls_result stls_call_conclude(stls_object *object, stls_result result);

/* To be called after each operation of the drive; passes its result through,
 * unless there is more to say of a failure. An operation that only went on has
 * changed nothing but counters: what takes a closer look follows a failure, the
 * peer's end, or a message that asked for it. */
static inline stls_result stls_call_settle(stls_object *object,
                                           stls_result result)
{
  const bool has_gone_on = result >= STLS_OK && result != STLS_CLOSED &&
                           !object->io.monitor.saw_auth_finished;

  return has_gone_on ? result : stls_call_conclude(object, result);
}

#endif
