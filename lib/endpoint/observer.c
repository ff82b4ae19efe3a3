/* SPDX-License-Identifier: MIT */
/* observer: keeps an object's observer and calls it. */
#include "endpoint/observer.h"

#include "base/error_queue.h"
#include "base/mem.h"
#include "base/sized_struct.h"
#include "endpoint/object.h"

STLS_SIZED_STRUCT(layout, stls_observer, STLS_SIZED_END(stls_observer, call),
                  STLS_SIZED_END(stls_observer, message),
                  STLS_SIZED_END(stls_observer, freed),
                  STLS_SIZED_END(stls_observer, user_data));

static stls_result make(const stls_observer *given,
                        struct stls_object_observer **out_observer,
                        stls_error *err);
static void trace_both(stls_object *object, const stls_trace_event *event,
                       void *user_data);

stls_result stls_object_set_observer(stls_object *object,
                                     const stls_observer *observer,
                                     stls_error *err)
{
  struct stls_object_observer *made = NULL, *old;
  stls_result result = STLS_OK;

  if (object == NULL) return stls_error_null(err, "object");
  if (stls_object_is_busy(object))
    return stls_error_fail(err, STLS_ERROR_MISUSE,
                           STLS_REASON_CALLED_FROM_CALLBACK,
                           "called from a callback");
  if (observer != NULL) result = make(observer, &made, err);
  if (result != STLS_OK) return result;
  old = object->observer;
  object->observer = made;
  object->activity = made != NULL && made->own.call != NULL
                         ? STLS_ACTIVITY_OBSERVED
                         : STLS_ACTIVITY_NONE;
  object->io.trace = stls_observer_trace(made, object->context);
  stls_observer_free(old);
  return STLS_OK;
}

void stls_observer_tell(stls_object *object, const stls_call_event *event)
{
  const stls_observer *own = &object->observer->own;
  stls_error_queue_guard guard;

  object->activity = STLS_ACTIVITY_RUNNING;
  stls_error_queue_enter(&guard);
  own->call(object, event, own->user_data);
  stls_error_queue_leave(&guard);
}

void stls_observer_free(struct stls_object_observer *observer)
{
  if (observer == NULL) return;
  if (observer->own.freed != NULL) observer->own.freed(observer->own.user_data);
  stls_mem_free(observer);
}

static stls_result make(const stls_observer *given,
                        struct stls_object_observer **out_observer,
                        stls_error *err)
{
  stls_observer own = STLS_OBSERVER_INIT;
  stls_result result =
      stls_sized_struct_read(&layout, given, "observer", &own, err);
  struct stls_object_observer *observer;

  if (result != STLS_OK) return result;
  observer = stls_mem_zalloc(sizeof *observer);
  if (observer == NULL) return stls_error_memory(err);
  observer->own = own;
  observer->trace = trace_both;
  *out_observer = observer;
  return STLS_OK;
}

static void trace_both(stls_object *object, const stls_trace_event *event,
                       void *user_data)
{
  const stls_context *context = object->context;
  const stls_observer *own = &object->observer->own;

  if (context->trace != NULL) context->trace(object, event, user_data);
  own->message(object, event, own->user_data);
}
