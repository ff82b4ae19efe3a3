/* SPDX-License-Identifier: MIT */
/* key_update: new traffic keys on a connection that is open. */
#ifndef STLS_LIB_KEY_UPDATE_H
#define STLS_LIB_KEY_UPDATE_H

#include "endpoint/object.h"

/* Where our key has protected as much as it should: changes it, and STLS_OK; or,
 * where that is not possible and no more is left, closes our direction, and
 * STLS_CLOSED. Other results as stls_object_key_update. */
stls_result stls_key_update_renew(stls_object *object);

/* After a read: asks the peer to change its key, where that has protected more
 * than it should, and where a message can go out now. */
void stls_key_update_ask(stls_object *object);

#endif
