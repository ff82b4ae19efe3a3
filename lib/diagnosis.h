/* SPDX-License-Identifier: MIT */
/* diagnosis (L5): what a failed connection failed of, for its owner to read. */
#ifndef STLS_DIAGNOSIS_H
#define STLS_DIAGNOSIS_H

#include "object.h"

/* Fills a record from the first failure of an object that has failed; what is
 * not known stays. */
void stls_diagnosis_write(const stls_object *object, stls_error *record);

#endif
