/* SPDX-License-Identifier: MIT */
/* record_pieces: reads a record that lies in pieces. */
#ifndef STLS_LIB_RECORD_PIECES_H
#define STLS_LIB_RECORD_PIECES_H

#include <sanstls/bio.h>
#include <stddef.h>
#include <stdint.h>

/* A place in a record: `at` bytes into a piece, which others follow. */
struct stls_record_pieces {
  const stls_span *piece;
  size_t at;
};

/* The place behind the first `len` bytes of the pieces, which have more. */
struct stls_record_pieces stls_record_pieces_behind(const stls_span *pieces,
                                                    size_t len);

/* For bytes that do not lie in one piece. */
const uint8_t *stls_record_pieces_copy(struct stls_record_pieces *place,
                                       size_t len, uint8_t *room);

/* The next `len` bytes: where they lie, or copied to `room` where they lie in several
 * pieces. The place moves behind them. */
static inline const uint8_t *stls_record_pieces_take(
    struct stls_record_pieces *place, size_t len, uint8_t *room)
{
  const uint8_t *data = place->piece->data;

  if (place->piece->len - place->at < len)
    return stls_record_pieces_copy(place, len, room);
  place->at += len;
  return data + place->at - len;
}

/* Up to `max` of the next bytes, as many as lie together. The place moves behind
 * them. */
static inline stls_span stls_record_pieces_run(struct stls_record_pieces *place,
                                               size_t max)
{
  stls_span run;

  for (; place->at == place->piece->len; place->piece++) place->at = 0;
  run.data = (const uint8_t *)place->piece->data + place->at;
  run.len = place->piece->len - place->at;
  if (run.len > max) run.len = max;
  place->at += run.len;
  return run;
}

#endif
