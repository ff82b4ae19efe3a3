/* SPDX-License-Identifier: MIT */
/* record_bypass: decides whether application data bypasses libssl. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "context/record_bypass.h"

static bool is_wanted(const stls_context *context);

bool stls_record_bypass_needs_keylog(const stls_context *context)
{
  return is_wanted(context) && context->max_version == STLS_TLS_1_3;
}

bool stls_record_bypass_is_wanted(const stls_context *context, const SSL *ssl)
{
  return is_wanted(context) && SSL_get_current_compression(ssl) == NULL;
}

static bool is_wanted(const stls_context *context)
{
#ifdef STLS_DIRECT_RECORDS_BY_DEFAULT
  if (context->records == STLS_RECORDS_AUTO) return true;
#endif
  return context->records == STLS_RECORDS_DIRECT;
}
