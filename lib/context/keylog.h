/* SPDX-License-Identifier: MIT */
/* keylog: passes the secrets of connections to a context's key log. */
#ifndef STLS_LIB_KEYLOG_H
#define STLS_LIB_KEYLOG_H

#include "context/context.h"

/* Decides whether records bypass libssl (record_bypass.h), and has libssl tell the
 * secrets where they do, or where the application wants to know them. A callback
 * that the application gave libssl itself stays, unless the context has a key log
 * of the application's, too. */
void stls_keylog_install(stls_context *context);

#endif
