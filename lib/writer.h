/* SPDX-License-Identifier: MIT */
/* writer (L5): plaintext in, by itself or gathered. */
#ifndef STLS_WRITER_H
#define STLS_WRITER_H

#include "object.h"

/* Seals what a cork held back and ends the cork; on anything but STLS_OK what
 * is left stays, and so does the cork. `call` is for messages. */
stls_result stls_writer_flush(stls_object *object, const char *call);

#endif
