/* SPDX-License-Identifier: MIT */
/* select_context: lets a server choose its context after the ClientHello. */
#ifndef STLS_LIB_SELECT_CONTEXT_H
#define STLS_LIB_SELECT_CONTEXT_H

#include "endpoint/object.h"

/* Reads the ClientHello of an object whose context is to be chosen. STLS_OK:
 * the object has an SSL now. */
stls_result stls_select_context_read_hello(stls_object *object);

/* Whether stls_select_context_read_hello could make progress. */
bool stls_select_context_is_ready(const stls_object *object);

/* Whether the application must choose a context now. */
bool stls_select_context_is_awaited(const stls_object *object);

#endif
