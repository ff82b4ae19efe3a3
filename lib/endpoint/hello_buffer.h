/* SPDX-License-Identifier: MIT */
/* hello_buffer: the records of a ClientHello, kept until libssl may see them. */
#ifndef STLS_LIB_HELLO_BUFFER_H
#define STLS_LIB_HELLO_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bio/chunk_queue.h"
#include "endpoint/record_input.h"
#include "wire/client_hello.h"

/* Bytes of records that are kept: what the longest ClientHello needs that libssl
 * takes, 131396 bytes, in full records, and less than many small ones could
 * ask for. */
#define STLS_HELLO_BUFFER_MAX ((size_t)132096)

/* Zero-initialised is empty. */
struct stls_hello_buffer {
  struct stls_chunk_queue records;
  /* The place in the records: header bytes so far, body bytes to come. */
  uint8_t header[STLS_RECORD_HEADER_LEN];
  size_t header_len;
  size_t body_left;
  /* The place in the message: bytes so far, of which the first say how many
   * there will be. */
  uint8_t message_header[4];
  size_t message_len;
  /* NULL until it is all here. */
  const stls_client_hello *hello;
};

typedef enum stls_hello_buffer_step {
  STLS_HELLO_BUFFER_COMPLETE,
  STLS_HELLO_BUFFER_STARVED,
  /* Not a ClientHello, or the end of the stream: libssl has to say so. */
  STLS_HELLO_BUFFER_INVALID,
  STLS_HELLO_BUFFER_NO_MEMORY
} stls_hello_buffer_step;

/* Takes what there is of a ClientHello; it is decoded when it is all here. Not to
 * be called again after STLS_HELLO_BUFFER_INVALID. */
stls_hello_buffer_step stls_hello_buffer_next(struct stls_hello_buffer *buffer,
                                              struct stls_record_input *input,
                                              OSSL_LIB_CTX *libctx);

/* Whether a next step would not be starved. */
bool stls_hello_buffer_is_ready(const struct stls_hello_buffer *buffer,
                                const struct stls_record_input *input);

/* Puts the records back in front of what is queued, and forgets the rest. */
void stls_hello_buffer_restore(struct stls_hello_buffer *buffer,
                               struct stls_chunk_queue *queue);

/* Forgets everything. */
void stls_hello_buffer_clear(struct stls_hello_buffer *buffer);

#endif
