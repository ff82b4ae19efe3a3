/* SPDX-License-Identifier: MIT */
/* pem_reader: finds the blocks of a PEM text (RFC 7468), with line numbers. */
#ifndef STLS_LIB_PEM_READER_H
#define STLS_LIB_PEM_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why a walk ends early: going on could miss a block. */
typedef enum stls_pem_reader_fault {
  STLS_PEM_READER_OK,
  /* A BEGIN line without its END line; the block says where it starts. */
  STLS_PEM_READER_UNTERMINATED,
  /* An END line without its BEGIN line. */
  STLS_PEM_READER_NO_BEGIN,
  /* "-----BEGIN" or "-----END" in a line that is no such line. */
  STLS_PEM_READER_STRAY,
  /* A label that RFC 7468, 3 does not allow. */
  STLS_PEM_READER_LABEL,
  /* A BEGIN or END line with more bytes than OpenSSL takes for one. */
  STLS_PEM_READER_LONG,
  STLS_PEM_READER_UTF16
} stls_pem_reader_fault;

/* One block, pointing into the text: from its BEGIN line to the end of its END
 * line; OpenSSL reads the same out of it as out of the whole text. */
struct stls_pem_reader_block {
  const uint8_t *data;
  size_t len;
  /* Between "-----BEGIN " and "-----". */
  const char *label;
  size_t label_len;
  /* Of the BEGIN line or of the fault, counted from 1. */
  size_t line;
  stls_pem_reader_fault fault;
};

/* The position of a walk through a text. */
struct stls_pem_reader_walk {
  const uint8_t *at;
  const uint8_t *end;
  size_t line;
};

typedef enum stls_pem_reader_step {
  STLS_PEM_READER_BLOCK,
  STLS_PEM_READER_END,
  /* The block says what, and in which line. */
  STLS_PEM_READER_FAULT
} stls_pem_reader_step;

void stls_pem_reader_walk_init(struct stls_pem_reader_walk *walk,
                               const void *text, size_t len);

/*
 * Finds the next block, skipping text between blocks. It takes the lines that
 * PEM_read_bio(3) takes, in all versions of OpenSSL: at the beginning of a line,
 * which ends with LF; with any bytes up to 0x20 behind the dashes; with a UTF-8
 * byte order mark before the first line or directly behind a block. What else
 * looks like a BEGIN or an END line is a fault, where OpenSSL passes over it,
 * unless the line begins with "#".
 */
stls_pem_reader_step stls_pem_reader_next(
    struct stls_pem_reader_walk *walk, struct stls_pem_reader_block *out_block);

/* Whether the block has this label: non-zero when it has. */
int stls_pem_reader_is(const struct stls_pem_reader_block *block,
                       const char *label);

/* A static phrase for a message. */
const char *stls_pem_reader_fault_text(stls_pem_reader_fault fault);

/* Whether the text has a BEGIN line, valid or not. */
bool stls_pem_reader_finds(const void *text, size_t len);

#endif
