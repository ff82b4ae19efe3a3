/* SPDX-License-Identifier: MIT */
/* player_pieces: the lengths of pieces that were not recorded. */
#include "replay/player_pieces.h"

#include <string.h>

#include "wire/record_header.h"

static uint64_t mix(uint64_t number);
static size_t record_len(const stls_bio *outgoing, size_t pending);

size_t stls_player_pieces_seeded(uint64_t seed, uint64_t offset)
{
  static const size_t most[] = {1, 16, 512, 4096};
  const uint64_t random = mix(seed ^ mix(offset));

  return 1 + (size_t)(random >> 2) % most[random & 3];
}

size_t stls_player_pieces_next(stls_pieces pieces, uint64_t seed,
                               uint64_t offset, const stls_bio *outgoing,
                               size_t pending)
{
  size_t len = pending;

  if (pieces == STLS_PIECES_BYTES) return 1;
  if (pieces == STLS_PIECES_SEEDED)
    len = stls_player_pieces_seeded(seed, offset);
  if (pieces == STLS_PIECES_RECORDS) len = record_len(outgoing, pending);
  return len < pending ? len : pending;
}

/* The record may lie in several runs of the queue, and so may its header. */
static size_t record_len(const stls_bio *outgoing, size_t pending)
{
  uint8_t header[STLS_RECORD_HEADER_LEN];
  stls_span spans[STLS_RECORD_HEADER_LEN];
  const size_t num = stls_bio_peekv(outgoing, spans, STLS_RECORD_HEADER_LEN);
  size_t len = 0;

  for (size_t i = 0; i < num && len < sizeof header; i++) {
    const size_t left = sizeof header - len;
    const size_t part = spans[i].len < left ? spans[i].len : left;
    memcpy(header + len, spans[i].data, part);
    len += part;
  }
  len = len == sizeof header ? stls_record_header_record_len(header) : 0;
  return len > 0 ? len : pending;
}

/* SplitMix64's finalizer (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
 * Generators, 2014). */
static uint64_t mix(uint64_t number)
{
  number += UINT64_C(0x9e3779b97f4a7c15);
  number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
  return number ^ number >> 31;
}
