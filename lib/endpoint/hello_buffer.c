/* SPDX-License-Identifier: MIT */
/* hello_buffer: the records of a ClientHello, kept until libssl may see them. */
#include "endpoint/hello_buffer.h"

#include <openssl/ssl3.h>
#include <string.h>

#include <sanstls/client_hello.h>

/* CLIENT_HELLO_MAX_LENGTH of libssl, which refuses what is longer. */
#define BODY_MAX ((size_t)131396)

static bool is_complete(const struct stls_hello_buffer *prelude);
static size_t expected_len(const struct stls_hello_buffer *prelude);
static stls_hello_buffer_step take(struct stls_hello_buffer *prelude,
                                   struct stls_record_input *intake);
static stls_span front(const struct stls_record_input *intake);
static void consume(struct stls_record_input *intake, size_t len);
static bool follow_header(struct stls_hello_buffer *prelude,
                          const uint8_t *bytes, size_t len);
static bool follow_body(struct stls_hello_buffer *prelude, const uint8_t *bytes,
                        size_t len);
static stls_hello_buffer_step decode(struct stls_hello_buffer *prelude,
                                     OSSL_LIB_CTX *libctx);
static void unframe(uint8_t *bytes, size_t len);

stls_hello_buffer_step stls_hello_buffer_next(struct stls_hello_buffer *prelude,
                                              struct stls_record_input *intake,
                                              OSSL_LIB_CTX *libctx)
{
  stls_hello_buffer_step step = STLS_HELLO_BUFFER_COMPLETE;

  if (prelude->hello != NULL) return STLS_HELLO_BUFFER_COMPLETE;
  while (step == STLS_HELLO_BUFFER_COMPLETE && !is_complete(prelude))
    step = take(prelude, intake);
  return step == STLS_HELLO_BUFFER_COMPLETE ? decode(prelude, libctx) : step;
}

bool stls_hello_buffer_is_ready(const struct stls_hello_buffer *prelude,
                                const struct stls_record_input *intake)
{
  return is_complete(prelude) || front(intake).len > 0 ||
         intake->incoming->eof_written;
}

void stls_hello_buffer_restore(struct stls_hello_buffer *prelude,
                               struct stls_chunk_queue *queue)
{
  stls_chunk_queue_prepend(queue, &prelude->records);
  stls_hello_buffer_clear(prelude);
}

void stls_hello_buffer_clear(struct stls_hello_buffer *prelude)
{
  stls_chunk_queue_clear(&prelude->records);
  stls_client_hello_free(prelude->hello);
  memset(prelude, 0, sizeof *prelude);
}

static bool is_complete(const struct stls_hello_buffer *prelude)
{
  return prelude->message_len >= sizeof prelude->message_header &&
         prelude->message_len >= expected_len(prelude);
}

/* Once the message's header is here. */
static size_t expected_len(const struct stls_hello_buffer *prelude)
{
  const uint8_t *header = prelude->message_header;

  return sizeof prelude->message_header +
         ((size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3]);
}

static stls_hello_buffer_step take(struct stls_hello_buffer *prelude,
                                   struct stls_record_input *intake)
{
  stls_span span = front(intake);
  size_t room = prelude->body_left > 0
                    ? prelude->body_left
                    : STLS_RECORD_HEADER_LEN - prelude->header_len;
  size_t part = span.len < room ? span.len : room;
  bool is_plausible;

  if (part == 0)
    return intake->incoming->eof_written ? STLS_HELLO_BUFFER_ALIEN
                                         : STLS_HELLO_BUFFER_STARVED;
  if (part > STLS_HELLO_BUFFER_MAX - prelude->records.len)
    return STLS_HELLO_BUFFER_ALIEN;
  if (!stls_chunk_queue_append(&prelude->records, span.data, part))
    return STLS_HELLO_BUFFER_NO_MEMORY;
  is_plausible = prelude->body_left > 0
                     ? follow_body(prelude, span.data, part)
                     : follow_header(prelude, span.data, part);
  consume(intake, part);
  return is_plausible ? STLS_HELLO_BUFFER_COMPLETE : STLS_HELLO_BUFFER_ALIEN;
}

static stls_span front(const struct stls_record_input *intake)
{
  return intake->incoming->buffer.len > 0
             ? stls_chunk_queue_front(&intake->incoming->buffer)
             : intake->direct;
}

static void consume(struct stls_record_input *intake, size_t len)
{
  if (intake->incoming->buffer.len > 0) {
    stls_chunk_queue_consume(&intake->incoming->buffer, len);
  } else {
    intake->direct.data = (const uint8_t *)intake->direct.data + len;
    intake->direct.len -= len;
  }
}

static bool follow_header(struct stls_hello_buffer *prelude,
                          const uint8_t *bytes, size_t len)
{
  size_t record_len = 0;
  stls_record_header_scan scan;

  memcpy(prelude->header + prelude->header_len, bytes, len);
  prelude->header_len += len;
  scan = stls_record_header_scan_header(prelude->header, prelude->header_len,
                                        &record_len);
  if (scan == STLS_RECORD_HEADER_ALIEN ||
      prelude->header[0] != SSL3_RT_HANDSHAKE)
    return false;
  if (scan == STLS_RECORD_HEADER_INCOMPLETE) return true;
  prelude->header_len = 0;
  prelude->body_left = record_len - STLS_RECORD_HEADER_LEN;
  return prelude->body_left <= STLS_RECORD_HEADER_PLAINTEXT_MAX;
}

static bool follow_body(struct stls_hello_buffer *prelude, const uint8_t *bytes,
                        size_t len)
{
  const size_t header_len = sizeof prelude->message_header;

  for (size_t i = 0; i < len && prelude->message_len + i < header_len; i++)
    prelude->message_header[prelude->message_len + i] = bytes[i];
  prelude->body_left -= len;
  prelude->message_len += len;
  if (prelude->message_header[0] != SSL3_MT_CLIENT_HELLO) return false;
  return prelude->message_len < header_len ||
         expected_len(prelude) <= header_len + BODY_MAX;
}

static stls_hello_buffer_step decode(struct stls_hello_buffer *prelude,
                                     OSSL_LIB_CTX *libctx)
{
  size_t len = prelude->records.len;
  stls_client_hello *hello = NULL;
  uint8_t *bytes = stls_mem_alloc(len);
  stls_result result;

  if (bytes == NULL) return STLS_HELLO_BUFFER_NO_MEMORY;
  stls_chunk_queue_copy(&prelude->records, bytes, len);
  unframe(bytes, len);
  result =
      stls_client_hello_new(bytes, expected_len(prelude), libctx, &hello, NULL);
  stls_mem_free(bytes);
  prelude->hello = hello;
  if (result == STLS_OK) return STLS_HELLO_BUFFER_COMPLETE;
  return result == STLS_ERROR_MEMORY ? STLS_HELLO_BUFFER_NO_MEMORY
                                     : STLS_HELLO_BUFFER_ALIEN;
}

/* Leaves what is in the records, of which the last may be cut. */
static void unframe(uint8_t *bytes, size_t len)
{
  size_t from = 0, to = 0;

  while (len - from > STLS_RECORD_HEADER_LEN) {
    size_t part = (size_t)bytes[from + 3] << 8 | bytes[from + 4];
    from += STLS_RECORD_HEADER_LEN;
    if (part > len - from) part = len - from;
    memmove(bytes + to, bytes + from, part);
    from += part;
    to += part;
  }
}
