/* SPDX-License-Identifier: MIT */
/* diagnosis: what a failed connection failed of, for its owner to read. */
#ifndef STLS_LIB_DIAGNOSIS_H
#define STLS_LIB_DIAGNOSIS_H

#include "endpoint/object.h"

/* Fills a record from the first failure of an object that has failed; what is
 * not known stays. */
void stls_diagnosis_write(const stls_object *object, stls_error *record);

#endif
