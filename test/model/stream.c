/* SPDX-License-Identifier: MIT */
/* stream: the application data of a direction, and the ends of its records. */
#include "stream.h"

#include <string.h>

#include "rng.h"

/* A prime, so that no size that TLS knows is a period of the data. */
enum {
  PERIOD = 65521
};

static const uint8_t *pattern(unsigned direction);
static size_t run(uint64_t offset, size_t len);

void stream_fill(unsigned direction, uint64_t offset, uint8_t *out, size_t len)
{
  while (len > 0) {
    size_t part = run(offset, len);
    memcpy(out, pattern(direction) + offset % PERIOD, part);
    out += part;
    offset += part;
    len -= part;
  }
}

bool stream_is(unsigned direction, uint64_t offset, const uint8_t *data,
               size_t len)
{
  while (len > 0) {
    size_t part = run(offset, len);
    if (memcmp(data, pattern(direction) + offset % PERIOD, part) != 0)
      return false;
    data += part;
    offset += part;
    len -= part;
  }
  return true;
}

void stream_follow(struct stream_frames *frames, const void *bytes, size_t len)
{
  const uint8_t *at = bytes;

  while (len > 0) {
    size_t part = 1;
    if (frames->body_left > 0) {
      part = len < frames->body_left ? len : frames->body_left;
      frames->body_left -= part;
    } else {
      frames->header[frames->header_len++] = *at;
      if (frames->header_len == 5)
        frames->body_left =
            (size_t)frames->header[3] << 8 | (size_t)frames->header[4];
    }
    at += part;
    len -= part;
    frames->total += part;
    if (frames->header_len < 5 || frames->body_left > 0) continue;
    frames->header_len = 0;
    frames->whole = frames->total;
    frames->num_records++;
  }
}

static const uint8_t *pattern(unsigned direction)
{
  static uint8_t bytes[2][PERIOD];
  static bool is_made;
  rng state = 1;

  if (!is_made)
    for (size_t i = 0; i < sizeof bytes; i++)
      bytes[i / PERIOD][i % PERIOD] = (uint8_t)(rng_next(&state) >> 13);
  is_made = true;
  return bytes[direction];
}

/* How much of it lies in one piece. */
static size_t run(uint64_t offset, size_t len)
{
  size_t left = PERIOD - (size_t)(offset % PERIOD);

  return len < left ? len : left;
}
