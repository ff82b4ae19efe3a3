/* SPDX-License-Identifier: MIT */
/* handshake: an object's way to its handshake's end. */
#ifndef STLS_LIB_HANDSHAKE_H
#define STLS_LIB_HANDSHAKE_H

#include "endpoint/object.h"

/* As stls_call_admit, for a call that needs the handshake to be done: it is run
 * first. */
stls_result stls_handshake_admit(stls_object *object, stls_call kind,
                                 const char *call, bool *out_run);

#endif
