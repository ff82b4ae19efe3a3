/* SPDX-License-Identifier: MIT */
/* verify_policy: sets whether and how peers are verified. */
#ifndef STLS_LIB_VERIFY_POLICY_H
#define STLS_LIB_VERIFY_POLICY_H

#include "context/context.h"

/* Sets the defaults of the role in a new context. */
void stls_verify_policy_init(stls_context *context);

/* Adds the verify flags of ssl.create_default_context. Results as a setter. */
stls_result stls_verify_policy_set_default_flags(stls_context *context,
                                                 stls_error *err);

#endif
