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
#define STLS_PRELUDE_MAX ((size_t)132096)

/* Zero-initialised is empty. */
struct stls_prelude {
  struct stls_buffer records;
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

typedef enum stls_prelude_step {
  STLS_PRELUDE_COMPLETE,
  STLS_PRELUDE_STARVED,
  /* Not a ClientHello, or the end of the stream: libssl has to say so. */
  STLS_PRELUDE_ALIEN,
  STLS_PRELUDE_NO_MEMORY
} stls_prelude_step;

/* Takes what there is of a ClientHello; it is decoded when it is all here. Not to
 * be called again after STLS_PRELUDE_ALIEN. */
stls_prelude_step stls_prelude_next(struct stls_prelude *prelude,
                                    struct stls_intake *intake,
                                    OSSL_LIB_CTX *libctx);

/* Whether a next step would not be starved. */
bool stls_prelude_is_ready(const struct stls_prelude *prelude,
                           const struct stls_intake *intake);

/* Puts the records back in front of what is queued, and forgets the rest. */
void stls_prelude_restore(struct stls_prelude *prelude,
                          struct stls_buffer *queue);

/* Forgets everything. */
void stls_prelude_clear(struct stls_prelude *prelude);

#endif
