/* SPDX-License-Identifier: MIT */
/* context_clock: sets the clock that a context goes by. */
#include <sanstls/clock.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "context/context.h"
#include "context/session_lookup.h"
#include "context/setter.h"

static bool change_store(stls_context *context, bool is_needed);

stls_result stls_context_set_clock(stls_context *context, stls_clock_fn clock,
                                   void *user_data, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);
  stls_error_queue_guard guard;

  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  if (!change_store(context, clock != NULL && context->role == STLS_SERVER))
    result = stls_error_memory(err);
  stls_error_queue_leave(&guard);
  if (result != STLS_OK) return result;
  context->clock = (struct stls_clock){clock, clock == NULL ? NULL : user_data};
  if (context->ticket_keys != NULL)
    stls_ticket_keys_set_clock(context->ticket_keys, &context->clock);
  return STLS_OK;
}

static bool change_store(stls_context *context, bool is_needed)
{
  if (is_needed == (context->session_store != NULL)) return true;
  if (is_needed) {
    context->session_store = stls_session_store_new();
    if (context->session_store == NULL) return false;
  } else {
    stls_session_store_free(context->session_store);
    context->session_store = NULL;
  }
  stls_session_lookup_install(context);
  return true;
}
