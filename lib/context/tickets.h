/* SPDX-License-Identifier: MIT */
/* tickets: configures a server's session tickets, and encrypts them. */
#ifndef STLS_LIB_TICKETS_H
#define STLS_LIB_TICKETS_H

#include <sanstls/session.h>

#include "context/context.h"

/* Sets the defaults of a new context. Returns STLS_OK or STLS_ERROR_MEMORY. */
stls_result stls_tickets_init(stls_context *context, stls_error *err);

#endif
