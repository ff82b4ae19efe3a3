/* SPDX-License-Identifier: MIT */
/* context_clock: sets the clock that a context goes by. */
#include "context/context_clock.h"

#include <sanstls/clock.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/test_provider.h"
#include "context/context.h"
#include "context/session_lookup.h"
#include "context/setter.h"

static stls_result use_clock(stls_context *context, struct stls_clock clock,
                             stls_error *err);
static struct stls_clock default_clock(const stls_context *context);
static bool change_store(stls_context *context, bool is_needed);

stls_result stls_context_set_clock(stls_context *context, stls_clock_fn clock,
                                   void *user_data, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);
  stls_error_queue_guard guard;

  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  result = use_clock(context,
                     clock == NULL ? default_clock(context)
                                   : (struct stls_clock){clock, user_data},
                     err);
  stls_error_queue_leave(&guard);
  return result;
}

bool stls_context_has_clock(const stls_context *context)
{
  return context != NULL && context->clock.fn != NULL &&
         context->clock.fn != stls_test_provider_time;
}

stls_result stls_context_clock_init(stls_context *context, stls_error *err)
{
  context->test_provider = stls_test_provider_find(context->libctx);
  return use_clock(context, default_clock(context), err);
}

static struct stls_clock default_clock(const stls_context *context)
{
  struct stls_clock system = {NULL, NULL};

  return context->test_provider == NULL
             ? system
             : (struct stls_clock){stls_test_provider_time,
                                   context->test_provider};
}

static stls_result use_clock(stls_context *context, struct stls_clock clock,
                             stls_error *err)
{
  if (!change_store(context, clock.fn != NULL && context->role == STLS_SERVER))
    return stls_error_memory(err);
  context->clock = clock;
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
