/* SPDX-License-Identifier: MIT */
/* record_translation: exchanges control records between libssl and the peer. */
#include "io/record_translation.h"

#include <string.h>

#include "base/mem.h"
#include "wire/record_header.h"

/* The least size of a chunk: small records share one. */
#define CHUNK_MIN ((size_t)1024)

static bool send_record(struct stls_direct_records *direct,
                        const uint8_t *record, size_t len,
                        struct stls_chunk_queue *outgoing, size_t *out_len);

bool stls_record_translation_send(struct stls_direct_records *direct,
                                  struct stls_chunk_queue *outgoing,
                                  size_t *out_len)
{
  struct stls_chunk_queue *written = &direct->written;
  bool is_done = true;

  *out_len = 0;
  while (is_done && written->len > 0) {
    const stls_span front = stls_chunk_queue_front(written);
    size_t record_len = 0, queued = 0;
    is_done = stls_record_header_parse(front.data, front.len, &record_len) ==
                  STLS_RECORD_HEADER_VALID &&
              record_len <= front.len &&
              send_record(direct, front.data, record_len, outgoing, &queued);
    *out_len += queued;
    if (is_done) stls_chunk_queue_consume(written, record_len);
  }
  return is_done;
}

bool stls_record_translation_show(struct stls_direct_records *direct,
                                  const struct stls_record_content *content,
                                  uint8_t *out)
{
  struct stls_direct_flow *flow = &direct->flows[STLS_RECORDS_IN];
  struct stls_record_protect protect = {NULL, false};
  bool is_done =
      stls_record_protect_seal(&protect, &direct->suite, &flow->key,
                               flow->inner, flow->inner, content, out);

  stls_record_protect_clear(&protect);
  /* Without memory it is tried again. */
  if (is_done) flow->inner++;
  return is_done;
}

bool stls_record_translation_show_forged(struct stls_direct_records *direct,
                                         uint8_t type, const stls_span *pieces,
                                         size_t record_len, uint8_t *out)
{
  /* Any content does. */
  const struct stls_record_content content = {
      .type = type,
      .spans = pieces,
      .len = stls_record_protect_room(&direct->suite, record_len)};

  if (!stls_record_translation_show(direct, &content, out)) return false;
  out[record_len - 1] ^= 1;
  return true;
}

bool stls_record_translation_seal(struct stls_direct_records *direct,
                                  const struct stls_record_content *content,
                                  struct stls_chunk_queue *queue,
                                  size_t *out_len)
{
  struct stls_direct_flow *flow = &direct->flows[STLS_RECORDS_OUT];
  const size_t len = content->len + content->padding_len +
                     stls_record_suite_overhead(&direct->suite);
  struct stls_chunk *chunk = queue->tail, *added = NULL;

  if (flow->is_exported) {
    *out_len = len;
    return stls_control_queue_put(&direct->control, content);
  }
  if (chunk == NULL || chunk->cap - chunk->end < len) {
    added =
        stls_chunk_queue_take_chunk(queue, len < CHUNK_MIN ? CHUNK_MIN : len);
    if (added == NULL) return false;
    chunk = added;
  }
  if (!stls_record_protect_seal(&flow->protect, &direct->suite, &flow->key,
                                flow->wire, flow->nonce + flow->wire, content,
                                chunk->data + chunk->end)) {
    stls_chunk_queue_free_chunk(added);
    return false;
  }
  flow->wire++;
  chunk->end += len;
  queue->reserved = 0;
  if (added != NULL)
    stls_chunk_queue_push(queue, added);
  else
    queue->len += len;
  *out_len = len;
  return true;
}

static bool send_record(struct stls_direct_records *direct,
                        const uint8_t *record, size_t len,
                        struct stls_chunk_queue *outgoing, size_t *out_len)
{
  struct stls_direct_flow *flow = &direct->flows[STLS_RECORDS_OUT];
  const size_t room = stls_record_protect_room(&direct->suite, len);
  struct stls_record_protect protect = {NULL, false};
  struct stls_record_content content = {.len = 0};
  const stls_span whole = {record, len};
  stls_span span = {stls_mem_alloc(room), 0};
  uint8_t *plain = (uint8_t *)(uintptr_t)span.data;
  bool is_done =
      plain != NULL &&
      stls_record_protect_open(&protect, &direct->suite, &flow->key,
                               flow->inner, &whole, len, plain, room, &span.len,
                               &content.type) == STLS_RECORD_OPENED;

  stls_record_protect_clear(&protect);
  flow->inner++;
  content.spans = &span;
  content.len = span.len;
  content.padding_len = direct->suite.is_tls_1_3 ? room - span.len : 0;
  is_done = is_done &&
            stls_record_translation_seal(direct, &content, outgoing, out_len);
  if (is_done && content.type == SSL3_RT_HANDSHAKE &&
      stls_direct_records_follow(direct, STLS_RECORDS_OUT, plain, span.len)) {
    if (flow->is_exported) direct->control.tail->updates_key = true;
    is_done = stls_direct_records_update(direct, STLS_RECORDS_OUT);
  }
  stls_mem_free_clear(plain, room);
  return is_done;
}
