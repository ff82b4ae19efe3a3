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
struct stls_gather {
  bool corked;
  uint8_t *data;
  size_t len;
  size_t cap;
  /* How much of the memory has to be wiped, besides what is held. */
  size_t used;
};

/* Makes room for `len` bytes, at most one record's; false when memory is short.
 * What holds something stays as it is. */
bool stls_gather_open(struct stls_gather *gather, size_t len);

/* Takes what fits behind what is there; returns how much. Needs to be open. */
static inline size_t stls_gather_put(struct stls_gather *gather,
                                     const void *data, size_t len)
{
  size_t room = gather->cap - gather->len;

  if (len > room) len = room;
  if (len > 0) memcpy(gather->data + gather->len, data, len);
  gather->len += len;
  return len;
}

/* The same from several pieces, beginning `skip` bytes into them. */
size_t stls_gather_putv(struct stls_gather *gather, const stls_span *spans,
                        size_t num_spans, size_t skip, size_t max);

bool stls_gather_is_full(const struct stls_gather *gather);

/* Drops the first `len` bytes. */
void stls_gather_drop(struct stls_gather *gather, size_t len);

/* Wipes what is held, and what was; the memory stays. */
void stls_gather_wipe(struct stls_gather *gather);

/* Wipes and frees what is held; the cork stays as it is. */
void stls_gather_close(struct stls_gather *gather);

#endif
