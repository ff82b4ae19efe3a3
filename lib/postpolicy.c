/* SPDX-License-Identifier: MIT */
/* postpolicy (L4): whether clients are asked for certificates afterwards. */
#include "postpolicy.h"

#include <sanstls/clientauth.h>

#include "setter.h"

stls_result stls_context_set_post_handshake_auth(stls_context *context, bool on,
                                                 stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  context->post_handshake_auth = on;
  stls_postpolicy_apply(context);
  return STLS_OK;
}

bool stls_context_post_handshake_auth(const stls_context *context)
{
  return context != NULL && context->post_handshake_auth;
}

void stls_postpolicy_apply(stls_context *context)
{
  SSL_CTX *ctx = context->ssl_ctx;
  int mode = SSL_CTX_get_verify_mode(ctx) & ~SSL_VERIFY_POST_HANDSHAKE;
  bool on = context->post_handshake_auth;

  if (context->role == STLS_CLIENT)
    SSL_CTX_set_post_handshake_auth(ctx, on);
  else if (on && (mode & SSL_VERIFY_PEER) != 0)
    mode |= SSL_VERIFY_POST_HANDSHAKE;
  SSL_CTX_set_verify(ctx, mode, SSL_CTX_get_verify_callback(ctx));
}
