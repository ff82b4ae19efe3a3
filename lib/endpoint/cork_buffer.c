/* SPDX-License-Identifier: MIT */
/* cork_buffer: collects plaintext until it fills a record. */
#include "endpoint/cork_buffer.h"

#include <string.h>

#include "base/mem.h"
#include "wire/record_header.h"

bool stls_cork_buffer_open(struct stls_cork_buffer *cork, size_t len)
{
  size_t cap = len < STLS_RECORD_HEADER_PLAINTEXT_MAX
                   ? len
                   : STLS_RECORD_HEADER_PLAINTEXT_MAX;
  uint8_t *data;

  if (cork->cap >= cap || cork->len > 0) return true;
  data = stls_mem_alloc(cap);
  if (data == NULL) return false;
  stls_cork_buffer_close(cork);
  cork->data = data;
  cork->cap = cap;
  return true;
}

size_t stls_cork_buffer_putv(struct stls_cork_buffer *cork,
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
    done +=
        stls_cork_buffer_put(cork, (const uint8_t *)spans[i].data + skip, part);
    skip = 0;
  }
  return done;
}

bool stls_cork_buffer_is_full(const struct stls_cork_buffer *cork)
{
  return cork->len == cork->cap;
}

void stls_cork_buffer_drop(struct stls_cork_buffer *cork, size_t len)
{
  if (cork->used < cork->len) cork->used = cork->len;
  cork->len -= len;
  if (cork->len > 0) memmove(cork->data, cork->data + len, cork->len);
}

void stls_cork_buffer_wipe(struct stls_cork_buffer *cork)
{
  /* Dropped bytes still lie behind `len`. */
  if (cork->used < cork->len) cork->used = cork->len;
  if (cork->used > 0) stls_mem_wipe(cork->data, cork->used);
  cork->used = 0;
  cork->len = 0;
}

void stls_cork_buffer_close(struct stls_cork_buffer *cork)
{
  stls_cork_buffer_wipe(cork);
  stls_mem_free(cork->data);
  cork->data = NULL;
  cork->cap = 0;
}
