/* SPDX-License-Identifier: MIT */
/* select_context: a server's context, chosen when the ClientHello is here. */
#ifndef STLS_LIB_SELECT_CONTEXT_H
#define STLS_LIB_SELECT_CONTEXT_H

#include "endpoint/object.h"

/* What precedes the handshake where a context is to be chosen. STLS_OK: there is
 * an SSL now. */
stls_result stls_select_context_read_hello(stls_object *object);

/* Whether there would be something for it to do. */
bool stls_select_context_is_ready(const stls_object *object);

/* Whether it is the application's turn to choose. */
bool stls_select_context_is_awaited(const stls_object *object);

#endif
