/* SPDX-License-Identifier: MIT */
/* hello_buffer: keeps the records of a ClientHello until a context is
 * chosen. */
#ifndef STLS_LIB_HELLO_BUFFER_H
#define STLS_LIB_HELLO_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bio/chunk_queue.h"
#include "io/record_input.h"
#include "wire/client_hello.h"

/* How many bytes of records are kept: enough for the longest ClientHello that
 * libssl accepts, 131396 bytes, in full records. The same ClientHello in very
 * small records would need more, and is left to libssl. */
#define STLS_HELLO_BUFFER_MAX ((size_t)132096)

/* Zero-initialised is empty. */
struct stls_hello_buffer {
  struct stls_chunk_queue records;
  /* The position in the records: header bytes read so far, body bytes still to
   * come. */
  uint8_t header[STLS_RECORD_HEADER_LEN];
  size_t header_len;
  size_t body_left;
  /* The position in the message: bytes read so far. The first four hold its
   * length. */
  uint8_t message_header[4];
  size_t message_len;
  /* NULL until the message is complete. */
  const stls_client_hello *hello;
};

typedef enum stls_hello_buffer_step {
  STLS_HELLO_BUFFER_COMPLETE,
  STLS_HELLO_BUFFER_STARVED,
  /* Not a ClientHello, or the stream has ended: libssl must report the
   * error. */
  STLS_HELLO_BUFFER_INVALID,
  STLS_HELLO_BUFFER_NO_MEMORY
} stls_hello_buffer_step;

/* Moves available records of the ClientHello into the buffer, and decodes the
 * message when it is complete. Must not be called again after
 * STLS_HELLO_BUFFER_INVALID. */
stls_hello_buffer_step stls_hello_buffer_next(struct stls_hello_buffer *buffer,
                                              struct stls_record_input *input,
                                              OSSL_LIB_CTX *libctx);

/* Whether stls_hello_buffer_next would not return STLS_HELLO_BUFFER_STARVED. */
bool stls_hello_buffer_is_ready(const struct stls_hello_buffer *buffer,
                                const struct stls_record_input *input);

/* Moves the records back to the front of `queue` and clears the buffer. */
void stls_hello_buffer_restore(struct stls_hello_buffer *buffer,
                               struct stls_chunk_queue *queue);

/* Frees everything; the buffer is empty afterwards. */
void stls_hello_buffer_clear(struct stls_hello_buffer *buffer);

#endif
