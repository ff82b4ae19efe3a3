/* SPDX-License-Identifier: MIT */
/* record_state: wipes the state of a direction, and writes it for Linux. */
#ifndef STLS_LIB_RECORD_STATE_H
#define STLS_LIB_RECORD_STATE_H

#include "base/sized_struct.h"

/* That of stls_record_state. */
const stls_sized_struct *stls_record_state_layout(void);

#endif
