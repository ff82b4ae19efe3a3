/* SPDX-License-Identifier: MIT */
/* ssl_io: runs one libssl call between the input and output queues. */
#include "io/ssl_io.h"

#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/openssl_code.h"
#include "io/fatal_alert.h"
#include "util/quote.h"

enum operation {
  /* HANDSHAKE is the first handshake, MESSAGE a message after it. */
  HANDSHAKE,
  MESSAGE,
  READ,
  PEEK,
  WRITE,
  CLOSE_NOTIFY
};

/* The arguments and the outcome of one operation. */
struct job {
  enum operation operation;
  stls_span records;
  bool ends;
  void *out;
  const void *data;
  size_t len;
  size_t done;
};

static stls_result run_handshake(struct stls_ssl_bios *io);
static stls_result run_until_data(struct stls_ssl_bios *io, struct job *job);
static bool must_stop(const struct stls_ssl_bios *io);
static stls_result end_record(struct stls_ssl_bios *io, stls_result result);
static stls_result finish_message(struct stls_ssl_bios *io);
static stls_result send_key_update_reply(struct stls_ssl_bios *io);
static stls_result next_records(struct stls_ssl_bios *io, struct job *job);
static stls_result run_operation(struct stls_ssl_bios *io, struct job *job);
static stls_result check_result(struct stls_ssl_bios *io, const struct job *job,
                                stls_result result, bool was_left);
static void release_after_messages(struct stls_ssl_bios *io,
                                   const struct job *job);
static int call_libssl(SSL *ssl, struct job *job);
static void quote_foreign_bytes(struct stls_ssl_bios *io);
static void collect_output(struct stls_ssl_bios *io, const struct job *job);

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
  struct job job = {.operation = READ, .out = out, .len = out_len};
  stls_result result = run_until_data(io, &job);

  *out_read = job.done;
  io->budget.plaintext_out += job.done;
  return result;
}

stls_result stls_ssl_io_peek(struct stls_ssl_bios *io, void *out,
                             size_t out_len, size_t *out_read)
{
  struct job job = {.operation = PEEK, .out = out, .len = out_len};
  stls_result result = run_until_data(io, &job);

  *out_read = job.done;
  return result;
}

stls_result stls_ssl_io_write(struct stls_ssl_bios *io, const void *data,
                              size_t len, size_t *out_written)
{
  struct job job = {.operation = WRITE, .data = data, .len = len};
  stls_result result = finish_message(io);

  if (result == STLS_OK) result = run_operation(io, &job);
  *out_written = job.done;
  io->budget.plaintext_in += job.done;
  if (result == STLS_OK) stls_message_monitor_note_write(&io->monitor);
  return result;
}

stls_result stls_ssl_io_close_notify(struct stls_ssl_bios *io)
{
  struct job job = {.operation = CLOSE_NOTIFY};
  stls_result result = finish_message(io);

  return result == STLS_OK ? run_operation(io, &job) : result;
}

stls_result stls_ssl_io_send(struct stls_ssl_bios *io, stls_ssl_io_begin begin,
                             int how, int *out_reason)
{
  struct job job = {.operation = MESSAGE};
  stls_result result = finish_message(io);

  *out_reason = 0;
  if (result == STLS_OK) result = send_key_update_reply(io);
  if (result != STLS_OK) return result;
  stls_ssl_bios_guard(io);
  /* run_operation does the same again, which cannot fail then. */
  if (!stls_ssl_bios_attach(io)) return STLS_ERROR_MEMORY;
  if (!stls_record_output_prepare(&io->output, 0)) return STLS_ERROR_MEMORY;
  if (begin(io->ssl, how) == 1) return run_operation(io, &job);
  *out_reason = stls_openssl_code_reason(stls_error_queue_take());
  return STLS_ERROR_MISUSE;
}

static stls_result run_handshake(struct stls_ssl_bios *io)
{
  struct job job = {.operation = HANDSHAKE};
  stls_result result;

  do {
    if (!stls_record_output_has_room(&io->output)) return STLS_WANT_WRITE;
    result = io->is_primed ? STLS_OK : next_records(io, &job);
    if (result != STLS_OK) return result;
    result = run_operation(io, &job);
    if (result >= 0 && io->output.has_dropped)
      return stls_ssl_bios_fail(
          io, STLS_ERROR_TRUNCATED, STLS_REASON_TRANSPORT_ENDED,
          "the transport takes no more, and the handshake is not done");
  } while (result == STLS_WANT_READ);
  return result;
}

