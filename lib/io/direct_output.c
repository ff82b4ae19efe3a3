/* SPDX-License-Identifier: MIT */
/* direct_output: seals application data and alerts, and sends what libssl wrote. */
#include "io/direct_output.h"

#include "io/direct_trace.h"
#include "io/record_translation.h"

stls_result stls_direct_output_write(struct stls_ssl_bios *io,
                                     const stls_span *spans, size_t offset,
                                     size_t len)
{
  struct stls_direct_records *direct = io->direct;
  struct stls_chunk_queue *queue = &io->output.outgoing->queue;
  const size_t queued = queue->len;
  const struct stls_record_content content = {.type = SSL3_RT_APPLICATION_DATA,
                                              .spans = spans,
                                              .offset = offset,
                                              .len = len};
  const uint8_t *end;
  size_t record_len = 0;

  if (!stls_direct_records_is_ready(direct, STLS_RECORDS_OUT)) {
    stls_ssl_bios_guard(io);
    if (!stls_direct_records_derive(direct, io->ssl)) return STLS_ERROR_MEMORY;
  }
  if (!stls_record_translation_seal(direct, &content, queue, &record_len))
    return STLS_ERROR_MEMORY;
  stls_io_budget_add_out(&io->budget, queued, record_len, false);
  end = queue->tail->data + queue->tail->end;
  stls_direct_trace_record(io, STLS_RECORDS_OUT, end - record_len);
  return STLS_OK;
}

bool stls_direct_output_alert(struct stls_ssl_bios *io, int alert)
{
  struct stls_direct_records *direct = io->direct;
  struct stls_chunk_queue *queue = &io->output.outgoing->queue;
  const uint8_t body[] = {SSL3_AL_FATAL, (uint8_t)alert};
  const stls_span span = {body, sizeof body};
  const struct stls_record_content content = {
      .type = SSL3_RT_ALERT, .spans = &span, .len = sizeof body};
  uint8_t header[] = {SSL3_RT_ALERT, 3, 3, 0, 0};
  size_t len = 0;

  if (!stls_record_output_takes(&io->output)) return true;
  stls_ssl_bios_guard(io);
  if (!stls_direct_records_derive(direct, io->ssl) ||
      !stls_record_translation_seal(direct, &content, queue, &len))
    return false;
  io->budget.bytes_out += len;
  if (direct->suite.is_tls_1_3) header[0] = SSL3_RT_APPLICATION_DATA;
  header[4] = (uint8_t)(len - sizeof header);
  stls_direct_trace_alert(io, header, body, sizeof body);
  return true;
}

bool stls_direct_output_collect(struct stls_ssl_bios *io, size_t *out_len)
{
  struct stls_direct_records *direct = io->direct;

  *out_len = 0;
  stls_record_output_collect(&io->output, 0);
  if (direct->written.len == 0) return true;
  if (stls_direct_records_derive(direct, io->ssl) &&
      stls_record_translation_send(direct, &io->output.outgoing->queue,
                                   out_len))
    return true;
  stls_chunk_queue_clear(&direct->written);
  io->output.is_closed = true;
  return false;
}
