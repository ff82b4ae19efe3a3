/* SPDX-License-Identifier: MIT */
/* direct_input: opens the peer's records, and shows libssl those of the protocol. */
#include "io/direct_input.h"

#include <string.h>

#include "base/mem.h"
#include "io/direct_trace.h"
#include "io/record_translation.h"

/* The longest records that libssl begins to open: RFC 8446, 5.2, and without
 * compression in TLS 1.2. */
#define TLS_1_3_BODY_MAX ((size_t)16384 + 256)
#define TLS_1_2_BODY_MAX ((size_t)16384 + SSL3_RT_MAX_ENCRYPTED_OVERHEAD)

/* A whole record, and what was opened of it. */
struct arrival {
  stls_span record;
  /* It lies in the input, and is taken from there when it was opened. */
  bool is_in_input;
  /* Where it was opened to, and memory that is to be freed for it. */
  uint8_t *plain;
  size_t cap;
  uint8_t *own;
  size_t len;
  uint8_t type;
};

static stls_result gather(struct stls_ssl_bios *io, struct stls_ssl_call *call,
                          struct arrival *arrival);
static stls_result add_part(struct stls_ssl_bios *io, stls_span part);
static void append(struct stls_ssl_bios *io, const uint8_t *bytes, size_t len);
static bool is_refused_in_part(const struct stls_ssl_bios *io);
static void show_raw(struct stls_ssl_bios *io, struct stls_ssl_call *call,
                     stls_span bytes);
static void show_again(const struct stls_direct_records *direct,
                       struct stls_ssl_call *call);
static bool is_refused_by_header(const struct stls_direct_records *direct,
                                 const uint8_t *header, size_t record_len);
static stls_result open_arrival(struct stls_ssl_bios *io,
                                struct stls_ssl_call *call,
                                struct arrival *arrival);
static bool choose_target(struct stls_direct_records *direct,
                          struct stls_ssl_call *call, struct arrival *arrival);
static bool is_data(const struct stls_ssl_bios *io,
                    const struct arrival *arrival);
static void serve(struct stls_ssl_bios *io, struct stls_ssl_call *call,
                  const struct arrival *arrival);
static stls_result translate(struct stls_ssl_bios *io,
                             struct stls_ssl_call *call,
                             const struct arrival *arrival, bool is_forged);
static void take(struct stls_ssl_bios *io, const struct arrival *arrival);
static void deliver(struct stls_ssl_bios *io, struct stls_ssl_call *call);

stls_result stls_direct_input_next(struct stls_ssl_bios *io,
                                   struct stls_ssl_call *call)
{
  struct stls_direct_records *direct = io->direct;
  struct arrival arrival = {.len = 0};
  stls_result result;

  if (direct->shown != NULL) {
    show_again(direct, call);
    return STLS_OK;
  }
  if (!stls_direct_records_is_ready(direct, STLS_RECORDS_IN)) {
    stls_ssl_bios_guard(io);
    if (!stls_direct_records_derive(direct, io->ssl)) return STLS_ERROR_MEMORY;
  }
  result = gather(io, call, &arrival);
  if (result != STLS_OK || arrival.record.len == 0) return result;
  /* libssl refuses a record that is too short to have been sealed. */
  if (arrival.record.len < stls_record_suite_overhead(&direct->suite)) {
    show_raw(io, call, arrival.record);
    return STLS_OK;
  }
  result = open_arrival(io, call, &arrival);
  if (arrival.own != NULL) stls_mem_free_clear(arrival.own, arrival.cap);
  return result;
}

stls_result stls_direct_input_run(struct stls_ssl_bios *io,
                                  struct stls_ssl_call *call)
{
  struct stls_direct_records *direct = io->direct;
  const bool reads =
      call->operation == STLS_SSL_READ || call->operation == STLS_SSL_PEEK;
  stls_result result;

