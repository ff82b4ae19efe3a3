/* SPDX-License-Identifier: MIT */
/* context: stores the configuration that connections share. */
#include "context/context.h"

#include <sanstls/alpn.h>
#include <sanstls/trace.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/refs.h"
#include "context/keylog.h"
#include "context/policy_digest.h"
#include "context/setter.h"
#include "context/stapling.h"
#include "verify/trust.h"
#include "verify/trust_store.h"
#include "x509/credential.h"

static bool digest_credential(const stls_context *context,
                              const stls_credential *credential,
                              unsigned char out[STLS_SHA256_LEN]);

void stls_context_free(stls_context *context)
{
  stls_error_queue_guard guard;

  if (context == NULL || !stls_refs_release(&context->refs)) return;
  /* SSL_CTX_free flushes the sessions, for which OpenSSL allocates memory. */
  stls_error_queue_enter(&guard);
  SSL_CTX_free(context->ssl_ctx);
  stls_error_queue_leave(&guard);
  stls_stapling_forget(context);
  stls_trust_free(context->trust);
  stls_session_store_free(context->session_store);
  stls_ticket_keys_free(context->ticket_keys);
  stls_mem_free(context->alpn.wire);
  stls_string_list_free(context->alpn_names);
  stls_string_list_free(context->expected_clients);
  stls_string_list_free(context->verify_policies);
  EVP_MD_free(context->sha256);
  stls_mem_free(context->propq);
  stls_mem_free(context->psk.hint);
  for (size_t i = 0; i < STLS_NUM_LISTS; i++) stls_mem_free(context->lists[i]);
  stls_keylog_file_free(context->keylog.file);
  stls_record_algorithms_clear(&context->record_algorithms);
  stls_mem_free(context);
}

stls_context *stls_context_up_ref(stls_context *context)
{
  if (context != NULL) stls_refs_take(&context->refs);
  return context;
}

stls_role stls_context_role(const stls_context *context)
{
  return context == NULL ? (stls_role)0 : context->role;
}

stls_result stls_context_set_credential(stls_context *context,
                                        stls_credential *credential,
                                        stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);
  unsigned char identity[STLS_SHA256_LEN];
  stls_error_queue_guard guard;

  if (result != STLS_OK) return result;
  if (credential == NULL) return stls_error_null(err, "credential");
  stls_error_queue_enter(&guard);
  if (digest_credential(context, credential, identity) &&
      stls_stapling_reserve(context))
    result = stls_credential_install(credential, context->ssl_ctx, err);
  else
    result = stls_error_memory(err);
  if (result == STLS_OK) {
    stls_stapling_keep(context, credential);
    memcpy(context->credential_digest, identity, STLS_SHA256_LEN);
  }
  stls_error_queue_leave(&guard);
  return result;
}

stls_result stls_context_set_auto_chain(stls_context *context, bool is_on,
                                        stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  if (is_on)
    SSL_CTX_clear_mode(context->ssl_ctx, SSL_MODE_NO_AUTO_CHAIN);
  else
    SSL_CTX_set_mode(context->ssl_ctx, SSL_MODE_NO_AUTO_CHAIN);
  return STLS_OK;
}

bool stls_context_auto_chain(const stls_context *context)
{
  return context != NULL && ((unsigned long)SSL_CTX_get_mode(context->ssl_ctx) &
                             SSL_MODE_NO_AUTO_CHAIN) == 0;
}

stls_result stls_context_set_trust(stls_context *context, stls_trust *trust,
                                   stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);
  stls_error_queue_guard guard;

  if (result != STLS_OK) return result;
  if (trust == NULL) return stls_error_null(err, "trust");
  /* SSL_CTX_set1_cert_store frees the previous store, for which OpenSSL 4.0
   * allocates memory. */
  stls_error_queue_enter(&guard);
  SSL_CTX_set1_cert_store(context->ssl_ctx, stls_trust_store(trust));
  stls_error_queue_leave(&guard);
  stls_trust_up_ref(trust);
  stls_trust_free(context->trust);
  context->trust = trust;
  return STLS_OK;
}

stls_trust *stls_context_trust(const stls_context *context)
{
  return context == NULL ? NULL : context->trust;
}

