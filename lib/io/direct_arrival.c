/* SPDX-License-Identifier: MIT */
/* direct_arrival: finds the peer's next record, in the pieces that it lies in. */
#include "io/direct_arrival.h"

#include <string.h>

#include "base/byte_reader.h"
#include "io/unknown_record.h"

/* The longest records that libssl begins to open: RFC 8446, 5.2, and without
 * compression in TLS 1.2. */
#define TLS_1_3_BODY_MAX ((size_t)16384 + 256)
#define TLS_1_2_BODY_MAX ((size_t)16384 + SSL3_RT_MAX_ENCRYPTED_OVERHEAD)

static bool find_in_one(const struct stls_ssl_bios *io,
                        struct stls_direct_arrival *arrival);
static bool find_in_pieces(const struct stls_ssl_bios *io,
                           struct stls_direct_arrival *arrival);
static void set_header(struct stls_direct_arrival *arrival);
static stls_result gather(struct stls_ssl_bios *io, struct stls_ssl_call *call,
                          struct stls_direct_arrival *arrival);
static bool is_refused_at_once(const struct stls_ssl_bios *io, stls_span part);
static stls_result add_part(struct stls_ssl_bios *io, stls_span part);
static void append(struct stls_ssl_bios *io, const uint8_t *bytes, size_t len);
static bool is_refused_in_part(const struct stls_ssl_bios *io);
static bool is_refused_by_header(const struct stls_direct_records *direct,
                                 const uint8_t *header, size_t record_len);
static void show_raw(struct stls_ssl_bios *io, struct stls_ssl_call *call,
                     stls_span bytes);

stls_result stls_direct_arrival_next(struct stls_ssl_bios *io,
                                     struct stls_ssl_call *call,
                                     struct stls_direct_arrival *arrival)
{
  const struct stls_direct_records *direct = io->direct;
  stls_result result;

  if (find_in_one(io, arrival)) return STLS_OK;
  arrival->record_len = 0;
  result = gather(io, call, arrival);
  /* libssl refuses a record that is too short to have been sealed. */
  if (result == STLS_OK && arrival->record_len > 0 &&
      arrival->record_len < stls_record_suite_overhead(&direct->suite)) {
    arrival->record_len = 0;
    show_raw(io, call, arrival->pieces[0]);
  }
  return result;
}

void stls_direct_arrival_take(struct stls_ssl_bios *io,
                              const struct stls_direct_arrival *arrival)
{
  struct stls_direct_records *direct = io->direct;

  stls_record_input_take_rest(&io->input, arrival->rest);
  io->budget.bytes_in += arrival->rest;
  if (direct->partial_len == 0) return;
  direct->partial_len = 0;
  if (!io->keeps_buffers) stls_direct_records_drop_partial(direct);
}

void stls_direct_arrival_show_again(const struct stls_direct_records *direct,
                                    struct stls_ssl_call *call)
{
  call->records.data = direct->shown;
  call->records.len = direct->shown_len;
  call->is_translated = true;
}

/* The common case, in few instructions. */
static bool find_in_one(const struct stls_ssl_bios *io,
                        struct stls_direct_arrival *arrival)
{
  const struct stls_direct_records *direct = io->direct;
  const stls_span front = stls_record_input_front(&io->input);
  const uint8_t *header = front.data;
  size_t record_len;

  if (direct->partial_len > 0 || io->input.taken > 0 || io->input.is_raw ||
      front.len < STLS_RECORD_HEADER_LEN)
    return false;
  record_len = STLS_RECORD_HEADER_LEN + stls_byte_reader_u16(header + 3);
  if (record_len > front.len ||
      record_len < stls_record_suite_overhead(&direct->suite) ||
      is_refused_by_header(direct, header, record_len))
    return false;
  arrival->pieces[0] = front;
  arrival->record_len = arrival->rest = record_len;
  arrival->header = header;
  return true;
}

/* Whether all of a record is there that libssl would open. Its selection has been
 * made. */
static bool find_in_pieces(const struct stls_ssl_bios *io,
                           struct stls_direct_arrival *arrival)
{
  const struct stls_direct_records *direct = io->direct;
  const stls_span partial = {direct->partial, direct->partial_len};
  const size_t num_first = partial.len > 0 ? 1 : 0;
  const size_t record_len = partial.len + io->input.to_end;

  if (record_len < stls_record_suite_overhead(&direct->suite)) return false;
  if (partial.len > 0 && io->input.to_end <= STLS_RECORD_INPUT_JOIN_MAX)
    return false;
  arrival->pieces[0] = partial;
  if (!stls_record_input_pieces(&io->input, arrival->pieces + num_first,
                                STLS_DIRECT_ARRIVAL_PIECES - num_first))
    return false;
  set_header(arrival);
  if (is_refused_by_header(direct, arrival->header, record_len)) return false;
  arrival->record_len = record_len;
  arrival->rest = io->input.to_end;
  return true;
}

static void set_header(struct stls_direct_arrival *arrival)
{
  const stls_span *piece = arrival->pieces;
  size_t len = 0;

  arrival->header = piece->data;
  if (piece->len >= STLS_RECORD_HEADER_LEN) return;
  arrival->header = arrival->room;
  for (; len < STLS_RECORD_HEADER_LEN; piece++) {
    size_t part = STLS_RECORD_HEADER_LEN - len;
    if (part > piece->len) part = piece->len;
    memcpy(arrival->room + len, piece->data, part);
    len += part;
  }
}

/* Finds a record that does not lie in one piece. Its parts are kept in
 * direct->partial where the input cannot wait for the rest. */
static stls_result gather(struct stls_ssl_bios *io, struct stls_ssl_call *call,
                          struct stls_direct_arrival *arrival)
{
  struct stls_direct_records *direct = io->direct;
  struct stls_record_input *input = &io->input;

  while (stls_direct_records_partial_missing(direct) > 0) {
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
    if (stls_unknown_record_has(io, part)) {
      if (!stls_unknown_record_add(io, part)) return STLS_ERROR_MEMORY;
      if (!is_refused_in_part(io)) continue;
      show_raw(io, call, part);
      return STLS_OK;
    }
    if (is_refused_at_once(io, part)) {
      show_raw(io, call, part);
      return STLS_OK;
    }
    /* A record is not joined before its header was judged. */
    if (part.len >= STLS_RECORD_HEADER_LEN)
      stls_record_input_join(input, &part);
    if (find_in_pieces(io, arrival)) return STLS_OK;
    result = add_part(io, part);
    if (result != STLS_OK) return result;
    if (is_refused_in_part(io)) {
      show_raw(io, call, part);
      return STLS_OK;
    }
  }
  arrival->pieces[0] = (stls_span){direct->partial, direct->partial_len};
  arrival->record_len = direct->partial_len;
  arrival->rest = 0;
  arrival->header = direct->partial;
  return STLS_OK;
}

/* libssl may want all of a record before it judges it: 3.5 does for a
 * ChangeCipherSpec of TLS 1.3. The rest goes where the beginning went. */
static bool is_refused_at_once(const struct stls_ssl_bios *io, stls_span part)
{
  const struct stls_record_input *input = &io->input;

  if (input->is_raw) return true;
  if (input->taken > 0) return io->direct->partial_len == 0;
  return part.len >= STLS_RECORD_HEADER_LEN &&
         is_refused_by_header(io->direct, part.data, input->to_end);
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

  return direct->partial_len >= STLS_RECORD_HEADER_LEN &&
         is_refused_by_header(
             direct, direct->partial,
             direct->partial_len + stls_direct_records_partial_missing(direct));
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
  stls_direct_arrival_show_again(direct, call);
}
