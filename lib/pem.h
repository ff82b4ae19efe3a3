/* SPDX-License-Identifier: MIT */
/* pem (L1): the blocks of a PEM text (RFC 7468), and the lines they start at. */
#ifndef STLS_PEM_H
#define STLS_PEM_H

#include <stddef.h>
#include <stdint.h>

/* One block, pointing into the text: from its BEGIN line to the end of its END
 * line. */
struct stls_pem_block {
  const uint8_t *data;
  size_t len;
  /* Between "-----BEGIN " and "-----". */
  const char *label;
  size_t label_len;
  /* Of the BEGIN line, counted from 1. */
  size_t line;
};

/* Where a walk through a text stands. */
struct stls_pem_walk {
  const uint8_t *at;
  const uint8_t *end;
  size_t line;
};

typedef enum stls_pem_step {
  STLS_PEM_BLOCK,
  STLS_PEM_END,
  /* A BEGIN line without its END line; the block says where it starts. */
  STLS_PEM_UNTERMINATED
} stls_pem_step;

void stls_pem_walk_init(struct stls_pem_walk *walk, const void *text,
                        size_t len);

/* Finds the next block, skipping text between blocks. */
stls_pem_step stls_pem_next(struct stls_pem_walk *walk,
                            struct stls_pem_block *out_block);

/* Whether the block has this label: non-zero when it has. */
int stls_pem_is(const struct stls_pem_block *block, const char *label);

#endif
