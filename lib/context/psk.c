/* SPDX-License-Identifier: MIT */
/* psk: sets the look-ups for external pre-shared keys, and stores their answer. */
#include "context/psk.h"

#include <openssl/ssl.h>
#include <stdatomic.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "context/setter.h"

static atomic_uint last_generation;

static stls_result check_bytes(stls_psk *psk, const void *data, size_t len,
                               size_t max, const char *problem);
static stls_result check(stls_context *context, stls_role role,
                         stls_error *err);
static void invalidate_sessions(stls_context *context);

stls_result stls_context_set_psk_client(stls_context *context,
                                        stls_psk_client_fn look_up,
                                        void *user_data, stls_error *err)
{
  stls_result result = check(context, STLS_CLIENT, err);

  if (result != STLS_OK) return result;
  context->psk.client = look_up;
  context->psk.user_data = user_data;
  invalidate_sessions(context);
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
                           "identity_hint: %zu bytes are more than %d",
                           strlen(identity_hint), STLS_PSK_IDENTITY_MAX);
  if (identity_hint != NULL) {
    hint = stls_mem_strdup(identity_hint);
    if (hint == NULL) return stls_error_memory(err);
  }
  stls_mem_free(context->psk.hint);
  context->psk.server = look_up;
  context->psk.user_data = user_data;
  context->psk.hint = hint;
  invalidate_sessions(context);
  return STLS_OK;
}

bool stls_context_has_psk(const stls_context *context)
{
  return context != NULL &&
         (context->psk.client != NULL || context->psk.server != NULL);
}

stls_result stls_psk_set_identity(stls_psk *psk, const void *identity,
                                  size_t len)
{
  stls_result result =
      check_bytes(psk, identity, len, STLS_PSK_IDENTITY_MAX,
                  "the identity of the pre-shared key has more than 256 bytes");

  if (result != STLS_OK) return result;
  if (len > 0) memcpy(psk->identity, identity, len);
  psk->identity_len = len;
  psk->has_identity = true;
  return STLS_OK;
}

stls_result stls_psk_set_key(stls_psk *psk, const void *key, size_t len)
{
  const char *problem = "the pre-shared key has not 1 to 512 bytes";
  stls_result result = check_bytes(psk, key, len, STLS_PSK_KEY_MAX, problem);

  if (result == STLS_OK && len == 0) {
    psk->problem = problem;
    result = STLS_ERROR_INPUT;
  }

  if (result != STLS_OK) return result;
  memcpy(psk->key, key, len);
  psk->key_len = len;
  return STLS_OK;
}

stls_result stls_psk_set_digest(stls_psk *psk, stls_psk_digest digest)
{
  if (psk == NULL) return STLS_ERROR_MISUSE;
  if (digest != STLS_PSK_SHA256 && digest != STLS_PSK_SHA384) {
    psk->problem = "the pre-shared key's digest is no stls_psk_digest";
    return STLS_ERROR_INPUT;
  }
  psk->digest = digest;
  return STLS_OK;
}

/* Sessions depend on the keys that the look-up knew. In a world for tests, not on what
 * else the process did: the same calls make the same tickets. */
static void invalidate_sessions(stls_context *context)
{
  context->psk.generation = context->test_provider != NULL
                                ? context->psk.generation + 1
                                : atomic_fetch_add(&last_generation, 1) + 1;
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

static stls_result check_bytes(stls_psk *psk, const void *data, size_t len,
                               size_t max, const char *problem)
{
  if (psk == NULL || (data == NULL && len > 0)) return STLS_ERROR_MISUSE;
  if (len <= max) return STLS_OK;
  psk->problem = problem;
  return STLS_ERROR_INPUT;
}
