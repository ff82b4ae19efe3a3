/* SPDX-License-Identifier: MIT */
/* buffer: bounded room for text on its way, and the pattern that fills it. */
#ifndef EMBED_BUFFER_H
#define EMBED_BUFFER_H

#include <sanstls/sanstls.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  HTTP_BUFFER_SIZE = 16384
};

/* Its memory is there from the first call that wants room until
 * http_buffer_rest finds it empty. */
typedef struct http_buffer {
  size_t start;
  size_t end;
  char *bytes; /* HTTP_BUFFER_SIZE of them, or NULL. */
} http_buffer;

/* The bytes at hand. */
size_t http_buffer_len(const http_buffer *buffer);
char *http_buffer_data(http_buffer *buffer);
stls_span http_buffer_span(const http_buffer *buffer);

/* Where more may be put; the caller then moves `end`. Empty when the buffer is
 * full, or when there is no memory. */
stls_writable_span http_buffer_room(http_buffer *buffer);

/* Whether there is no room. */
bool http_buffer_full(const http_buffer *buffer);

/* Puts text behind the bytes at hand; without room it is cut off. */
void http_buffer_append(http_buffer *buffer, const void *text, size_t len);

void http_buffer_consume(http_buffer *buffer, size_t len);

/* Gives the memory back if no bytes are at hand. */
void http_buffer_rest(http_buffer *buffer);

/* Gives it back in any case. */
void http_buffer_free(http_buffer *buffer);

/* Fills what is free from the pattern, up to `end`. */
void http_buffer_add_pattern(http_buffer *buffer, uint64_t *offset,
                             uint64_t end);

/* Writes bytes `offset` to `offset + len` of an endless pseudo-random text. */
void http_pattern(uint64_t offset, char *out, size_t len);

#endif