  if (reads && !call->is_served && stls_direct_records_pending(direct) > 0) {
    deliver(io, call);
    return STLS_OK;
  }
  if (call->is_served) {
    call->is_served = false;
    return call->done > 0 ? STLS_OK : STLS_WANT_READ;
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

/* Finds a whole record, or bytes that are none: then arrival->record is empty,
 * and the call has them. */
static stls_result gather(struct stls_ssl_bios *io, struct stls_ssl_call *call,
                          struct arrival *arrival)
{
  struct stls_direct_records *direct = io->direct;
  struct stls_record_input *input = &io->input;

  while (direct->partial_len == 0 || input->taken > 0) {
    stls_result result = STLS_OK;
    stls_span part = {NULL, 0};
    switch (stls_record_input_next(input, false, &part)) {
      case STLS_RECORD_INPUT_BYTES:
        break;
      case STLS_RECORD_INPUT_ENDED:
        call->ends = true;
        if (direct->partial_len > 0) show_raw(io, call, part);
        return STLS_OK;
      case STLS_RECORD_INPUT_NO_MEMORY:
        return STLS_ERROR_MEMORY;
      default:
        return STLS_WANT_READ;
    }
    if (input->is_raw ||
        (input->taken == 0 && part.len >= STLS_RECORD_HEADER_LEN &&
         is_refused_by_header(direct, part.data, input->to_end))) {
      show_raw(io, call, part);
      return STLS_OK;
    }
    stls_record_input_join(input, &part);
    if (input->taken == 0 && part.len == input->to_end) {
      arrival->record = part;
      arrival->is_in_input = true;
      return STLS_OK;
    }
    result = add_part(io, part);
    if (result != STLS_OK) return result;
    if (is_refused_in_part(io)) {
      show_raw(io, call, part);
      return STLS_OK;
    }
  }
  arrival->record.data = direct->partial;
  arrival->record.len = direct->partial_len;
  return STLS_OK;
}

/* Of a record that is refused by its header, only the header is taken. */
static stls_result add_part(struct stls_ssl_bios *io, stls_span part)
{
  struct stls_direct_records *direct = io->direct;
  size_t first = part.len;

  if (stls_direct_records_partial(direct) == NULL) return STLS_ERROR_MEMORY;
  if (direct->partial_len < STLS_RECORD_HEADER_LEN &&
      first > STLS_RECORD_HEADER_LEN - direct->partial_len)
    first = STLS_RECORD_HEADER_LEN - direct->partial_len;
  append(io, part.data, first);
  if (first < part.len && !is_refused_in_part(io))
    append(io, (const uint8_t *)part.data + first, part.len - first);
  return STLS_OK;
}

static void append(struct stls_ssl_bios *io, const uint8_t *bytes, size_t len)
{
  struct stls_direct_records *direct = io->direct;

  memcpy(direct->partial + direct->partial_len, bytes, len);
  direct->partial_len += len;
  stls_record_input_take(&io->input, len);
  io->budget.bytes_in += len;
}

static bool is_refused_in_part(const struct stls_ssl_bios *io)
{
  const struct stls_direct_records *direct = io->direct;

  return io->input.is_raw ||
         (direct->partial_len >= STLS_RECORD_HEADER_LEN &&
          is_refused_by_header(direct, direct->partial,
                               direct->partial_len + io->input.to_end));
}

/* libssl is shown what is not a record as it comes. */
static void show_raw(struct stls_ssl_bios *io, struct stls_ssl_call *call,
                     stls_span bytes)
{
  struct stls_direct_records *direct = io->direct;

  call->records = bytes;
  if (direct->partial_len == 0) return;
  direct->shown = direct->partial;
  direct->shown_len = direct->partial_len;
  direct->partial = NULL;
  direct->partial_len = 0;
  show_again(direct, call);
}

static void show_again(const struct stls_direct_records *direct,
                       struct stls_ssl_call *call)
{
  call->records.data = direct->shown;
  call->records.len = direct->shown_len;
  call->is_translated = true;
}

/* Whether libssl refuses such a record before it opens it. */
static bool is_refused_by_header(const struct stls_direct_records *direct,
                                 const uint8_t *header, size_t record_len)
{
  const size_t body_len = record_len - STLS_RECORD_HEADER_LEN;

  if (header[1] != 3 || header[2] != 3) return true;
  if (!direct->suite.is_tls_1_3) return body_len > TLS_1_2_BODY_MAX;
  return header[0] != SSL3_RT_APPLICATION_DATA || body_len > TLS_1_3_BODY_MAX;
}

static stls_result open_arrival(struct stls_ssl_bios *io,
                                struct stls_ssl_call *call,
                                struct arrival *arrival)
{
  struct stls_direct_records *direct = io->direct;
  struct stls_direct_flow *flow = &direct->flows[STLS_RECORDS_IN];
  stls_record_opened opened;
  stls_result result;

  if (!choose_target(direct, call, arrival)) return STLS_ERROR_MEMORY;
  opened = stls_record_protect_open(
      &flow->protect, &direct->suite, &flow->key, flow->wire,
      arrival->record.data, arrival->record.len, arrival->plain, arrival->cap,
      &arrival->len, &arrival->type);
  if (opened == STLS_RECORD_NO_MEMORY) return STLS_ERROR_MEMORY;
  if (opened == STLS_RECORD_OPENED && is_data(io, arrival)) {
    flow->wire++;
    serve(io, call, arrival);
    return STLS_OK;
  }
  result = translate(io, call, arrival, opened == STLS_RECORD_FORGED);
  stls_mem_wipe(arrival->plain, arrival->cap < arrival->record.len
                                    ? arrival->cap
                                    : arrival->record.len);
  return result;
}

/* The caller's buffer, or where the data waits for it, or memory for what libssl
 * is shown while data may wait. */
static bool choose_target(struct stls_direct_records *direct,
                          struct stls_ssl_call *call, struct arrival *arrival)
{
  const size_t room =
      stls_record_protect_room(&direct->suite, arrival->record.len);

  if (call->operation == STLS_SSL_READ && call->len >= room) {
    arrival->plain = call->out;
    arrival->cap = call->len;
  } else if (call->operation == STLS_SSL_READ ||
             call->operation == STLS_SSL_PEEK) {
    arrival->plain = stls_direct_records_plain(direct);
    arrival->cap = STLS_DIRECT_RECORDS_RECORD_MAX;
  } else {
    arrival->plain = arrival->own = stls_mem_alloc(room + 1);
    arrival->cap = room + 1;
  }
  return arrival->plain != NULL;
}

static bool is_data(const struct stls_ssl_bios *io,
                    const struct arrival *arrival)
{
  const size_t room =
      stls_record_protect_room(&io->direct->suite, arrival->record.len);

  return arrival->type == SSL3_RT_APPLICATION_DATA &&
         room <= STLS_RECORD_HEADER_PLAINTEXT_MAX &&
         !stls_direct_records_is_mid_message(io->direct) &&
         SSL_in_init(io->ssl) == 0;
}

static void serve(struct stls_ssl_bios *io, struct stls_ssl_call *call,
                  const struct arrival *arrival)
{
  struct stls_direct_records *direct = io->direct;

  stls_direct_trace_record(io, STLS_RECORDS_IN, arrival->record.data);
  take(io, arrival);
  call->is_served = true;
  call->done = 0;
  if (arrival->plain == call->out) {
    call->done = arrival->len;
  } else {
    direct->plain_start = 0;
    direct->plain_end = arrival->len;
    if (arrival->len > 0) deliver(io, call);
  }
}

/* `shown` is made before anything changes, so that a lack of memory can be
 * repaired. */
static stls_result translate(struct stls_ssl_bios *io,
                             struct stls_ssl_call *call,
                             const struct arrival *arrival, bool is_forged)
{
  struct stls_direct_records *direct = io->direct;
  const size_t record_len = arrival->record.len;
  const stls_span span = {arrival->plain, arrival->len};
  struct stls_record_content content = {
      .type = arrival->type, .spans = &span, .len = arrival->len};

  direct->shown = stls_mem_alloc(record_len);
  direct->shown_len = record_len;
  if (direct->shown == NULL) return STLS_ERROR_MEMORY;
  /* Opening may have left an entry. */
  io->queue_is_clean = false;
  stls_ssl_bios_guard(io);
  if (direct->suite.is_tls_1_3 && !is_forged)
    content.padding_len =
        stls_record_protect_room(&direct->suite, record_len) - arrival->len;
  if (is_forged
          ? !stls_record_translation_show_forged(direct, arrival->record.data,
                                                 record_len, direct->shown)
          : !stls_record_translation_show(direct, &content, direct->shown)) {
    stls_mem_free(direct->shown);
    direct->shown = NULL;
    return STLS_ERROR_MEMORY;
  }
  if (!is_forged) direct->flows[STLS_RECORDS_IN].wire++;
  if (!is_forged && arrival->type == SSL3_RT_HANDSHAKE)
    direct->updates_key = stls_direct_records_follow(
        direct, STLS_RECORDS_IN, arrival->plain, arrival->len);
  take(io, arrival);
  show_again(direct, call);
  return STLS_OK;
}

static void take(struct stls_ssl_bios *io, const struct arrival *arrival)
{
  struct stls_direct_records *direct = io->direct;

  direct->partial_len = 0;
  if (!arrival->is_in_input && !io->keeps_buffers)
    stls_direct_records_drop_partial(direct);
  if (!arrival->is_in_input) return;
  stls_record_input_take(&io->input, arrival->record.len);
  io->budget.bytes_in += arrival->record.len;
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
