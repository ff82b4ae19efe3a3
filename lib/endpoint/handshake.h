/* SPDX-License-Identifier: MIT */
/* handshake: runs the handshake and checks its outcome. */
#ifndef STLS_LIB_HANDSHAKE_H
#define STLS_LIB_HANDSHAKE_H

#include "endpoint/object.h"

/* As stls_call_admit, for a call that needs the handshake to be done: runs the
 * handshake first. */
stls_result stls_handshake_admit(stls_object *object, stls_call kind,
                                 const char *call, bool *out_run);

#endif