stls_result stls_context_set_alpn(stls_context *context,
                                  const char *const *names, size_t num_names,
                                  stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);
  struct stls_alpn alpn = {NULL, 0, false};
  stls_string_list *list = NULL;
  stls_error_queue_guard guard;
  int failed;

  if (result != STLS_OK) return result;
  alpn.is_strict = context->alpn.is_strict;
  result = stls_alpn_encode(names, num_names, &alpn.wire, &alpn.wire_len, err);
  if (result == STLS_OK && num_names > 0)
    result = stls_alpn_from_wire(alpn.wire, alpn.wire_len, &list, err);
  if (result != STLS_OK) {
    stls_mem_free(alpn.wire);
    return result;
  }
  stls_error_queue_enter(&guard);
  /* This function returns 0 for success. */
  failed = SSL_CTX_set_alpn_protos(context->ssl_ctx, alpn.wire, alpn.wire_len);
  stls_error_queue_leave(&guard);
  if (failed) {
    stls_mem_free(alpn.wire);
    stls_string_list_free(list);
    return stls_error_memory(err);
  }
  stls_mem_free(context->alpn.wire);
  stls_string_list_free(context->alpn_names);
  context->alpn = alpn;
  context->alpn_names = list;
  SSL_CTX_set_alpn_select_cb(context->ssl_ctx,
                             num_names > 0 ? stls_alpn_select : NULL,
                             &context->alpn);
  return STLS_OK;
}

size_t stls_context_alpn_count(const stls_context *context)
{
  return context == NULL ? 0 : stls_string_list_count(context->alpn_names);
}

const char *stls_context_alpn_at(const stls_context *context, size_t index)
{
  return context == NULL
             ? NULL
             : stls_string_list_at(context->alpn_names, index, NULL);
}

stls_result stls_context_set_alpn_policy(stls_context *context,
                                         stls_alpn_policy policy,
                                         stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_SERVER, err);

  if (result != STLS_OK) return result;
  if (policy != STLS_ALPN_CONTINUE && policy != STLS_ALPN_REFUSE)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "policy %d is not a stls_alpn_policy", (int)policy);
  context->alpn.is_strict = policy == STLS_ALPN_REFUSE;
  return STLS_OK;
}

stls_alpn_policy stls_context_alpn_policy(const stls_context *context)
{
  return context != NULL && context->alpn.is_strict ? STLS_ALPN_REFUSE
                                                    : STLS_ALPN_CONTINUE;
}

stls_result stls_context_set_trace(stls_context *context, stls_trace_fn trace,
                                   void *user_data, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  context->trace = trace;
  context->trace_data = user_data;
  return STLS_OK;
}

stls_result stls_context_seal(stls_context *context, stls_error *err)
{
  stls_error_queue_guard guard;

  if (context == NULL) return stls_error_null(err, "context");
  /* Other threads may use the context from the first call on. */
  if (context->sealed) return STLS_OK;
  stls_error_queue_enter(&guard);
  /* Sealing succeeds without the digest: it is computed when it is needed. */
  stls_policy_digest_cache(context, NULL);
  stls_error_queue_leave(&guard);
  context->rotates_ticket_keys = context->ticket_keys != NULL &&
                                 stls_ticket_keys_is_set(context->ticket_keys);
  stls_keylog_install(context);
  context->sealed = true;
  return STLS_OK;
}

bool stls_context_is_sealed(const stls_context *context)
{
  return context != NULL && context->sealed;
}

SSL_CTX *stls_context_ssl_ctx(const stls_context *context)
{
  return context == NULL ? NULL : context->ssl_ctx;
}

/* The digest covers all credentials: a context can have several. */
static bool digest_credential(const stls_context *context,
                              const stls_credential *credential,
                              unsigned char out[STLS_SHA256_LEN])
{
  unsigned char both[2 * STLS_SHA256_LEN];

  memcpy(both, context->credential_digest, STLS_SHA256_LEN);
  return stls_credential_digest(credential, context->libctx, context->propq,
                                both + STLS_SHA256_LEN) &&
         stls_sha256_with(context->sha256, both, sizeof both, out);
}
