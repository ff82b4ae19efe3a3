/* SPDX-License-Identifier: MIT */
/* psk_config: who is asked for pre-shared keys. */
#include <openssl/ssl.h>
#include <sanstls/psk.h>
#include <stdatomic.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "context/setter.h"

static atomic_uint last_number;

static stls_result check(stls_context *context, stls_role role,
                         stls_error *err);
static void end_sessions(stls_context *context);

stls_result stls_context_set_psk_client(stls_context *context,
                                        stls_psk_client_fn look_up,
                                        void *user_data, stls_error *err)
{
  stls_result result = check(context, STLS_CLIENT, err);

  if (result != STLS_OK) return result;
  context->psk.client = look_up;
  context->psk.user_data = user_data;
  end_sessions(context);
  return STLS_OK;
}

stls_result stls_context_set_psk_server(stls_context *context,
                                        stls_psk_server_fn look_up,
                                        const char *identity_hint,
                                        void *user_data, stls_error *err)
{
  stls_result result = check(context, STLS_SERVER, err);
  char *hint = NULL;

  if (result != STLS_OK) return result;
  if (look_up == NULL && identity_hint != NULL)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_CONFLICT,
                           "identity_hint is given without look_up");
  if (identity_hint != NULL && strlen(identity_hint) > STLS_PSK_IDENTITY_MAX)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_TOO_LONG,
                           "identity_hint: %zu bytes are more than %zu",
                           strlen(identity_hint), STLS_PSK_IDENTITY_MAX);
  if (identity_hint != NULL) {
    hint = stls_mem_strdup(identity_hint);
    if (hint == NULL) return stls_error_memory(err);
  }
  stls_mem_free(context->psk.hint);
  context->psk.server = look_up;
  context->psk.user_data = user_data;
  context->psk.hint = hint;
  end_sessions(context);
  return STLS_OK;
}

/* They are as good as the keys that were known then. */
static void end_sessions(stls_context *context)
{
  context->psk.number = atomic_fetch_add(&last_number, 1) + 1;
}

static stls_result check(stls_context *context, stls_role role, stls_error *err)
{
  stls_result result = stls_setter_begin(context, (int)role, err);

#ifdef OPENSSL_NO_PSK
  if (result == STLS_OK)
    result =
        stls_error_fail(err, STLS_ERROR_UNSUPPORTED, STLS_REASON_NOT_SUPPORTED,
                        "OpenSSL was built without pre-shared keys");
#endif
  return result;
}
