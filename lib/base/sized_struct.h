/* SPDX-License-Identifier: MIT */
/* sized_struct: reads and writes public structs that begin with their size. */
#ifndef STLS_LIB_SIZED_STRUCT_H
#define STLS_LIB_SIZED_STRUCT_H

#include <sanstls/error.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * The layout of a public struct in this version of the library. A caller with an
 * older header passes a shorter struct, one with a newer header a longer one, and
 * its first member `size` says how long. A member is read or written when it lies
 * wholly within that size.
 *
 * A new member goes to the end of its struct, and not into the padding behind the
 * last one: an older caller, whose size includes the padding, leaves it unset.
 */
typedef struct stls_sized_struct {
  /* The name in messages: "stls_oid". */
  const char *name;
  size_t size;
  /* The ends of all members behind `size`, in bytes from the beginning. */
  const size_t *ends;
  size_t num_ends;
} stls_sized_struct;

/* One of `ends`. */
#define STLS_SIZED_END(type, member) \
  (offsetof(type, member) + sizeof(((const type *)0)->member))

/* Defines `variable` for `type`; the rest are the ends. */
#define STLS_SIZED_STRUCT(variable, type, ...) \
  static const size_t variable##_ends[] = {__VA_ARGS__}; \
  static const stls_sized_struct variable = { \
      #type, sizeof(type), variable##_ends, \
      sizeof variable##_ends / sizeof variable##_ends[0]}

/* Copies the members that lie wholly within `size` bytes, but not the size. */
static inline void stls_sized_struct_copy(const stls_sized_struct *layout,
                                          size_t size, void *to,
                                          const void *from)
{
  size_t reach = sizeof size;

  for (size_t i = 0; i < layout->num_ends && layout->ends[i] <= size; i++)
    reach = layout->ends[i];
  memcpy((uint8_t *)to + sizeof size, (const uint8_t *)from + sizeof size,
         reach - sizeof size);
}

/* A larger size is taken for one that was not set. */
#define STLS_SIZED_STRUCT_MAX ((size_t)65536)

/*
 * Checks the size of `given`, which messages call `argument`.
 *
 * STLS_OK. STLS_ERROR_MISUSE: it is NULL, or its size is not set.
 */
stls_result stls_sized_struct_check(const stls_sized_struct *layout,
                                    const void *given, const char *argument,
                                    stls_error *err);

/*
 * Copies the members within the size of the caller's struct `given` to `own`, a
 * whole struct set to its _INIT; the other members of `own` keep their values.
 *
 * STLS_OK. STLS_ERROR_MISUSE: as stls_sized_struct_check.
 * STLS_ERROR_UNSUPPORTED: a byte behind the last member that this library knows
 *   is not zero: the caller asks for a feature of a newer library. `own` is
 *   unchanged.
 */
stls_result stls_sized_struct_read(const stls_sized_struct *layout,
                                   const void *given, const char *argument,
                                   void *own, stls_error *err);

/* Copies the members of `own` within the size of the caller's struct `given`, which
 * passed stls_sized_struct_check. Its size, and the bytes behind the last member
 * that this library knows, are unchanged. */
void stls_sized_struct_write(const stls_sized_struct *layout, void *given,
                             const void *own);

#endif
