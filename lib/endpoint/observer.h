/* SPDX-License-Identifier: MIT */
/* observer: keeps an object's observer and calls it. */
#ifndef STLS_LIB_OBSERVER_H
#define STLS_LIB_OBSERVER_H

#include <sanstls/observer.h>
#include <stdbool.h>

#include "context/context.h"

struct stls_object_observer {
  stls_observer own;
  /* What stands in for the context's trace callback, and calls both. */
  stls_trace_fn trace;
  /* A callback has freed the object. */
  bool has_freed;
};

/* Tells the observer of a call, in which it may make no other. */
void stls_observer_tell(stls_object *object, const stls_call_event *event);

/* The trace callback that messages are to be passed to: the context's, or one that
 * calls it and the observer. */
static inline const stls_trace_fn *stls_observer_trace(
    const struct stls_object_observer *observer, const stls_context *context)
{
  return observer != NULL && observer->own.message != NULL ? &observer->trace
                                                           : &context->trace;
}

/* Tells the observer that it is not needed any more, and frees it. Accepts NULL. */
void stls_observer_free(struct stls_object_observer *observer);

#endif
