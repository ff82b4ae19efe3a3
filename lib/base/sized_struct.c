/* SPDX-License-Identifier: MIT */
/* sized_struct: reads and writes public structs that begin with their size. */
#include "base/sized_struct.h"

#include <string.h>

#include "base/error.h"

static size_t size_of(const void *given);
static size_t find_unknown(const stls_sized_struct *layout, const void *given);

stls_result stls_sized_struct_check(const stls_sized_struct *layout,
                                    const void *given, const char *argument,
                                    stls_error *err)
{
  size_t size;

  if (given == NULL) return stls_error_null(err, argument);
  size = size_of(given);
  if (size == 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_SIZE_NOT_SET,
                           "%s->size is not set: start from the _INIT of %s",
                           argument, layout->name);
  if (size < sizeof size || size > STLS_SIZED_STRUCT_MAX)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_SIZE_NOT_SET,
                           "%s->size is %zu, which is no size of %s", argument,
                           size, layout->name);
  return STLS_OK;
}

stls_result stls_sized_struct_read(const stls_sized_struct *layout,
                                   const void *given, const char *argument,
                                   void *own, stls_error *err)
{
  stls_result result = stls_sized_struct_check(layout, given, argument, err);
  size_t unknown;

  if (result != STLS_OK) return result;
  unknown = find_unknown(layout, given);
  if (unknown > 0)
    return stls_error_fail(err, STLS_ERROR_UNSUPPORTED,
                           STLS_REASON_NOT_SUPPORTED,
                           "%s: byte %zu of %s is set, and this library knows "
                           "%zu bytes of it",
                           argument, unknown, layout->name, layout->size);
  stls_sized_struct_copy(layout, size_of(given), own, given);
  return STLS_OK;
}

void stls_sized_struct_write(const stls_sized_struct *layout, void *given,
                             const void *own)
{
  stls_sized_struct_copy(layout, size_of(given), given, own);
}

static size_t size_of(const void *given)
{
  size_t size;

  memcpy(&size, given, sizeof size);
  return size;
}

/* The place of the first byte that is not zero; 0 for none. */
static size_t find_unknown(const stls_sized_struct *layout, const void *given)
{
  const uint8_t *bytes = given;
  size_t size = size_of(given);

  for (size_t i = layout->size; i < size; i++)
    if (bytes[i] != 0) return i;
  return 0;
}
