/* SPDX-License-Identifier: MIT */
/* keylog: passes the secrets of connections to a context's key log. */
#include <openssl/ssl.h>
#include <sanstls/trace.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "context/setter.h"
#include "context/ssl_owner.h"
#include "util/keylog_file.h"

static void install(const stls_context *context);
static void on_line(const SSL *ssl, const char *line);

stls_result stls_context_set_insecure_keylog(stls_context *context,
                                             stls_keylog_fn observer,
                                             void *user_data, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  context->keylog.fn = observer;
  context->keylog.user_data = user_data;
  install(context);
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
  install(context);
  return STLS_OK;
}

static void install(const stls_context *context)
{
  bool is_wanted = context->keylog.fn != NULL || context->keylog.file != NULL;

  SSL_CTX_set_keylog_callback(context->ssl_ctx, is_wanted ? on_line : NULL);
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
  if (context->keylog.file != NULL)
    stls_keylog_file_put(context->keylog.file, line, len);
  if (context->keylog.fn == NULL) return;
  /* libssl would take an entry that the observer leaves for its own failure. */
  stls_error_queue_enter(&guard);
  context->keylog.fn(owner->object, line, len, context->keylog.user_data);
  stls_error_queue_leave(&guard);
}
