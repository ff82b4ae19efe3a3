/* SPDX-License-Identifier: MIT */
/* sized_struct: reads and writes public structs that begin with their size. */
#ifndef STLS_LIB_SIZED_STRUCT_H
#define STLS_LIB_SIZED_STRUCT_H

#include <sanstls/error.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * A public struct as this library knows it. A caller with an older header has a
 * shorter one, a caller with a newer header a longer one, and `size` says so. A
 * member counts where it lies wholly within that size.
 *
 * A new member goes to the end of its struct, and not into the padding behind the
 * last one: there an older caller, whose size includes the padding, has anything.
 */
typedef struct stls_sized_struct {
  /* What messages call it: "stls_oid". */
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

/* Beyond this a size is none that anybody set. */
#define STLS_SIZED_STRUCT_MAX ((size_t)65536)

/*
 * Whether `given`, which messages call `argument`, has a size.
 *
 * STLS_OK. STLS_ERROR_MISUSE: it is NULL, or its size is not set.
 */
stls_result stls_sized_struct_check(const stls_sized_struct *layout,
                                    const void *given, const char *argument,
                                    stls_error *err);

/*
 * Reads a caller's struct: writes the members that it has to `own`, a whole
 * struct that begins with its _INIT, and leaves the others of that as they are.
 *
 * STLS_OK. STLS_ERROR_MISUSE: as stls_sized_struct_check.
 * STLS_ERROR_UNSUPPORTED: a byte behind what this library knows is not zero: the
 *   caller asks for what only a newer library can do. `own` is untouched.
 */
stls_result stls_sized_struct_read(const stls_sized_struct *layout,
                                   const void *given, const char *argument,
                                   void *own, stls_error *err);

/* Writes to a caller's struct, which passed stls_sized_struct_check, those
 * members of `own` that it has room for. Its size stays, and so does what is
 * behind what this library knows. */
void stls_sized_struct_write(const stls_sized_struct *layout, void *given,
                             const void *own);

#endif
