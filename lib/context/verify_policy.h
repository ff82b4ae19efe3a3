/* SPDX-License-Identifier: MIT */
/* verify_policy: whether and how peers are verified, and asked late. */
#ifndef STLS_LIB_VERIFY_POLICY_H
#define STLS_LIB_VERIFY_POLICY_H

#include "context/context.h"

/* Gives a new context the defaults of its role. */
void stls_verify_policy_init(stls_context *context);

#endif
