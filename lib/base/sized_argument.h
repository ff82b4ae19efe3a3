/* SPDX-License-Identifier: MIT */
/* sized_argument: structs of the caller, which begin with their size. */
#ifndef STLS_LIB_SIZED_ARGUMENT_H
#define STLS_LIB_SIZED_ARGUMENT_H

#include <sanstls/error.h>

#include "base/sized_struct.h"

/* Beyond this a size is none that anybody set. */
#define STLS_SIZED_ARGUMENT_MAX ((size_t)65536)

/*
 * Whether `given`, which messages call `argument`, has a size.
 *
 * STLS_OK. STLS_ERROR_MISUSE: it is NULL, or its size is not set.
 */
stls_result stls_sized_argument_check(const stls_sized_struct *layout,
                                      const void *given, const char *argument,
                                      stls_error *err);

/*
 * Reads a caller's struct: writes the members that it has to `own`, a whole
 * struct that begins with its _INIT, and leaves the others of that as they are.
 *
 * STLS_OK. STLS_ERROR_MISUSE: as stls_sized_argument_check.
 * STLS_ERROR_UNSUPPORTED: a byte behind what this library knows is not zero: the
 *   caller asks for what only a newer library can do. `own` is untouched.
 */
stls_result stls_sized_argument_read(const stls_sized_struct *layout,
                                     const void *given, const char *argument,
                                     void *own, stls_error *err);

/* Writes to a caller's struct, which passed stls_sized_argument_check, those
 * members of `own` that it has room for. Its size stays, and so does what is
 * behind what this library knows. */
void stls_sized_argument_write(const stls_sized_struct *layout, void *given,
                               const void *own);

#endif
