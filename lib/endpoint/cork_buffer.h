/* SPDX-License-Identifier: MIT */
/* cork_buffer: plaintext that waits to share a record. */
#ifndef STLS_LIB_CORK_BUFFER_H
#define STLS_LIB_CORK_BUFFER_H

#include <sanstls/bio.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Zero-initialised is empty and uncorked. */
struct stls_cork_buffer {
  bool corked;
  uint8_t *data;
  size_t len;
  size_t cap;
  /* How much of the memory has to be wiped, besides what is held. */
  size_t used;
};

/* Makes room for `len` bytes, at most one record's; false when memory is short.
 * What holds something stays as it is. */
bool stls_cork_buffer_open(struct stls_cork_buffer *cork, size_t len);

/* Takes what fits behind what is there; returns how much. Needs to be open. */
static inline size_t stls_cork_buffer_put(struct stls_cork_buffer *cork,
                                          const void *data, size_t len)
{
  size_t room = cork->cap - cork->len;

  if (len > room) len = room;
  if (len > 0) memcpy(cork->data + cork->len, data, len);
  cork->len += len;
  return len;
}

/* The same from several pieces, beginning `skip` bytes into them. */
size_t stls_cork_buffer_putv(struct stls_cork_buffer *cork,
                             const stls_span *spans, size_t num_spans,
                             size_t skip, size_t max);

bool stls_cork_buffer_is_full(const struct stls_cork_buffer *cork);

/* Drops the first `len` bytes. */
void stls_cork_buffer_drop(struct stls_cork_buffer *cork, size_t len);

/* Wipes what is held, and what was; the memory stays. */
void stls_cork_buffer_wipe(struct stls_cork_buffer *cork);

/* Wipes and frees what is held; the cork stays as it is. */
void stls_cork_buffer_close(struct stls_cork_buffer *cork);

#endif
