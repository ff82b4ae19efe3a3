/* SPDX-License-Identifier: MIT */
/* ssl_io: runs an operation of a connection until it is done or needs input. */
#include "io/ssl_io.h"

#include "base/cold.h"
#include "base/error.h"
#include "base/error_queue.h"
#include "base/openssl_code.h"
#include "io/direct_control.h"
#include "io/direct_input.h"
#include "io/direct_output.h"
#include "io/fatal_alert.h"
#include "io/ssl_call.h"

static stls_result run_handshake(struct stls_ssl_bios *io);
static stls_result run_until_data(struct stls_ssl_bios *io,
                                  struct stls_ssl_call *call);
static bool must_stop(const struct stls_ssl_bios *io);
static stls_result end_record(struct stls_ssl_bios *io, stls_result result);
static stls_result check_limits(struct stls_ssl_bios *io, stls_result result);
static bool must_reply_at_once(const struct stls_ssl_bios *io);
STLS_COLD static stls_result reply_at_once(struct stls_ssl_bios *io,
                                           stls_result result);
STLS_COLD static stls_result finish_message(struct stls_ssl_bios *io);
static stls_result send_key_update_reply(struct stls_ssl_bios *io);
static stls_result run(struct stls_ssl_bios *io, struct stls_ssl_call *call);
static stls_result write_record(struct stls_ssl_bios *io,
                                const stls_span *spans, size_t offset,
                                size_t len, size_t *out_written);
static stls_result next_records(struct stls_ssl_bios *io,
                                struct stls_ssl_call *call);

stls_result stls_ssl_io_handshake(struct stls_ssl_bios *io)
{
  stls_result result = run_handshake(io);

  if (io->releases) stls_ssl_bios_release(io);
  if (result != STLS_OK) return result;
  if (io->releases) SSL_set_mode(io->ssl, SSL_MODE_RELEASE_BUFFERS);
  return STLS_OK;
}

stls_result stls_ssl_io_read(struct stls_ssl_bios *io, void *out,
                             size_t out_len, size_t *out_read)
{
  struct stls_ssl_call call = {
      .operation = STLS_SSL_READ, .out = out, .len = out_len};
  stls_result result = run_until_data(io, &call);

  *out_read = call.done;
  io->budget.plaintext_out += call.done;
  return result;
}

stls_result stls_ssl_io_peek(struct stls_ssl_bios *io, void *out,
                             size_t out_len, size_t *out_read)
{
  struct stls_ssl_call call = {
      .operation = STLS_SSL_PEEK, .out = out, .len = out_len};
  stls_result result = run_until_data(io, &call);

  *out_read = call.done;
  return result;
}

stls_result stls_ssl_io_write(struct stls_ssl_bios *io, const stls_span *spans,
                              size_t offset, size_t len, size_t *out_written)
{
  stls_result result = SSL_in_init(io->ssl) ? finish_message(io) : STLS_OK;

  *out_written = 0;
  if (result == STLS_OK)
    result = write_record(io, spans, offset, len, out_written);
  if (result != STLS_OK) return result;
  io->budget.plaintext_in += *out_written;
  stls_message_monitor_note_write(&io->monitor);
  return STLS_OK;
}

stls_result stls_ssl_io_close_notify(struct stls_ssl_bios *io)
{
  struct stls_ssl_call call = {.operation = STLS_SSL_CLOSE_NOTIFY};
  stls_result result = finish_message(io);

  return result == STLS_OK ? stls_ssl_call_run(io, &call) : result;
}

stls_result stls_ssl_io_send(struct stls_ssl_bios *io, stls_ssl_io_begin begin,
                             int how, int *out_reason)
{
  struct stls_ssl_call call = {.operation = STLS_SSL_MESSAGE};
  stls_result result = finish_message(io);

  *out_reason = 0;
  if (result == STLS_OK) result = send_key_update_reply(io);
  if (result != STLS_OK) return result;
  /* An engine that has our key takes one KeyUpdate at a time. */
  if (io->direct != NULL && stls_direct_records_is_congested(io->direct))
    return STLS_WANT_WRITE;
  stls_ssl_bios_guard(io);
  /* run_operation does the same again, which cannot fail then. */
  if (!stls_ssl_bios_attach(io)) return STLS_ERROR_MEMORY;
  if (!stls_record_output_prepare(&io->output, 0)) return STLS_ERROR_MEMORY;
  if (begin(io->ssl, how) == 1) return stls_ssl_call_run(io, &call);
  *out_reason = stls_openssl_code_reason(stls_error_queue_take());
  return STLS_ERROR_MISUSE;
}

