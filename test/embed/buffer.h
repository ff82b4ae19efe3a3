/* SPDX-License-Identifier: MIT */
/* buffer: fixed room for text on its way, and the pattern that fills it. */
#ifndef EMBED_BUFFER_H
#define EMBED_BUFFER_H

#include <sanstls/sanstls.h>
#include <stddef.h>
#include <stdint.h>

enum {
  HTTP_BUFFER_SIZE = 16384
};

typedef struct http_buffer {
  size_t start;
  size_t end;
  char bytes[HTTP_BUFFER_SIZE];
} http_buffer;

/* The bytes at hand. */
size_t http_buffer_len(const http_buffer *buffer);
char *http_buffer_data(http_buffer *buffer);
stls_span http_buffer_span(const http_buffer *buffer);

/* Where more may be put; the caller then moves `end`. */
stls_writable_span http_buffer_room(http_buffer *buffer);

void http_buffer_consume(http_buffer *buffer, size_t len);

/* Fills what is free from the pattern, up to `end`. */
void http_buffer_add_pattern(http_buffer *buffer, uint64_t *offset,
                             uint64_t end);

/* Writes bytes `offset` to `offset + len` of an endless pseudo-random text. */
void http_pattern(uint64_t offset, char *out, size_t len);

#endif
