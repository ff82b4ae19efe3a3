/* SPDX-License-Identifier: MIT */
/* buffer: bounded room for text on its way, and the pattern that fills it. */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

size_t http_buffer_len(const http_buffer *buffer)
{
  return buffer->end - buffer->start;
}

char *http_buffer_data(http_buffer *buffer)
{
  return buffer->bytes == NULL ? NULL : buffer->bytes + buffer->start;
}

stls_writable_span http_buffer_room(http_buffer *buffer)
{
  stls_writable_span none = {NULL, 0};
  if (buffer->bytes == NULL) buffer->bytes = malloc(HTTP_BUFFER_SIZE);
  if (buffer->bytes == NULL) return none;
  if (buffer->start > 0 && buffer->end == HTTP_BUFFER_SIZE) {
    memmove(buffer->bytes, http_buffer_data(buffer), http_buffer_len(buffer));
    buffer->end -= buffer->start;
    buffer->start = 0;
  }
  return (stls_writable_span){buffer->bytes + buffer->end,
                              HTTP_BUFFER_SIZE - buffer->end};
}

bool http_buffer_full(const http_buffer *buffer)
{
  return http_buffer_len(buffer) == HTTP_BUFFER_SIZE;
}

void http_buffer_append(http_buffer *buffer, const void *text, size_t len)
{
  stls_writable_span room = http_buffer_room(buffer);
  if (len > room.len) len = room.len;
  if (len > 0) memcpy(room.data, text, len);
  buffer->end += len;
}

void http_buffer_rest(http_buffer *buffer)
{
  if (http_buffer_len(buffer) == 0) http_buffer_free(buffer);
}

void http_buffer_free(http_buffer *buffer)
{
  free(buffer->bytes);
  *buffer = (http_buffer){0, 0, NULL};
}

stls_span http_buffer_span(const http_buffer *buffer)
{
  size_t len = buffer->end - buffer->start;
  return (stls_span){
      buffer->bytes == NULL ? NULL : buffer->bytes + buffer->start, len};
}

void http_buffer_consume(http_buffer *buffer, size_t len)
{
  buffer->start += len;
  if (buffer->start == buffer->end) buffer->start = buffer->end = 0;
}

void http_buffer_add_pattern(http_buffer *buffer, uint64_t *offset,
                             uint64_t end)
{
  stls_writable_span room = http_buffer_room(buffer);
  size_t len = end - *offset < room.len ? (size_t)(end - *offset) : room.len;
  http_pattern(*offset, room.data, len);
  buffer->end += len;
  *offset += len;
}

/* splitmix64 of the word's number: any part can be made on its own. */
static uint64_t pattern_word(uint64_t number)
{
  uint64_t x = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
  x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
  return x ^ (x >> 31);
}

void http_pattern(uint64_t offset, char *out, size_t len)
{
  unsigned skipped = offset % 8;
  for (uint64_t number = offset / 8; len > 0; number++) {
    uint64_t word = pattern_word(number);
    char bytes[8];
    for (unsigned i = 0; i < 8; i++) bytes[i] = (char)(word >> (8 * i));
    size_t part = len < 8 - skipped ? len : 8 - skipped;
    memcpy(out, bytes + skipped, part);
    out += part;
    len -= part;
    skipped = 0;
  }
}
