/* SPDX-License-Identifier: MIT */
/* call: does what every call on an object begins and ends with. */
#ifndef STLS_LIB_CALL_H
#define STLS_LIB_CALL_H

#include <limits.h>

#include "base/cold.h"
#include "endpoint/object.h"

/* What `enter` returns for a call that has to be told to an observer: see
 * observation.h. It is no result of the library. */
#define STLS_CALL_OBSERVED ((stls_result)INT_MIN)

/* `enter` returns STLS_OK, after which `leave` must follow, STLS_CALL_OBSERVED, or the
 * result that the call returns at once: for a NULL object and for a call from a
 * callback.
 * `leave` returns the result it is given; the object may be freed afterwards.
 * The error queue is guarded in between. `enter_data` guards it only from the
 * first operation of ssl_io on: for calls that rarely need OpenSSL, or that
 * begin with such an operation. */
stls_result stls_call_enter(stls_object *object, const char *call);

/* The result of `enter` for a call that is barred. */
STLS_COLD stls_result stls_call_refuse(stls_object *object, const char *call);

/* Whether a call cannot begin at once. Inline, as all here that runs once a
 * record. */
static inline bool stls_call_is_barred(const stls_object *object)
{
  return object == NULL || object->activity != STLS_ACTIVITY_NONE ||
         object->incoming->busy;
}

/* Begins one that is not barred. */
static inline void stls_call_start(stls_object *object)
{
  object->activity = STLS_ACTIVITY_RUNNING;
}

static inline stls_result stls_call_enter_data(stls_object *object,
                                               const char *call)
{
  if (stls_call_is_barred(object)) return stls_call_refuse(object, call);
  stls_call_start(object);
  return STLS_OK;
}

static inline stls_result stls_call_leave(stls_object *object,
                                          stls_result result)
{
  const bool is_free = object->free_when_idle;

  stls_ssl_bios_leave(&object->io);
  object->activity = STLS_ACTIVITY_NONE;
  if (is_free) stls_object_free(object);
  return result;
}

/* Records a misuse and returns STLS_ERROR_MISUSE. Both texts are static. */
STLS_COLD stls_result stls_call_misuse(stls_object *object, const char *call,
                                       stls_reason reason, const char *why);

/* The same for a call that this connection does not support: returns
 * STLS_ERROR_UNSUPPORTED. */
stls_result stls_call_unsupported(stls_object *object, const char *call,
                                  const char *why);

/* Checks one span of a call that takes several, and adds its length to
 * *in_out_len. STLS_OK, or a misuse: it has a length and no data, which `if_null`
 * says, or the lengths overflow. */
static inline stls_result stls_call_add_span(stls_object *object,
                                             const char *call, const void *data,
                                             size_t len, const char *if_null,
                                             size_t *in_out_len)
{
  if (data == NULL && len > 0)
    return stls_call_misuse(object, call, STLS_REASON_NULL_ARGUMENT, if_null);
  if (len > SIZE_MAX - *in_out_len)
    return stls_call_misuse(object, call, STLS_REASON_OUT_OF_RANGE,
                            "the spans' lengths overflow");
  *in_out_len += len;
  return STLS_OK;
}

/* The same for a call that the state of the connection forbids. */
stls_result stls_call_misplaced(stls_object *object, const char *call);

/* Asks the state about a call that needs no handshake before it;
 * stls_handshake_admit is for calls that do. STLS_OK with *out_run true: the
 * call goes on; STLS_OK with false: there is nothing to do; otherwise the
 * call's result. */
stls_result stls_call_admit(stls_object *object, stls_call kind,
                            const char *call, bool *out_run);

/* The result of a call that the verdict does not let run. */
stls_result stls_call_answer(stls_object *object, stls_verdict verdict,
                             const char *call);

/* The rare part of `settle`: changes the state, completes the error and takes
 * the snapshots. */
STLS_COLD stls_result stls_call_conclude(stls_object *object,
                                         stls_result result);

/* Must be called after each operation of ssl_io. Returns `result`, or a more
 * precise failure. An operation that made progress changed nothing but
 * counters; only a failure, the peer's end, or the Finished of a later
 * authentication needs `conclude`. */
static inline stls_result stls_call_settle(stls_object *object,
                                           stls_result result)
{
  const bool has_gone_on = result >= STLS_OK && result != STLS_CLOSED &&
                           !object->io.monitor.saw_auth_finished;

  return has_gone_on ? result : stls_call_conclude(object, result);
}

#endif
