/* SPDX-License-Identifier: MIT */
/* keylog: passes the secrets of connections to a context's key log. */
#ifndef STLS_LIB_KEYLOG_H
#define STLS_LIB_KEYLOG_H

#include "context/context.h"

/* Has libssl tell the secrets, where anybody wants to know them. */
void stls_keylog_install(const stls_context *context);

#endif