stls_result stls_ssl_io_receive_control(
    struct stls_ssl_bios *io, const struct stls_record_content *content)
{
  char byte;
  struct stls_ssl_call call = {
      .operation = STLS_SSL_READ, .out = &byte, .len = sizeof byte};
  struct stls_direct_control_mark mark;
  stls_result result;

  if (stls_ssl_io_must_drain(io)) return STLS_WANT_WRITE;
  result = stls_direct_control_show(io, content, &mark);
  if (result != STLS_OK) return result;
  result = run_until_data(io, &call);
  if (result == STLS_ERROR_MEMORY && stls_direct_control_take_back(io, &mark))
    return result;
  if (result != STLS_WANT_READ && result != STLS_WANT_WRITE) return result;
  return stls_direct_records_is_mid_message(io->direct) ? STLS_WANT_READ
                                                        : STLS_OK;
}

stls_result stls_ssl_io_count_received(struct stls_ssl_bios *io,
                                       uint64_t num_records, uint64_t len)
{
  const uint64_t enough = UINT16_MAX;

  if (len > 0)
    stls_message_monitor_end_data(&io->monitor);
  else
    io->monitor.empty_records +=
        (size_t)(num_records < enough ? num_records : enough);
  return check_limits(io, STLS_OK);
}

stls_result stls_ssl_io_settle_debts(struct stls_ssl_bios *io)
{
  stls_result result = finish_message(io);

  if (result != STLS_OK || !must_reply_at_once(io)) return result;
  return reply_at_once(io, STLS_OK);
}

static stls_result run_handshake(struct stls_ssl_bios *io)
{
  struct stls_ssl_call call = {.operation = STLS_SSL_HANDSHAKE};
  stls_result result;

  do {
    if (!stls_record_output_has_room(&io->output)) return STLS_WANT_WRITE;
    result = io->is_primed ? STLS_OK : next_records(io, &call);
    if (result != STLS_OK) return result;
    result = stls_ssl_call_run(io, &call);
    if (result >= 0 && io->output.has_dropped)
      return stls_ssl_bios_fail(
          io, STLS_ERROR_TRUNCATED, STLS_REASON_TRANSPORT_ENDED,
          "the transport takes no more, and the handshake is not done");
  } while (result == STLS_WANT_READ);
  return result;
}

static stls_result run_until_data(struct stls_ssl_bios *io,
                                  struct stls_ssl_call *call)
{
  stls_result result;

  do {
    bool is_whole = false;
    if (!stls_ssl_io_has_pending(io)) {
      if (stls_ssl_io_must_drain(io)) return STLS_WANT_WRITE;
      is_whole = io->direct == NULL && call->operation == STLS_SSL_READ &&
                 stls_record_input_next_whole(&io->input, &call->records);
      result = is_whole ? STLS_OK : next_records(io, call);
      if (result != STLS_OK) return result;
    }
    result = is_whole ? stls_ssl_call_read(io, call) : run(io, call);
    if (call->done > 0) io->has_data = true;
    if (stls_record_input_is_between_records(&io->input))
      result = end_record(io, result);
    if (result == STLS_WANT_READ && must_reply_at_once(io))
      result = reply_at_once(io, result);
    if (must_stop(io)) return result;
  } while (result == STLS_WANT_READ && call->done == 0);
  /* The last of several records had no data. */
  return result == STLS_WANT_READ ? STLS_OK : result;
}

static bool must_stop(const struct stls_ssl_bios *io)
{
  if (!io->has_data) return false;
  if (io->stops_at_auth_finished && io->monitor.saw_auth_finished) return true;
  return io->monitor.messages >= STLS_SSL_IO_MESSAGES_MAX;
}

/* Only a record without data can exceed a limit. */
static stls_result end_record(struct stls_ssl_bios *io, stls_result result)
{
  if (result == STLS_OK) {
    stls_message_monitor_end_data(&io->monitor);
    return STLS_OK;
  }
  stls_message_monitor_end_record(&io->monitor);
  return result == STLS_WANT_READ ? check_limits(io, result) : result;
}

