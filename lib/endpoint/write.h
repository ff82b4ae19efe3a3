/* SPDX-License-Identifier: MIT */
/* write: plaintext in, by itself or gathered. */
#ifndef STLS_LIB_WRITE_H
#define STLS_LIB_WRITE_H

#include "endpoint/object.h"

/* Seals what a cork held back and ends the cork; on anything but STLS_OK what
 * is left stays, and so does the cork. `call` is for messages. */
stls_result stls_write_flush(stls_object *object, const char *call);

#endif
