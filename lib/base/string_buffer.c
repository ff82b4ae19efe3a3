/* SPDX-License-Identifier: MIT */
/* string_buffer: a growable buffer of bytes, for building text. */
#include "base/string_buffer.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_CAP ((size_t)256)

static bool make_room(struct stls_string_buffer *text, size_t len);

void stls_string_buffer_put(struct stls_string_buffer *text, const void *data,
                            size_t len)
{
  if (!text->has_failed && len > text->cap - text->len)
    text->has_failed = !make_room(text, len);
  if (text->has_failed || len == 0) return;
  memcpy(text->data + text->len, data, len);
  text->len += len;
}

void stls_string_buffer_puts(struct stls_string_buffer *text,
                             const char *string)
{
  stls_string_buffer_put(text, string, strlen(string));
}

void stls_string_buffer_free(struct stls_string_buffer *text)
{
  stls_mem_free(text->data);
  *text = (struct stls_string_buffer){0};
}

static bool make_room(struct stls_string_buffer *text, size_t len)
{
  size_t cap = text->cap > FIRST_CAP / 2 ? text->cap : FIRST_CAP / 2;
  char *data = NULL;

  if (cap <= SIZE_MAX / 4 && len <= SIZE_MAX / 4) {
    /* At least twice as much as before: each byte is moved about once. */
    cap = 2 * cap > text->len + len ? 2 * cap : text->len + len;
    data = stls_mem_alloc(cap);
  }
  if (data == NULL) return false;
  if (text->len > 0) memcpy(data, text->data, text->len);
  /* Who wipes a secret text knows only its last place. */
  stls_mem_free_clear(text->data, text->len);
  text->data = data;
  text->cap = cap;
  return true;
}
