/* SPDX-License-Identifier: MIT */
/* ssl_call: makes one libssl call, with its input and its output. */
#include "io/ssl_call.h"

#include "io/direct_output.h"
#include "util/quote.h"

static inline bool begin(struct stls_ssl_bios *io, size_t len);
static stls_result end(struct stls_ssl_bios *io, struct stls_ssl_call *call,
                       int ret);
static stls_result check_result(struct stls_ssl_bios *io,
                                const struct stls_ssl_call *call,
                                stls_result result, bool was_left);
static void release_after_messages(struct stls_ssl_bios *io,
                                   const struct stls_ssl_call *call);
static int call_libssl(SSL *ssl, struct stls_ssl_call *call);
static int read_on(struct stls_ssl_bios *io, struct stls_ssl_call *call);
static bool may_read_on(const struct stls_ssl_bios *io,
                        const struct stls_ssl_call *call);
static void explain_first_bytes(struct stls_ssl_bios *io);
static void quote_foreign_bytes(struct stls_ssl_bios *io);
static bool is_client_hello(stls_span records);
static bool collect_output(struct stls_ssl_bios *io,
                           const struct stls_ssl_call *call);
static void note_finished(struct stls_ssl_bios *io);

stls_result stls_ssl_call_run(struct stls_ssl_bios *io,
                              struct stls_ssl_call *call)
{
  const size_t shown = call->records.len;
  int ret;

  if (!begin(io, call->operation == STLS_SSL_WRITE ? call->len : 0))
    return STLS_ERROR_MEMORY;
  if (shown > 0 || call->ends)
    stls_mem_bio_in_point(&io->in, call->records.data, shown, call->ends);
  if (shown > 0 && io->budget.bytes_in == 0)
    io->peer_is_client = is_client_hello(call->records);
  io->input.incoming->busy = true;
  ret = call_libssl(io->ssl, call);
  if (ret > 0 && shown > 0 && call->operation == STLS_SSL_READ)
    ret = read_on(io, call);
  io->input.incoming->busy = false;
  return end(io, call, ret);
}

/* Without what only other operations need; the rare outcomes are left to them. */
stls_result stls_ssl_call_write(struct stls_ssl_bios *io, const void *data,
                                size_t len, size_t *out_written)
{
  struct stls_ssl_call call;
  int ret;

  if (!begin(io, len)) return STLS_ERROR_MEMORY;
  io->input.incoming->busy = true;
  ret = SSL_write_ex(io->ssl, data, len, out_written);
  io->input.incoming->busy = false;
  if (ret > 0 && !io->monitor.saw_message) {
    io->queue_is_clean = true;
    io->is_mid_message = false;
    io->budget.bytes_out += stls_record_output_collect(&io->output, len);
    return STLS_OK;
  }
  call = (struct stls_ssl_call){
      .operation = STLS_SSL_WRITE, .len = len, .done = *out_written};
  return end(io, &call, ret);
}

/* The same for reads. Before the handshake was done, nobody reads. */
stls_result stls_ssl_call_read(struct stls_ssl_bios *io,
                               struct stls_ssl_call *call)
{
  int ret;

  if (!begin(io, 0)) return STLS_ERROR_MEMORY;
  stls_mem_bio_in_repoint(&io->in, call->records.data, call->records.len);
  io->input.incoming->busy = true;
  ret = SSL_read_ex(io->ssl, call->out, call->len, &call->done);
  if (ret > 0) ret = read_on(io, call);
  io->input.incoming->busy = false;
  if (ret <= 0 || io->monitor.saw_message ||
      !stls_mem_bio_in_is_drained(&io->in) ||
      !stls_mem_bio_out_is_empty(&io->output.bio))
    return end(io, call, ret);
  call->records.len = 0;
  io->queue_is_clean = true;
  io->is_mid_message = false;
  io->budget.bytes_in += io->in.given;
  stls_mem_bio_in_repoint(&io->in, NULL, 0);
  stls_record_input_take_whole(&io->input);
  io->may_have_pending = call->done == call->len;
  if (io->holds) stls_ssl_bios_unhold(io);
  return STLS_OK;
}

/* What comes before each call of libssl, which writes `len` bytes of data or an
 * unknown amount: 0. false when memory is short. */
static inline bool begin(struct stls_ssl_bios *io, size_t len)
{
  stls_ssl_bios_guard(io);
  if (!stls_ssl_bios_attach(io)) return false;
  return (len == 0 && stls_mem_bio_out_is_prepared(&io->output.bio)) ||
         stls_record_output_prepare(&io->output, len);
}

/* What comes behind it; `ret` is what it returned. */
static stls_result end(struct stls_ssl_bios *io, struct stls_ssl_call *call,
                       int ret)
{
  const size_t shown = call->records.len;
  stls_result result =
      ret > 0 ? STLS_OK
              : stls_ssl_error_classify(&io->error, io->ssl, ret,
                                        io->monitor.took_certificate);
  size_t taken = 0;

  /* Bytes that libssl leaves are selected again, and may have moved by then. */
  call->records.len = 0;
  io->is_primed = false;
  io->is_mid_message = result == STLS_WANT_READ && SSL_in_init(io->ssl) == 1;
  /* An operation that moved only data leaves no entry in the queue. */
  io->queue_is_clean =
      ret > 0 && call->operation >= STLS_SSL_READ && !io->monitor.saw_message;
  if (result == STLS_ERROR_TLS && shown > 0) explain_first_bytes(io);
  if (shown > 0) {
    taken = stls_mem_bio_in_unpoint(&io->in);
    if (!call->is_translated) {
      stls_record_input_take(&io->input, taken);
      io->budget.bytes_in += taken;
    }
  }
  if (!collect_output(io, call))
    result = stls_ssl_bios_fail(io, STLS_ERROR_MEMORY,
                                STLS_REASON_OUT_OF_MEMORY, NULL);
  if (io->holds) stls_ssl_bios_unhold(io);
  if (io->monitor.saw_message) release_after_messages(io, call);
  if (call->operation == STLS_SSL_READ)
    io->may_have_pending = call->done == call->len;
  if (call->operation == STLS_SSL_PEEK)
    io->may_have_pending = result == STLS_OK;
  return check_result(io, call, result,
                      taken == 0 && (shown > 0 || call->ends));
}

