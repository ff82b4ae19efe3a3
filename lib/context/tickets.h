/* SPDX-License-Identifier: MIT */
/* tickets: what a server gives its clients to resume with. */
#ifndef STLS_LIB_TICKETS_H
#define STLS_LIB_TICKETS_H

#include <sanstls/session.h>

#include "context/context.h"

/* Gives a fresh context the defaults. STLS_OK or STLS_ERROR_MEMORY. */
stls_result stls_tickets_init(stls_context *context, stls_error *err);

#endif
