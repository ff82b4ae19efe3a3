/* SPDX-License-Identifier: MIT */
/* context_clock: sets the clock that a context goes by. */
#ifndef STLS_LIB_CONTEXT_CLOCK_H
#define STLS_LIB_CONTEXT_CLOCK_H

#include <sanstls/context.h>

/* Sets the clock of a new context: the system's, or that of the testing world in its
 * library context. After stls_tickets_init; between stls_error_queue_enter and _leave.
 *
 * STLS_OK. STLS_ERROR_MEMORY. */
stls_result stls_context_clock_init(stls_context *context, stls_error *err);

#endif
