/* SPDX-License-Identifier: MIT */
/* record_bypass: decides whether application data bypasses libssl. */
#ifndef STLS_LIB_RECORD_BYPASS_H
#define STLS_LIB_RECORD_BYPASS_H

#include "context/context.h"

/* Decides what the context's setting and its protocol versions amount to. Called
 * for a context that is not sealed, and at last when it is. */
void stls_record_bypass_decide(stls_context *context);

/* Whether the context's connections try it, and in TLS 1.3 need the key log for
 * that. */
bool stls_record_bypass_needs_keylog(const stls_context *context);

/* Whether a connection of the context, whose handshake is done, tries it. */
bool stls_record_bypass_is_wanted(const stls_context *context, const SSL *ssl);

#endif
