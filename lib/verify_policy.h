/* SPDX-License-Identifier: MIT */
/* verify_policy (L4): whether and how peers are verified, and asked late. */
#ifndef STLS_VERIFY_POLICY_H
#define STLS_VERIFY_POLICY_H

#include "context.h"

/* Gives a new context the defaults of its role. */
void stls_verify_policy_init(stls_context *context);

#endif
