/* SPDX-License-Identifier: MIT */
/* ticket (L4): what a server gives its clients to resume with. */
#ifndef STLS_TICKET_H
#define STLS_TICKET_H

#include <sanstls/ticket.h>

#include "context.h"

/* Gives a fresh context the defaults. STLS_OK or STLS_ERROR_MEMORY. */
stls_result stls_ticket_init(stls_context *context, stls_error *err);

#endif