static stls_result run_until_data(struct stls_ssl_bios *io, struct job *job)
{
  stls_result result;

  do {
    if (!stls_ssl_io_has_pending(io)) {
      if (stls_ssl_io_must_drain(io)) return STLS_WANT_WRITE;
      result = next_records(io, job);
      if (result != STLS_OK) return result;
    }
    result = run_operation(io, job);
    if (stls_record_input_is_between_records(&io->input))
      result = end_record(io, result);
    if (must_stop(io)) break;
  } while (result == STLS_WANT_READ);
  return result;
}

static bool must_stop(const struct stls_ssl_bios *io)
{
  if (io->stops_at_auth_finished && io->monitor.saw_auth_finished) return true;
  return io->has_data && io->monitor.messages >= STLS_SSL_IO_MESSAGES_MAX;
}

/* Only a record without data can exceed a limit. */
static stls_result end_record(struct stls_ssl_bios *io, stls_result result)
{
  const char *excess = NULL;

  stls_message_monitor_end_record(&io->monitor, result == STLS_OK);
  if (result == STLS_WANT_READ)
    excess = stls_message_monitor_excess(&io->monitor, io->limits);
  if (excess == NULL) return result;
  result =
      stls_ssl_bios_fail(io, STLS_ERROR_TLS, STLS_REASON_LIMIT_REACHED, excess);
  stls_fatal_alert_send(io);
  return result;
}

/* libssl writes nothing during a message: it must first send the rest of its
 * own, or read the rest of the peer's. */
static stls_result finish_message(struct stls_ssl_bios *io)
{
  struct job job = {.operation = MESSAGE};
  stls_result result = STLS_OK;

  while (result == STLS_OK && SSL_in_init(io->ssl)) {
    result = run_operation(io, &job);
    if (result == STLS_WANT_READ) result = next_records(io, &job);
  }
  return result;
}

/* libssl sends the reply to a KeyUpdate with its next write. If it has another
 * message to write, that one would wait for the write after it. */
static stls_result send_key_update_reply(struct stls_ssl_bios *io)
{
  struct job job = {.operation = MESSAGE};
  int owed = SSL_get_key_update_type(io->ssl);

  if (owed == SSL_KEY_UPDATE_NONE) return STLS_OK;
  stls_ssl_bios_guard(io);
  return SSL_key_update(io->ssl, owed) == 1 ? run_operation(io, &job) : STLS_OK;
}

/* STLS_OK: there are bytes for libssl, or the end of the stream. */
static stls_result next_records(struct stls_ssl_bios *io, struct job *job)
{
  const bool many = job->operation == HANDSHAKE;

  switch (stls_record_input_next(&io->input, many, &job->records)) {
    case STLS_RECORD_INPUT_BYTES:
      return STLS_OK;
    case STLS_RECORD_INPUT_ENDED:
      job->ends = true;
      return STLS_OK;
    case STLS_RECORD_INPUT_NO_MEMORY:
      return STLS_ERROR_MEMORY;
    default:
      return STLS_WANT_READ;
  }
}

static stls_result run_operation(struct stls_ssl_bios *io, struct job *job)
{
  size_t shown = job->records.len;
  stls_result result;
  size_t taken = 0;
  int ret;

  stls_ssl_bios_guard(io);
  if (!stls_ssl_bios_attach(io)) return STLS_ERROR_MEMORY;
  if (!stls_record_output_prepare(&io->output,
                                  job->operation == WRITE ? job->len : 0))
    return STLS_ERROR_MEMORY;
  if (shown > 0 || job->ends)
    stls_mem_bio_in_point(&io->in, job->records.data, shown, job->ends);
  /* Bytes that libssl leaves are selected again, and may have moved by then. */
  job->records.len = 0;
  io->input.incoming->busy = true;
  ret = call_libssl(io->ssl, job);
  result =
      ret > 0 ? STLS_OK : stls_ssl_error_classify(&io->error, io->ssl, ret);
  io->input.incoming->busy = false;
  io->is_primed = false;
  io->is_mid_message = result == STLS_WANT_READ && SSL_in_init(io->ssl) == 1;
  /* An operation that moved only data leaves no entry in the queue. */
  io->queue_is_clean =
      ret > 0 && job->operation >= READ && !io->monitor.saw_message;
  if (result == STLS_ERROR_TLS && shown > 0) quote_foreign_bytes(io);
  if (shown > 0) {
    taken = stls_mem_bio_in_unpoint(&io->in);
    stls_record_input_take(&io->input, taken);
    io->budget.bytes_in += taken;
  }
  collect_output(io, job);
  if (io->monitor.saw_message) release_after_messages(io, job);
  if (job->operation == READ) io->may_have_pending = job->done == job->len;
  if (job->operation == PEEK) io->may_have_pending = result == STLS_OK;
  return check_result(io, job, result, taken == 0 && (shown > 0 || job->ends));
}

