/* SPDX-License-Identifier: MIT */
/* diagnosis: fills in the error that a failed connection reports. */
#ifndef STLS_LIB_DIAGNOSIS_H
#define STLS_LIB_DIAGNOSIS_H

#include "endpoint/object.h"

/* Fills `err` from the first failure of an object that has failed. Fields
 * without information do not change. */
void stls_diagnosis_write(const stls_object *object, stls_error *record);

#endif
