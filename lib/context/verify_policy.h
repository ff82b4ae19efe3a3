/* SPDX-License-Identifier: MIT */
/* verify_policy: sets whether and how peers are verified. */
#ifndef STLS_LIB_VERIFY_POLICY_H
#define STLS_LIB_VERIFY_POLICY_H

#include "context/context.h"

/* Sets the defaults of the role in a new context. */
void stls_verify_policy_init(stls_context *context);

#endif
