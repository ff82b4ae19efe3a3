/* SPDX-License-Identifier: MIT */
/* cork_buffer: plaintext that waits to share a record. */
#include "endpoint/cork_buffer.h"

#include <string.h>

#include "base/mem.h"
#include "wire/record_header.h"

bool stls_cork_buffer_open(struct stls_cork_buffer *gather, size_t len)
{
  size_t cap = len < STLS_RECORD_HEADER_PLAINTEXT_MAX
                   ? len
                   : STLS_RECORD_HEADER_PLAINTEXT_MAX;
  uint8_t *data;

  if (gather->cap >= cap || gather->len > 0) return true;
  data = stls_mem_alloc(cap);
  if (data == NULL) return false;
  stls_cork_buffer_close(gather);
  gather->data = data;
  gather->cap = cap;
  return true;
}

size_t stls_cork_buffer_putv(struct stls_cork_buffer *gather,
                             const stls_span *spans, size_t num_spans,
                             size_t skip, size_t max)
{
  size_t done = 0;

  for (size_t i = 0; i < num_spans && done < max; i++) {
    size_t part = spans[i].len;
    if (skip >= part) {
      skip -= part;
      continue;
    }
    part -= skip;
    if (part > max - done) part = max - done;
    done += stls_cork_buffer_put(gather, (const uint8_t *)spans[i].data + skip,
                                 part);
    skip = 0;
  }
  return done;
}

bool stls_cork_buffer_is_full(const struct stls_cork_buffer *gather)
{
  return gather->len == gather->cap;
}

void stls_cork_buffer_drop(struct stls_cork_buffer *gather, size_t len)
{
  if (gather->used < gather->len) gather->used = gather->len;
  gather->len -= len;
  if (gather->len > 0) memmove(gather->data, gather->data + len, gather->len);
}

void stls_cork_buffer_wipe(struct stls_cork_buffer *gather)
{
  /* What was dropped from the front still lies behind. */
  if (gather->used < gather->len) gather->used = gather->len;
  if (gather->used > 0) stls_mem_wipe(gather->data, gather->used);
  gather->used = 0;
  gather->len = 0;
}

void stls_cork_buffer_close(struct stls_cork_buffer *gather)
{
  stls_cork_buffer_wipe(gather);
  stls_mem_free(gather->data);
  gather->data = NULL;
  gather->cap = 0;
}
