/* SPDX-License-Identifier: MIT */
/* session_lookup: connects libssl with a server's own store of sessions. */
#include "context/session_lookup.h"

#include "base/error_queue.h"
#include "context/resumption.h"

/* libssl has neither stored nor dropped anything by itself then. */
#define NOT_IN_CACHE (SSL_SESS_CACHE_NO_INTERNAL | SSL_SESS_CACHE_NO_AUTO_CLEAR)

static SSL_SESSION *on_lookup(SSL *ssl, const unsigned char *id, int id_len,
                              int *out_is_shared);

void stls_session_lookup_install(stls_context *context)
{
  SSL_CTX *ctx = context->ssl_ctx;
  const long mode = SSL_CTX_get_session_cache_mode(ctx) & ~NOT_IN_CACHE;
  const bool has_store = context->session_store != NULL;

  SSL_CTX_set_session_cache_mode(ctx, has_store ? mode | NOT_IN_CACHE : mode);
  SSL_CTX_sess_set_get_cb(ctx, has_store ? on_lookup : NULL);
}

void stls_session_lookup_store(const struct stls_ssl_owner *owner,
                               const SSL *ssl, const SSL_SESSION *session)
{
  const stls_context *context = *owner->context;
  const bool is_in_ticket = SSL_version(ssl) == TLS1_3_VERSION &&
                            (SSL_get_options(ssl) & SSL_OP_NO_TICKET) == 0;
  long max;

  if (context->session_store == NULL || is_in_ticket) return;
  max = SSL_CTX_sess_get_cache_size(context->ssl_ctx);
  stls_session_store_put(context->session_store, session,
                         max > 0 ? (size_t)max : 0);
}

void stls_session_lookup_forget(const stls_context *context, const SSL *ssl,
                                stls_result cause)
{
  const SSL_SESSION *session = SSL_get_session(ssl);

  if (context->session_store != NULL && session != NULL &&
      cause != STLS_ERROR_TRUNCATED)
    stls_session_store_remove(context->session_store, session);
}

static SSL_SESSION *on_lookup(SSL *ssl, const unsigned char *id, int id_len,
                              int *out_is_shared)
{
  const struct stls_ssl_owner *owner = stls_ssl_owner_of(ssl);
  const stls_context *context;
  stls_error_queue_guard guard;
  SSL_SESSION *found;

  *out_is_shared = 0;
  if (owner == NULL || id_len < 0) return NULL;
  context = *owner->context;
  stls_error_queue_enter(&guard);
  found = stls_session_store_find(context->session_store, id, (size_t)id_len,
                                  stls_clock_now(&context->clock));
  if (found != NULL) stls_resumption_show_session(owner->resumption, found);
  stls_error_queue_leave(&guard);
  return found;
}