/* Refines libssl's results for the end of the stream and for input that it
 * ignores. */
static stls_result check_result(struct stls_ssl_bios *io,
                                const struct stls_ssl_call *call,
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
        call->operation == STLS_SSL_HANDSHAKE
            ? "the peer closed before the handshake was done"
            : "the peer closed in the middle of a message");
  /* libssl neither read the bytes, or the end, nor failed: it would get the
   * same input again without end. */
  if (result == STLS_WANT_READ && was_left)
    return stls_ssl_bios_fail(
        io, call->ends ? STLS_ERROR_TRUNCATED : STLS_ERROR_TLS,
        call->ends ? STLS_REASON_TRANSPORT_ENDED : STLS_REASON_NONE, NULL);
  return result;
}

/* libssl 3.0 does not release the buffers of post-handshake messages. */
static void release_after_messages(struct stls_ssl_bios *io,
                                   const struct stls_ssl_call *call)
{
  io->monitor.saw_message = false;
  if (call->operation != STLS_SSL_HANDSHAKE && io->releases)
    stls_ssl_bios_release(io);
}

static int call_libssl(SSL *ssl, struct stls_ssl_call *call)
{
  switch (call->operation) {
    case STLS_SSL_HANDSHAKE:
    case STLS_SSL_MESSAGE:
      return SSL_do_handshake(ssl);
    case STLS_SSL_READ:
      return SSL_read_ex(ssl, call->out, call->len, &call->done);
    case STLS_SSL_PEEK:
      return SSL_peek_ex(ssl, call->out, call->len, &call->done);
    case STLS_SSL_WRITE:
      return SSL_write_ex(ssl, call->data, call->len, &call->done);
    default:
      /* 0 means that the peer's close_notify has not arrived, which is not an
       * error here. */
      return SSL_shutdown(ssl) >= 0 ? 1 : -1;
  }
}

/* Reads the records that lie behind the first, one by one, as long as each gives
 * data. What goes before and behind a call of libssl is done once for all. */
static int read_on(struct stls_ssl_bios *io, struct stls_ssl_call *call)
{
  struct stls_record_input *input = &io->input;
  int ret = 1;

  while (ret > 0 && may_read_on(io, call) && stls_record_input_advance(input)) {
    size_t got = 0;
    if (io->can_hold && !io->holds) stls_ssl_bios_hold(io);
    stls_message_monitor_end_data(&io->monitor);
    io->budget.bytes_in += io->in.given;
    stls_mem_bio_in_repoint(&io->in, input->shown.data, input->shown.len);
    ret = SSL_read_ex(io->ssl, (uint8_t *)call->out + call->done,
                      call->len - call->done, &got);
    call->done += got;
  }
  return ret;
}

static bool may_read_on(const struct stls_ssl_bios *io,
                        const struct stls_ssl_call *call)
{
  return call->done < call->len && !call->is_translated &&
         stls_mem_bio_in_is_drained(&io->in) &&
         !stls_message_monitor_is_key_worn(&io->monitor, io->key_records);
}

static void explain_first_bytes(struct stls_ssl_bios *io)
{
  quote_foreign_bytes(io);
  if (io->peer_is_client && SSL_is_server(io->ssl) == 0)
    io->error.text = "the peer is a client, too: it sent a ClientHello";
}

/* libssl may get the record in pieces: this looks at the first. */
static bool is_client_hello(stls_span records)
{
  const uint8_t *data = records.data;

  return records.len > STLS_RECORD_HEADER_LEN &&
         data[0] == STLS_CONTENT_HANDSHAKE &&
         data[STLS_RECORD_HEADER_LEN] == STLS_MESSAGE_CLIENT_HELLO;
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

static bool collect_output(struct stls_ssl_bios *io,
                           const struct stls_ssl_call *call)
{
  const bool is_reply =
      call->operation == STLS_SSL_READ || call->operation == STLS_SSL_PEEK;
  const size_t queued = io->output.outgoing->queue.len;
  const size_t sealed = call->operation == STLS_SSL_WRITE ? call->done : 0;
  bool is_done = true;
  size_t len;

  if (call->operation == STLS_SSL_HANDSHAKE && io->may_bypass)
    note_finished(io);
  if (io->direct == NULL)
    len = stls_record_output_collect(&io->output, sealed);
  else
    is_done = stls_direct_output_collect(io, &len);
  stls_io_budget_add_out(&io->budget, queued, len, is_reply);
  /* Nothing may follow close_notify. */
  if (call->operation == STLS_SSL_CLOSE_NOTIFY) io->output.is_closed = true;
  return is_done;
}

/* Records of our own go on from what libssl's Finished shows. */
static void note_finished(struct stls_ssl_bios *io)
{
  const BUF_MEM *mem = io->output.bio.mem;

  stls_direct_records_note_finished((const uint8_t *)mem->data, mem->length,
                                    &io->finished);
}
