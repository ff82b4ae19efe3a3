/* SPDX-License-Identifier: MIT */
/* string_buffer: a growable buffer of bytes, for building text. */
#ifndef STLS_LIB_STRING_BUFFER_H
#define STLS_LIB_STRING_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/* Starts as zeroes. After a failed allocation has_failed is set and nothing more is
 * written, so that one check at the end is enough. There is no terminating NUL. */
struct stls_string_buffer {
  char *data;
  size_t len;
  size_t cap;
  bool has_failed;
};

/* `data` may be NULL when len is 0. */
void stls_string_buffer_put(struct stls_string_buffer *text, const void *data,
                            size_t len);
void stls_string_buffer_puts(struct stls_string_buffer *text,
                             const char *string);
void stls_string_buffer_free(struct stls_string_buffer *text);

#endif
