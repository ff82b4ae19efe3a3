/* SPDX-License-Identifier: MIT */
/* select_context: lets a server choose its context after the ClientHello. */
#include "endpoint/select_context.h"

#include <sanstls/client_hello.h>

#include "base/mem.h"
#include "endpoint/call.h"
#include "endpoint/observation.h"

static stls_result check_awaited(stls_object *object, const char *call);
static stls_result open_ssl(stls_object *object, stls_context *context);

const stls_client_hello *stls_object_client_hello(const stls_object *object)
{
  return object == NULL || object->hello_buffer == NULL
             ? NULL
             : object->hello_buffer->hello;
}

stls_result stls_object_set_context(stls_object *object, stls_context *context)
{
  stls_result result = stls_call_enter(object, __func__);

  if (result == STLS_CALL_OBSERVED) {
    struct stls_observation it = stls_observation_of(object, __func__, 0);
    return stls_observation_end(&it, stls_object_set_context(object, context),
                                NULL);
  }
  if (result != STLS_OK) return result;
  result = check_awaited(object, __func__);
  if (result == STLS_OK && context != NULL && context->role != STLS_SERVER)
    result = stls_call_misuse(object, __func__, STLS_REASON_WRONG_ROLE,
                              "the context is not a server's");
  if (result == STLS_OK)
    result = open_ssl(object, context == NULL ? object->context : context);
  return stls_call_leave(object, result);
}

stls_result stls_select_context_read_hello(stls_object *object)
{
  stls_ssl_bios_guard(&object->io);
  if (object->hello_check.has_no_choice)
    return open_ssl(object, object->context);
  switch (stls_hello_buffer_next(object->hello_buffer, &object->io.input,
                                 object->context->libctx)) {
    case STLS_HELLO_BUFFER_COMPLETE:
      return STLS_WANT_CONTEXT;
    case STLS_HELLO_BUFFER_STARVED:
      return STLS_WANT_READ;
    case STLS_HELLO_BUFFER_NO_MEMORY:
      return STLS_ERROR_MEMORY;
    default:
      object->hello_check.has_no_choice = true;
      return open_ssl(object, object->context);
  }
}

bool stls_select_context_is_ready(const stls_object *object)
{
  return object->hello_check.has_no_choice ||
         stls_hello_buffer_is_ready(object->hello_buffer, &object->io.input);
}

bool stls_select_context_is_awaited(const stls_object *object)
{
  return object->hello_buffer != NULL && object->hello_buffer->hello != NULL &&
         object->state == STLS_STATE_HANDSHAKING;
}

static stls_result check_awaited(stls_object *object, const char *call)
{
  if (stls_select_context_is_awaited(object)) return STLS_OK;
  return stls_call_misuse(object, call, STLS_REASON_NOT_WANTED,
                          "no context is wanted now");
}

/* libssl reads the ClientHello from its first byte on. */
static stls_result open_ssl(stls_object *object, stls_context *context)
{
  stls_result result = stls_object_open_ssl(object, context, NULL);

  if (result != STLS_OK) return result;
  stls_context_up_ref(context);
  stls_context_free(object->context);
  object->context = context;
  stls_hello_buffer_restore(object->hello_buffer, &object->incoming->queue);
  stls_mem_free(object->hello_buffer);
  object->hello_buffer = NULL;
  return STLS_OK;
}