static stls_result check_limits(struct stls_ssl_bios *io, stls_result result)
{
  const char *excess = stls_message_monitor_excess(&io->monitor, io->limits);

  if (excess == NULL) return result;
  result =
      stls_ssl_bios_fail(io, STLS_ERROR_TLS, STLS_REASON_LIMIT_REACHED, excess);
  (void)!stls_fatal_alert_send(io, SSL_AD_UNEXPECTED_MESSAGE);
  return result;
}

/* Where another engine has our key there is no write that the reply to a KeyUpdate
 * could go with. */
static bool must_reply_at_once(const struct stls_ssl_bios *io)
{
  return io->direct != NULL && io->direct->owes_reply &&
         io->direct->flows[STLS_RECORDS_OUT].is_exported &&
         SSL_in_init(io->ssl) == 0;
}

/* Returns `result`, or a failure. Without memory it is tried again. */
static stls_result reply_at_once(struct stls_ssl_bios *io, stls_result result)
{
  const stls_result sent = stls_record_output_takes(&io->output)
                               ? send_key_update_reply(io)
                               : STLS_OK;

  if (sent == STLS_OK) io->direct->owes_reply = false;
  return sent < 0 && io->error.result != STLS_OK ? io->error.result : result;
}

/* libssl writes nothing during a message: it must first send the rest of its
 * own, or read the rest of the peer's. */
static stls_result finish_message(struct stls_ssl_bios *io)
{
  struct stls_ssl_call call = {.operation = STLS_SSL_MESSAGE};
  stls_result result = STLS_OK;

  while (result == STLS_OK && SSL_in_init(io->ssl)) {
    result = run(io, &call);
    if (result == STLS_WANT_READ) result = next_records(io, &call);
  }
  return result;
}

/* libssl sends the reply to a KeyUpdate with its next write. If it has another
 * message to write, that one would wait for the write after it. */
static stls_result send_key_update_reply(struct stls_ssl_bios *io)
{
  struct stls_ssl_call call = {.operation = STLS_SSL_MESSAGE};
  int owed = SSL_get_key_update_type(io->ssl);

  if (owed == SSL_KEY_UPDATE_NONE) return STLS_OK;
  stls_ssl_bios_guard(io);
  return SSL_key_update(io->ssl, owed) == 1 ? stls_ssl_call_run(io, &call)
                                            : STLS_OK;
}

/* STLS_OK: there are bytes for libssl, or the end of the stream. */
static stls_result next_records(struct stls_ssl_bios *io,
                                struct stls_ssl_call *call)
{
  const bool many = call->operation == STLS_SSL_HANDSHAKE;

  if (io->direct != NULL) return stls_direct_input_next(io, call);
  switch (stls_record_input_next(&io->input, many, &call->records)) {
    case STLS_RECORD_INPUT_BYTES:
      return STLS_OK;
    case STLS_RECORD_INPUT_ENDED:
      call->ends = true;
      return STLS_OK;
    case STLS_RECORD_INPUT_NO_MEMORY:
      return STLS_ERROR_MEMORY;
    default:
      return STLS_WANT_READ;
  }
}

static stls_result run(struct stls_ssl_bios *io, struct stls_ssl_call *call)
{
  if (io->direct == NULL) return stls_ssl_call_run(io, call);
  if (!call->is_served) return stls_direct_input_run(io, call);
  call->is_served = false;
  return call->done > 0 ? STLS_OK : STLS_WANT_READ;
}

static stls_result write_record(struct stls_ssl_bios *io,
                                const stls_span *spans, size_t offset,
                                size_t len, size_t *out_written)
{
  stls_result result = STLS_OK;

  if (io->direct == NULL)
    return stls_ssl_call_write(io, (const uint8_t *)spans->data + offset, len,
                               out_written);
  /* libssl sends the reply to a KeyUpdate before data, too. */
  if (io->direct->owes_reply) result = send_key_update_reply(io);
  if (result != STLS_OK) return result;
  io->direct->owes_reply = false;
  result = stls_direct_output_write(io, spans, offset, len);
  if (result == STLS_OK) *out_written = len;
  return result;
}
