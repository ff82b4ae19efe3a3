/* SPDX-License-Identifier: MIT */
/* shutdown: closes each direction of a connection. */
#include "endpoint/call.h"
#include "endpoint/observation.h"
#include "endpoint/write.h"

static stls_result close_direction(stls_object *object, const char *call);
static stls_result answer_close(stls_object *object, const char *call,
                                stls_result peers);
static stls_result await_close(stls_object *object, const char *call);

stls_result stls_object_close_write(stls_object *object)
{
  stls_result result = stls_call_enter(object, __func__);
  bool run;

  if (result == STLS_CALL_OBSERVED) {
    struct stls_observation it = stls_observation_of(object, __func__, 0);
    return stls_observation_end(&it, stls_object_close_write(object), NULL);
  }
  if (result != STLS_OK) return result;
  result = stls_call_admit(object, STLS_CALL_CLOSE_WRITE, __func__, &run);
  if (run) result = close_direction(object, __func__);
  return stls_call_leave(object, result);
}

stls_result stls_object_unwrap(stls_object *object)
{
  stls_result result = stls_call_enter(object, __func__);
  bool run;

  if (result == STLS_CALL_OBSERVED) {
    struct stls_observation it = stls_observation_of(object, __func__, 0);
    return stls_observation_end(&it, stls_object_unwrap(object), NULL);
  }
  if (result != STLS_OK) return result;
  result = stls_call_admit(object, STLS_CALL_UNWRAP, __func__, &run);
  /* First, because waiting data makes the call fail without an effect. */
  if (run && object->state != STLS_STATE_CLOSE_RECEIVED)
    result = await_close(object, __func__);
  if (run && (result == STLS_OK || result == STLS_WANT_READ) &&
      object->state != STLS_STATE_CLOSE_SENT)
    result = answer_close(object, __func__, result);
  if (result == STLS_OK && object->state == STLS_STATE_CLOSE_SENT)
    result = STLS_WANT_READ;
  return stls_call_leave(object, result);
}

/* If our close_notify cannot be sent, the peer's may still arrive. */
static stls_result answer_close(stls_object *object, const char *call,
                                stls_result peers)
{
  stls_result result = close_direction(object, call);

  return result == STLS_CLOSED && peers == STLS_WANT_READ ? peers : result;
}

/* libssl sends no close_notify before the handshake is done. */
static stls_result close_direction(stls_object *object, const char *call)
{
  bool is_open = object->state == STLS_STATE_OPEN ||
                 object->state == STLS_STATE_CLOSE_RECEIVED;
  bool can_send = is_open && !object->io.output.is_closed;
  stls_result result = STLS_OK;

  if (can_send && object->outgoing->eof_written) return STLS_CLOSED;
  if (can_send) result = stls_write_flush(object, call);
  if (can_send && result == STLS_OK)
    result = stls_call_settle(object, stls_ssl_io_close_notify(&object->io));
  if (result == STLS_OK)
    object->state = stls_state_next(object->state, STLS_EVENT_CLOSE_SENT);
  return result;
}

static stls_result await_close(stls_object *object, const char *call)
{
  unsigned char byte;
  size_t peeked;
  stls_result result = stls_call_settle(
      object, stls_ssl_io_peek(&object->io, &byte, 1, &peeked));

  if (result == STLS_OK)
    return stls_call_misuse(object, call, STLS_REASON_DATA_WAITING,
                            "application data is waiting: read it first");
  return result == STLS_CLOSED ? STLS_OK : result;
}
