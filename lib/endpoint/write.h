/* SPDX-License-Identifier: MIT */
/* write: encrypts application data into records. */
#ifndef STLS_LIB_WRITE_H
#define STLS_LIB_WRITE_H

#include "endpoint/object.h"

/* Encrypts the data held by a cork and ends the cork. On a result other
 * than STLS_OK, the remaining data and the cork stay. `call` is named in
 * messages. */
stls_result stls_write_flush(stls_object *object, const char *call);

#endif
