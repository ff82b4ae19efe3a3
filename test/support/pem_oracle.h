/* SPDX-License-Identifier: MIT */
/* pem_oracle: compares the blocks of a PEM text with OpenSSL's PEM_read_bio.
 * Without Criterion, for libFuzzer. */
#ifndef STLS_TEST_PEM_ORACLE_H
#define STLS_TEST_PEM_ORACLE_H

#include "lib/util/pem_reader.h"

typedef enum pem_oracle_verdict {
  /* The same blocks, to the end. */
  PEM_ORACLE_SAME,
  /* The same blocks, until neither reads any further. */
  PEM_ORACLE_BOTH_REFUSE,
  /* The same blocks until we refuse; OpenSSL goes on, or ends in silence. */
  PEM_ORACLE_ONLY_WE_REFUSE,
  /* A block is lost or different: never. */
  PEM_ORACLE_DIFFERENT
} pem_oracle_verdict;

typedef struct pem_oracle_report {
  pem_oracle_verdict verdict;
  /* That both found. */
  size_t num_blocks;
  /* Ours, where we refuse. */
  stls_pem_reader_fault fault;
  size_t line;
} pem_oracle_report;

/* Blocks are compared by name, headers and bytes; what OpenSSL reads out of one
 * of ours is what it reads in its place in the text. Leaves OpenSSL's queue
 * empty. */
pem_oracle_report pem_oracle_compare(const void *text, size_t len);

#endif
