/* SPDX-License-Identifier: MIT */
/* options (L4): protocol range, verification and limits. */
#ifndef STLS_OPTIONS_H
#define STLS_OPTIONS_H

#include <sanstls/context.h>

/* Gives a fresh SSL_CTX this library's defaults. The caller guards the error
 * queue. */
stls_result stls_options_init(stls_context *context, stls_error *err);

#endif
