/* SPDX-License-Identifier: MIT */
/* keylog: passes the secrets of connections to a context's key log. */
#include <openssl/ssl.h>
#include <sanstls/trace.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "context/keylog.h"
#include "context/record_bypass.h"
#include "context/setter.h"
#include "context/ssl_owner.h"
#include "records/record_secrets.h"
#include "util/keylog_file.h"

static void on_line(const SSL *ssl, const char *line);
static void collect_secret(const struct stls_ssl_owner *owner,
                           const char *line);

stls_result stls_context_set_insecure_keylog(stls_context *context,
                                             stls_keylog_fn observer,
                                             void *user_data, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  context->keylog.fn = observer;
  context->keylog.user_data = user_data;
  stls_keylog_install(context);
  return STLS_OK;
}

stls_result stls_context_set_insecure_keylog_file(stls_context *context,
                                                  stls_keylog_file *file,
                                                  stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  stls_keylog_file_up_ref(file);
  stls_keylog_file_free(context->keylog.file);
  context->keylog.file = file;
  stls_keylog_install(context);
  return STLS_OK;
}

void stls_keylog_install(stls_context *context)
{
  const bool is_observed =
      context->keylog.fn != NULL || context->keylog.file != NULL;
  const SSL_CTX_keylog_cb_func present =
      SSL_CTX_get_keylog_callback(context->ssl_ctx);

  stls_record_bypass_decide(context);
  if (!is_observed && present != NULL && present != on_line) return;
  SSL_CTX_set_keylog_callback(
      context->ssl_ctx,
      is_observed || stls_record_bypass_needs_keylog(context) ? on_line : NULL);
}

static void on_line(const SSL *ssl, const char *line)
{
  const struct stls_ssl_owner *owner = stls_ssl_owner_of(ssl);
  const stls_context *context;
  stls_error_queue_guard guard;
  size_t len = strlen(line);

  /* The application may have made this SSL from stls_context_ssl_ctx. */
  if (owner == NULL) return;
  context = *owner->context;
  if (stls_record_bypass_needs_keylog(context)) collect_secret(owner, line);
  if (context->keylog.file != NULL)
    stls_keylog_file_put(context->keylog.file, line, len);
  if (context->keylog.fn == NULL) return;
  /* libssl would take an entry that the observer leaves for its own failure. */
  stls_error_queue_enter(&guard);
  context->keylog.fn(owner->object, line, len, context->keylog.user_data);
  stls_error_queue_leave(&guard);
}

/* Without memory for them, libssl protects the records. */
static void collect_secret(const struct stls_ssl_owner *owner, const char *line)
{
  struct stls_record_secrets **secrets = owner->record_secrets;

  if (*secrets == NULL) *secrets = stls_mem_zalloc(sizeof **secrets);
  if (*secrets != NULL) stls_record_secrets_note(*secrets, line);
}