/* Refines libssl's results for the end of the stream and for input that it
 * ignores. */
static stls_result check_result(struct stls_ssl_bios *io, const struct job *job,
                                stls_result result, bool was_left)
{
  /* With SSL_OP_IGNORE_UNEXPECTED_EOF libssl reports every end of the
   * transport as close_notify. */
  if (result == STLS_CLOSED &&
      !stls_record_input_is_between_records(&io->input))
    return stls_ssl_bios_fail(io, STLS_ERROR_TRUNCATED,
                              STLS_REASON_TRANSPORT_ENDED,
                              "the transport ended in the middle of a record");
  /* Before the handshake is done, close_notify is not authenticated. */
  if (result == STLS_CLOSED && SSL_in_init(io->ssl))
    return stls_ssl_bios_fail(
        io, STLS_ERROR_TLS, STLS_REASON_PEER_CLOSED,
        job->operation == HANDSHAKE
            ? "the peer closed before the handshake was done"
            : "the peer closed in the middle of a message");
  /* libssl neither read the bytes, or the end, nor failed: it would get the
   * same input again without end. */
  if (result == STLS_WANT_READ && was_left)
    return stls_ssl_bios_fail(
        io, job->ends ? STLS_ERROR_TRUNCATED : STLS_ERROR_TLS,
        job->ends ? STLS_REASON_TRANSPORT_ENDED : STLS_REASON_NONE, NULL);
  return result;
}

/* libssl 3.0 does not release the buffers of post-handshake messages. */
static void release_after_messages(struct stls_ssl_bios *io,
                                   const struct job *job)
{
  io->monitor.saw_message = false;
  if (job->operation != HANDSHAKE && io->releases) stls_ssl_bios_release(io);
}

static int call_libssl(SSL *ssl, struct job *job)
{
  switch (job->operation) {
    case HANDSHAKE:
    case MESSAGE:
      return SSL_do_handshake(ssl);
    case READ:
      return SSL_read_ex(ssl, job->out, job->len, &job->done);
    case PEEK:
      return SSL_peek_ex(ssl, job->out, job->len, &job->done);
    case WRITE:
      return SSL_write_ex(ssl, job->data, job->len, &job->done);
    default:
      /* 0 means that the peer's close_notify has not arrived, which is not an
       * error here. */
      return SSL_shutdown(ssl) >= 0 ? 1 : -1;
  }
}

/* If the peer's first bytes are not a record, that is the error, whatever
 * libssl reports. */
static void quote_foreign_bytes(struct stls_ssl_bios *io)
{
  uint8_t bytes[STLS_QUOTE_MAX];
  size_t len;

  if (io->input.num_raw != io->budget.bytes_in) return;
  len = stls_record_input_raw_bytes(&io->input, bytes, sizeof bytes);
  if (stls_record_header_is_not_tls(bytes, len))
    stls_ssl_error_quote_bytes(&io->error, bytes, len);
}

static void collect_output(struct stls_ssl_bios *io, const struct job *job)
{
  const bool is_reply = job->operation == READ || job->operation == PEEK;
  const size_t queued = io->output.outgoing->queue.len;
  const size_t sealed = job->operation == WRITE ? job->done : 0;

  stls_io_budget_add_out(&io->budget, queued,
                         stls_record_output_collect(&io->output, sealed),
                         is_reply);
  /* Nothing may follow close_notify. */
  if (job->operation == CLOSE_NOTIFY) io->output.is_closed = true;
}
