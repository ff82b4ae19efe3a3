/* SPDX-License-Identifier: MIT */
/* direct_input: opens the peer's records, and shows libssl those of the protocol. */
#include "io/direct_input.h"

#include <string.h>

#include "base/mem.h"
#include "io/direct_arrival.h"
#include "io/direct_trace.h"
#include "io/record_translation.h"

/* A record, and what was opened of it. */
struct opening {
  struct stls_direct_arrival arrival;
  /* What its content and padding need. */
  size_t room;
  /* Where it was opened to, and memory that is to be freed for it. */
  uint8_t *plain;
  size_t cap;
  uint8_t *own;
  size_t len;
  uint8_t type;
};

static stls_result await_end(const struct stls_ssl_bios *io,
                             struct stls_ssl_call *call);
static stls_result open_arrival(struct stls_ssl_bios *io,
                                struct stls_ssl_call *call,
                                struct opening *opening);
static bool choose_target(struct stls_direct_records *direct,
                          struct stls_ssl_call *call, struct opening *opening);
static bool is_data(const struct stls_ssl_bios *io,
                    const struct opening *opening);
static void serve(struct stls_ssl_bios *io, struct stls_ssl_call *call,
                  const struct opening *opening);
static stls_result translate(struct stls_ssl_bios *io,
                             struct stls_ssl_call *call,
                             const struct opening *opening, bool is_forged);
static void deliver(struct stls_ssl_bios *io, struct stls_ssl_call *call);

stls_result stls_direct_input_next(struct stls_ssl_bios *io,
                                   struct stls_ssl_call *call)
{
  struct stls_direct_records *direct = io->direct;
  struct opening opening;
  stls_result result;

  if (direct->shown != NULL) {
    stls_direct_arrival_show_again(direct, call);
    return STLS_OK;
  }
  if (direct->flows[STLS_RECORDS_IN].is_exported) return await_end(io, call);
  if (!stls_direct_records_is_ready(direct, STLS_RECORDS_IN)) {
    stls_ssl_bios_guard(io);
    if (!stls_direct_records_derive(direct, io->ssl)) return STLS_ERROR_MEMORY;
  }
  result = stls_direct_arrival_next(io, call, &opening.arrival);
  if (result != STLS_OK || opening.arrival.record_len == 0) return result;
  opening.own = NULL;
  result = open_arrival(io, call, &opening);
  if (opening.own != NULL) stls_mem_free_clear(opening.own, opening.cap);
  return result;
}

stls_result stls_direct_input_run(struct stls_ssl_bios *io,
                                  struct stls_ssl_call *call)
{
  struct stls_direct_records *direct = io->direct;
  const bool reads =
      call->operation == STLS_SSL_READ || call->operation == STLS_SSL_PEEK;
  stls_result result;

  if (reads && stls_direct_records_pending(direct) > 0) {
    deliver(io, call);
    return STLS_OK;
  }
  result = stls_ssl_call_run(io, call);
  if (!call->is_translated) return result;
  call->is_translated = false;
  /* libssl was not called, and is shown the bytes again. */
  if (result == STLS_ERROR_MEMORY && io->error.result == STLS_OK) return result;
  stls_mem_free(direct->shown);
  direct->shown = NULL;
  if (direct->updates_key) direct->owes_reply = true;
  if (direct->updates_key && io->error.result == STLS_OK &&
      !stls_direct_records_update(direct, STLS_RECORDS_IN))
    result = stls_ssl_bios_fail(io, STLS_ERROR_MEMORY,
                                STLS_REASON_OUT_OF_MEMORY, NULL);
  direct->updates_key = false;
  return result;
}

/* Another engine opens the records: there is only the end of the transport, and bytes
 * that wait in spite of that are not read. */
static stls_result await_end(const struct stls_ssl_bios *io,
                             struct stls_ssl_call *call)
{
  if (!io->input.incoming->eof_written) return STLS_WANT_READ;
  call->ends = true;
  return STLS_OK;
}

static stls_result open_arrival(struct stls_ssl_bios *io,
                                struct stls_ssl_call *call,
                                struct opening *opening)
{
  struct stls_direct_records *direct = io->direct;
  struct stls_direct_flow *flow = &direct->flows[STLS_RECORDS_IN];
  stls_record_opened opened;
  stls_result result;

