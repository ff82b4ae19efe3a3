/* SPDX-License-Identifier: MIT */
/* ssl_io: runs an operation of a connection until it is done or needs input. */
#ifndef STLS_LIB_SSL_IO_H
#define STLS_LIB_SSL_IO_H

#include "io/ssl_bios.h"

/* How many messages a read that has data handles before it returns. */
#define STLS_SSL_IO_MESSAGES_MAX 32

/* Results of the operations: STLS_OK, STLS_WANT_READ, STLS_WANT_WRITE,
 * STLS_CLOSED, STLS_ERROR_MEMORY with nothing changed, or a final failure,
 * which `error` describes. What libssl wrote is queued whatever the result.
 * The operations guard the error queue; stls_ssl_bios_unguard ends that. */

/* Runs the handshake until it is done or needs input. */
stls_result stls_ssl_io_handshake(struct stls_ssl_bios *io);

/* Reads until one record, or several in a row, gave application data: *out_read
 * bytes of it. With another result than STLS_OK there can be data, too: the result
 * is that of the record behind it. */
stls_result stls_ssl_io_read(struct stls_ssl_bios *io, void *out,
                             size_t out_len, size_t *out_read);

/* The same, but the data stays for the next read. */
stls_result stls_ssl_io_peek(struct stls_ssl_bios *io, void *out,
                             size_t out_len, size_t *out_read);

/* Writes one record of `len` bytes, up to STLS_RECORD_HEADER_PLAINTEXT_MAX, from
 * `offset` on of the spans, which are joined. Where stls_ssl_io_gathers is false,
 * all of them are in the first span. */
stls_result stls_ssl_io_write(struct stls_ssl_bios *io, const stls_span *spans,
                              size_t offset, size_t len, size_t *out_written);

/* Whether a record can be written from several spans. */
static inline bool stls_ssl_io_gathers(const struct stls_ssl_bios *io)
{
  return io->direct != NULL;
}

/* Sends close_notify. */
stls_result stls_ssl_io_close_notify(struct stls_ssl_bios *io);

/* Asks libssl to send a message. Returns 1; otherwise the error queue has the
 * reason of the refusal. */
typedef int (*stls_ssl_io_begin)(SSL *ssl, int how);

/* Sends the message that `begin` asks for. If `begin` fails, nothing has
 * changed: STLS_ERROR_MISUSE, and libssl's reason in *out_reason. */
stls_result stls_ssl_io_send(struct stls_ssl_bios *io, stls_ssl_io_begin begin,
                             int how, int *out_reason);

/* Takes the content of a control record that another engine opened, for
 * connections whose key for receiving was exported. STLS_OK;
 * STLS_WANT_READ: the record ended within a message; STLS_WANT_WRITE with nothing
 * changed; STLS_ERROR_MEMORY with nothing changed. */
stls_result stls_ssl_io_receive_control(
    struct stls_ssl_bios *io, const struct stls_record_content *content);

/* Counts application data that another engine received; a flood of empty records
 * fails the connection. */
stls_result stls_ssl_io_count_received(struct stls_ssl_bios *io,
                                       uint64_t num_records, uint64_t len);

/* Has libssl write what it owes: the rest of a flight, and, where another engine
 * has our key, the reply to a KeyUpdate. */
stls_result stls_ssl_io_settle_debts(struct stls_ssl_bios *io);

/* Whether a message that the callback reports was not sent to, or not received
 * from, the peer. */
static inline bool stls_ssl_io_hides(const struct stls_ssl_bios *io,
                                     bool is_out)
{
  return is_out ? !stls_record_output_takes(&io->output) : io->is_alerting;
}

/* Whether libssl holds data for a read. A read that did not fill its buffer
 * has taken all of its record. */
static inline bool stls_ssl_io_has_pending(const struct stls_ssl_bios *io)
{
  if (io->direct != NULL && stls_direct_records_pending(io->direct) > 0)
    return true;
  return io->may_have_pending && SSL_pending(io->ssl) > 0;
}

/* Whether so many replies wait in `outgoing` that no record may be read that
 * could need another. */
static inline bool stls_ssl_io_must_drain(const struct stls_ssl_bios *io)
{
  if (!stls_record_output_takes(&io->output)) return false;
  return stls_io_budget_is_spent(&io->budget, io->output.outgoing->queue.len,
                                 io->limits[STLS_LIMIT_REPLY_BYTES]) ||
         (io->direct != NULL && stls_direct_records_is_congested(io->direct));
}

/* Whether the operation could make progress. */
static inline bool stls_ssl_io_can_read(const struct stls_ssl_bios *io)
{
  if (stls_ssl_io_has_pending(io)) return true;
  if (io->direct != NULL && io->direct->shown != NULL) return true;
  return !stls_ssl_io_must_drain(io) && stls_record_input_is_ready(&io->input);
}

static inline bool stls_ssl_io_can_handshake(const struct stls_ssl_bios *io)
{
  return io->is_primed || stls_record_input_is_ready(&io->input);
}

#endif
