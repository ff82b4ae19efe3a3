/* SPDX-License-Identifier: MIT */
/* cork_buffer: collects plaintext until it fills a record. */
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
  /* How many bytes of the memory need wiping, besides `len`. */
  size_t used;
};

/* Allocates room for `len` bytes, at most one record's. A buffer that holds
 * data keeps its room. false when memory is short. */
bool stls_cork_buffer_open(struct stls_cork_buffer *cork, size_t len);

/* Appends as many bytes as fit and returns their number. The buffer must be
 * open. */
static inline size_t stls_cork_buffer_put(struct stls_cork_buffer *cork,
                                          const void *data, size_t len)
{
  size_t room = cork->cap - cork->len;

  if (len > room) len = room;
  if (len > 0) memcpy(cork->data + cork->len, data, len);
  cork->len += len;
  return len;
}

/* The same from several pieces, starting `skip` bytes into them; at most `max`
 * bytes. */
size_t stls_cork_buffer_putv(struct stls_cork_buffer *cork,
                             const stls_span *spans, size_t num_spans,
                             size_t skip, size_t max);

bool stls_cork_buffer_is_full(const struct stls_cork_buffer *cork);

/* Drops the first `len` bytes. */
void stls_cork_buffer_drop(struct stls_cork_buffer *cork, size_t len);

/* Wipes all data, also what was dropped; keeps the memory. */
void stls_cork_buffer_wipe(struct stls_cork_buffer *cork);

/* Wipes and frees the memory; `corked` does not change. */
void stls_cork_buffer_close(struct stls_cork_buffer *cork);

#endif