  opening->room =
      stls_record_protect_room(&direct->suite, opening->arrival.record_len);
  if (!choose_target(direct, call, opening)) return STLS_ERROR_MEMORY;
  opened = stls_record_protect_open(
      &flow->protect, &direct->suite, &flow->key, flow->wire,
      opening->arrival.pieces, opening->arrival.record_len, opening->plain,
      opening->cap, &opening->len, &opening->type);
  if (opened == STLS_RECORD_NO_MEMORY) return STLS_ERROR_MEMORY;
  if (opened == STLS_RECORD_OPENED && is_data(io, opening)) {
    flow->wire++;
    serve(io, call, opening);
    return STLS_OK;
  }
  result = translate(io, call, opening, opened == STLS_RECORD_FORGED);
  stls_mem_wipe(opening->plain, opening->cap < opening->arrival.record_len
                                    ? opening->cap
                                    : opening->arrival.record_len);
  return result;
}

/* The caller's buffer, or where the data waits for it, or memory for what libssl
 * is shown while data may wait. */
static bool choose_target(struct stls_direct_records *direct,
                          struct stls_ssl_call *call, struct opening *opening)
{
  const size_t room = opening->room;

  if (call->operation == STLS_SSL_READ && call->len >= room) {
    opening->plain = call->out;
    opening->cap = call->len;
  } else if (call->operation == STLS_SSL_READ ||
             call->operation == STLS_SSL_PEEK) {
    opening->plain = stls_direct_records_plain(direct);
    opening->cap = STLS_DIRECT_RECORDS_RECORD_MAX;
  } else {
    opening->plain = opening->own = stls_mem_alloc(room + 1);
    opening->cap = room + 1;
  }
  return opening->plain != NULL;
}

static bool is_data(const struct stls_ssl_bios *io,
                    const struct opening *opening)
{
  return opening->type == SSL3_RT_APPLICATION_DATA &&
         opening->room <= STLS_RECORD_HEADER_PLAINTEXT_MAX &&
         !stls_direct_records_is_mid_message(io->direct) &&
         SSL_in_init(io->ssl) == 0;
}

static void serve(struct stls_ssl_bios *io, struct stls_ssl_call *call,
                  const struct opening *opening)
{
  struct stls_direct_records *direct = io->direct;

  stls_direct_trace_record(io, STLS_RECORDS_IN, opening->arrival.header);
  stls_direct_arrival_take(io, &opening->arrival);
  call->is_served = true;
  call->done = 0;
  if (opening->plain == call->out) {
    call->done = opening->len;
  } else {
    direct->plain_start = 0;
    direct->plain_end = opening->len;
    if (opening->len > 0) deliver(io, call);
  }
}

/* `shown` is made before anything changes, so that a lack of memory can be
 * repaired. */
static stls_result translate(struct stls_ssl_bios *io,
                             struct stls_ssl_call *call,
                             const struct opening *opening, bool is_forged)
{
  struct stls_direct_records *direct = io->direct;
  const size_t record_len = opening->arrival.record_len;
  const stls_span span = {opening->plain, opening->len};
  struct stls_record_content content = {
      .type = opening->type, .spans = &span, .len = opening->len};

  direct->shown = stls_mem_alloc(record_len);
  direct->shown_len = record_len;
  if (direct->shown == NULL) return STLS_ERROR_MEMORY;
  /* Opening may have left an entry. */
  io->queue_is_clean = false;
  stls_ssl_bios_guard(io);
  if (direct->suite.is_tls_1_3 && !is_forged)
    content.padding_len = opening->room - opening->len;
  if (is_forged
          ? !stls_record_translation_show_forged(
                direct, opening->arrival.header[0], opening->arrival.pieces,
                record_len, direct->shown)
          : !stls_record_translation_show(direct, &content, direct->shown)) {
    stls_mem_free(direct->shown);
    direct->shown = NULL;
    return STLS_ERROR_MEMORY;
  }
  if (!is_forged) direct->flows[STLS_RECORDS_IN].wire++;
  if (!is_forged && opening->type == SSL3_RT_HANDSHAKE)
    direct->updates_key = stls_direct_records_follow(
        direct, STLS_RECORDS_IN, opening->plain, opening->len);
  stls_direct_arrival_take(io, &opening->arrival);
  stls_direct_arrival_show_again(direct, call);
  return STLS_OK;
}

/* Copies opened data that waits to the caller. */
static void deliver(struct stls_ssl_bios *io, struct stls_ssl_call *call)
{
  struct stls_direct_records *direct = io->direct;
  const size_t pending = stls_direct_records_pending(direct);
  const size_t len = call->len < pending ? call->len : pending;
  uint8_t *from = direct->plain + direct->plain_start;

  memcpy(call->out, from, len);
  call->done = len;
  if (call->operation == STLS_SSL_PEEK) return;
  stls_mem_wipe(from, len);
  direct->plain_start += len;
  if (len < pending) return;
  direct->plain_start = direct->plain_end = 0;
  if (!io->keeps_buffers) stls_direct_records_drop_plain(direct);
}
