/* SPDX-License-Identifier: MIT */
/* testing_context: makes contexts in a world that can be used at once. */
#ifndef STLS_LIB_TESTING_CONTEXT_H
#define STLS_LIB_TESTING_CONTEXT_H

#include <sanstls/testing.h>

/* As stls_testing_context, without trust and credential. */
stls_result stls_testing_context_new_bare(stls_testing *testing, stls_role role,
                                          stls_context **out_context,
                                          stls_error *err);

#endif
