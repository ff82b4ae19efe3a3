/* SPDX-License-Identifier: MIT */
/* hello_buffer: keeps the records of a ClientHello until a context is
 * chosen. */
#include "endpoint/hello_buffer.h"

#include <openssl/ssl3.h>
#include <string.h>

#include <sanstls/client_hello.h>

#include "base/byte_reader.h"

/* CLIENT_HELLO_MAX_LENGTH of libssl, which refuses a longer message. */
#define BODY_MAX ((size_t)131396)

static bool is_complete(const struct stls_hello_buffer *buffer);
static size_t expected_len(const struct stls_hello_buffer *buffer);
static stls_hello_buffer_step take(struct stls_hello_buffer *buffer,
                                   struct stls_record_input *input);
static stls_span front(const struct stls_record_input *input);
static void consume(struct stls_record_input *input, size_t len);
static bool follow_header(struct stls_hello_buffer *buffer,
                          const uint8_t *bytes, size_t len);
static bool follow_body(struct stls_hello_buffer *buffer, const uint8_t *bytes,
                        size_t len);
static stls_hello_buffer_step decode(struct stls_hello_buffer *buffer,
                                     OSSL_LIB_CTX *libctx);
static void unframe(uint8_t *bytes, size_t len);

stls_hello_buffer_step stls_hello_buffer_next(struct stls_hello_buffer *buffer,
                                              struct stls_record_input *input,
                                              OSSL_LIB_CTX *libctx)
{
  stls_hello_buffer_step step = STLS_HELLO_BUFFER_COMPLETE;

  if (buffer->hello != NULL) return STLS_HELLO_BUFFER_COMPLETE;
  while (step == STLS_HELLO_BUFFER_COMPLETE && !is_complete(buffer))
    step = take(buffer, input);
  return step == STLS_HELLO_BUFFER_COMPLETE ? decode(buffer, libctx) : step;
}

bool stls_hello_buffer_is_ready(const struct stls_hello_buffer *buffer,
                                const struct stls_record_input *input)
{
  return is_complete(buffer) || front(input).len > 0 ||
         input->incoming->eof_written;
}

void stls_hello_buffer_restore(struct stls_hello_buffer *buffer,
                               struct stls_chunk_queue *queue)
{
  stls_chunk_queue_prepend(queue, &buffer->records);
  stls_hello_buffer_clear(buffer);
}

void stls_hello_buffer_clear(struct stls_hello_buffer *buffer)
{
  stls_chunk_queue_clear(&buffer->records);
  stls_client_hello_free(buffer->hello);
  memset(buffer, 0, sizeof *buffer);
}

static bool is_complete(const struct stls_hello_buffer *buffer)
{
  return buffer->message_len >= sizeof buffer->message_header &&
         buffer->message_len >= expected_len(buffer);
}

/* Valid once the message's header is complete. */
static size_t expected_len(const struct stls_hello_buffer *buffer)
{
  const uint8_t *header = buffer->message_header;

  return sizeof buffer->message_header +
         (size_t)stls_byte_reader_uint(header + 1, 3);
}

static stls_hello_buffer_step take(struct stls_hello_buffer *buffer,
                                   struct stls_record_input *input)
{
  stls_span span = front(input);
  size_t room = buffer->body_left > 0
                    ? buffer->body_left
                    : STLS_RECORD_HEADER_LEN - buffer->header_len;
  size_t part = span.len < room ? span.len : room;
  bool is_plausible;

  if (part == 0)
    return input->incoming->eof_written ? STLS_HELLO_BUFFER_INVALID
                                        : STLS_HELLO_BUFFER_STARVED;
  if (part > STLS_HELLO_BUFFER_MAX - buffer->records.len)
    return STLS_HELLO_BUFFER_INVALID;
  if (!stls_chunk_queue_append(&buffer->records, span.data, part))
    return STLS_HELLO_BUFFER_NO_MEMORY;
  is_plausible = buffer->body_left > 0 ? follow_body(buffer, span.data, part)
                                       : follow_header(buffer, span.data, part);
  consume(input, part);
  return is_plausible ? STLS_HELLO_BUFFER_COMPLETE : STLS_HELLO_BUFFER_INVALID;
}

static stls_span front(const struct stls_record_input *input)
{
  return input->incoming->queue.len > 0
             ? stls_chunk_queue_front(&input->incoming->queue)
             : input->direct;
}

static void consume(struct stls_record_input *input, size_t len)
{
  if (input->incoming->queue.len > 0) {
    stls_chunk_queue_consume(&input->incoming->queue, len);
  } else {
    input->direct.data = (const uint8_t *)input->direct.data + len;
    input->direct.len -= len;
  }
}

static bool follow_header(struct stls_hello_buffer *buffer,
                          const uint8_t *bytes, size_t len)
{
  size_t record_len = 0;
  stls_record_header_status scan;

  memcpy(buffer->header + buffer->header_len, bytes, len);
  buffer->header_len += len;
  scan =
      stls_record_header_parse(buffer->header, buffer->header_len, &record_len);
  if (scan == STLS_RECORD_HEADER_INVALID ||
      buffer->header[0] != SSL3_RT_HANDSHAKE)
    return false;
  if (scan == STLS_RECORD_HEADER_INCOMPLETE) return true;
  buffer->header_len = 0;
  buffer->body_left = record_len - STLS_RECORD_HEADER_LEN;
  return buffer->body_left <= STLS_RECORD_HEADER_PLAINTEXT_MAX;
}

static bool follow_body(struct stls_hello_buffer *buffer, const uint8_t *bytes,
                        size_t len)
{
  const size_t header_len = sizeof buffer->message_header;

  for (size_t i = 0; i < len && buffer->message_len + i < header_len; i++)
    buffer->message_header[buffer->message_len + i] = bytes[i];
  buffer->body_left -= len;
  buffer->message_len += len;
  if (buffer->message_header[0] != SSL3_MT_CLIENT_HELLO) return false;
  return buffer->message_len < header_len ||
         expected_len(buffer) <= header_len + BODY_MAX;
}

static stls_hello_buffer_step decode(struct stls_hello_buffer *buffer,
                                     OSSL_LIB_CTX *libctx)
{
  size_t len = buffer->records.len;
  stls_client_hello *hello = NULL;
  uint8_t *bytes = stls_mem_alloc(len);
  stls_result result;

  if (bytes == NULL) return STLS_HELLO_BUFFER_NO_MEMORY;
  stls_chunk_queue_copy(&buffer->records, bytes, len);
  unframe(bytes, len);
  result =
      stls_client_hello_new(bytes, expected_len(buffer), libctx, &hello, NULL);
  stls_mem_free(bytes);
  buffer->hello = hello;
  if (result == STLS_OK) return STLS_HELLO_BUFFER_COMPLETE;
  return result == STLS_ERROR_MEMORY ? STLS_HELLO_BUFFER_NO_MEMORY
                                     : STLS_HELLO_BUFFER_INVALID;
}

/* Removes the record headers in place. The last record may be incomplete. */
static void unframe(uint8_t *bytes, size_t len)
{
  size_t from = 0, to = 0;

  while (len - from > STLS_RECORD_HEADER_LEN) {
    size_t part = stls_byte_reader_u16(bytes + from + 3);
    from += STLS_RECORD_HEADER_LEN;
    if (part > len - from) part = len - from;
    memmove(bytes + to, bytes + from, part);
    from += part;
    to += part;
  }
}
