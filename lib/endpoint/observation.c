/* SPDX-License-Identifier: MIT */
/* observation: surrounds a call on an object that is observed. */
#include "endpoint/observation.h"

#include "endpoint/observer.h"

static struct stls_observation make(stls_object *object, const char *call);
static void add(size_t *in_out_len, size_t len);
static void tell(struct stls_observation *it);

struct stls_observation stls_observation_of(stls_object *object,
                                            const char *call, int argument)
{
  struct stls_observation it = make(object, call);

  it.event.argument = argument;
  stls_observation_begin(&it);
  return it;
}

struct stls_observation stls_observation_of_write(stls_object *object,
                                                  const char *call,
                                                  const stls_span *spans,
                                                  size_t num_spans)
{
  struct stls_observation it = make(object, call);

  it.event.data = spans;
  it.event.num_data = spans == NULL ? 0 : num_spans;
  for (size_t i = 0; i < it.event.num_data; i++)
    add(&it.event.len, spans[i].len);
  return it;
}

struct stls_observation stls_observation_of_read(
    stls_object *object, const char *call, const stls_writable_span *spans,
    size_t num_spans)
{
  struct stls_observation it = make(object, call);

  it.event.room = spans;
  it.event.num_room = spans == NULL ? 0 : num_spans;
  for (size_t i = 0; i < it.event.num_room; i++)
    add(&it.event.len, spans[i].len);
  return it;
}

/* What runs between `begin` and `end` takes the ways of an object that nobody
 * observes. */
void stls_observation_begin(struct stls_observation *it)
{
  tell(it);
  it->object->activity = STLS_ACTIVITY_NONE;
}

stls_result stls_observation_end(struct stls_observation *it,
                                 stls_result result, const size_t *out_done)
{
  stls_object *object = it->object;

  it->event.has_ended = true;
  it->event.result = result;
  if (out_done != NULL) it->event.done = *out_done;
  tell(it);
  object->activity = STLS_ACTIVITY_OBSERVED;
  if (object->observer->has_freed) stls_object_free(object);
  return result;
}

static struct stls_observation make(stls_object *object, const char *call)
{
  return (struct stls_observation){
      .object = object,
      .event = {.size = sizeof(stls_call_event), .call = call}};
}

static void add(size_t *in_out_len, size_t len)
{
  *in_out_len = len > SIZE_MAX - *in_out_len ? SIZE_MAX : *in_out_len + len;
}

static void tell(struct stls_observation *it)
{
  it->event.has_incoming_ended = it->object->incoming->eof_written;
  it->event.has_outgoing_ended = it->object->outgoing->eof_written;
  stls_observer_tell(it->object, &it->event);
}
